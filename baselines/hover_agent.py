"""HoverAgent: holds the brief's target, or stands still in the air where no position is known."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from goldentime.baselines.flat import ActionMap
from goldentime.control.frames import to_body, turn_about_up, world_to_heading, wrap_angle, yaw_of
from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.errors import ConfigError
from goldentime.types import ActionMode, Brief, Quat, Vec3

__all__ = ["HoverAgent"]

_POSITION, _VELOCITY, _ATTITUDE = 1.2, 3.0, 7.0
"""Gains [1/s], each loop about 2.4 times slower than the one inside it."""
_MAX_SPEED_M_S, _MAX_SIDE_M_S2 = 1.5, 5.0


class _Sense(NamedTuple):
    """What the agent knows, in the levelled heading frame (x forward, y left, z up)."""

    offset_m: Vec3
    """From the drone to the target; zero where no position is known."""
    velocity_m_s: Vec3
    tilt: Quat
    """Attitude without heading."""
    yaw_rad: float


class HoverAgent:
    """A position, velocity and attitude loop in series, for the action modes `rate`, `velocity` and `waypoint`.

    With the sensor `state` it goes to the brief's `target_m`; with `attitude` and `flow` it keeps its velocity at zero.
    """

    def __init__(self) -> None:
        self._map: ActionMap | None = None
        self._mode = ActionMode.RATE
        self._target: Vec3 | None = None

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: the mission's action mode or sensors don't let it fly.
        """
        mode, sensors = ActionMode(brief["action_mode"]), set(brief["sensors"])
        if mode is ActionMode.ROTOR:
            raise ConfigError(
                f"agent hover, mission {brief['mission']}: expected action_mode rate, velocity or waypoint, got rotor"
            )
        if mode is ActionMode.RATE and not ("state" in sensors or {"attitude", "flow"} <= sensors):
            raise ConfigError(
                f"agent hover, mission {brief['mission']}: action_mode rate needs the sensor state, or attitude and flow, "
                f"got {sorted(sensors)}"
            )
        target = brief.get("target_m")
        self._target = None if target is None else (float(target[0]), float(target[1]), float(target[2]))
        self._map, self._mode = ActionMap.of(brief), mode

    def act(self, observation: Mapping[str, Any]) -> dict[str, Any]:
        """Fly towards the target, or stand still."""
        assert self._map is not None, "reset() comes first"
        sense = _sense(observation, self._target)
        wanted = _limited(_POSITION, sense.offset_m, _MAX_SPEED_M_S)
        if self._mode is ActionMode.WAYPOINT:
            motion = (*(self._target or (0.0, 0.0, 1.0)), 0.0)
        elif self._mode is ActionMode.VELOCITY:
            motion = (*wanted, -_POSITION * sense.yaw_rad)
        else:
            motion = _rates(wanted, sense)
        command = np.clip(motion, self._map.low, self._map.high).astype(np.float32)
        return self._map.action(command)


def _sense(observation: Mapping[str, Any], target: Vec3 | None) -> _Sense:
    still: Vec3 = (0.0, 0.0, 0.0)
    if "state" in observation:
        px, py, pz, x, y, z, w, vx, vy, vz, *_ = observation["state"].tolist()
        yaw = yaw_of((x, y, z, w))
        offset = still if target is None else (target[0] - px, target[1] - py, target[2] - pz)
        tilt = turn_about_up((x, y, z, w), -yaw)
        return _Sense(world_to_heading(yaw, offset), world_to_heading(yaw, (vx, vy, vz)), tilt, yaw)
    roll, pitch, yaw = observation["attitude"].tolist() if "attitude" in observation else still
    velocity = observation["flow"].tolist() if "flow" in observation else still
    (sr, cr), (sp, cp) = ((math.sin(0.5 * angle), math.cos(0.5 * angle)) for angle in (roll, pitch))
    return _Sense(still, (velocity[0], velocity[1], velocity[2]), (cp * sr, sp * cr, -sp * sr, cp * cr), yaw)


def _rates(wanted: Vec3, sense: _Sense) -> tuple[float, float, float, float]:
    """Collective thrust over mass and body rates that bring about a velocity."""
    error = [w - v for w, v in zip(wanted, sense.velocity_m_s, strict=True)]
    ax, ay, _ = _limited(_VELOCITY, (error[0], error[1], 0.0), _MAX_SIDE_M_S2)
    az = max(-0.5 * GRAVITY_M_S2, _VELOCITY * error[2])
    tx, ty, tz = to_body(sense.tilt, (ax, ay, az + GRAVITY_M_S2))
    across = math.hypot(tx, ty)
    turn = _ATTITUDE * math.atan2(across, tz) / across if across > 1e-9 else 0.0
    return max(tz, 0.0), -ty * turn, tx * turn, -_POSITION * wrap_angle(sense.yaw_rad)


def _limited(gain: float, vector: Vec3, limit: float) -> Vec3:
    """`gain * vector`, no longer than `limit`."""
    length = gain * math.sqrt(sum(v * v for v in vector))
    scale = gain * min(1.0, limit / length) if length > 0.0 else 0.0
    return scale * vector[0], scale * vector[1], scale * vector[2]
