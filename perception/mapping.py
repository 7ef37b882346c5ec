"""An occupancy map from range scans."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["VoxelMap"]

_HIT, _MISS, _MOST, _LEAST, _OCCUPIED = 6, -1, 30, -12, 5


class VoxelMap:
    """A box of voxels with integer log-odds of being occupied; unknown counts as free.

    Args:
        lower_m, upper_m: corners of the box [m].
        resolution_m: edge of a voxel.
    """

    def __init__(
        self, lower_m: tuple[float, float, float], upper_m: tuple[float, float, float], resolution_m: float
    ) -> None:
        self.lower_m = np.array(lower_m)
        self.resolution_m = resolution_m
        self.shape = tuple(np.ceil((np.array(upper_m) - self.lower_m) / resolution_m - 1e-9).astype(int).tolist())
        self._odds = np.zeros(self.shape, dtype=np.int8)
        self._fixed = np.zeros(self.shape, dtype=bool)

    @property
    def occupied(self) -> NDArray[np.bool_]:
        """Which voxels hold something, shape (nx, ny, nz)."""
        blocked: NDArray[np.bool_] = (self._odds >= _OCCUPIED) | self._fixed
        return blocked

    def index(self, points_m: NDArray[np.float64]) -> NDArray[np.int64]:
        """Voxel indices of points (n, 3); may lie outside the box."""
        cells: NDArray[np.int64] = np.floor((points_m - self.lower_m) / self.resolution_m).astype(np.int64)
        return cells

    def block(self, points_m: NDArray[np.float64]) -> None:
        """Mark the voxels of known structure (n, 3), which no scan clears."""
        i, j, k = self._inside(self.index(points_m)).T
        self._fixed[i, j, k] = True

    def clear(self, centre_m: NDArray[np.float64], radius_m: float) -> None:
        """Forget what scans have said near a point."""
        low = np.maximum(self.index((centre_m - radius_m)[None])[0], 0)
        high = np.maximum(self.index((centre_m + radius_m)[None])[0] + 1, 0)
        self._odds[low[0] : high[0], low[1] : high[1], low[2] : high[2]] = 0

    def insert(
        self, origin_m: NDArray[np.float64], ends_m: NDArray[np.float64], hit: NDArray[np.bool_], reach_m: float
    ) -> None:
        """Add one scan.

        Args:
            origin_m: where the beams start, (3,).
            ends_m: where each beam ended, (n, 3).
            hit: whether something was there, (n,).
            reach_m: beams clear space at most this far from the origin.
        """
        beam = ends_m - origin_m
        length = np.linalg.norm(beam, axis=1)
        cleared = np.minimum(length - 1.5 * self.resolution_m * hit, reach_m)
        steps = np.arange(0.5, reach_m / self.resolution_m) * self.resolution_m
        along = (beam / np.maximum(length, 1e-9)[:, None])[:, None, :] * steps[None, :, None]
        free = self.index((origin_m + along)[steps[None, :] < cleared[:, None]])
        struck = self._flat(self._inside(self.index(ends_m[hit])))
        odds = self._odds.ravel()
        # Gather, change, scatter: a voxel that several beams meet still counts once. A hit outweighs the beams that pass
        # it by, for glass and wires are seen seldom.
        passed = self._flat(self._inside(free))
        known = np.maximum(odds[struck], 0)
        odds[passed] = np.maximum(odds[passed] + _MISS, _LEAST)
        odds[struck] = np.minimum(known + _HIT, _MOST)

    def _inside(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        kept: NDArray[np.int64] = index[((index >= 0) & (index < np.array(self.shape))).all(axis=1)]
        return kept

    def _flat(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        flat: NDArray[np.int64] = (index[:, 0] * self.shape[1] + index[:, 1]) * self.shape[2] + index[:, 2]
        return flat
