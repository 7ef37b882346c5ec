"""`goldentime train perception=warm_people`: the network that finds people in thermal pictures, on our own data set."""

import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from goldentime.baselines.vision.detector_loss import Truth, detection_loss, pair_iou
from goldentime.baselines.vision.loop import LoopConfig, averaged_weights, run_loop
from goldentime.errors import ConfigError
from goldentime.files import write_atomic
from goldentime.perception.warm_people import WarmPeople, layers
from goldentime.perception.warm_people_net import POSES, WarmPeopleNet, cells_px, net_bytes
from goldentime.records import load, record
from goldentime.rng import stream

__all__ = ["Pictures", "Reckoning", "WarmConfig", "WarmTask", "read_pictures", "reckon", "warm_people_command"]

_IOU = 0.5
"""Boxes that share at least so much are the same one."""


@record
class WarmConfig:
    """The training."""

    data: Path
    """A folder of `goldentime dataset make warmth`, pool `train`; it is made if it is not there."""
    checks: Path | None = None
    """Another one to check on, made too; none leaves the checks out."""
    buildings: int = 120
    """How many are made, and a tenth of them for the checks."""
    batch: int = 32
    noise_k: float = 0.08
    """What is added to pictures at the most: noise, and an error of the height over the floor and of the camera's tilt."""
    height_m: float = 0.2
    tilt_deg: float = 2.0
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(minutes=15))
    out: Path = Path("runs/warm_people")


class Pictures(NamedTuple):
    """A whole data set; one picture a row."""

    kelvin: NDArray[np.float32]
    depth_m: NDArray[np.float16]
    above_m: NDArray[np.float16]
    people: list[NDArray[np.int32]]
    """Of each picture (n, 5): left, upper, width, height [px], place in `POSES`."""


def read_pictures(folder: Path) -> Pictures:
    """All pictures of a folder.

    Raises:
        ConfigError: there are none.
    """
    from goldentime.eval.dataset.warmth import read_warmth

    kelvin, depth, above = [], [], []
    people: list[NDArray[np.int32]] = []
    for arrays in read_warmth(folder):
        kelvin.append(arrays["kelvin"])
        depth.append(arrays["depth_m"])
        above.append(arrays["above_m"])
        rows = arrays["people"]
        people += [rows[rows[:, 0] == i, 1:] for i in range(len(arrays["kelvin"]))]
    if not people:
        raise ConfigError(f"train.data: {folder} holds no pictures; make some: goldentime dataset make warmth out={folder}")
    return Pictures(np.concatenate(kelvin), np.concatenate(depth), np.concatenate(above), people)


class WarmTask:
    """What the loop trains."""

    def __init__(self, config: WarmConfig, train: Pictures, checks: Pictures | None) -> None:
        self.model: torch.nn.Module = WarmPeopleNet()
        self._config, self._train, self._checks = config, train, checks
        self._centres = cells_px(*train.kelvin.shape[1:])

    def batch(self, step: int) -> tuple[Tensor, Truth]:
        """See `loop.Task`."""
        rng = stream(self._config.loop.seed, "warm_people.batch", step)
        chosen = rng.integers(len(self._train.people), size=self._config.batch)
        parts = [_varied(self._train, int(i), self._config, rng) for i in chosen]
        most = max(1, *(len(people) for _, people in parts))
        corners, poses = torch.zeros(len(parts), most, 4), torch.full((len(parts), most), -1, dtype=torch.int64)
        for row, (_, people) in enumerate(parts):
            corners[row, : len(people)] = torch.from_numpy(_corners(people))
            poses[row, : len(people)] = torch.from_numpy(people[:, 4].astype(np.int64))
        pictures = torch.from_numpy(np.stack([picture for picture, _ in parts]))
        return pictures, Truth(corners, poses, torch.zeros(len(parts), most, dtype=torch.bool))

    def loss(self, batch: tuple[Tensor, Truth]) -> tuple[Tensor, Mapping[str, float]]:
        """See `loop.Task`."""
        pictures, truth = batch
        return detection_loss(self.model(pictures), self._centres, truth)

    def check(self, model: torch.nn.Module) -> Mapping[str, float]:
        """See `loop.Task`."""
        if self._checks is None:
            return {}
        assert isinstance(model, WarmPeopleNet)
        found = reckon(WarmPeople(model, least_score=0.35), self._checks)
        return {"precision": found.precision, "recall": found.recall, "poses": found.poses}


def _varied(
    pictures: Pictures, i: int, config: WarmConfig, rng: np.random.Generator
) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """One picture with noise and errors of pose, either way round."""
    kelvin, people = pictures.kelvin[i].astype(np.float32), pictures.people[i].copy()
    depth_m, above_m = pictures.depth_m[i].astype(np.float32), pictures.above_m[i].astype(np.float32)
    columns = kelvin.shape[1]
    kelvin = kelvin + rng.normal(0.0, rng.uniform(0.0, config.noise_k), kelvin.shape).astype(np.float32)
    tilt = np.radians(rng.uniform(-config.tilt_deg, config.tilt_deg))
    above_m = above_m + np.float32(rng.uniform(-config.height_m, config.height_m)) + np.float32(tilt) * depth_m
    if rng.random() < 0.5:
        kelvin, depth_m, above_m = kelvin[:, ::-1], depth_m[:, ::-1], above_m[:, ::-1]
        people[:, 0] = columns - people[:, 0] - people[:, 2]
    return layers(kelvin, depth_m, above_m), people


def _corners(people: NDArray[np.int32]) -> NDArray[np.float32]:
    left, upper, width, height = people[:, :4].T.astype(np.float32)
    return np.stack([left, upper, left + width, upper + height], -1)


class Reckoning(NamedTuple):
    """How well people are found."""

    precision: float
    recall: float
    poses: float
    """Share of those found whose pose is told right."""
    people: int


def reckon(finder: WarmPeople, pictures: Pictures) -> Reckoning:
    """What a finder makes of a set; boxes that share half of what they cover are one."""
    hits = said = right = true = 0
    for i, people in enumerate(pictures.people):
        rows = (array[i].astype(np.float32) for array in (pictures.kelvin, pictures.depth_m, pictures.above_m))
        found = finder.find(*rows)
        left, truth = set(range(len(people))), torch.from_numpy(_corners(people))
        said, true = said + len(found), true + len(people)
        for one in found:
            x, y, width, height = one.box
            shares = pair_iou(torch.tensor([x, y, x + width, y + height]), truth).tolist()
            best = max(left, key=lambda j: shares[j], default=None)
            if best is not None and shares[best] >= _IOU:
                left.remove(best)
                hits += 1
                right += POSES[people[best, 4]] == one.pose
    return Reckoning(round(hits / max(said, 1), 4), round(hits / max(true, 1), 4), round(right / max(hits, 1), 4), true)


def warm_people_command(settings: Mapping[str, Any]) -> int:
    """Train with settings as Hydra composes them, going on in `out` where it was begun, and answer the exit code.

    Raises:
        ConfigError: a setting does not fit, or the folder holds another run.
    """
    config = load(WarmConfig, settings, "train")
    torch.set_num_threads(1)
    _make(config.data, config.buildings, "train", 0)
    if config.checks is not None:
        _make(config.checks, max(config.buildings // 10, 1), "test", 1)
    torch.manual_seed(config.loop.seed)
    checks = read_pictures(config.checks) if config.checks is not None else None
    end = run_loop(WarmTask(config, read_pictures(config.data), checks), config.loop, config.out)
    path = config.out / "warm_people.safetensors"
    write_atomic(path, net_bytes(averaged_weights(config.out)))
    print(f"trained {end.steps:,} steps in {end.seconds:.0f} s -> {path}", flush=True)
    return 0


def _make(folder: Path, buildings: int, pool: str, seed: int) -> None:
    """A data set, unless it is there; going on where a making was stopped."""
    from goldentime.eval.dataset.shards import DONE, make_shards
    from goldentime.eval.dataset.warmth import WARMTH, WarmthConfig

    if not (folder / DONE).is_file():
        made = WarmthConfig(n=buildings, pool=pool, seed=seed)
        make_shards(WARMTH, made, folder, len(os.sched_getaffinity(0)), lambda one: print(one, flush=True))
