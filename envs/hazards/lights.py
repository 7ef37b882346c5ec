"""What lights a scene besides the sun: lamps, and the flames themselves.

Colours are those of a picture's bytes, whose squares are roughly proportional to light (a display's gamma is about 2).
Light is therefore added in squares: a surface that the day lights to `b` and lamps to `l1, l2, ...` shows
sqrt(b^2 + l1^2 + ...), and a lamp's brightness falls with the distance, its square with the square of it.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.dens import ANYWHERE
from goldentime.envs.hazards.flames import Burning
from goldentime.records import record

__all__ = ["MAX_LIGHTS", "Lamp", "Lighting", "Lights", "brightest", "flicker"]

MAX_LIGHTS = 8
"""Lamps and flames that a picture is lit by; the others are left out."""

_FIRE = (1.0, 0.60, 0.27)
_FIRE_POWER = 1.5
"""Of a flame 1 m^2 large, like `Lamp.power`."""


Point = tuple[float, float, float]


@record
class Lamp:
    """A lamp that shines to all sides and casts no shadow."""

    position: tuple[float, float, float]
    """[m] world ENU."""
    power: float = 1.0
    """How brightly a white surface 1 m away that faces it is lit: at 1 it shows as white."""
    colour: tuple[float, float, float] = (1.0, 0.95, 0.85)

    def __post_init__(self) -> None:
        if self.power <= 0.0:
            raise ValueError(f"expected power above 0, got {self.power:g}")


@record
class Lighting:
    """Where a scene's light comes from."""

    daylight: float = 1.0
    """Of sun and sky: 1 is a bright day, 0.2 dusk, 0 a room without windows."""
    lamps: tuple[Lamp, ...] = ()
    firelight: bool = False
    """Whether flames light what stands around them; it takes time to draw."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.daylight <= 1.0:
            raise ValueError(f"expected daylight in [0, 1], got {self.daylight:g}")


class Lights(NamedTuple):
    """Lights of a picture, first those that walls stop, then the strongest."""

    at: NDArray[np.float64]
    """(n, 3) [m]."""
    squared: NDArray[np.float64]
    """(n, 3) squared brightness at 1 m by colour."""
    dens: NDArray[np.float64]
    """(n, 2 + 2 HOLES, 3) where each shines, as `dens.dens_of` gives it."""


def brightest(light: Lighting, burning: Burning, eye: NDArray[np.float64], time_s: float) -> Lights:
    """The lights that matter most at a point, at most `MAX_LIGHTS`; flames flicker, those of one fuel shine as one, and
    those that do not burn have brightness 0."""
    places = [lamp.position for lamp in light.lamps]
    powers = [lamp.power * np.array(lamp.colour) for lamp in light.lamps]
    if light.firelight:
        for hearth in burning.hearths:
            place, power = _shine(burning, hearth, time_s)
            places.append(place)
            powers.append(power)
    at, squared = np.array(places).reshape(-1, 3), np.array(powers).reshape(-1, 3) ** 2
    order = np.argsort(-squared.sum(1) / (((at - eye) ** 2).sum(1) + 1.0), kind="stable")[:MAX_LIGHTS]
    dens = np.concatenate([np.tile(ANYWHERE, (len(light.lamps), 1, 1)), burning.dens])
    # Those that walls stop come first: only of them it has to be asked.
    order = order[np.argsort((dens[order] == ANYWHERE).all((1, 2)), kind="stable")]
    return Lights(at[order], squared[order], dens[order])


def _shine(burning: Burning, hearth: tuple[int, ...], time_s: float) -> tuple[Point, NDArray[np.float64]]:
    """Where the light of a hearth comes from, and its brightness at 1 m: squares add up, and weigh the places."""
    lit: list[tuple[Point, NDArray[np.float64]]] = []
    for flame, share in ((burning.flames[i], float(burning.shares[i])) for i in hearth):
        x, y, z = flame.position
        size = share * math.sqrt(2.0 * flame.radius_m * flame.height_m)
        if size > 0.0:
            power = _FIRE_POWER * size * flicker(flame.seed, time_s) * np.array(_FIRE)
            lit.append(((x, y, z + 0.6 * flame.height_m * share), power))
    if len(lit) < 2:
        return lit[0] if lit else (burning.flames[hearth[0]].position, np.zeros(3))
    squares = np.array([power**2 for _, power in lit])
    weights = squares[:, 0] / squares[:, 0].sum()
    x, y, z = (weights @ np.array([place for place, _ in lit])).tolist()
    return (x, y, z), np.sqrt(squares.sum(0))


def flicker(seed: int, time_s: float) -> float:
    """By how much a flame's light is brighter or dimmer than its mean at a time: in [0.75, 1.25], some 5 times a second."""
    total = 0.0
    for octave, (rate_hz, share) in enumerate(((5.0, 0.35), (11.0, 0.15))):
        whole = math.floor(time_s * rate_hz)
        part = time_s * rate_hz - whole
        part *= part * (3.0 - 2.0 * part)
        low, high = (_lattice(whole + i, seed, octave) for i in (0, 1))
        total += share * (low + (high - low) * part - 0.5)
    return 1.0 + total


def _lattice(at: int, seed: int, octave: int) -> float:
    # Integers give the same flicker on every machine.
    h = (at * 0x8DA6B343 ^ seed * 0xCB1AB31F ^ octave * 0xD8163841) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 0x5BD1E995) & 0xFFFFFFFF
    return (h >> 15 & 0xFFFF) / 65535.0
