"""Wind zones, gust statistics and downwash."""

import numpy as np
import pytest

from goldentime.envs.airframe import load_airframe
from goldentime.envs.navigation import Motion
from goldentime.envs.scenario import DroneSpec, WindSpec, WindZone
from goldentime.envs.wind import Wind, downwash_m_s, dryden_scales, mean_wind
from goldentime.rng import stream

LEVEL = (0.0, 0.0, 0.0, 1.0)
STILL = (0.0, 0.0, 0.0)
EVERYWHERE = WindZone(lower=(-1e3, -1e3, -1e3), upper=(1e3, 1e3, 1e3), velocity=(4.0, 3.0, 0.0))
FOOT_M = 0.3048


def test_wind_fades_in_over_the_edge_of_its_zone():
    zone = WindZone(lower=(0.0, 0.0, 0.0), upper=(10.0, 10.0, 10.0), velocity=(2.0, -4.0, 1.0), edge_m=2.0)
    assert mean_wind([zone], (5.0, 5.0, 5.0)) == (2.0, -4.0, 1.0)
    assert mean_wind([zone], (1.0, 5.0, 5.0)) == (1.0, -2.0, 0.5)
    assert mean_wind([zone], (-0.1, 5.0, 5.0)) == (0.0, 0.0, 0.0)
    assert mean_wind([zone, zone], (5.0, 5.0, 5.0)) == (4.0, -8.0, 2.0)


def test_dryden_scales_at_the_published_points():
    """MIL-F-8785C: at 1,000 ft all scale lengths are 1,000 ft and the intensities are alike."""
    along, up, ratio = dryden_scales(1000 * FOOT_M)
    assert along == pytest.approx(1000 * FOOT_M, rel=0.001)
    assert up == pytest.approx(1000 * FOOT_M)
    assert ratio == pytest.approx(1.0, rel=0.001)
    assert dryden_scales(0.0) == dryden_scales(10 * FOOT_M)
    assert dryden_scales(0.0)[2] == pytest.approx((0.177 + 0.00823) ** -0.4)


@pytest.fixture(scope="module")
def gusts():
    """Ten thousand seconds of gusts at rest in 5 m/s wind at 3.048 m: (n, 3) along, across, up, and the period."""
    dt_s = 1 / 20
    drone = [Motion((0.0, 0.0, 3.048), LEVEL, STILL, STILL)]
    wind = Wind(WindSpec(zones=(EVERYWHERE,), gust_scale=0.1), [load_airframe("scout")], dt_s, stream(3, "wind"))
    air = np.array([wind.step(drone)[0] for _ in range(200_000)]) - (4.0, 3.0, 0.0)
    return np.column_stack([air @ (0.8, 0.6, 0.0), air @ (-0.6, 0.8, 0.0), air[:, 2]]), dt_s


def test_gusts_have_the_intensity_of_the_model(gusts):
    samples, _ = gusts
    up = 0.1 * 5.0
    across = up * dryden_scales(3.048)[2]
    assert samples.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.1)
    assert samples.std(axis=0) == pytest.approx((across, across, up), rel=0.05)


def correlation(x, lag):
    return float(np.corrcoef(x[:-lag], x[lag:])[0, 1])


def test_gusts_forget_at_the_time_scale_of_the_model(gusts):
    samples, dt_s = gusts
    length, length_up, _ = dryden_scales(3.048)
    lag = round(length / 5.0 / dt_s)
    assert correlation(samples[:, 0], lag) == pytest.approx(np.exp(-1), abs=0.05)
    # Across and up: exp(-s) (1 - s / 2) at s = time over time scale.
    assert correlation(samples[:, 1], lag) == pytest.approx(0.5 * np.exp(-1), abs=0.05)
    lag_up = round(length_up / 5.0 / dt_s)
    assert correlation(samples[:, 2], lag_up) == pytest.approx(0.5 * np.exp(-1), abs=0.05)


def test_gusts_start_at_their_full_intensity():
    """The first reading of many episodes has the same spread as a late one."""
    drone = [Motion((0.0, 0.0, 3.048), LEVEL, STILL, STILL)]
    spec = WindSpec(zones=(EVERYWHERE,), gust_scale=0.1)
    first = []
    for seed in range(3000):
        first.append(Wind(spec, [load_airframe("scout")], 1 / 60, stream(seed, "wind")).step(drone)[0])
    assert np.std(first, axis=0)[2] == pytest.approx(0.5, rel=0.06)


def test_downwash_is_a_downward_jet_below_the_drone():
    scout = load_airframe("scout")
    directly = downwash_m_s(scout, (0.0, 0.0, 3.0), (0.0, 0.0, 2.0))
    assert directly > 3.0
    assert downwash_m_s(scout, (0.0, 0.0, 3.0), (0.5, 0.0, 2.0)) < 0.5 * directly
    assert downwash_m_s(scout, (0.0, 0.0, 3.0), (0.0, 0.0, -5.0)) < 0.5 * directly
    assert downwash_m_s(scout, (0.0, 0.0, 3.0), (0.0, 0.0, 4.0)) == 0.0


def test_downwash_pushes_the_lower_drone_down(make_world, command):
    scout = load_airframe("scout")
    specs = (DroneSpec(airframe="scout", position=(0.0, 0.0, z)) for z in (20.0, 18.0))
    world = make_world(*specs)
    wind = Wind(WindSpec(), [scout, scout], 1 / 60, stream(0, "wind"))
    hover = scout.hover_rotor_speed_rad_s
    for _ in range(60):
        air = wind.step(world.motions())
        world.apply([command(hover, air=one) for one in air])
        world.advance(4)
    upper, lower = world.motions()
    assert upper.velocity_m_s[2] == pytest.approx(0.0, abs=1e-3)
    assert lower.velocity_m_s[2] < -0.3


def test_air_at_rest_is_known_to_be_still():
    scout = load_airframe("scout")
    assert Wind(WindSpec(), [scout], 1 / 60, stream(0, "wind")).still
    assert not Wind(WindSpec(), [scout, scout], 1 / 60, stream(0, "wind")).still
    assert not Wind(WindSpec(zones=(EVERYWHERE,)), [scout], 1 / 60, stream(0, "wind")).still
