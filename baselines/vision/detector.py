"""`goldentime train perception=detector`: the detector's training on our own data set."""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from goldentime.baselines.vision.detector_data import Batch, CutConfig, PictureSet, cut_batch, draw_weights, read_set
from goldentime.baselines.vision.detector_loss import Truth, detection_loss
from goldentime.baselines.vision.loop import LoopConfig, LoopEnd, averaged_weights, run_loop
from goldentime.eval.score.coco import Answer, Question, category_ap50, gather
from goldentime.files import write_atomic
from goldentime.perception.detection import Detector
from goldentime.perception.detection_decode import Found
from goldentime.perception.detection_net import (
    DetectorNet,
    NetSpec,
    as_input,
    centres_px,
    channels_last,
    load_net,
    net_bytes,
)
from goldentime.records import dump, load, record
from goldentime.rng import stream

__all__ = ["HEADLINE", "DetectorConfig", "DetectorTask", "clear_question", "export", "find_all", "train_detector"]

HEADLINE = ("person", "fire", "fire_extinguisher", "hydrant", "car", "bicycle", "motorcycle")
"""The contest's six classes and fire."""
_SPEC = "net.json"


@record
class DetectorConfig:
    """The detector's training."""

    data: Path
    """A folder of `goldentime dataset make detection`, pool `train`."""
    checks: Path | None = None
    """Another one to check on; none leaves the checks out."""
    check_pictures: int = 250
    widths: tuple[int, int, int, int, int] = (24, 40, 80, 128, 192)
    depths: tuple[int, int, int, int] = (1, 2, 2, 1)
    features: int = 64
    cuts: CutConfig = field(default_factory=CutConfig)
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(minutes=60))
    out: Path = Path("runs/detector")


def clear_question(categories: tuple[str, ...] = HEADLINE) -> Question:
    """The headline: boxes of at least 24 pixels (the root of the area), seen through a transmittance of at least 0.5."""
    return Question(categories=categories, least_px=24.0, asked=lambda a: a.get("transmittance", 1.0) >= 0.5)


def find_all(find: Callable[[Sequence[NDArray[np.uint8]]], list[Found]], pictures: PictureSet) -> list[Answer]:
    """The detections on a whole set, as the scores take them; `find` is that of a `Detector`."""
    ids = [image["id"] for image in pictures.annotations["images"]]
    answers = []
    for start in range(0, len(ids), 8):
        found = find(list(pictures.pictures[start : start + 8]))
        for image, row in zip(ids[start : start + 8], found, strict=True):
            sizes = row.corners_px[:, 2:] - row.corners_px[:, :2]
            for category, score, corner, size in zip(row.category, row.score, row.corners_px, sizes, strict=True):
                box = (float(corner[0]), float(corner[1]), float(size[0]), float(size[1]))
                name = pictures.categories[category]
                answers.append(Answer(image_id=image, category=name, bbox=box, score=float(score)))
    return answers


class DetectorTask:
    """What the loop trains."""

    def __init__(self, config: DetectorConfig) -> None:
        torch.manual_seed(config.loop.seed)
        self._config = config
        self._set = read_set(config.data, config.cuts)
        self._checks = read_set(config.checks, config.cuts, config.check_pictures) if config.checks else None
        self._draw = draw_weights(self._set.labels, len(self._set.categories), config.cuts.rarity)
        self.spec = NetSpec(
            categories=self._set.categories,
            kinds=config.cuts.kinds,
            postures=config.cuts.postures,
            widths=config.widths,
            depths=config.depths,
            features=config.features,
        )
        self.model: nn.Module = DetectorNet(self.spec)
        channels_last(self.model)

    def batch(self, step: int) -> Batch:
        """The cuts of a step."""
        return cut_batch(self._set, self._draw, self._config.cuts, stream(self._config.loop.seed, "detector.cuts", step))

    def loss(self, batch: Batch) -> tuple[Tensor, Mapping[str, float]]:
        """Forward in half precision, losses in full."""
        with torch.autocast("cpu", torch.bfloat16):
            cells = self.model(as_input(batch.pictures))
        centres = centres_px(*batch.pictures.shape[1:3])
        return detection_loss(cells, centres, Truth(*batch.truth), len(self.spec.kinds))

    def check(self, model: nn.Module) -> Mapping[str, float]:
        """AP50 by category on the headline's boxes."""
        if self._checks is None:
            return {}
        question = clear_question(tuple(name for name in HEADLINE if name in self.spec.categories))
        assert isinstance(model, DetectorNet)
        detector = Detector(copy.deepcopy(model), least_score=0.01)
        sheets = gather(self._checks.annotations, find_all(detector.find, self._checks), question)
        found = {name: round(category_ap50(sheet), 4) for name, sheet in sheets.items() if sheet.asked.sum()}
        return {"ap50": round(float(np.mean(list(found.values()))), 4), **found}


def train_detector(config: DetectorConfig) -> LoopEnd:
    """Train to the end of the budget, going on where `config.out` stands, and export.

    Raises:
        ConfigError: the data set is missing, or the folder holds another run.
    """
    torch.set_num_threads(1)
    task = DetectorTask(config)
    write_atomic(config.out / _SPEC, json.dumps(dump(task.spec)).encode())
    end = run_loop(task, config.loop, config.out)
    export(config.out, config.out / "detector.safetensors")
    return end


def export(run: Path, path: Path) -> None:
    """Write the averaged weights of a run, which may still be going on, as `load_detector` reads them.

    Raises:
        ConfigError: the run has no checkpoint yet.
    """
    weights = averaged_weights(run)
    spec = load(NetSpec, json.loads((run / _SPEC).read_text("utf-8")), str(run / _SPEC))
    load_net(spec, weights)  # refuses weights of another network
    write_atomic(path, net_bytes(spec, weights))
