"""Microphone arrays: where the capsules sit on a drone, read from a data file. A new array is one new file."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Point
from goldentime.errors import ConfigError
from goldentime.records import load_yaml, record

__all__ = ["MicArray", "array_names", "load_array"]

_FOLDER = Path(__file__).parent / "arrays"
_LEAST_SPACING_M, _FARTHEST_M = 1e-3, 2.0


@record
class MicArray:
    """Omnidirectional microphones in a rigid frame."""

    name: str
    source: str
    """Where the geometry comes from."""
    position_m: tuple[Point, ...]
    """Of each capsule from the array's centre, along the axes of the body: x forward, y left, z up. The order is that of
    the channels."""
    mount_m: Point = (0.0, 0.0, 0.0)
    """The array's centre from the plane and centre of the rotors, body frame."""

    @property
    def count(self) -> int:
        """Number of microphones."""
        return len(self.position_m)

    def body_m(self, rotor_plane_m: float) -> NDArray[np.float64]:
        """Position of each microphone in the body frame [m], (microphones, 3), on an airframe with its rotors there."""
        place: NDArray[np.float64] = np.array(self.position_m) + np.array(self.mount_m)
        place[:, 2] += rotor_plane_m
        return place

    def check(self, where: str) -> None:
        """Refuse what can't be an array on a drone.

        Raises:
            ConfigError: no microphones, two in one place, or one too far from the drone.
        """
        if not self.position_m:
            raise ConfigError(f"{where}: position_m: expected at least one microphone, got none")
        at = self.body_m(0.0)
        far = np.linalg.norm(at, axis=1)
        if not (far <= _FARTHEST_M).all():
            raise ConfigError(
                f"{where}: position_m: expected all within {_FARTHEST_M:g} m of the drone, got {far.max():g} m"
            )
        gap = np.linalg.norm(at[:, None] - at[None], axis=-1) + np.eye(len(at))
        if gap.min() < _LEAST_SPACING_M:
            one, other = np.unravel_index(int(gap.argmin()), gap.shape)
            raise ConfigError(f"{where}: position_m: expected microphones apart, got {one} and {other} in one place")


def array_names() -> list[str]:
    """The arrays that ship with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def load_array(name: str) -> MicArray:
    """Read an array by name, or by path when `name` ends in `.yaml`.

    Raises:
        ConfigError: no such array, or its file does not fit.
    """
    if name.endswith(".yaml"):
        array = load_yaml(MicArray, Path(name))
    elif name in array_names():
        array = load_yaml(MicArray, _FOLDER / f"{name}.yaml")
    else:
        raise ConfigError(f"array: expected one of {', '.join(array_names())} or a .yaml file, got {name!r}")
    array.check(f"array {name}")
    return array
