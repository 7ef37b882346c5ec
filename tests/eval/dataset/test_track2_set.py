"""Text pictures: names, truth, and when a text counts."""

import cv2

from goldentime.envs.scenes.scene import SceneConfig
from goldentime.eval.contest.track2 import read_answer, read_truth
from goldentime.eval.contest.track2_score import score_track2
from goldentime.eval.dataset.shards import make_shards
from goldentime.eval.dataset.track2 import TRACK2, TextRule, Track2Config, _counts

SCENE = SceneConfig(signs=(4, 5), people=(0, 0), objects=(0, 0), fires=(0, 0), smoky=0.0)
CONFIG = Track2Config(n=3, views=2, scene=SCENE, seed=3)


def test_pictures_have_texts_that_count_and_the_same_seed_gives_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        make_shards(TRACK2, CONFIG, tmp_path / folder)
    assert (tmp_path / "a" / "SHA256SUMS").read_bytes() == (tmp_path / "b" / "SHA256SUMS").read_bytes()
    truth = read_truth(tmp_path / "a" / "track2_GT.json")
    assert sorted(truth) == [1, 2, 3]
    for number, texts in truth.items():
        picture = cv2.imread(str(tmp_path / "a" / "images" / f"t2_image_{number:05d}.jpg"))
        assert picture is not None and picture.shape == (480, 640, 3)
        assert any(text.counts for text in texts)
        for text in texts:
            wide, high = (max(side) - min(side) for side in zip(*text.quad, strict=True))
            inside = all(
                -0.06 * wide <= x <= 640 + 0.06 * wide and -0.06 * high <= y <= 480 + 0.06 * high for x, y in text.quad
            )
            assert inside or not text.counts
            assert text.letter_px >= 12.0 or not text.counts
    empty = read_answer(tmp_path / "a" / "answer_empty.json")
    score = score_track2(truth, empty)
    assert score.missing == () and score.exact.mean == score.jamo_similarity.mean == 0.0


def test_what_is_small_slanted_cut_off_or_in_smoke_does_not_count():
    row = {"visibility": 1.0, "transmittance": 0.9, "angle_deg": 20.0, "lines": [{"letter_px": 30.0}, {"letter_px": 14.0}]}
    assert _counts(row, TextRule())
    small = {"lines": [{"letter_px": 30.0}, {"letter_px": 9.0}]}
    for change in ({"visibility": 0.9}, {"transmittance": 0.2}, {"angle_deg": 70.0}, small):
        assert not _counts(row | change, TextRule())
