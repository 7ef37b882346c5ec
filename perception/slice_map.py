"""A plan of one storey at flight height: what is free, what is not, what the camera has seen, and where one can fly up."""

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.perception.navigation import Scan

__all__ = ["Band", "SliceMap"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_HIT, _MISS, _MOST, _LEAST, _OCCUPIED = 4, -1, 20, -8, 3
_BEYOND_M = 0.5
"""A beam that goes on so far above a ceiling went through a hole in it."""
_LOOKS = 3
"""So many looks at a place are enough."""
_RIM = 3
"""Width of what counts as next to the unknown, in cells."""
_SHUT = -(2**14)
_GROW = np.ones((3, 3), np.uint8)


class Band(NamedTuple):
    """Heights [m] in the map's frame."""

    low: float
    high: float
    """What lies between the two is in the way of the drone."""
    above: float
    """Within the slab over this storey; inf under the roof."""


class SliceMap:
    """Square cells seen from above, each unknown until a beam meets it.

    Args:
        lower_m, upper_m: corners of the area [m].
        band: of heights.
        cell_m: edge of a cell.
    """

    def __init__(
        self, lower_m: tuple[float, float], upper_m: tuple[float, float], band: Band, cell_m: float = 0.15
    ) -> None:
        self.lower_m, self.cell_m, self.band = np.array(lower_m), cell_m, band
        shape = np.ceil((np.array(upper_m) - self.lower_m) / cell_m).astype(int)
        self.shape = (int(shape[0]), int(shape[1]))
        self._odds = np.zeros(self.shape, np.int8)
        self._known = np.zeros(self.shape, bool)
        self._barred = np.zeros(self.shape, bool)
        self._doubted = np.zeros(self.shape, bool)
        self._holes = np.zeros(self.shape, np.int16)
        self._looks = np.zeros(self.shape, np.int8)
        self.done: Mask = np.zeros(self.shape, bool)
        """Where nothing more is to be found out."""
        self.hot: Mask = np.zeros(self.shape, bool)
        """Where it was too hot."""

    @property
    def seen(self) -> Mask:
        """Which cells the camera has looked at long enough, (nx, ny)."""
        often: Mask = self._looks >= _LOOKS
        return often

    @property
    def rim(self) -> Mask:
        """Free cells near unknown ones, (nx, ny)."""
        near: Mask = cv2.dilate((~self._known).view(np.uint8), _GROW, iterations=_RIM).view(np.bool_) & self.free
        return near

    @property
    def occupied(self) -> Mask:
        """Which cells hold something, (nx, ny)."""
        blocked: Mask = (self._odds >= _OCCUPIED) | self._barred | self._doubted
        return blocked

    @property
    def free(self) -> Mask:
        """Which cells are known to hold nothing, (nx, ny)."""
        return self._known & ~self.occupied

    @property
    def holes(self) -> Mask:
        """Cells under a hole in the ceiling, (nx, ny)."""
        # Single beams draw thin curves; what lies between two of them is open as well.
        open_, may = (self._holes > 0).view(np.uint8), self._holes >= 0
        for _ in range(2):
            np.copyto(open_, cv2.dilate(open_, _GROW), where=may)
        for _ in range(2):
            np.copyto(open_, cv2.erode(open_, _GROW), where=may)
        return open_.view(np.bool_)

    def index(self, points_m: Floats) -> NDArray[np.int64]:
        """Cells (n, 2) of points (n, 2 or 3), those beside the map at its edge."""
        cells = np.floor((points_m[:, :2] - self.lower_m) / self.cell_m).astype(np.int64)
        inside: NDArray[np.int64] = np.clip(cells, 0, np.array(self.shape) - 1)
        return inside

    def middles(self, cells: NDArray[Any]) -> Floats:
        """Middles (n, 2) [m] of cells (n, 2)."""
        points: Floats = (cells + 0.5) * self.cell_m + self.lower_m
        return points

    def disc(self, centre_m: Floats, radius_m: float) -> Mask:
        """Cells whose middles are within a distance of a point, (nx, ny)."""
        corners = self.index(np.array((centre_m[:2] - radius_m, centre_m[:2] + radius_m)))
        (i, j), (k, m) = corners[0].tolist(), (corners[1] + 1).tolist()
        x = self.lower_m[0] + (np.arange(i, k) + 0.5) * self.cell_m
        y = self.lower_m[1] + (np.arange(j, m) + 0.5) * self.cell_m
        round_ = np.zeros(self.shape, np.bool_)
        round_[i:k, j:m] = np.hypot(x[:, None] - centre_m[0], y[None] - centre_m[1]) <= radius_m
        return round_

    def ahead(self, centre_m: Floats, behind_m: Floats, radius_m: float) -> Mask:
        """The half of a disc that lies away from another point, (nx, ny)."""
        step = centre_m[:2] - behind_m[:2]
        step /= max(float(np.hypot(*step)), 1e-6)
        x, y = (self.lower_m[axis] + (np.arange(self.shape[axis]) + 0.5) * self.cell_m for axis in (0, 1))
        beyond: Mask = (x[:, None] - centre_m[0]) * step[0] + (y[None] - centre_m[1]) * step[1] > -2.0 * self.cell_m
        return beyond & self.disc(centre_m, radius_m)

    def bar(self, centre_m: Floats, radius_m: float) -> None:
        """Never fly there, whatever the beams say."""
        self._barred |= self.disc(centre_m, radius_m)

    def wall(self, cells: Mask) -> None:
        """Never fly in some cells, (nx, ny): what is known to be a wall, though beams may go through its windows."""
        self._barred |= cells

    def doubt(self, centre_m: Floats, radius_m: float) -> None:
        """Don't fly there, whatever the beams say, until doubts are forgotten."""
        self._doubted |= self.disc(centre_m, radius_m)

    def forget_doubts(self) -> None:
        """What was doubted may be tried again."""
        self._doubted[:] = False

    def shut(self, centre_m: Floats, radius_m: float) -> None:
        """There is no way up there, whatever beams say."""
        self._holes[self.disc(centre_m, radius_m)] = _SHUT

    def pass_(self, centre_m: Floats, radius_m: float) -> None:
        """The drone is there: nothing else is."""
        here = self.disc(centre_m, radius_m)
        self._known |= here
        self._barred &= ~here
        self._doubted &= ~here

    def insert(self, origin_m: Floats, scan: Scan, reach_m: float) -> None:
        """Add one scan.

        Args:
            origin_m: where the beams start, (3,).
            scan: in the map's frame.
            reach_m: beams clear space at most this far from the origin.
        """
        beam = scan.ends_m - origin_m
        length = np.linalg.norm(beam, axis=1)
        along = beam / np.maximum(length, 1e-9)[:, None]
        flat = np.abs(along[:, 2]) < 0.4
        steps = np.arange(0.5, reach_m / self.cell_m) * self.cell_m
        end = np.minimum(length - 1.2 * self.cell_m * scan.hit, reach_m)[flat]
        height = origin_m[2] + along[flat, 2, None] * steps
        within = (steps < end[:, None]) & (height > self.band.low) & (height < self.band.high)
        x, y = (origin_m[axis] + along[flat, axis, None] * steps for axis in (0, 1))
        passed = self.index(np.column_stack([x[within], y[within]]))
        z = scan.ends_m[:, 2]
        struck = self.index(scan.ends_m[scan.hit & (z > self.band.low) & (z < self.band.high)])
        before = np.maximum(self._odds[struck[:, 0], struck[:, 1]], 0)
        self._odds[passed[:, 0], passed[:, 1]] = np.maximum(self._odds[passed[:, 0], passed[:, 1]] + _MISS, _LEAST)
        self._odds[struck[:, 0], struck[:, 1]] = np.minimum(before + _HIT, _MOST)
        self._known[passed[:, 0], passed[:, 1]] = True
        self._known[struck[:, 0], struck[:, 1]] = True
        self._pierce(origin_m, along, length, scan)

    def _pierce(self, origin_m: Floats, along: Floats, length: Floats, scan: Scan) -> None:
        """Note where beams go through the slab above, and where they end at it."""
        if not math.isfinite(self.band.above) or not self.band.low < origin_m[2] < self.band.high:
            return
        rising = along[:, 2] > 0.3
        reach = (self.band.above - origin_m[2]) / np.where(rising, along[:, 2], 1.0)
        through = rising & (length > reach + _BEYOND_M)
        holes = self.index(origin_m + along[through] * reach[through, None])
        self._holes[holes[:, 0], holes[:, 1]] += 1
        below = rising & scan.hit & (np.abs(length - reach) < _BEYOND_M)
        shut = self.index(scan.ends_m[below])
        self._holes[shut[:, 0], shut[:, 1]] -= 1

    def look(self, origin_m: Floats, ends_m: Floats, reach_m: float) -> None:
        """The camera looks along beams (n, 3) that end there, and sees people up to a distance."""
        beam = ends_m[:, :2] - origin_m[:2]
        length = np.maximum(np.hypot(beam[:, 0], beam[:, 1]), 1e-9)
        steps = np.arange(0.5, reach_m / self.cell_m) * self.cell_m
        near = steps < np.minimum(length, reach_m)[:, None]
        x, y = (origin_m[axis] + (beam[:, axis] / length)[:, None] * steps for axis in (0, 1))
        cells = self.index(np.column_stack([x[near], y[near]]))
        self._looks[cells[:, 0], cells[:, 1]] = np.minimum(self._looks[cells[:, 0], cells[:, 1]] + 1, _LOOKS)
