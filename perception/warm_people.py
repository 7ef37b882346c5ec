"""Finding people in thermal pictures, also where smoke lets no light through.

Besides the temperatures the network sees how far and how high over the floor each pixel is: warm gas lies above, people
lie, sit and stand on the floor. It was trained on this simulator's buildings (`goldentime train perception=warm_people`).
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from goldentime.perception.sighting import Eye, Look
from goldentime.perception.warmth import Box
from goldentime.perception.weights import require_networks
from goldentime.records import record

if TYPE_CHECKING:
    from goldentime.perception.warm_people_net import WarmPeopleNet

__all__ = ["WarmPeople", "WarmPerson", "heights_m", "layers", "load_warm_people", "seen_depth_m"]

Floats32 = NDArray[np.float32]

_SHIPPED = "warm_people.safetensors"
_ROOM_K, _AROUND_PX = 300.0, 15
_NEAREST_M, _FARTHEST_M = 0.3, 15.0
_CHEST_M = 1.0


@record
class WarmPerson:
    """Somebody in a thermal picture."""

    box: Box
    """[px] left, upper, width, height."""
    score: float
    """In [0, 1]."""
    pose: str
    """`lying`, `low` (sitting or crouching) or `upright`."""


class WarmPeople:
    """People from thermal pictures.

    Args:
        net: in evaluation mode.
        least_score: who scores less is left out.
        overlap: of two boxes with a larger intersection over union only the better is kept.
    """

    def __init__(self, net: "WarmPeopleNet", least_score: float = 0.15, overlap: float = 0.5) -> None:
        from goldentime.perception.detection_decode import Choice

        self._net, self._choice = net, Choice(least_score, overlap, alike=True)

    def find(self, kelvin: Floats32, depth_m: Floats32, above_m: Floats32) -> list[WarmPerson]:
        """Who is in a picture, best first.

        Args:
            kelvin: (height, width) apparent temperature.
            depth_m: (height, width) along the optical axis.
            above_m: (height, width) height over the floor of what each pixel shows.
        """
        import torch

        from goldentime.perception.detection_decode import decode
        from goldentime.perception.warm_people_net import POSES, cells_px

        rows, columns = kelvin.shape
        with torch.inference_mode():
            cells = self._net(torch.from_numpy(layers(kelvin, depth_m, above_m)[None]))
            (found,) = decode(cells, cells_px(rows, columns), (rows, columns), self._choice)
        return [
            WarmPerson(box=(float(x0), float(y0), float(x1 - x0), float(y1 - y0)), score=float(score), pose=POSES[category])
            for category, score, (x0, y0, x1, y1) in zip(found.category, found.score, found.corners_px, strict=True)
        ]


def layers(kelvin: Floats32, depth_m: Floats32, above_m: Floats32) -> Floats32:
    """(4, height, width) float32, what the network sees: temperature, excess over what is around, distance, height."""
    around = ndimage.uniform_filter(kelvin, _AROUND_PX, mode="nearest")
    parts = (
        np.clip((kelvin - _ROOM_K) / 10.0, -3.0, 6.0),
        np.clip((kelvin - around) / 2.0, -4.0, 4.0),
        np.log(np.clip(depth_m, _NEAREST_M, _FARTHEST_M)),
        np.clip(above_m, -0.5, 3.5) - _CHEST_M,
    )
    return np.stack(parts).astype(np.float32)


def seen_depth_m(depth_m: Floats32, eyes: tuple[Eye, Eye]) -> Floats32:
    """A depth picture as the thermal camera, which looks the same way from the same place, would have it.

    Args:
        depth_m: (height, width).
        eyes: of the depth camera and of the thermal one.
    """
    source, target = eyes
    scale = source.focal_px / target.focal_px
    x = (np.arange(target.width) + 0.5 - 0.5 * target.width) * scale + 0.5 * source.width
    y = (np.arange(target.height) + 0.5 - 0.5 * target.height) * scale + 0.5 * source.height
    columns = np.clip(x.astype(np.int64), 0, source.width - 1)
    rows = np.clip(y.astype(np.int64), 0, source.height - 1)
    picked: Floats32 = depth_m[rows[:, None], columns[None]]
    return picked


def heights_m(depth_m: Floats32, eye: Eye, look: Look) -> Floats32:
    """(height, width) world z of what each pixel of a depth picture shows."""
    up = look.turn[2] @ eye.mount
    x = (np.arange(eye.width) + 0.5 - 0.5 * eye.width) / eye.focal_px
    y = (np.arange(eye.height) + 0.5 - 0.5 * eye.height) / eye.focal_px
    base_m = float(look.position_m[2] + look.turn[2] @ eye.position_m)
    heights: Floats32 = (base_m + depth_m * (up[0] * x[None] + up[1] * y[:, None] + up[2])).astype(np.float32)
    return heights


def load_warm_people(path: Path | None = None, *, least_score: float = 0.15) -> WarmPeople:
    """The shipped network, or that of a file.

    Raises:
        ConfigError: the file holds no such network.
        MissingDependencyError: PyTorch is not installed.
    """
    require_networks("the finder of warm people")
    from goldentime.perception.warm_people_net import read_net

    if path is not None:
        return WarmPeople(read_net(path), least_score)
    with as_file(files("goldentime") / "baselines" / "checkpoints" / _SHIPPED) as shipped:
        return WarmPeople(read_net(shipped), least_score)
