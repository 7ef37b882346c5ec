"""Directions around a drone, and the phases in which a plane wave from each reaches the microphones.

Azimuth is counter-clockwise from the nose (body x) in (-pi, pi], elevation upwards from the body's horizontal plane, both
in radians.
"""

import math
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldentime.errors import ConfigError
from goldentime.perception.hearing_spectra import BINS_HZ
from goldentime.records import record

__all__ = [
    "SOUND_M_S",
    "DirectionGrid",
    "Peak",
    "angle_between",
    "bearing_of",
    "find_peaks",
    "steering",
    "towards",
]

SOUND_M_S = 343.2
"""In dry air of 20 degC (ISO 9613-1)."""
Floats = NDArray[np.float64]


def towards(azimuth_rad: ArrayLike, elevation_rad: ArrayLike) -> Floats:
    """Unit vectors (..., 3)."""
    azimuth, elevation = np.broadcast_arrays(np.asarray(azimuth_rad, np.float64), np.asarray(elevation_rad, np.float64))
    level = np.cos(elevation)
    return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], -1)


def bearing_of(vector: ArrayLike) -> tuple[float, float]:
    """Azimuth and elevation of a vector (3,) [rad]."""
    x, y, z = (float(part) for part in np.asarray(vector, np.float64))
    return math.atan2(y, x), math.atan2(z, math.hypot(x, y))


def angle_between(first: ArrayLike, second: ArrayLike) -> Floats:
    """[rad] between unit vectors (..., 3)."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    return np.asarray(2 * np.arcsin(np.minimum(np.linalg.norm(a - b, axis=-1) / 2, 1.0)))


@record
class DirectionGrid:
    """All pairs of so many azimuths and the given elevations; maps on it are (elevations, azimuths)."""

    azimuths: int = 72
    """Evenly around, beginning at the nose."""
    elevations_deg: tuple[float, ...] = tuple(range(-80, 81, 10))
    """Rising, evenly spaced."""

    def __post_init__(self) -> None:
        """Refuse a grid on which neighbours are not where interpolation takes them to be."""
        gaps = np.diff(self.elevations_deg)
        even = bool(self.elevations_deg) and (len(gaps) == 0 or (gaps.min() > 0 and np.ptp(gaps) < 1e-6))
        if self.azimuths < 4 or not even:
            raise ConfigError(
                f"direction grid: expected at least 4 azimuths and rising, evenly spaced elevations, got {self.azimuths} "
                f"and {self.elevations_deg}"
            )
        if max(abs(e) for e in self.elevations_deg) > 90:
            raise ConfigError(f"direction grid: expected elevations within 90 degrees, got {self.elevations_deg}")

    @property
    def shape(self) -> tuple[int, int]:
        """Of a map."""
        return len(self.elevations_deg), self.azimuths

    @property
    def azimuth_step_rad(self) -> float:
        """Between neighbours."""
        return 2 * math.pi / self.azimuths

    @property
    def elevation_step_rad(self) -> float:
        """Between neighbours; 0 on a single ring."""
        return math.radians(self.elevations_deg[1] - self.elevations_deg[0]) if len(self.elevations_deg) > 1 else 0.0

    @cached_property
    def units(self) -> Floats:
        """(elevations * azimuths, 3) unit vectors, row by row."""
        azimuths = np.arange(self.azimuths) * self.azimuth_step_rad
        elevations = np.radians(np.asarray(self.elevations_deg, np.float64))
        return towards(azimuths[None], elevations[:, None]).reshape(-1, 3)


def steering(positions_m: Floats, units: Floats, bins_hz: Floats = BINS_HZ) -> NDArray[np.complex64]:
    """Phases of plane waves.

    Args:
        positions_m: (mics, 3), body frame.
        units: (directions, 3) towards the sources.

    Returns:
        (bins, directions, mics) complex64 of magnitude 1; a microphone nearer to the source is ahead.
    """
    lead_s = units @ positions_m.T / SOUND_M_S
    return np.asarray(np.exp(2j * np.pi * bins_hz[:, None, None] * lead_s), np.complex64)


@record
class Peak:
    """A maximum of a map of directions."""

    azimuth_rad: float
    elevation_rad: float
    value: float


def find_peaks(
    values: NDArray[np.floating], grid: DirectionGrid, count: int, apart_rad: float = math.radians(20)
) -> list[Peak]:
    """The highest maxima, best first, each refined by parabolas through its neighbours.

    Args:
        values: (elevations, azimuths).
        count: so many at most.
        apart_rad: nothing nearer to a better one is taken.
    """
    ring = np.pad(np.pad(values, ((0, 0), (1, 1)), mode="wrap"), ((1, 1), (0, 0)), mode="edge")
    rows, columns = values.shape
    around = [ring[1 + r : 1 + r + rows, 1 + c : 1 + c + columns] for r in (-1, 0, 1) for c in (-1, 0, 1)]
    tops = np.flatnonzero(values.ravel() >= np.max(around, 0).ravel())
    tops = tops[np.argsort(-values.ravel()[tops], kind="stable")]
    chosen: list[int] = []
    for top in tops:
        if all(angle_between(grid.units[top], grid.units[other]) >= apart_rad for other in chosen):
            chosen.append(int(top))
        if len(chosen) == count:
            break
    return [_refined(ring, grid, *divmod(top, columns)) for top in chosen]


def _refined(ring: NDArray[np.floating], grid: DirectionGrid, row: int, column: int) -> Peak:
    middle = float(ring[row + 1, column + 1])
    east = _vertex(float(ring[row + 1, column]), middle, float(ring[row + 1, column + 2]))
    # At the lowest and highest ring there is a neighbour on one side only.
    inner = 0 < row < len(grid.elevations_deg) - 1
    north = _vertex(float(ring[row, column + 1]), middle, float(ring[row + 2, column + 1])) if inner else 0.0
    azimuth = (column + east) * grid.azimuth_step_rad
    elevation = math.radians(grid.elevations_deg[row]) + north * grid.elevation_step_rad
    return Peak(azimuth_rad=math.remainder(azimuth, 2 * math.pi), elevation_rad=elevation, value=middle)


def _vertex(left: float, middle: float, right: float) -> float:
    """Where the parabola through three neighbours is highest, in steps from the middle one, within half a step."""
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else max(-0.5, min(0.5, 0.5 * (left - right) / bend))
