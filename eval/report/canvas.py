"""From metres to drawing units, and a few SVG elements as text."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from markupsafe import escape
from numpy.typing import NDArray

__all__ = ["SPEED_COLOURS", "Frame", "coloured_path", "polygon", "text", "thin"]

SPEED_COLOURS = ("#2c6fbb", "#1b98c4", "#19b5a5", "#58c26a", "#c9c132", "#f0a02c", "#e8681f", "#d0211f")
"""From slow to fast; each is legible on white and on black."""


class Frame(NamedTuple):
    """A rectangle of the world and its size on paper; y points up in the world and down on paper."""

    left: float
    right: float
    bottom: float
    top: float
    scale_x: float
    """Units per metre."""
    scale_y: float

    @property
    def width(self) -> float:
        return (self.right - self.left) * self.scale_x

    @property
    def height(self) -> float:
        return (self.top - self.bottom) * self.scale_y

    def x(self, value: float) -> float:
        """Horizontal place on paper."""
        return (value - self.left) * self.scale_x

    def y(self, value: float) -> float:
        """Vertical place on paper."""
        return (self.top - value) * self.scale_y

    def points(self, values: NDArray[np.float64]) -> str:
        """(n, 2) world points as the text of a `points` attribute."""
        xs = (values[:, 0] - self.left) * self.scale_x
        ys = (self.top - values[:, 1]) * self.scale_y
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs.tolist(), ys.tolist(), strict=True))


def polygon(frame: Frame, corners: NDArray[np.float64], css: str) -> str:
    """A closed shape from (n, 2) world points."""
    return f'<polygon class="{css}" points="{frame.points(corners)}"/>'


def text(x: float, y: float, content: str, css: str = "") -> str:
    """A line of text at a place on paper."""
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}">{escape(content)}</text>'


def thin(count: int, most: int) -> NDArray[np.int64]:
    """At most `most` indices below `count`, evenly spread, first and last included."""
    return np.unique(np.linspace(0, max(count - 1, 0), min(count, most)).round().astype(np.int64))


def coloured_path(frame: Frame, points: NDArray[np.float64], speed: NDArray[np.float64], fastest: float) -> str:
    """A line whose colour tells the speed, over a halo that separates it from what is below.

    Args:
        points: (n, 2) world points.
        speed: (n,) [m/s].
        fastest: the speed [m/s] of the last colour.
    """
    if len(points) < 2:
        return ""
    halo = f'<polyline class="halo" points="{frame.points(points)}"/>'
    mean = (speed[1:] + speed[:-1]) / 2
    bins = np.clip((mean / max(fastest, 1e-9) * len(SPEED_COLOURS)).astype(int), 0, len(SPEED_COLOURS) - 1)
    cuts = [0, *(np.flatnonzero(np.diff(bins)) + 1).tolist(), len(bins)]
    runs = [_run(frame, points[a : b + 1], SPEED_COLOURS[bins[a]]) for a, b in _pairs(cuts)]
    return halo + "".join(runs)


def _pairs(cuts: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(cuts))


def _run(frame: Frame, points: NDArray[np.float64], colour: str) -> str:
    return f'<polyline class="path" stroke="{colour}" points="{frame.points(points)}"/>'
