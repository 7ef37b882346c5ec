"""Finding people, things, fire and buildings in a picture, and telling how thick the smoke before them is.

The network was trained on scenes of this simulator (`goldentime train perception=detector`). PyTorch is loaded with the
first detector, not with this module.
"""

import math
from collections.abc import Sequence
from dataclasses import field
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError
from goldentime.perception.weights import require_networks
from goldentime.records import record

if TYPE_CHECKING:
    from goldentime.perception.detection_decode import Found
    from goldentime.perception.detection_net import DetectorNet, NetSpec

__all__ = ["Detection", "Detector", "Seen", "Smoke", "appearance", "load_detector"]

_SHIPPED = "detector.safetensors"
_PERSON = "person"
_BINS = 4
"""Of each colour channel."""

Pictures = Sequence[NDArray[np.uint8]]


@record
class Detection:
    """One thing in a picture."""

    category: str
    """As in the detector's `categories`: `person`, `hydrant`, `fire`, ..."""
    score: float
    """In [0, 1]."""
    box: tuple[float, float, float, float]
    """[px] left, upper, width, height."""
    kind: str = ""
    """Of a person, the likeliest: `man`, `woman`, `child`, `elderly_man`, `elderly_woman`, `firefighter`, `medic`."""
    kind_scores: dict[str, float] = field(default_factory=dict)
    """Of a person: all kinds, summing to 1."""
    posture: str = ""
    """Of a person, the likeliest."""
    embedding: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32), compare=False)
    """How it looks, of length 1: the same thing seen again has a product with it near 1."""


@record
class Smoke:
    """How thick the smoke is in parts of a picture of 32 pixels, (rows, columns) from its upper left corner."""

    extinction_per_m: NDArray[np.float32]
    """[1/m] mean along the rays. What reflects light is made out up to about 3 / extinction away (Jin 1978, "Visibility
    through fire smoke", Journal of Fire and Flammability 9)."""
    transmittance: NDArray[np.float32]
    """Share in [0, 1] of the light that passes, from what is seen there."""

    @property
    def mean_extinction_per_m(self) -> float:
        """[1/m] of the whole picture."""
        return float(self.extinction_per_m.mean())


@record
class Seen:
    """All that is told of a picture."""

    detections: tuple[Detection, ...]
    """Best first."""
    smoke: Smoke


class Detector:
    """Boxes from pictures.

    Args:
        net: a network in evaluation mode; it is folded.
        least_score: detections below are left out.
        overlap: of two boxes of one category with a larger intersection over union only the better is kept.
    """

    def __init__(self, net: "DetectorNet", least_score: float = 0.25, overlap: float = 0.6) -> None:
        from goldentime.perception.detection_net import channels_last

        self._net = net.fold()
        channels_last(self._net)
        self._least_score, self._overlap = least_score, overlap

    @property
    def categories(self) -> tuple[str, ...]:
        """All that it tells apart."""
        return self._net.spec.categories

    def detect(self, rgb: NDArray[np.uint8]) -> list[Detection]:
        """What is in a picture, best first.

        Args:
            rgb: (height, width, 3) uint8.

        Raises:
            ConfigError: the picture has another shape or type.
        """
        picture = _checked(rgb)
        found = self.find([picture])[0]
        spec = self._net.spec
        people = {i: n for n, i in enumerate(np.flatnonzero(found.category == _place(spec.categories)).tolist())}
        close = self._people(picture, found.corners_px[list(people)])
        answers = [_answers(spec, close[people[i]]) if i in people else {} for i in range(len(found.score))]
        return [_detection(picture, spec, found, i, answer) for i, answer in enumerate(answers)]

    def look(self, rgb: NDArray[np.uint8]) -> Seen:
        """What is in a picture, and its smoke; as `detect`."""
        return Seen(detections=tuple(self.detect(rgb)), smoke=self.smoke(rgb))

    def smoke(self, rgb: NDArray[np.uint8]) -> Smoke:
        """The smoke in a picture; as `detect`."""
        import torch

        from goldentime.perception.detection_net import as_input
        from goldentime.perception.detection_smoke import THIN_PER_M

        picture = np.ascontiguousarray(_checked(rgb))
        with torch.inference_mode():
            extinction, through = self._net.smoke(as_input(torch.from_numpy(picture)[None]))[0]
            return Smoke(
                extinction_per_m=(THIN_PER_M * extinction.expm1()).numpy(), transmittance=through.sigmoid().numpy()
            )

    def _people(self, picture: NDArray[np.uint8], corners_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, kinds + postures) logits of a second look at each of the boxes (n, 4)."""
        import torch

        from goldentime.perception.detection_net import as_input
        from goldentime.perception.detection_person import crop, crop_matrix

        if not len(corners_px):
            return np.zeros((0, len(self._net.spec.kinds) + len(self._net.spec.postures)), np.float32)
        crops = np.stack([crop(picture, crop_matrix(box)) for box in corners_px])
        with torch.inference_mode():
            return np.asarray(self._net.close(as_input(torch.from_numpy(crops))).numpy(), np.float32)

    def find(self, pictures: Pictures) -> "list[Found]":
        """The bare boxes of pictures of one size."""
        import torch

        from goldentime.perception.detection_decode import Choice, decode
        from goldentime.perception.detection_net import as_input, centres_px

        stack = np.ascontiguousarray(np.stack(pictures))
        with torch.inference_mode():
            cells = self._net(as_input(torch.from_numpy(stack)))
            size = stack.shape[1], stack.shape[2]
            return decode(cells, centres_px(*size), size, Choice(self._least_score, self._overlap))


def _checked(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture = np.asarray(rgb)
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ConfigError(f"detector: expected (height, width, 3) uint8, got {picture.shape} {picture.dtype}")
    return picture


def _place(categories: Sequence[str]) -> int:
    return categories.index(_PERSON) if _PERSON in categories else -1


def _answers(spec: "NetSpec", logits: NDArray[np.float32]) -> dict[str, Any]:
    """What is said of a person."""
    kinds = _softmax(logits[: len(spec.kinds)])
    return {
        "kind": spec.kinds[int(kinds.argmax())],
        "kind_scores": {name: float(share) for name, share in zip(spec.kinds, kinds, strict=True)},
        "posture": spec.postures[int(logits[len(spec.kinds) :].argmax())],
    }


def _detection(picture: NDArray[np.uint8], spec: "NetSpec", found: "Found", i: int, answers: dict[str, Any]) -> Detection:
    left, upper, right, lower = (float(value) for value in found.corners_px[i])
    looks = appearance(picture, (left, upper, right, lower), found.feature[i])
    box = (left, upper, right - left, lower - upper)
    category, score = spec.categories[int(found.category[i])], float(found.score[i])
    return Detection(category=category, score=score, box=box, embedding=looks, **answers)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum(), np.float32)


def appearance(
    picture: NDArray[np.uint8], corners_px: tuple[float, float, float, float], feature: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How a thing looks, of length 1: the colours of its upper and lower half, and the network's feature.

    Of the colours the square root of a histogram is taken, so that the product of two is the Bhattacharyya coefficient.
    """
    left, upper, right, lower = corners_px
    rim = 0.2 * (right - left)  # beside a thing there is background in its box, above and below hardly
    x0 = min(int(left + rim), picture.shape[1] - 1)
    y0 = min(int(upper), picture.shape[0] - 2)
    x1, y1 = max(math.ceil(right - rim), x0 + 1), max(math.ceil(lower), y0 + 2)
    inner = picture[y0:y1, x0:x1].astype(np.int64) // (256 // _BINS)
    number = (inner[..., 0] * _BINS + inner[..., 1]) * _BINS + inner[..., 2]
    middle = len(number) // 2
    parts = [np.bincount(half.ravel(), minlength=_BINS**3) for half in (number[:middle], number[middle:])]
    colours = [np.sqrt(part / max(part.sum(), 1)) for part in parts]
    plain = feature / max(float(np.linalg.norm(feature)), 1e-9)
    looks = np.concatenate([*colours, plain]).astype(np.float32)
    return looks / max(float(np.linalg.norm(looks)), 1e-9)


def load_detector(path: Path | None = None, *, least_score: float = 0.25) -> Detector:
    """A detector from a checkpoint, the shipped one if none is named.

    Raises:
        MissingDependencyError: PyTorch or safetensors is not installed.
        ConfigError: the file is missing or holds something else.
    """
    require_networks("the detector")
    from goldentime.perception.detection_net import read_net

    if path is not None:
        return Detector(read_net(path), least_score)
    with as_file(files("goldentime") / "baselines" / "checkpoints" / _SHIPPED) as shipped:
        return Detector(read_net(shipped), least_score)
