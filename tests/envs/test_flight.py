"""What the autopilot achieves in the simulated world, per airframe: figures that the project promises."""

import numpy as np
import pytest

from goldentime.missions.registry import make_env

EACH = pytest.mark.parametrize("name", ["cf2x", "scout", "carrier"])
HZ = 60


def make_hover(name, mode, **scenario):
    return make_env(
        "hover",
        action_mode=mode,
        action_hz=HZ,
        control_hz=240,
        sensors={"state": {"hz": HZ}},
        scenario={"airframe": name, "reach_m": 200.0, "time_limit_s": 60.0, "target": (0.0, 0.0, 20.0), **scenario},
    )


def states(env, motion, seconds):
    """The privileged state after each step of one constant action."""
    action = {"motion": np.array(motion, np.float32)}
    return np.array([env.step(action)[0]["state"] for _ in range(round(seconds * HZ))])


@EACH
@pytest.mark.parametrize(
    ("axis", "speed_m_s"), [(0, 2.0), (1, 2.0), (1, -2.0), (2, 1.5), (2, -1.5)], ids=["x", "y", "-y", "up", "down"]
)
def test_velocity_step_settles_quickly_without_much_overshoot(name, axis, speed_m_s):
    env = make_hover(name, "velocity", spread_m=0.0)
    env.reset(seed=1)
    states(env, (0.0, 0.0, 0.0, 0.0), 1.0)
    motion = [0.0] * 4
    motion[axis] = speed_m_s
    share = states(env, motion, 3.0)[:, 7 + axis] / speed_m_s
    env.close()
    outside = np.flatnonzero(np.abs(share - 1.0) > 0.05)
    settling_s = (outside[-1] + 2) / HZ if len(outside) else 0.0
    assert settling_s < 1.2
    assert share.max() < 1.10


@EACH
@pytest.mark.parametrize("seed", range(6))
def test_hover_in_gusty_wind_stays_within_ten_centimetres(name, seed):
    target = (0.0, 0.0, 2.0)
    env = make_hover(name, "waypoint", spread_m=0.3, target=target, wind_m_s=3.0, gust_scale=0.1)
    env.reset(seed=seed)
    states(env, (*target, 0.0), 3.0)
    error = states(env, (*target, 0.0), 12.0)[:, :3] - target
    env.close()
    assert np.sqrt((error**2).sum(axis=1).mean()) < 0.10


@EACH
def test_waypoint_far_away_is_reached_without_overshoot(name):
    env = make_hover(name, "waypoint", spread_m=0.0)
    env.reset(seed=1)
    flight = states(env, (10.0, 0.0, 20.0, 0.0), 8.0)
    env.close()
    assert flight[-1, :3] == pytest.approx((10.0, 0.0, 20.0), abs=0.05)
    assert flight[:, 0].max() < 10.3


@EACH
def test_yaw_rate_is_followed(name):
    env = make_hover(name, "velocity", spread_m=0.0)
    env.reset(seed=1)
    flight = states(env, (0.0, 0.0, 0.0, 1.0), 3.0)
    env.close()
    assert flight[-1, 12] == pytest.approx(1.0, abs=0.05)
    assert np.abs(flight[:, :3] - (0.0, 0.0, 20.0)).max() < 0.1


@EACH
def test_body_rates_are_followed(name):
    env = make_hover(name, "rate", spread_m=0.0)
    env.reset(seed=1)
    flight = states(env, (9.81, 0.5, 0.0, 0.0), 0.4)
    env.close()
    assert flight[-1, 10] == pytest.approx(0.5, abs=0.05)
