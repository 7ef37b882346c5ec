"""Features of the obstacle course from on-board sensors alone.

No sensor tells the position: it is reckoned from the start that the brief names, heading and optical flow, and drifts.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.control.frames import heading_to_world, wrap_angle
from goldentime.errors import ConfigError
from goldentime.records import record
from goldentime.types import Brief

__all__ = ["CourseFeatures", "CourseOptions"]

_SENSORS = ("attitude", "barometer", "flow", "imu", "lidar", "rangefinder")
_OTHERS = 18
"""Numbers besides the lidar's."""

Point = tuple[float, float]


@record
class CourseOptions:
    """Options of `course`."""

    sectors: int = 24
    """The lidar's columns are pooled to so many, the nearest return in each; must divide their number."""
    bands: int = 3
    """Its rings are pooled to so many: below, level, above."""
    gate_slack_m: float = 1.0
    """A section counts as passed this far beyond the posts of its exit too, for the reckoning drifts."""


class CourseFeatures:
    """Lidar pooled by bearing and elevation, own motion, and the way to the next exit by dead reckoning.

    In order: nearness (1 at 0 m, 0 at 15 m) per band and sector; velocity in the heading frame (3), roll, pitch, body rates
    (3), rangefinder, height above the start; direction (forward, left) and distance of the next goal, direction of the
    one after, share of goals passed, whether all that is left is the landing. All lie in [-5, 5].
    """

    def __init__(self, options: CourseOptions) -> None:
        self._options = options
        self._goals: list[tuple[Point, Point]] = []
        self._place: Point = (0.0, 0.0)
        self._yaw, self._step_s, self._next = 0.0, 0.0, 0

    def space(self, observation: spaces.Dict) -> spaces.Box:
        """The vector's space."""
        _need(observation.spaces)
        shape = observation.spaces["lidar"].shape
        assert shape is not None
        rings, columns = shape
        if columns % self._options.sectors or self._options.bands > rings:
            raise ConfigError(
                f"view.options: sectors must divide the lidar's {columns} columns and bands be at most its {rings} rings, "
                f"got {self._options.sectors} and {self._options.bands}"
            )
        size = self._options.bands * self._options.sectors + _OTHERS
        return spaces.Box(-5.0, 5.0, (size,), np.float32)

    def start(self, brief: Brief) -> None:
        """Begin at the start of the published plan."""
        _need(brief["sensors"])
        if missing := [key for key in ("start", "sections", "delivery", "landing") if key not in brief]:
            raise ConfigError(f"view.features=course: the brief of mission {brief['mission']} lacks {', '.join(missing)}")
        exits = [tuple((float(x), float(y)) for x, y in section["exit"]) for section in brief["sections"]]
        places = brief["delivery"]["position"], brief["landing"]["position"]
        ends = [(float(place[0]), float(place[1])) for place in places]
        self._goals = [(left, right) for left, right in exits] + [(end, end) for end in ends]
        x, y = brief["start"]["position"]
        self._place = (float(x), float(y))
        self._yaw = float(brief["start"]["yaw_rad"])
        self._step_s = 1.0 / float(brief["action_hz"])
        self._next = 0

    def read(self, observation: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """The vector of one observation."""
        roll, pitch, turned = observation["attitude"].tolist()
        flow, rates = observation["flow"].tolist(), observation["imu"][3:].tolist()
        yaw = self._yaw + turned
        self._reckon(yaw, (flow[0], flow[1]))
        own = [*(0.5 * v for v in flow), 2.0 * roll, 2.0 * pitch, *(0.5 * rate for rate in rates)]
        heights = [0.2 * float(observation["rangefinder"][0]), 0.5 * float(observation["barometer"][0])]
        forward, left, distance = self._towards(self._next, yaw)
        after = self._towards(self._next + 1, yaw)[:2]
        progress = [self._next / len(self._goals), float(self._next >= len(self._goals) - 1)]
        other = [*own, *heights, forward, left, min(distance / 5.0, 5.0), math.exp(-distance), *after, *progress]
        features = np.concatenate([self._pooled(observation["lidar"]), np.array(other, np.float32)])
        return np.asarray(np.clip(features, -5.0, 5.0), np.float32)

    def _pooled(self, ranges: NDArray[np.float32]) -> NDArray[np.float32]:
        near = np.maximum(1.0 - ranges / 15.0, 0.0)
        bands = np.array_split(near, self._options.bands)
        # Sector 0 is centred straight ahead.
        half = near.shape[1] // self._options.sectors // 2
        rows = [np.roll(band.max(0), half).reshape(self._options.sectors, -1).max(1) for band in bands]
        return np.concatenate(rows).astype(np.float32)

    def _reckon(self, yaw: float, flow: Point) -> None:
        vx, vy, _ = heading_to_world(yaw, (flow[0], flow[1], 0.0))
        before = self._place
        self._place = (before[0] + vx * self._step_s, before[1] + vy * self._step_s)
        if self._next < len(self._goals) - 1 and _passed(self._goals[self._next], before, self._place, self._options):
            self._next += 1

    def _towards(self, index: int, yaw: float) -> tuple[float, float, float]:
        """Direction in the heading frame (forward, left), and distance [m], of a goal's middle."""
        (ax, ay), (bx, by) = self._goals[min(index, len(self._goals) - 1)]
        dx, dy = 0.5 * (ax + bx) - self._place[0], 0.5 * (ay + by) - self._place[1]
        bearing = wrap_angle(math.atan2(dy, dx) - yaw)
        return math.cos(bearing), math.sin(bearing), math.hypot(dx, dy)


def _need(sensors: Iterable[str]) -> None:
    present = sorted(sensors)
    if missing := [name for name in _SENSORS if name not in present]:
        raise ConfigError(f"view.features=course: needs the sensors {', '.join(missing)}, the mission has {present}")


def _passed(goal: tuple[Point, Point], before: Point, now: Point, options: CourseOptions) -> bool:
    """Whether the step crosses from behind the line of left and right post to before it, near the posts."""
    (lx, ly), (rx, ry) = goal
    width = math.hypot(rx - lx, ry - ly)
    if width == 0.0:
        return math.dist(now, (lx, ly)) < options.gate_slack_m
    ax, ay = (rx - lx) / width, (ry - ly) / width
    # With left and right as seen in flight, the way ahead is the line from left to right turned left by 90 degrees.
    behind, ahead = (-ay * (x - lx) + ax * (y - ly) for x, y in (before, now))
    along = ax * (now[0] - lx) + ay * (now[1] - ly)
    return behind < 0.0 <= ahead and -options.gate_slack_m <= along <= width + options.gate_slack_m
