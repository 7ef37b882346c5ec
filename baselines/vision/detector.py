"""`goldentime train perception=detector`: the detector's training on our own data set."""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from goldentime.baselines.vision.detector_data import Batch, CutConfig, PictureSet, cut_batch, draw_weights, read_set
from goldentime.baselines.vision.detector_loss import Truth, detection_loss
from goldentime.baselines.vision.detector_people import (
    CloseConfig,
    People,
    PeopleBatch,
    people_batch,
    people_loss,
    people_of,
)
from goldentime.baselines.vision.detector_smoke import SmokeBatch, SmokeConfig, smoke_batch, smoke_loss
from goldentime.baselines.vision.loop import LoopConfig, LoopEnd, averaged_weights, half_precision, run_loop
from goldentime.errors import ConfigError
from goldentime.eval.score.coco import Answer, Question, category_ap50, gather
from goldentime.files import write_atomic
from goldentime.perception.detection import Detector
from goldentime.perception.detection_decode import Found
from goldentime.perception.detection_net import (
    DetectorNet,
    NetSpec,
    as_input,
    begin_with,
    centres_px,
    channels_last,
    load_net,
    net_bytes,
)
from goldentime.perception.detection_person import crop, crop_matrix
from goldentime.records import dump, load, record
from goldentime.rng import stream

__all__ = ["HEADLINE", "DetectorConfig", "DetectorTask", "clear_question", "export", "find_all", "train_detector"]

HEADLINE = ("person", "fire", "fire_extinguisher", "hydrant", "car", "bicycle", "motorcycle")
"""The contest's six classes and fire."""
_SPEC = "net.json"


Part = Literal["boxes", "smoke", "people"]
_PARTS = {"smoke": "smoke", "close": "people"}
"""Modules of the network; all others make the boxes."""


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
    close: tuple[int, int, int, int] = (16, 32, 64, 128)
    """Channels of the network that looks at people again."""
    cuts: CutConfig = field(default_factory=CutConfig)
    people: CloseConfig = field(default_factory=CloseConfig)
    smoke: SmokeConfig = field(default_factory=SmokeConfig)
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(minutes=60))
    start: Path | None = None
    """Weights to begin with, as `load_detector` reads them; from nothing if none."""
    taught: tuple[Part, ...] = ("boxes", "smoke", "people")
    """Which of the three networks are trained, side by side: boxes, smoke, the second look at people. What is left out
    stays as it was at the start."""
    out: Path = Path("runs/detector")

    def __post_init__(self) -> None:
        """Refuse a training of nothing."""
        if not self.taught or (self.start is None and "boxes" not in self.taught):
            raise ConfigError(f"train.taught: expected boxes, or a start, got {self.taught} from {self.start}")


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


class Step(NamedTuple):
    """What one update sees, of what is taught."""

    cuts: Batch | None
    people: PeopleBatch | None
    smoke: SmokeBatch | None


class DetectorTask:
    """What the loop trains."""

    def __init__(self, config: DetectorConfig) -> None:
        torch.manual_seed(config.loop.seed)
        self._config = config
        self._set = read_set(config.data, config.cuts)
        self._checks = read_set(config.checks, config.cuts, config.check_pictures) if config.checks else None
        self._draw = draw_weights(self._set.labels, len(self._set.categories), config.cuts.rarity)
        self._people = _everyone(self._set, config.people)
        self.spec = NetSpec(
            categories=self._set.categories,
            kinds=config.cuts.kinds,
            postures=config.cuts.postures,
            widths=config.widths,
            depths=config.depths,
            features=config.features,
            close=config.close,
        )
        self.net = DetectorNet(self.spec)
        if config.start is not None:
            begin_with(self.net, config.start)
        channels_last(self.net)
        self.model: nn.Module = self.net
        self._kept = [part for name, part in self.net.named_children() if _PARTS.get(name, "boxes") not in config.taught]
        for part in self._kept:
            part.requires_grad_(False)

    def batch(self, step: int) -> Step:
        """Of each part from its own stream, so that one does not depend on the others."""
        config, pictures = self._config, self._set.pictures
        boxes, people, smoke = (
            stream(config.loop.seed, f"detector.{name}", step) if part in config.taught else None
            for name, part in (("cuts", "boxes"), ("people", "people"), ("smoke", "smoke"))
        )
        return Step(
            cuts=None if boxes is None else cut_batch(self._set, self._draw, config.cuts, boxes),
            people=None if people is None else people_batch(self._people, pictures, config.people, people),
            smoke=None if smoke is None else smoke_batch(pictures, self._set.smoke, config.smoke, smoke),
        )

    def loss(self, batch: Step) -> tuple[Tensor, Mapping[str, float]]:
        """Forward in half precision where that is fast, losses in full."""
        for part in self._kept:
            part.eval()  # normalisations keep their statistics
        loss = torch.zeros(())
        parts: dict[str, float] = {}
        if batch.cuts is not None:
            pictures, truth = batch.cuts
            with half_precision():
                cells = self.net(as_input(pictures))
            loss, parts = detection_loss(cells, centres_px(*pictures.shape[1:3]), Truth(*truth))
        if batch.people is not None and len(batch.people.kind):
            with half_precision():
                logits = self.net.close(as_input(batch.people.crops))
            close = people_loss(logits, PeopleBatch(*batch.people), len(self.spec.kinds))
            loss, parts = loss + close, {**parts, "close": float(close.detach())}
        if batch.smoke is not None and len(batch.smoke.pictures):
            with half_precision():
                answer = self.net.smoke(as_input(batch.smoke.pictures))
            smoke = smoke_loss(answer, batch.smoke.truth)
            loss, parts = loss + smoke, {**parts, "smoke": float(smoke.detach())}
        return loss, parts

    def check(self, model: nn.Module) -> Mapping[str, float]:
        """AP50 by category on the headline's boxes; how often a person's kind is right, each kind weighing the same."""
        if self._checks is None:
            return {}
        question = clear_question(tuple(name for name in HEADLINE if name in self.spec.categories))
        assert isinstance(model, DetectorNet)
        detector = Detector(copy.deepcopy(model), least_score=0.01)
        sheets = gather(self._checks.annotations, find_all(detector.find, self._checks), question)
        found = {name: round(category_ap50(sheet), 4) for name, sheet in sheets.items() if sheet.asked.sum()}
        return {"ap50": round(float(np.mean(list(found.values()))), 4), **found, **self._closely(model)}

    def _closely(self, model: DetectorNet) -> Mapping[str, float]:
        assert self._checks is not None
        people = _everyone(self._checks, CloseConfig(least_px=24.0))
        if not len(people.kind):
            return {}
        pictures = self._checks.pictures
        pairs = zip(people.picture, people.corners_px, strict=True)
        crops = np.stack([crop(pictures[i], crop_matrix(corners)) for i, corners in pairs])
        with torch.inference_mode():
            said = torch.cat([model.close(as_input(part)) for part in torch.split(torch.from_numpy(crops), 64)])
        right = said[:, : len(self.spec.kinds)].argmax(1).numpy() == people.kind
        return {"kinds": round(float((right * people.share).sum()), 4)}


def _everyone(pictures: PictureSet, config: CloseConfig) -> People:
    return people_of([(row.corners_px, row.kind, row.posture, row.ignored) for row in pictures.labels], config)


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
