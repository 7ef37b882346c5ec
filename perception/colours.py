"""What colours are called."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["NAMED", "colour_shares"]

NAMED: dict[str, tuple[float, float, float]] = {
    "red": (0.75, 0.10, 0.10),
    "orange": (0.92, 0.48, 0.10),
    "yellow": (0.92, 0.82, 0.18),
    "green": (0.14, 0.50, 0.22),
    "light blue": (0.46, 0.70, 0.90),
    "blue": (0.12, 0.28, 0.72),
    "navy": (0.07, 0.10, 0.26),
    "purple": (0.42, 0.17, 0.56),
    "pink": (0.92, 0.53, 0.66),
    "brown": (0.38, 0.23, 0.13),
    "black": (0.07, 0.07, 0.08),
    "grey": (0.50, 0.50, 0.50),
    "white": (0.93, 0.93, 0.92),
}
"""sRGB in [0, 1] of what people mean by a word."""

_TABLE = np.array(list(NAMED.values()))
_LIGHT_WEIGHT = 0.5
"""Shade changes brightness more than hue."""
_SHADES, _SHADE_COST = (1.1, 1.0, 0.85, 0.7, 0.55), 0.12
"""Light that may fall on a cloth, and how unlikely it is for each unit away from 1."""
_SPREAD = 0.10


def _opponent(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Red against green, yellow against blue, and a little of the brightness: (..., 3)."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    light = (red + green + blue) / 3.0
    return np.stack([red - green, 0.5 * (red + green) - blue, _LIGHT_WEIGHT * light], -1)


def colour_shares(pixels: NDArray[np.uint8]) -> dict[str, float]:
    """How likely a piece of cloth is of each named colour.

    Args:
        pixels: (n, 3) uint8, RGB; n of at least 1.

    Returns:
        by name, summing to 1.
    """
    median = np.median(pixels.reshape(-1, 3), axis=0) / 255.0
    seen = _opponent(median)
    shaded = [np.linalg.norm(_opponent(s * _TABLE) - seen, axis=1) + _SHADE_COST * abs(1.0 - s) for s in _SHADES]
    away = np.min(shaded, axis=0)
    weight = np.exp(-0.5 * (away / _SPREAD) ** 2) + 1e-6
    return dict(zip(NAMED, (weight / weight.sum()).tolist(), strict=True))
