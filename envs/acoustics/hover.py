"""How a hovering drone trembles: rotor speeds and poses without physics, for calibration and for offline clips."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.airframe import Airframe
from goldentime.types import DroneState, Vec3, WorldState

__all__ = ["HOVER_STEP_S", "hover_flight", "hover_speeds"]

HOVER_STEP_S = 0.1

_COMMON, _COMMON_S = 0.01, 0.5  # spread and correlation time of all rotors' speed together, relative to the speed
_SINGLE, _SINGLE_S = 0.02, 0.15  # and of each for itself
_PLACE_M, _PLACE_S = 0.05, 1.5
_TILT_RAD, _TILT_S = math.radians(1.5), 0.3


def hover_speeds(airframe: Airframe, steps: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rotor speeds [rad/s] at `steps + 1` instants `HOVER_STEP_S` apart, (steps + 1, rotors): 2 % up and down, as a
    position controller in slightly moving air makes them."""
    rotors = airframe.layout.count
    swing = _wander(_COMMON, _COMMON_S, (steps + 1, 1), rng) + _wander(_SINGLE, _SINGLE_S, (steps + 1, rotors), rng)
    speeds: NDArray[np.float64] = airframe.hover_rotor_speed_rad_s * (1.0 + swing)
    return speeds


def hover_flight(
    airframe: Airframe, position_m: Vec3, yaw_rad: float, duration_s: float, rng: np.random.Generator
) -> list[WorldState]:
    """States of one hovering drone every `HOVER_STEP_S`, the first at time 0: it wanders some centimetres and degrees."""
    steps = max(round(duration_s / HOVER_STEP_S), 1)
    speeds = hover_speeds(airframe, steps, rng)
    place = np.array(position_m) + _wander(_PLACE_M, _PLACE_S, (steps + 1, 3), rng)
    velocity = np.gradient(place, HOVER_STEP_S, axis=0)
    tilt = 0.5 * _wander(_TILT_RAD, _TILT_S, (steps + 1, 2), rng)
    sine, cosine = math.sin(0.5 * yaw_rad), math.cos(0.5 * yaw_rad)
    states = []
    for i in range(steps + 1):
        roll, pitch = tilt[i].tolist()
        # Small tilts: the product of the quaternions of yaw and of the tilt, to first order.
        turn = np.array([cosine * roll - sine * pitch, sine * roll + cosine * pitch, sine, cosine])
        x, y, z, w = (turn / np.linalg.norm(turn)).tolist()
        drone = DroneState(
            _triple(place[i]), (x, y, z, w), _triple(velocity[i]), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0),
            tuple(speeds[i].tolist()), 1.0, airframe.battery.full_v, (), 0.0,
        )  # fmt: skip
        states.append(WorldState(i * HOVER_STEP_S, (drone,), ()))
    return states


def _wander(std: float, time_s: float, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """A stationary first-order process along the first axis."""
    keep = math.exp(-HOVER_STEP_S / time_s)
    walk = std * rng.standard_normal(shape)
    for i in range(1, shape[0]):
        walk[i] = keep * walk[i - 1] + math.sqrt(1.0 - keep * keep) * walk[i]
    return walk


def _triple(vector: NDArray[np.float64]) -> Vec3:
    x, y, z = vector.tolist()
    return x, y, z
