"""What the second look at people is taught: crops of people from all pictures, each kind equally often."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from goldentime.perception.detection_person import CROP, crop, crop_matrix
from goldentime.records import record

__all__ = ["CloseConfig", "People", "PeopleBatch", "people_batch", "people_loss", "people_of"]

_POSTURE_WEIGHT = 0.5


@record
class CloseConfig:
    """How crops of people are drawn."""

    crops: int = 40
    """In a step."""
    least_px: float = 12.0
    """Root of the area of the smallest box."""
    hue: float = 0.5
    """Share of the crops whose colours are turned round, so that no kind is told by a uniform's colour alone."""
    jitter: float = 0.12
    """How far boxes are off, as a share of their sides: those of the detector are not exact."""


class People(NamedTuple):
    """Everyone in a data set who is large and clear enough."""

    picture: NDArray[np.int64]
    """(n)."""
    corners_px: NDArray[np.float32]
    """(n, 4)."""
    kind: NDArray[np.int64]
    posture: NDArray[np.int64]
    """(n)."""
    share: NDArray[np.float64]
    """(n) how often each is drawn, summing to 1."""


class PeopleBatch(NamedTuple):
    """What a step sees."""

    crops: Tensor
    """(n, *CROP, 3) uint8."""
    kind: Tensor
    posture: Tensor
    """(n) int64."""


def people_of(
    rows: Sequence[tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]], config: CloseConfig
) -> People:
    """The people among the boxes of all pictures: corners, kind, posture and whether they are ignored, of each picture."""
    picture = np.repeat(np.arange(len(rows)), [len(row[1]) for row in rows])
    corners, kind, posture, ignored = (np.concatenate([row[i] for row in rows]) for i in range(4))
    large = (corners[:, 2:] - corners[:, :2]).prod(1) >= config.least_px**2
    chosen = (kind >= 0) & ~ignored & large
    counts = np.bincount(kind[chosen], minlength=1)
    share = 1.0 / np.maximum(counts, 1)[kind[chosen]]
    total = max(float(share.sum()), 1e-12)
    return People(picture[chosen], corners[chosen], kind[chosen], posture[chosen], share / total)


def people_batch(people: People, pictures: NDArray[np.uint8], config: CloseConfig, rng: np.random.Generator) -> PeopleBatch:
    """Crops of people as the detector may have found them."""
    count = config.crops if len(people.kind) else 0
    chosen = rng.choice(len(people.kind), size=count, p=people.share) if count else np.zeros(0, np.int64)
    crops = np.zeros((count, *CROP, 3), np.uint8)
    for i, number in enumerate(chosen):
        corners = _jittered(people.corners_px[number], config.jitter, rng)
        matrix = crop_matrix(corners)
        if rng.random() < 0.5:
            matrix[0] = [-matrix[0, 0], 0, CROP[1] - 1 - matrix[0, 2]]
        found = crop(pictures[people.picture[number]], matrix)
        found = _recoloured(found, rng) if rng.random() < config.hue else found
        crops[i] = _lit(found, rng)
    kind, posture = (torch.from_numpy(part[chosen]) for part in (people.kind, people.posture))
    return PeopleBatch(torch.from_numpy(crops), kind, posture)


def _jittered(corners: NDArray[np.float32], jitter: float, rng: np.random.Generator) -> NDArray[np.float32]:
    sides = np.tile(corners[2:] - corners[:2], 2)
    return np.asarray(corners + sides * rng.normal(0, jitter / 2, 4), np.float32)


def _recoloured(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """All hues turned by one angle, more or less saturated; greys stay grey."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int64) + int(rng.integers(180))) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.6, 1.3), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.uint8)


def _lit(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Other light, haze, sharpness, and sometimes a part hidden."""
    gamma, gain = math.exp(rng.normal(0, 0.2)), math.exp(rng.normal(0, 0.12))
    haze, veil = max(rng.uniform(-0.5, 0.4), 0.0), rng.uniform(0.3, 0.9)
    grey = gain * (np.arange(256) / 255) ** gamma * (1 - haze) + haze * veil
    out = cv2.LUT(picture, np.clip(255 * grey + 0.5, 0, 255).astype(np.uint8))
    if rng.random() < 0.25:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.5))
    if rng.random() < 0.2:
        height, width = (int(side * rng.uniform(0.15, 0.4)) for side in CROP)
        y, x = int(rng.integers(CROP[0] - height)), int(rng.integers(CROP[1] - width))
        out[y : y + height, x : x + width] = rng.integers(0, 256, 3)
    return np.asarray(out, np.uint8)


def people_loss(logits: Tensor, batch: PeopleBatch, kinds: int) -> Tensor:
    """Cross-entropy of kind and posture."""
    kind = cross_entropy(logits[:, :kinds], batch.kind, label_smoothing=0.05)
    posture = cross_entropy(logits[:, kinds:], batch.posture, ignore_index=-1)
    loss: Tensor = kind + _POSTURE_WEIGHT * posture
    return loss
