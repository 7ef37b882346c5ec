"""Counting clips, with a finder that sees coloured blobs, and its calibration on clips made by hand."""

import json

import numpy as np
import pytest

cv2 = pytest.importorskip("cv2")

from goldentime.baselines.vision.counter import (  # noqa: E402 - after the check
    Boxes,
    CounterConfig,
    Watched,
    count_clip,
    count_watched,
    look,
    merged,
)
from goldentime.baselines.vision.counter_fit import fit_counter, followed, logistic_weights, read_truth  # noqa: E402 - likewise
from goldentime.baselines.vision.watched import read_watched, watch_once, watched_bytes  # noqa: E402 - likewise
from goldentime.errors import ConfigError  # noqa: E402 - likewise
from goldentime.perception.counting import load_count_model  # noqa: E402 - likewise

NAMES = ("person", "car")
SMALLEST_PX = 15.0


class Seen:
    """The boxes of one picture."""

    def __init__(self, rows):
        self.category = np.array([row[0] for row in rows], np.int64)
        self.score = np.array([row[1] for row in rows], np.float32)
        self.corners_px = np.array([row[2] for row in rows], np.float32).reshape(-1, 4)
        self.feature = np.ones((len(rows), 4), np.float32)


class Blobs:
    """Red things are persons, green ones cars, unless they are too small."""

    categories = NAMES
    looks = 0

    def find(self, pictures):
        self.looks += 1
        return [Seen(self._rows(picture)) for picture in pictures]

    def _rows(self, picture):
        rows = []
        for category in range(2):
            stats = cv2.connectedComponentsWithStats((picture[..., category] > 150).astype(np.uint8))[2][1:]
            for left, upper, width, height, _ in stats.astype(float).tolist():
                if width * height > SMALLEST_PX**2:
                    rows.append((category, 0.9, (left, upper, left + width, upper + height)))
        return rows


def draw_clip(folder):
    """A person and a car from the first frame on, a small person far away, one more from frame 16 on."""
    folder.mkdir()
    ground = np.kron(np.random.default_rng(0).integers(0, 90, (30, 40, 1)), np.ones((8, 8, 3))).astype(np.uint8)
    for i in range(48):
        picture = ground.copy()
        picture[100:140, 20 + 3 * i : 40 + 3 * i, 0] = 255
        picture[60:100, 250 - 2 * i : 290 - 2 * i, 1] = 255
        picture[70:88, 60:69, 0] = 255
        if i > 15:
            picture[170:210, 30:50, 0] = 255
        cv2.imwrite(str(folder / f"{folder.name}_{i + 1:05d}.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])


def test_a_clip_is_counted_each_thing_once_and_small_ones_too(tmp_path):
    draw_clip(tmp_path / "t1_video_00001")
    model = load_count_model()
    assert count_clip(Blobs(), tmp_path / "t1_video_00001", ("person", "car", "hydrant"), model) == [3, 1, 0]
    once = CounterConfig(zoom=1)  # without enlargement the small one is missed
    assert count_clip(Blobs(), tmp_path / "t1_video_00001", ("person", "car"), model, once) == [2, 1]
    with pytest.raises(ConfigError, match="found none"):
        count_clip(Blobs(), tmp_path / "absent", ("person",), model)


def test_what_is_found_twice_in_a_picture_is_one_thing():
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[80:120, 100:120, 0] = 255  # in the band
    picture[180:220, 200:220, 0] = 255  # below it
    boxes = look(Blobs(), picture, CounterConfig())
    assert len(boxes.score) == 3
    found = merged(boxes, NAMES, CounterConfig())
    assert sorted(tuple(map(round, one.box)) for one in found) == [(100, 80, 20, 40), (200, 180, 20, 40)]
    assert {one.category for one in found} == {"person"}


def test_what_was_found_is_kept_for_these_weights_and_this_clip(tmp_path):
    draw_clip(tmp_path / "clip")
    finder, config = Blobs(), CounterConfig(every=6)
    first = watch_once(finder, b"weights", tmp_path / "clip", config, tmp_path / "cache")
    looks = finder.looks
    again = watch_once(finder, b"weights", tmp_path / "clip", config, tmp_path / "cache")
    assert finder.looks == looks > 0
    model = load_count_model()
    assert count_watched(again, NAMES, model, config) == count_watched(first, NAMES, model, config)
    watch_once(finder, b"others", tmp_path / "clip", config, tmp_path / "cache")
    assert finder.looks == 2 * looks
    plain = watch_once(finder, b"weights", tmp_path / "clip", config, None)
    assert count_watched(plain, NAMES, model, config) == count_watched(first, NAMES, model, config)


def invented(rng, people):
    """A clip of things that stand still: sure detections of people, flickering doubtful ones of nothing."""
    looks = rng.uniform(0, 1, (40, 16)).astype(np.float32) ** 4
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    steps: list[Boxes | None] = []
    for step in range(40):
        rows = [(0, 0.8, (20 + 50 * i, 80, 40 + 50 * i, 120), looks[i]) for i in range(people) if rng.random() < 0.8]
        if rng.random() < 0.4:
            x = 30.0 * rng.integers(0, 9)
            rows.append((0, 0.4, (x, 180, x + 12, 205), looks[10 + step % 30]))
        seen = Seen(rows)
        embeddings = np.array([row[3] for row in rows], np.float32).reshape(len(rows), 16)
        steps.append(Boxes(seen.category, seen.score, seen.corners_px, embeddings))
    motions = [None, *[np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])] * 39]
    return Watched((320, 240), ("person",), motions, steps)


def write_truth(folder, clips):
    (folder / "boxes").mkdir()
    (folder / "dataset.json").write_text(json.dumps({"config": {"rule": {"least_frames": 5}}}))
    rows = []
    for clip, people in enumerate(clips, 1):
        things = [{"thing": i, "class": "person", "kind": "man", "frames": 100} for i in range(people)]
        rows.append({"id": clip, "things": things})
        lines = [f"{f},{i},person,{20 + 50 * i},80,20,40,1.0,1.0" for f in range(1, 121) for i in range(people)]
        head = "frame,thing,class,left,upper,width,height,visibility,transmittance"
        (folder / "boxes" / f"t1_video_{clip:05d}.csv").write_text("\n".join([head, *lines, ""]))
    (folder / "details.json").write_text(json.dumps(rows))


def test_calibration_learns_what_counts(tmp_path):
    rng = np.random.default_rng(3)
    people = [3, 1, 0, 4, 2, 5]
    write_truth(tmp_path, people)
    clips = [read_watched(_kept(tmp_path / f"{i}.npz", invented(rng, n))) for i, n in enumerate(people)]
    truth, config = read_truth(tmp_path), CounterConfig(looks=1)
    model = fit_counter([followed(clip, truth[i], config) for i, clip in enumerate(clips, 1)])
    unseen = [4, 0, 2, 1]
    assert [count_watched(invented(rng, n), ("person",), model, config)[0] for n in unseen] == unseen


def _kept(path, watched):
    path.write_bytes(watched_bytes(watched))
    return path


def test_missing_truth_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"dataset\.json"):
        read_truth(tmp_path)
    with pytest.raises(ConfigError, match="band"):
        CounterConfig(band=(0.7, 0.2))
    with pytest.raises(ConfigError, match="something is found"):
        logistic_weights(np.zeros((0, 2)), np.zeros(0))


def test_regression_finds_the_weights_that_made_its_data():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(4000, 2)) * [1.0, 10.0]
    truth = rng.random(4000) < 1 / (1 + np.exp(-(0.5 + rows @ [1.0, -0.2])))
    assert logistic_weights(rows, truth.astype(float)) == pytest.approx((0.5, 1.0, -0.2), abs=0.15)
