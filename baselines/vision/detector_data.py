"""Pictures and boxes for the detector: a data set in memory, and batches cut from it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from goldentime.baselines.vision.detector_loss import Truth
from goldentime.baselines.vision.detector_smoke import read_smoke
from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["Batch", "CutConfig", "Draw", "Labels", "PictureSet", "cut_batch", "draw_weights", "read_set"]

_TINY_PX = 8.0
_FAINT = 0.15
_HIDDEN = 0.1
"""Boxes smaller than this by the root of their area, seen through less air or by less of their pixels are neither
taught nor held against the network."""
_KEPT = 0.35
"""A cut that leaves less of a box ignores it."""


@record
class CutConfig:
    """How batches are cut from pictures."""

    pixels: int = 16 * 320 * 240
    """Of a batch, whatever its size."""
    sizes: tuple[tuple[int, int], ...] = ((240, 320), (208, 272), (176, 224), (144, 192))
    """Heights and widths [px]; a batch has one of them. Small cuts lie on things, and show more of them in less time."""
    share: tuple[float, ...] = (0.3, 0.3, 0.2, 0.2)
    """Of the batches, by size."""
    zoom: tuple[float, float] = (0.7, 1.8)
    """Fewest and most pixels of a cut per pixel of the picture."""
    on_things: float = 0.7
    """Share of the cuts that are placed on a thing."""
    colour: float = 1.0
    """Strength of changes of brightness, colour, haze and sharpness; 0 leaves pictures as they are."""
    rarity: float = 0.5
    """0 draws all pictures equally often, 1 those with rare categories so that all categories come equally often."""
    kinds: tuple[str, ...] = ("man", "woman", "child", "elderly_man", "elderly_woman", "firefighter", "medic")
    postures: tuple[str, ...] = ("standing", "walking", "waving", "sitting", "crouching", "lying_back", "lying_side")

    def __post_init__(self) -> None:
        """Refuse shares that don't fit the sizes."""
        if len(self.share) != len(self.sizes) or not math.isclose(sum(self.share), 1.0, abs_tol=1e-6):
            raise ConfigError(f"detector.share: expected {len(self.sizes)} shares that sum to 1, got {self.share}")


class Labels(NamedTuple):
    """The boxes of one picture."""

    corners_px: NDArray[np.float32]
    """(n, 4) left, upper, right, lower."""
    category: NDArray[np.int64]
    """(n) places in the set's categories."""
    kind: NDArray[np.int64]
    posture: NDArray[np.int64]
    """(n) places in `CutConfig.kinds` and `postures`; -1 for what is no person."""
    ignored: NDArray[np.bool_]


@record
class PictureSet:
    """A COCO data set in memory."""

    pictures: NDArray[np.uint8]
    """(n, height, width, 3) RGB."""
    labels: tuple[Labels, ...]
    categories: tuple[str, ...]
    annotations: Mapping[str, Any] = field(repr=False)
    """As in the file, without segmentations."""
    smoke: tuple[NDArray[np.float32], ...] = ()
    """Of each picture, as `read_smoke` tells it."""


class Batch(NamedTuple):
    """What a training step sees."""

    pictures: torch.Tensor
    """(n, height, width, 3) uint8 RGB."""
    truth: Truth


def read_set(folder: Path, config: CutConfig, most: int | None = None) -> PictureSet:
    """Read a data set of `goldentime dataset make detection`; `most` takes only the first pictures.

    Raises:
        ConfigError: the folder holds none, or a picture is missing.
    """
    path = folder / "annotations.json"
    if not path.is_file():
        raise ConfigError(f"{path}: expected a data set; make one with: goldentime dataset make detection out={folder}")
    data = json.loads(path.read_text("utf-8"))
    for annotation in data["annotations"]:
        annotation.pop("segmentation", None)  # masks fill the memory and are not used
    images = sorted(data["images"], key=lambda image: image["id"])[:most]
    chosen = {image["id"] for image in images}
    data["images"] = images
    data["annotations"] = [a for a in data["annotations"] if a["image_id"] in chosen]
    categories = tuple(c["name"] for c in sorted(data["categories"], key=lambda c: c["id"]))
    places = {c["id"]: categories.index(c["name"]) for c in data["categories"]}
    rows: dict[int, list[Mapping[str, Any]]] = {image["id"]: [] for image in images}
    for annotation in data["annotations"]:
        rows[annotation["image_id"]].append(annotation)
    return PictureSet(
        pictures=_read_pictures([folder / "images" / image["file_name"].removeprefix("images/") for image in images]),
        labels=tuple(_labels(rows[image["id"]], places, config) for image in images),
        categories=categories,
        annotations=data,
        smoke=read_smoke(images),
    )


def _read_pictures(paths: Sequence[Path]) -> NDArray[np.uint8]:
    found: NDArray[np.uint8] | None = None
    for i, path in enumerate(paths):
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        if picture is None:
            raise ConfigError(f"{path}: expected a picture, it can't be read")
        if found is None:
            found = np.empty((len(paths), *picture.shape), np.uint8)
        found[i] = picture
    if found is None:
        raise ConfigError("expected a data set with pictures, got none")
    return found


def _labels(rows: Sequence[Mapping[str, Any]], places: Mapping[int, int], config: CutConfig) -> Labels:
    boxes = np.array([row["bbox"] for row in rows], np.float32).reshape(-1, 4)
    faint = [row.get("transmittance", 1.0) < _FAINT or row.get("visibility", 1.0) < _HIDDEN for row in rows]
    crowd = [bool(row.get("iscrowd", 0)) for row in rows]
    tiny = np.sqrt(boxes[:, 2:].prod(1)) < _TINY_PX
    return Labels(
        corners_px=np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], 1),
        category=np.array([places[row["category_id"]] for row in rows], np.int64),
        kind=np.array([_place(row.get("kind"), config.kinds) for row in rows], np.int64),
        posture=np.array([_place(row.get("posture"), config.postures) for row in rows], np.int64),
        ignored=np.array(faint, bool) | np.array(crowd, bool) | tiny,
    )


def _place(name: str | None, names: Sequence[str]) -> int:
    return names.index(name) if name in names else -1


class Draw(NamedTuple):
    """How often things are drawn."""

    pictures: NDArray[np.float64]
    """(n), summing to 1."""
    categories: NDArray[np.float64]
    """Relative to each other, of the things in a picture."""


def draw_weights(labels: Sequence[Labels], categories: int, rarity: float) -> Draw:
    """Pictures more often if they show what few pictures show, and in them that rather than other things.

    As the repeat factors of Gupta, Dollar and Girshick 2019, "LVIS" (CVPR), without their threshold.
    """
    shown = np.zeros((len(labels), categories), bool)
    for i, row in enumerate(labels):
        shown[i, row.category[~row.ignored]] = True
    factor = shown.mean(0).clip(1 / len(labels)) ** -rarity
    weight = np.where(shown, factor, 1.0).max(1, initial=1.0)
    # A category of a handful of pictures would otherwise be seen in nothing but these.
    weight = np.minimum(weight, 8 * np.median(weight))
    return Draw(np.asarray(weight / weight.sum(), np.float64), np.asarray(factor, np.float64))


def cut_batch(pictures: PictureSet, draw: Draw, config: CutConfig, rng: np.random.Generator) -> Batch:
    """A batch of cuts of one size."""
    height, width = config.sizes[int(rng.choice(len(config.sizes), p=np.array(config.share) / sum(config.share)))]
    chosen = rng.choice(len(draw.pictures), size=max(config.pixels // (height * width), 1), p=draw.pictures)
    out = np.empty((len(chosen), height, width, 3), np.uint8)
    found = []
    for i, number in enumerate(chosen):
        labels = pictures.labels[number]
        on = _choice(labels, draw, rng) if rng.random() < config.on_things else None
        matrix = _placing(pictures.pictures.shape[1:3], (height, width), config, on, rng)
        warp = matrix.copy()
        warp[:, 2] += (warp[[0, 1], [0, 1]] - 1) / 2  # OpenCV counts from the middle of the first pixel
        warped = cv2.warpAffine(pictures.pictures[number], warp, (width, height), flags=cv2.INTER_LINEAR)
        picture = np.asarray(warped, np.uint8)
        out[i] = _weathered(picture, config.colour, rng) if config.colour > 0 else picture
        found.append(_moved(labels, matrix, (height, width)))
    return Batch(torch.from_numpy(out), _padded(found))


def _choice(labels: Labels, draw: Draw, rng: np.random.Generator) -> NDArray[np.float32] | None:
    """The corners of a thing to look at."""
    taught = np.flatnonzero(~labels.ignored)
    if not len(taught):
        return None
    weight = draw.categories[labels.category[taught]]
    corners: NDArray[np.float32] = labels.corners_px[rng.choice(taught, p=weight / weight.sum())]
    return corners


def _placing(
    size: tuple[int, ...],
    cut: tuple[int, int],
    config: CutConfig,
    on: NDArray[np.float32] | None,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """The 2x3 matrix from places in the picture [px from its upper left corner] to places in the cut."""
    least = max(config.zoom[0], cut[0] / size[0], cut[1] / size[1])
    zoom = math.exp(rng.uniform(math.log(least), math.log(max(config.zoom[1], least))))
    zooms = np.maximum(zoom * np.array([math.exp(rng.uniform(-0.1, 0.1)), 1.0]), [cut[1] / size[1], cut[0] / size[0]])
    seen = np.array([cut[1], cut[0]]) / zooms
    room = np.array([size[1], size[0]]) - seen
    corner = rng.uniform(0, 1, 2) * room
    if on is not None:
        corner = np.clip((on[:2] + on[2:]) / 2 - rng.uniform(0.2, 0.8, 2) * seen, 0, room)
    matrix = np.array([[zooms[0], 0, -corner[0] * zooms[0]], [0, zooms[1], -corner[1] * zooms[1]]])
    if rng.random() < 0.5:
        matrix[0] = [-matrix[0, 0], 0, cut[1] - matrix[0, 2]]
    return matrix


def _moved(labels: Labels, matrix: NDArray[np.float64], cut: tuple[int, int]) -> Labels:
    """The boxes in the cut."""
    points = labels.corners_px.reshape(-1, 2, 2) * matrix[[0, 1], [0, 1]] + matrix[:, 2]
    low, high = points.min(1), points.max(1)
    area = (high - low).prod(1)
    low, high = np.clip(low, 0, cut[::-1]), np.clip(high, 0, cut[::-1])
    left = (high - low).prod(1)
    inside = left > 0
    ignored = labels.ignored | (left < _KEPT * area) | (left < _TINY_PX**2)
    corners = np.concatenate([low, high], 1).astype(np.float32)
    return Labels(*(part[inside] for part in (corners, labels.category, labels.kind, labels.posture, ignored)))


def _padded(rows: Sequence[Labels]) -> Truth:
    most = max(1, *(len(row.category) for row in rows))
    corners = np.zeros((len(rows), most, 4), np.float32)
    category = np.full((len(rows), most), -1, np.int64)
    ignored = np.zeros((len(rows), most), bool)
    for i, row in enumerate(rows):
        n = len(row.category)
        corners[i, :n], category[i, :n], ignored[i, :n] = row.corners_px, row.category, row.ignored
    return Truth(torch.from_numpy(corners), torch.from_numpy(category), torch.from_numpy(ignored))


def _weathered(picture: NDArray[np.uint8], strength: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Other light, colour, haze, sharpness and grain."""
    grey = np.arange(256, dtype=np.float32) / 255
    tables = np.empty((1, 256, 3), np.uint8)
    gamma, gain = math.exp(strength * rng.normal(0, 0.2)), math.exp(strength * rng.normal(0, 0.15))
    haze = strength * max(rng.uniform(-0.5, 0.35), 0.0)
    light = rng.uniform(0.3, 0.9)
    for channel in range(3):
        tint = gain * math.exp(strength * rng.normal(0, 0.06))
        curve = (tint * grey**gamma) * (1 - haze) + haze * light
        tables[0, :, channel] = np.clip(curve * 255 + 0.5, 0, 255).astype(np.uint8)
    out = cv2.LUT(picture, tables)
    if rng.random() < 0.2 * strength:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.2))
    if rng.random() < 0.3 * strength:
        noise = rng.integers(-128, 128, out.shape, np.int8).astype(np.float32) * (rng.uniform(1, 7) / 74)
        out = np.clip(out + noise, 0, 255).astype(np.uint8)
    return np.asarray(out, np.uint8)
