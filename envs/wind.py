"""Moving air: mean wind by zones, Dryden gusts, and the downwash of other drones.

Gusts follow the Dryden form of MIL-F-8785C (1980), low-altitude model: scale lengths and intensities from the height
above ground, intensity in proportion to the local mean wind. Downwash follows the turbulent jet of Jain, Fortmuller,
Byun, Makiharju, Mueller, "Modeling of aerodynamic disturbances for proximity flight of multirotors" (ICUAS 2019).
"""

import math
from collections.abc import Sequence

import numpy as np

from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.envs.airframe import AIR_DENSITY_KG_M3, Airframe
from goldentime.envs.navigation import Motion
from goldentime.envs.scenario import WindSpec, WindZone
from goldentime.types import Vec3

__all__ = ["Wind", "downwash_m_s", "dryden_scales", "mean_wind"]

_FOOT_M = 0.3048


class Wind:
    """The air around each drone, advanced at a fixed rate from a random stream of its own."""

    def __init__(self, spec: WindSpec, airframes: Sequence[Airframe], dt_s: float, rng: np.random.Generator) -> None:
        self._spec, self._airframes, self._dt_s, self._rng = spec, airframes, dt_s, rng
        self._gusts = [_Gust(rng) for _ in airframes]
        self.still = not spec.zones and len(airframes) == 1

    def step(self, drones: Sequence[Motion]) -> list[Vec3]:
        """Air velocity [m/s], world frame, at each drone after one more period."""
        air = []
        for index, drone in enumerate(drones):
            mean = mean_wind(self._spec.zones, drone.position_m)
            gust = (0.0, 0.0, 0.0)
            if self._spec.gust_scale > 0.0 and self._spec.zones:
                gust = self._gusts[index].step(mean, drone, self._spec.gust_scale, self._dt_s)
            down = sum(
                downwash_m_s(self._airframes[other], above.position_m, drone.position_m)
                for other, above in enumerate(drones)
                if other != index and above.position_m[2] > drone.position_m[2]
            )
            air.append((mean[0] + gust[0], mean[1] + gust[1], mean[2] + gust[2] - down))
        return air


def mean_wind(zones: Sequence[WindZone], position_m: Vec3) -> Vec3:
    """Sum of the zones' mean velocities at a point, each faded linearly over its edge."""
    x = y = z = 0.0
    for zone in zones:
        share = 1.0
        for low, high, at in zip(zone.lower, zone.upper, position_m, strict=True):
            share *= min(max(min(at - low, high - at) / zone.edge_m, 0.0), 1.0)
        if share > 0.0:
            x, y, z = x + share * zone.velocity[0], y + share * zone.velocity[1], z + share * zone.velocity[2]
    return x, y, z


def dryden_scales(height_m: float) -> tuple[float, float, float]:
    """Low-altitude Dryden scales of MIL-F-8785C, section 3.7.

    Returns:
        Scale length along and across the wind [m], vertical scale length [m], and the ratio of horizontal to vertical
        gust intensity. The height is held to 10-1000 ft, the range of the model.
    """
    feet = min(max(height_m / _FOOT_M, 10.0), 1000.0)
    base = 0.177 + 0.000823 * feet
    return feet / base**1.2 * _FOOT_M, feet * _FOOT_M, base**-0.4


class _Gust:
    """Unit-variance Dryden filters along the mean wind, across it and vertically."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        u, a, c, d, e = rng.standard_normal(5).tolist()
        # Stationary start: Var(first) = 1/2, Cov = 1/4, Var(second) = 1/4 of the two-stage filters.
        self._along = u
        self._across = (math.sqrt(0.5) * a, 0.5 * math.sqrt(0.5) * a + math.sqrt(0.125) * c)
        self._up = (math.sqrt(0.5) * d, 0.5 * math.sqrt(0.5) * d + math.sqrt(0.125) * e)

    def step(self, mean: Vec3, drone: Motion, scale: float, dt_s: float) -> Vec3:
        """Gust velocity [m/s], world frame."""
        wind = math.hypot(mean[0], mean[1])
        noise = self._rng.standard_normal(3).tolist()
        vx, vy, vz = (v - m for v, m in zip(drone.velocity_m_s, mean, strict=True))
        airspeed = max(math.sqrt(vx * vx + vy * vy + vz * vz), 0.5)
        length, length_up, ratio = dryden_scales(drone.position_m[2])
        fade = math.exp(-dt_s * airspeed / length)
        self._along = fade * self._along + math.sqrt(1.0 - fade * fade) * noise[0]
        self._across = _second_order(self._across, length / airspeed, dt_s, noise[1])
        self._up = _second_order(self._up, length_up / airspeed, dt_s, noise[2])
        sigma_up = scale * wind
        along, across = sigma_up * ratio * self._along, sigma_up * ratio * _output(self._across)
        if wind < 1e-9:
            return 0.0, 0.0, 0.0
        cx, cy = mean[0] / wind, mean[1] / wind
        return cx * along - cy * across, cy * along + cx * across, sigma_up * _output(self._up)


def _second_order(state: tuple[float, float], time_s: float, dt_s: float, noise: float) -> tuple[float, float]:
    """One step of two cascaded lags of time constant `time_s` driven by white noise."""
    first, second = state
    fade = math.exp(-dt_s / time_s)
    new = fade * first + math.sqrt(0.5 * (1.0 - fade * fade)) * noise
    return new, fade * second + (1.0 - fade) * 0.5 * (first + new)


def _output(state: tuple[float, float]) -> float:
    """The Dryden cross-wind form (1 + sqrt(3) T s) / (1 + T s)^2 as a sum of the two lags; unit variance."""
    root = math.sqrt(3.0)
    return root * state[0] + (1.0 - root) * state[1]


def downwash_m_s(airframe: Airframe, above_m: Vec3, below_m: Vec3) -> float:
    """Downward air speed that a hovering drone's rotors make at a point below it.

    A jet that carries the vehicle's weight: it leaves at the momentum-theory far-wake speed, decays with the distance
    and spreads as a Gaussian.
    """
    depth = above_m[2] - below_m[2]
    if depth <= 0.0:
        return 0.0
    disc_m2 = airframe.layout.count * math.pi * airframe.rotor_radius_m**2
    exit_m_s = math.sqrt(2.0 * airframe.mass_kg * GRAVITY_M_S2 / (AIR_DENSITY_KG_M3 * disc_m2))
    radius = math.sqrt(disc_m2 / (2.0 * math.pi))
    # The far jet (speed ~ 1/depth) starts where it equals the exit speed, six radii down.
    centre = exit_m_s * min(1.0, 6.0 * radius / depth)
    width = radius + 0.10 * depth
    off2 = (above_m[0] - below_m[0]) ** 2 + (above_m[1] - below_m[1]) ** 2
    return centre * math.exp(-off2 / (width * width)) if off2 < 16.0 * width * width else 0.0
