"""What the detector is taught of people's kinds and of smoke, and that parts of it can be taught alone."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
cv2 = pytest.importorskip("cv2")

from goldentime.baselines.vision.detector import DetectorConfig, DetectorTask  # noqa: E402 - after the checks
from goldentime.baselines.vision.detector_data import CutConfig  # noqa: E402 - likewise
from goldentime.baselines.vision.detector_people import CloseConfig, people_batch, people_of  # noqa: E402 - likewise
from goldentime.baselines.vision.detector_smoke import SmokeConfig, in_cells, read_smoke, smoke_batch, smoke_loss  # noqa: E402 - likewise
from goldentime.baselines.vision.loop import LoopConfig, run_loop  # noqa: E402 - likewise
from goldentime.errors import ConfigError  # noqa: E402 - likewise
from goldentime.perception.detection_net import net_bytes  # noqa: E402 - likewise
from goldentime.perception.detection_person import CROP, crop, crop_matrix  # noqa: E402 - likewise
from goldentime.perception.detection_smoke import CELL_PX, THIN_PER_M, SmokeNet  # noqa: E402 - likewise

pytestmark = pytest.mark.train

LAYERED = {"extinction_per_m": [[0.2] * 8] * 3 + [[0.0] * 8] * 3, "transmittance": [[0.3] * 8] * 3 + [[1.0] * 8] * 3}


def write_set(folder, count):
    """Grey pictures with a bright person each, smoke in the upper half."""
    import json

    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    images, annotations = [], []
    for i in range(count):
        picture = rng.integers(0, 100, (96, 128, 3)).astype(np.uint8)
        picture[:48] = 150
        picture[30:80, 40:60] = (200, 60, 60) if i % 2 else (60, 60, 200)
        cv2.imwrite(str(folder / "images" / f"{i:06d}.jpg"), picture)
        size = {"file_name": f"{i:06d}.jpg", "width": 128, "height": 96}
        images.append({"id": i, "smoke_grid": LAYERED, **size})
        who = {"kind": "man" if i % 4 else "child", "posture": "standing"}
        annotations.append({"id": i + 1, "image_id": i, "category_id": 1, "bbox": [40, 30, 20, 50], **who})
    data = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "person"}]}
    (folder / "annotations.json").write_text(json.dumps(data))
    return folder


def config(folder, **changes):
    settings = {
        "data": folder / "set",
        "widths": (4, 6, 8, 8, 8),
        "depths": (1, 1, 1, 1),
        "features": 8,
        "close": (4, 8, 8, 8),
        "cuts": CutConfig(pixels=2 * 96 * 128, sizes=((96, 128),), share=(1.0,)),
        "people": CloseConfig(crops=4),
        "loop": LoopConfig(steps=3, warmup_steps=1, loaders=0),
    }
    return DetectorConfig(**{**settings, **changes})


def test_smoke_is_told_in_the_networks_cells():
    found = in_cells(read_smoke([{"smoke_grid": LAYERED}])[0], 240, 320)
    assert found.shape == (2, 8, 10)
    assert found[0, :3].min() == pytest.approx(0.2) and found[0, 5:].max() == 0.0
    assert found[1, :3].max() == pytest.approx(0.3) and found[1, 5:].min() == pytest.approx(1.0)
    assert np.isnan(in_cells(read_smoke([{}])[0], 240, 320)).all()


def test_half_of_a_step_is_smoky_and_mirrored_with_its_truth():
    clear = {"extinction_per_m": [[0.0] * 8] * 6, "transmittance": [[1.0] * 8] * 6}
    aside = {"extinction_per_m": [[0.2] * 4 + [0.0] * 4] * 6, "transmittance": [[0.2] * 4 + [1.0] * 4] * 6}
    pictures = np.full((5, 96, 128, 3), 60, np.uint8)
    pictures[4, :, :64] = 200
    smoke = read_smoke([{"smoke_grid": grid} for grid in (clear, clear, clear, clear, aside)])
    batch = smoke_batch(pictures, smoke, SmokeConfig(pictures=16), np.random.default_rng(0))
    smoky = batch.truth[:, 0].mean((1, 2)) > 0.01
    assert int(smoky.sum()) == 8
    left = batch.pictures[smoky][:, 0, 0, 0] > 130
    assert 0 < int(left.sum()) < 8
    assert bool((left == (batch.truth[smoky][:, 0, 0, 0] > 0.1)).all())


def test_no_loss_for_the_right_answer():
    truth = torch.tensor([[[[0.1, 0.0]], [[1.0, 0.0]]]])
    right = torch.stack([(truth[:, 0] / THIN_PER_M).log1p(), torch.tensor([[[20.0, -20.0]]])], 1)
    assert float(smoke_loss(right, truth)) == pytest.approx(0.0, abs=1e-5)
    assert float(smoke_loss(-right, truth)) > 1.0


@pytest.mark.parametrize(("height", "width"), [(240, 320), (100, 150)])
def test_every_size_has_its_cells_of_smoke(height, width):
    answer = SmokeNet((4, 6, 8, 8))(torch.zeros(2, 3, height, width))
    assert answer.shape == (2, 2, -(-height // CELL_PX), -(-width // CELL_PX))


def test_a_crop_holds_the_box_upright_in_its_proportions():
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[100:160, 50:70] = 255
    seen = crop(picture, crop_matrix(np.array([50, 100, 70, 160], np.float32)))[..., 0] > 127
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    assert seen.shape == CROP
    assert len(rows) / len(columns) == pytest.approx(3.0, rel=0.1)
    assert rows.mean() == pytest.approx((CROP[0] - 1) / 2, abs=1) and columns.mean() == pytest.approx(
        (CROP[1] - 1) / 2, abs=1
    )


def test_each_kind_is_drawn_equally_often_and_the_small_never():
    corners = np.array([[0, 0, 30, 60]] * 9 + [[0, 0, 30, 60], [0, 0, 5, 8]], np.float32)
    kind = np.array([0] * 9 + [1, 2])
    rows = [(corners, kind, np.zeros(11, np.int64), np.zeros(11, bool))]
    people = people_of(rows, CloseConfig())
    assert 2 not in people.kind
    assert people.share[people.kind == 1].sum() == pytest.approx(0.5)
    pictures = np.full((1, 96, 128, 3), 100, np.uint8)
    batch = people_batch(people, pictures, CloseConfig(crops=200), np.random.default_rng(0))
    assert 60 < int((batch.kind == 1).sum()) < 140


def test_what_is_not_taught_stays_and_what_is_taught_does_not(tmp_path):
    write_set(tmp_path / "set", 8)
    before = DetectorTask(config(tmp_path))
    (tmp_path / "start").write_bytes(net_bytes(before.spec, before.net.state_dict()))
    task = DetectorTask(config(tmp_path, start=tmp_path / "start", taught=("smoke", "people")))
    begun = {name: value.clone() for name, value in task.net.state_dict().items()}
    end = run_loop(task, config(tmp_path).loop, tmp_path / "run")
    changed = {name.split(".")[0] for name, value in end.model.state_dict().items() if not torch.equal(value, begun[name])}
    assert changed == {"smoke", "close"}


def test_teaching_a_part_wants_a_start(tmp_path):
    with pytest.raises(ConfigError, match="expected boxes, or a start"):
        config(tmp_path, taught=("people",))
    write_set(tmp_path / "set", 2)
    other = DetectorTask(config(tmp_path, close=(4, 4, 4, 4)))
    (tmp_path / "start").write_bytes(net_bytes(other.spec, other.net.state_dict()))
    with pytest.raises(ConfigError, match="expected weights of"):
        DetectorTask(config(tmp_path, start=tmp_path / "start"))
