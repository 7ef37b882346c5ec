"""What lights a scene besides the sun: lamps, and the flames themselves.

Colours are those of a picture's bytes, whose squares are roughly proportional to light (a display's gamma is about 2).
Light is therefore added in squares: a surface that the day lights to `b` and lamps to `l1, l2, ...` shows
sqrt(b^2 + l1^2 + ...), and a lamp's brightness falls with the distance, its square with the square of it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.flames import Flame
from goldentime.records import record

__all__ = ["MAX_LIGHTS", "Lamp", "Lighting", "brightest", "flicker"]

MAX_LIGHTS = 8
"""Lamps and flames that a picture is lit by; the others are left out."""

_FIRE = (1.0, 0.60, 0.27)
_NONE = np.zeros(3)
_FIRE_POWER = 1.5
"""Of a flame 1 m^2 large, like `Lamp.power`."""


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


def brightest(
    light: Lighting, flames: tuple[Flame, ...], shares: NDArray[np.float64], eye: NDArray[np.float64], time_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lights that matter most at a point, at most `MAX_LIGHTS`.

    Args:
        light: lamps, and whether flames light.
        flames: all flames.
        shares: (flames,) as `flames.flame_shares` gives them; those that do not burn shine with brightness 0.
        eye: (3,) the point [m].
        time_s: for the flicker.

    Returns:
        (n, 3) positions [m], and (n, 3) squared brightness at 1 m by colour; flames flicker.
    """
    places = [lamp.position for lamp in light.lamps]
    powers = [lamp.power * np.array(lamp.colour) for lamp in light.lamps]
    if light.firelight:
        for flame, share in zip(flames, shares.tolist(), strict=True):
            x, y, z = flame.position
            places.append((x, y, z + 0.6 * flame.height_m * share))
            size = share * math.sqrt(2.0 * flame.radius_m * flame.height_m)
            powers.append(_FIRE_POWER * size * flicker(flame.seed, time_s) * np.array(_FIRE) if size else _NONE)
    at, squared = np.array(places).reshape(-1, 3), np.array(powers).reshape(-1, 3) ** 2
    order = np.argsort(-squared.sum(1) / (((at - eye) ** 2).sum(1) + 1.0), kind="stable")[:MAX_LIGHTS]
    return at[order], squared[order]


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
