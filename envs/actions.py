"""The action space and the check of every action against it."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces

from goldentime.control.modes import MotionLimits, motion_limits
from goldentime.control.vehicle import Vehicle
from goldentime.envs.reports import ReportSchema, describe_report, parse_report, report_space
from goldentime.errors import InvalidActionError
from goldentime.types import ActionMode, Setpoint

__all__ = ["ActionSchema"]


class ActionSchema:
    """What an action of one drone looks like.

    A `Dict` of `motion`, the four numbers of the action mode, with a gripper `release` (1 lets go of a load or a kit), and
    in missions with reports `report`, see `envs.reports`.
    """

    def __init__(self, mode: ActionMode, vehicle: Vehicle, *, gripper: bool, report: ReportSchema | None = None) -> None:
        self.limits: MotionLimits = motion_limits(mode, vehicle)
        self._gripper, self._report = gripper, report
        low, high = np.array(self.limits.low, np.float32), np.array(self.limits.high, np.float32)
        parts: dict[str, spaces.Space[Any]] = {"motion": spaces.Box(low, high, dtype=np.float32)}
        if gripper:
            parts["release"] = spaces.Discrete(2)
        if report is not None:
            parts["report"] = report_space(report)
        self.space = spaces.Dict(parts)
        self._keys = parts.keys()
        self._low, self._high = tuple(low.tolist()), tuple(high.tolist())

    def describe(self) -> dict[str, Any]:
        """The action space as JSON-able data, for the brief."""
        motion = {"names": list(self.limits.names), "low": list(self._low), "high": list(self._high)}
        told: dict[str, Any] = {"motion": motion}
        if self._gripper:
            told["release"] = [0, 1]
        if self._report is not None:
            told["report"] = describe_report(self._report)
        return told

    def parse(self, action: Any) -> Setpoint:
        """The checked action.

        Raises:
            InvalidActionError: names the field, what was expected and what came.
        """
        # The test for a plain dictionary first: the one for any mapping is slow.
        if not (type(action) is dict or isinstance(action, Mapping)) or action.keys() != self._keys:
            got = _show(sorted(map(str, action))) if isinstance(action, Mapping) else type(action).__name__
            raise InvalidActionError(f"action: expected a mapping of {sorted(self._keys)}, got {got}")
        release = self._gripper and _parse_release(action["release"])
        report = None if self._report is None else parse_report(self._report, action["report"])
        motion = action["motion"]
        try:
            values = _numbers(motion)
            a, b, c, d = values
            la, lb, lc, ld = self._low
            ha, hb, hc, hd = self._high
            # One chained comparison also rejects NaN.
            if la <= a <= ha and lb <= b <= hb and lc <= c <= hc and ld <= d <= hd:
                return Setpoint((a, b, c, d), release, report)
        except (TypeError, ValueError, OverflowError):
            raise InvalidActionError(f"action.motion: expected 4 numbers, got {_show(motion)}") from None
        raise InvalidActionError(self._explain(values))

    def _explain(self, values: list[float]) -> str:
        for name, value, low, high in zip(self.limits.names, values, self._low, self._high, strict=True):
            if not (math.isfinite(value) and low <= value <= high):
                return f"action.motion {name}: expected a number in [{low:g}, {high:g}], got {value!r}"
        raise AssertionError("unreachable: only called for values out of bounds")


def _numbers(motion: Any) -> list[float]:
    if type(motion) is np.ndarray and motion.dtype == np.float32:
        return motion.tolist()  # type: ignore[no-any-return]
    array = np.asarray(motion)
    if array.dtype.kind not in "fiu":
        raise TypeError("not real numbers")
    with np.errstate(over="ignore"):
        values: list[float] = array.astype(np.float32).tolist()
    return values


def _parse_release(value: Any) -> bool:
    try:
        number = int(value) if np.ndim(value) == 0 else -1
    except (TypeError, ValueError, OverflowError):
        number = -1
    if number not in (0, 1) or number != value:
        raise InvalidActionError(f"action.release: expected 0 or 1, got {_show(value)}")
    return bool(number)


def _show(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
