"""Keeping cool: where the hull heats up fast the rescuer turns back, and stays away."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

__all__ = ["HeatGuard"]

Floats = NDArray[np.float64]

_FAST_K_S, _MILD_K, _WARM_K, _RISING_K_S = 1.3, 299.0, 322.0, 0.4
"""Heating up so fast is too fast, unless it is cooler than the second, for that is noise; once it is so warm, already the
last is."""
_STEP_M, _BACK_M, _KEPT, _LAG_S = 0.4, 2.5, 200, 4.0
"""How far apart remembered places are, how far off a refuge is, how many are kept; and where it was in the last seconds is
no refuge, for the hull feels the heat late."""
_FEW, _READINGS, _PERIOD_S = 2, 6, 1.0
"""Over so many seconds and over one less than so many readings it looks how fast it heats up: a reading is off by 0.5 K."""


class HeatGuard:
    """Remembers cool places on the way, and when to return to one."""

    def __init__(self) -> None:
        self._hull_k: deque[float] = deque(maxlen=_READINGS)
        self._read_s = -_PERIOD_S
        self._crumbs: deque[tuple[int, Floats, float]] = deque(maxlen=_KEPT)
        self.refuge_m: Floats | None = None
        """Where to fly to at once; None while all is well."""

    @property
    def rate_k_s(self) -> float:
        """How fast the hull heats up now."""
        return self._rate(_FEW)

    def _rate(self, steps: int) -> float:
        if len(self._hull_k) <= steps:
            return 0.0
        return (self._hull_k[-1] - self._hull_k[-1 - steps]) / (steps * _PERIOD_S)

    def feel(self, hull_k: float, place_m: Floats, storey: int, time_s: float) -> bool:
        """Take a reading in.

        Returns:
            Whether it has just become too hot here.
        """
        if time_s - self._read_s < _PERIOD_S - 1e-6:
            return False
        self._read_s = time_s
        self._hull_k.append(hull_k)
        fast = self.rate_k_s > _FAST_K_S and hull_k > _MILD_K
        hot = fast or (hull_k > _WARM_K and self._rate(_READINGS - 1) > _RISING_K_S)
        if not hot:
            last = self._crumbs[-1] if self._crumbs else None
            if last is None or last[0] != storey or np.hypot(*(place_m[:2] - last[1])) > _STEP_M:
                self._crumbs.append((storey, place_m[:2].copy(), time_s))
            return False
        if self.refuge_m is not None:
            return False
        self.refuge_m = self._refuge(place_m, storey, time_s)
        return self.refuge_m is not None

    def _refuge(self, place_m: Floats, storey: int, time_s: float) -> Floats | None:
        """The last cool place that is far enough off; what came after it is forgotten."""
        while self._crumbs:
            where, crumb, when_s = self._crumbs[-1]
            if where == storey and when_s < time_s - _LAG_S and np.hypot(*(crumb - place_m[:2])) > _BACK_M:
                return crumb
            self._crumbs.pop()
        return None
