"""The detector's network and what is made of its answers."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from goldentime.errors import ConfigError  # noqa: E402 - after the check for PyTorch
from goldentime.perception.boxes import keep_best  # noqa: E402 - after the check for PyTorch
from goldentime.perception.detection import Detector, appearance, load_detector  # noqa: E402 - likewise
from goldentime.perception.detection_decode import Choice, decode  # noqa: E402 - likewise
from goldentime.perception.detection_net import (  # noqa: E402 - likewise
    Cells,
    DetectorNet,
    NetSpec,
    as_input,
    centres_px,
    net_bytes,
    read_net,
)

pytestmark = pytest.mark.train

SPEC = NetSpec(
    categories=("person", "car"),
    kinds=("man", "woman"),
    postures=("standing", "sitting", "lying"),
    widths=(4, 6, 8, 8, 8),
    depths=(1, 1, 1, 1),
    features=8,
    close=(4, 6, 8, 8),
    smoke=(4, 6, 8, 8),
)


def small_net(seed=0):
    torch.manual_seed(seed)
    net = DetectorNet(SPEC)
    with torch.no_grad():
        for _ in range(3):
            net(torch.randn(2, 3, 64, 96))  # normalisation takes up other than its first statistics
        net.get_parameter("score.bias").zero_()  # something is found
    return net.eval()


@pytest.mark.parametrize(("height", "width"), [(240, 320), (480, 640), (100, 150)])
def test_every_size_has_as_many_answers_as_cells(height, width):
    cells = small_net()(torch.zeros(1, 3, height, width))
    count = len(centres_px(height, width))
    assert [part.shape for part in cells] == [
        (1, count, 2),
        (1, count, 4),
        (1, count, 8),
    ]
    assert bool((cells.reaches > 0).all())


def test_folding_changes_nothing_but_the_time():
    net, picture = small_net(), torch.randn(1, 3, 64, 96)
    before = net(picture)
    after = net.fold()(picture)
    for a, b in zip(before, after, strict=True):
        torch.testing.assert_close(a, b, atol=1e-3, rtol=1e-3)


def test_a_checkpoint_reads_back(tmp_path):
    net, path = small_net(), tmp_path / "net.safetensors"
    path.write_bytes(net_bytes(SPEC, net.state_dict()))
    again, picture = read_net(path), torch.randn(1, 3, 64, 96)
    assert again.spec == SPEC
    torch.testing.assert_close(again(picture).scores, net(picture).scores, atol=0.02, rtol=0.02)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ConfigError, match="expected weights of the kind 'goldentime detector"):
        read_net(path)
    with pytest.raises(ConfigError, match="expected weights of the kind 'goldentime detector"):
        load_detector(tmp_path / "absent.safetensors")


def answers(*boxes):
    """Cells of a 64x96 picture that say no more than these (category, score, corners)."""
    centres = centres_px(64, 96)
    cells = Cells(
        torch.full((1, len(centres), 2), -20.0),
        torch.ones(1, len(centres), 4),
        torch.zeros(1, len(centres), 8),
    )
    for number, (category, score, corners) in enumerate(boxes):
        low, high = torch.tensor(corners[:2]), torch.tensor(corners[2:])
        cells.scores[0, number, category] = float(np.log(score / (1 - score)))
        cells.reaches[0, number] = torch.cat([centres[number] - low, high - centres[number]])
    return cells


def test_boxes_come_out_best_first_and_within_the_picture():
    cells = answers((0, 0.6, [-5.0, 2.0, 30.0, 40.0]), (1, 0.8, [50.0, 10.0, 120.0, 60.0]), (0, 0.1, [0.0, 0.0, 9.0, 9.0]))
    found = decode(cells, centres_px(64, 96), (64, 96), Choice(0.2, 0.6))[0]
    assert found.category.tolist() == [1, 0]
    assert found.score == pytest.approx([0.8, 0.6], abs=1e-5)
    assert found.corners_px == pytest.approx(np.array([[50, 10, 96, 60], [0, 2, 30, 40]]), abs=1e-3)


def test_of_two_boxes_on_one_thing_the_better_stays():
    corners = np.array([[0, 0, 20, 20], [1, 1, 21, 21], [1, 1, 21, 21], [40, 0, 60, 20]], np.float32)
    assert keep_best(corners, np.array([0, 0, 1, 0]), 0.6).tolist() == [0, 2, 3]


def test_a_detection_says_who_and_how():
    found = Detector(small_net(), least_score=0.3).detect(np.full((64, 96, 3), 90, np.uint8))
    person = next(d for d in found if d.category == "person")
    assert person.kind in SPEC.kinds and person.posture in SPEC.postures
    assert sum(person.kind_scores.values()) == pytest.approx(1.0, abs=1e-5)
    assert np.linalg.norm(person.embedding) == pytest.approx(1.0, abs=1e-5)
    assert all(d.kind == "" for d in found if d.category == "car")


def test_a_look_tells_the_smoke_as_well():
    picture = np.full((64, 96, 3), 90, np.uint8)
    seen = Detector(small_net(), least_score=0.3).look(picture)
    assert list(seen.detections) == Detector(small_net(), least_score=0.3).detect(picture)
    smoke = seen.smoke
    assert smoke.extinction_per_m.shape == smoke.transmittance.shape == (2, 3)
    assert (smoke.extinction_per_m >= 0).all() and smoke.mean_extinction_per_m == pytest.approx(
        smoke.extinction_per_m.mean()
    )
    assert (smoke.transmittance >= 0).all() and (smoke.transmittance <= 1).all()


def test_the_same_picture_gives_the_same_detections():
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    detector = Detector(small_net(), least_score=0.3)
    assert detector.detect(picture) == detector.detect(picture) == Detector(small_net(), least_score=0.3).detect(picture)


@pytest.mark.parametrize("picture", [np.zeros((64, 96), np.uint8), np.zeros((64, 96, 3), np.float32)])
def test_other_pictures_are_refused(picture):
    with pytest.raises(ConfigError, match="expected"):
        Detector(small_net()).detect(picture)


def test_appearance_tells_clothes_apart():
    picture = np.zeros((60, 120, 3), np.uint8)
    picture[:30, :40], picture[30:, :40] = (200, 20, 20), (20, 20, 200)
    picture[:30, 40:80], picture[30:, 40:80] = (20, 20, 200), (200, 20, 20)
    picture[:, 80:] = picture[:, :40] + 5
    feature = np.ones(8, np.float32)
    red_top, blue_top, red_again = (appearance(picture, (x, 0.0, x + 40.0, 60.0), feature) for x in (0.0, 40.0, 80.0))
    assert red_top @ red_again > 0.99 > 0.6 > red_top @ blue_top


def test_appearance_of_boxes_at_the_rim():
    picture = np.full((60, 120, 3), 99, np.uint8)
    for corners in [(119.9, 59.9, 120.0, 60.0), (0.0, 0.0, 0.4, 0.4), (119.0, 0.0, 120.0, 60.0), (3.0, 59.5, 90.0, 60.0)]:
        assert np.isfinite(appearance(picture, corners, np.ones(8, np.float32))).all()


def test_a_picture_is_centred_about_nothing():
    assert as_input(torch.full((1, 4, 4, 3), 128, dtype=torch.uint8)).abs().max() < 0.01
