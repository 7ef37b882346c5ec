"""Training of the vision networks: the loop, what the detector is taught, and that it learns."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

torch = pytest.importorskip("torch")
cv2 = pytest.importorskip("cv2")

from goldentime.baselines.vision.command import compose  # noqa: E402 - after the checks for what is imported
from goldentime.baselines.vision.detector import DetectorConfig, DetectorTask, export, train_detector  # noqa: E402 - after the checks
from goldentime.baselines.vision.detector_data import CutConfig, cut_batch, draw_weights, read_set  # noqa: E402 - likewise
from goldentime.baselines.vision.detector_loss import Truth, assign, detection_loss, pair_iou  # noqa: E402 - likewise
from goldentime.baselines.vision.detector_people import CloseConfig  # noqa: E402 - likewise
from goldentime.baselines.vision.loop import PROGRESS, LoopConfig, averaged_weights, rate_at, run_loop  # noqa: E402 - likewise
from goldentime.errors import ConfigError  # noqa: E402 - likewise
from goldentime.files import read_lines  # noqa: E402 - likewise
from goldentime.perception.detection import load_detector  # noqa: E402 - likewise
from goldentime.perception.detection_net import Cells, centres_px  # noqa: E402 - likewise
from goldentime.records import load  # noqa: E402 - likewise
from goldentime.rng import stream  # noqa: E402 - likewise

pytestmark = pytest.mark.train

NAMES = ("person", "car", "fire")
COLOURS = ((220, 40, 40), (40, 220, 40), (60, 60, 230))


class Line:
    """A task small enough to see through: the sum of four numbers."""

    def __init__(self):
        torch.manual_seed(0)
        self.model = torch.nn.Linear(4, 1)

    def batch(self, step):
        x = torch.from_numpy(np.random.default_rng(step).normal(size=(16, 4)).astype(np.float32))
        return x, x.sum(1, keepdim=True)

    def loss(self, batch):
        wrong = (self.model(batch[0]) - batch[1]).square().mean()
        return wrong, {"wrong": float(wrong.detach())}

    def check(self, model):
        return {"error": float((model(torch.ones(1, 4)) - 4).abs())}


def config(**changes):
    return LoopConfig(**({"steps": 150, "learning_rate": 0.05, "warmup_steps": 5, "loaders": 0} | changes))


def test_a_task_is_learnt_and_written_down(tmp_path):
    end = run_loop(Line(), config(), tmp_path)
    assert end.steps == 150
    assert float(end.model(torch.ones(1, 4))) == pytest.approx(4.0, abs=0.05)
    rows = read_lines(tmp_path / PROGRESS)
    assert rows[-1]["step"] == 150 and rows[-1]["check_error"] < 0.05
    assert torch.equal(averaged_weights(tmp_path)["weight"], end.model.weight)


def test_stopped_and_resumed_it_ends_in_the_same_weights(tmp_path):
    class Stopped(Line):
        def loss(self, batch):
            self.calls = getattr(self, "calls", 0) + 1
            if self.calls == 60:
                raise KeyboardInterrupt
            return super().loss(batch)

    whole = run_loop(Line(), config(), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run_loop(Stopped(), config(), tmp_path / "parts")
    parts = run_loop(Line(), config(), tmp_path / "parts")
    assert parts.steps == whole.steps
    assert torch.equal(parts.model.weight, whole.model.weight)


def test_batches_made_by_a_loader_are_the_same(tmp_path):
    inside = run_loop(Line(), config(steps=20), tmp_path / "inside")
    beside = run_loop(Line(), config(steps=20, loaders=1), tmp_path / "beside")
    assert torch.equal(inside.model.weight, beside.model.weight)


def test_a_killed_training_goes_on_from_its_checkpoint(tmp_path):
    code = f"""
import sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
from pathlib import Path
from test_vision_training import Line, config
from goldentime.baselines.vision.loop import run_loop
run_loop(Line(), config(steps=10**9, checkpoint_every_s=0.0), Path({str(tmp_path)!r}))
"""
    process = subprocess.Popen([sys.executable, "-c", code])
    until = time.monotonic() + 60
    while not (tmp_path / "checkpoint.pt").is_file():
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    steps = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["steps"]
    assert steps > 0
    assert run_loop(Line(), config(steps=steps + 5), tmp_path).steps == steps + 5


def test_another_configuration_wants_another_folder(tmp_path):
    run_loop(Line(), config(steps=2), tmp_path)
    with pytest.raises(ConfigError, match=r"learning_rate 0\.05 is now 0\.1"):
        run_loop(Line(), config(steps=2, learning_rate=0.1), tmp_path)
    with pytest.raises(ConfigError, match="either steps or minutes"):
        LoopConfig()


def test_the_rate_rises_and_falls():
    loop = config(learning_rate=1.0, warmup_steps=10)
    assert rate_at(0.0, 0, loop) == pytest.approx(0.1)
    assert rate_at(0.5, 500, loop) == pytest.approx(0.505)
    assert rate_at(1.0, 1000, loop) == pytest.approx(0.01)


def write_set(folder, count, seed=0):
    """Coloured rectangles in noise, as a data set."""
    rng = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    annotations: list[dict[str, object]] = []
    for image in range(count):
        picture = rng.integers(0, 120, (96, 128, 3)).astype(np.uint8)
        for _ in range(2):
            category = int(rng.integers(3))
            width, height = (int(v) for v in rng.integers(24, 48, 2))
            x, y = int(rng.integers(0, 128 - width)), int(rng.integers(0, 96 - height))
            picture[y : y + height, x : x + width] = COLOURS[category]
            person = {"kind": "man", "posture": "standing"} if category == 0 else {"kind": "", "posture": ""}
            box = {"image_id": image, "category_id": category + 1, "bbox": [x, y, width, height], "transmittance": 1.0}
            annotations.append({"id": len(annotations) + 1, "visibility": 1.0, **box, **person})
        cv2.imwrite(str(folder / "images" / f"{image:06d}.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    images = [{"id": i, "file_name": f"{i:06d}.jpg", "width": 128, "height": 96} for i in range(count)]
    categories = [{"id": i + 1, "name": name} for i, name in enumerate(NAMES)]
    text = json.dumps({"images": images, "annotations": annotations, "categories": categories})
    (folder / "annotations.json").write_text(text)
    return folder


CUTS = CutConfig(pixels=8 * 96 * 128, sizes=((96, 128), (64, 80)), share=(0.5, 0.5))


def test_boxes_stay_on_their_things(tmp_path):
    pictures = read_set(write_set(tmp_path / "set", 6), CUTS)
    draw = draw_weights(pictures.labels, 3, 0.5)
    assert draw.pictures.sum() == pytest.approx(1.0)
    checked = 0
    for step in range(4):
        plain = CutConfig(pixels=CUTS.pixels, sizes=CUTS.sizes, share=CUTS.share, colour=0.0)
        batch = cut_batch(pictures, draw, plain, stream(0, "test", step))
        for picture, corners, category in zip(batch.pictures, batch.truth.corners_px, batch.truth.category, strict=True):
            # The last one drawn lies on top of the others.
            for (x0, y0, x1, y1), number in list(zip(corners.tolist(), category.tolist(), strict=True))[::-1]:
                if number < 0 or min(x1 - x0, y1 - y0) < 8:
                    continue
                inside = picture[int(y0) + 2 : int(y1) - 2, int(x0) + 2 : int(x1) - 2].float().mean((0, 1))
                assert (inside - torch.tensor(COLOURS[number])).abs().max() < 25
                checked += 1
                break
    assert checked > 20


def test_a_step_sees_the_same_batch_every_time(tmp_path):
    pictures = read_set(write_set(tmp_path / "set", 4), CUTS)
    draw = draw_weights(pictures.labels, 3, 0.5)
    first, second = (cut_batch(pictures, draw, CUTS, stream(0, "test", 3)) for _ in range(2))
    assert torch.equal(first.pictures, second.pictures)
    assert torch.equal(first.truth.corners_px, second.truth.corners_px)


def one_box(corners, category=0, ignored=False):
    return Truth(
        torch.tensor([[corners]]),
        torch.tensor([[category]]),
        torch.tensor([[ignored]]),
    )


def blank(centres):
    n = len(centres)
    return Cells(
        torch.full((1, n, 3), -4.0),
        torch.full((1, n, 4), 16.0),
        torch.zeros(1, n, 8),
    )


def test_the_cells_that_fit_best_answer_for_a_box():
    centres = centres_px(96, 128)
    cells, truth = blank(centres), one_box([40.0, 32.0, 72.0, 64.0])
    corners = torch.cat([centres - 16.0, centres + 16.0], -1)[None]
    found = assign(cells, corners, centres, truth)
    chosen = torch.nonzero(found.quality[0] > 0).ravel()
    assert 1 <= len(chosen) <= 10
    assert bool(((centres[chosen] > 32) & (centres[chosen] < 72)).all())
    best = int(found.quality[0].argmax())
    assert float(found.quality[0, best]) == pytest.approx(float(pair_iou(corners[0], truth.corners_px[0]).max()), abs=1e-4)


def test_an_ignored_box_teaches_nothing():
    centres = centres_px(96, 128)
    everywhere = torch.full((1, len(centres), 3), -20.0)
    inside = ((centres > 32) & (centres < 72)).all(-1)
    everywhere[0, inside, 0] = 5.0  # an alarm where the ignored box is
    cells = blank(centres)._replace(scores=everywhere)
    corners = [32.0, 32.0, 72.0, 72.0]
    ignored, _ = detection_loss(cells, centres, one_box(corners, ignored=True))
    other, _ = detection_loss(cells, centres, one_box(corners, category=1, ignored=True))
    assert float(ignored) < 1e-3 < 10 < float(other)


def test_better_answers_cost_less():
    centres = centres_px(96, 128)
    corners = torch.tensor([40.0, 32.0, 72.0, 64.0])
    truth, rough = one_box(corners.tolist()), blank(centres)
    reach = torch.cat([centres - corners[:2], corners[2:] - centres], -1).clamp_min(1.0)[None]
    placed = rough._replace(reaches=reach)
    scores = rough.scores.clone()
    scores[
        0,
        assign(placed, torch.cat([centres - reach[0, :, :2], centres + reach[0, :, 2:]], -1)[None], centres, truth).quality[
            0
        ]
        > 0,
        0,
    ] = 4
    losses = [float(detection_loss(cells, centres, truth)[0]) for cells in (rough, placed, placed._replace(scores=scores))]
    assert losses[0] > losses[1] > losses[2]


@pytest.mark.slow
def test_a_detector_learns_and_its_export_detects(tmp_path):
    config = DetectorConfig(
        data=write_set(tmp_path / "set", 40),
        checks=write_set(tmp_path / "checks", 12, seed=1),
        widths=(8, 12, 16, 24, 24),
        depths=(1, 1, 1, 1),
        features=24,
        close=(4, 8, 8, 8),
        cuts=CUTS,
        people=CloseConfig(crops=4),
        loop=LoopConfig(steps=120, learning_rate=4e-3, warmup_steps=10, average_decay=0.95, loaders=0),
        out=tmp_path / "run",
    )
    end = train_detector(config)
    assert DetectorTask(config).check(end.model)["ap50"] > 0.5
    export(config.out, tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (config.out / "detector.safetensors").read_bytes()
    picture = np.full((96, 128, 3), 60, np.uint8)
    picture[20:60, 30:70] = COLOURS[1]
    best = load_detector(config.out / "detector.safetensors").detect(picture)[0]
    assert best.category == "car"
    assert best.box == pytest.approx((30, 20, 40, 40), abs=8)


def test_a_missing_data_set_is_told_with_the_command(tmp_path):
    with pytest.raises(ConfigError, match="goldentime dataset make detection"):
        read_set(tmp_path, CUTS)


def test_the_shipped_settings_fit_and_wrong_ones_are_named():
    settings = compose(["perception=detector", "loop.minutes=5"])
    assert settings.pop("task") == "detector"
    settings.pop("pictures")
    assert load(DetectorConfig, settings, "train").loop.minutes == 5
    with pytest.raises(ConfigError, match=r"train\.cuts\.zooom: unknown key"):
        load(DetectorConfig, {**settings, "cuts": {"zooom": 1}}, "train")
    with pytest.raises(ConfigError, match="one of detector"):
        compose([])
