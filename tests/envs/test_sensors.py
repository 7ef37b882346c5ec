"""Sensors: exact readings, the faults as configured, and streams of their own."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Box, Level
from goldentime.envs.navigation import Motion
from goldentime.envs.pointmass import PointMassPhysics
from goldentime.envs.scenario import DroneSpec
from goldentime.envs.sensors.base import Mount, SensorConfig, SensorSuite, Stage, sensor_kinds
from goldentime.errors import ConfigError
from goldentime.types import DroneState, WorldState

HZ = 100.0
LEVEL = (0.0, 0.0, 0.0, 1.0)
STILL = (0.0, 0.0, 0.0)
ROOM = Level(
    solids=(
        Box(centre=(5.25, 0.0, 2.0), size=(0.5, 20.0, 4.0)),
        Box(centre=(-3.25, 0.0, 2.0), size=(0.5, 20.0, 4.0)),
        Box(centre=(0.0, 4.25, 2.0), size=(20.0, 0.5, 4.0)),
        Box(centre=(0.0, -2.25, 2.0), size=(20.0, 0.5, 4.0)),
    )
)


def world_at(time_s, position=(1.0, 2.0, 3.0), velocity=STILL, quaternion=LEVEL):
    drone = DroneState(position, quaternion, velocity, STILL, STILL, (0.0,) * 4, 1.0, 4.2, (), 0.0)
    return WorldState(time_s, (drone,), ())


def suite_of(rays=None, hz=HZ, contest=False, **configs):
    mount = Mount(0, load_airframe("cf2x"), rays or PointMassPhysics(), Stage())
    return SensorSuite({name: SensorConfig(**config) for name, config in configs.items()}, mount, hz, contest=contest)


def readings(suite, name, count, seed=0):
    """`count` readings of a world at rest."""
    suite.reset(seed, 0)
    return np.array([suite.read(world_at(i / HZ))[name] for i in range(count)])


def ramp(suite, count):
    """Readings of a vertical speed that equals the number of the call."""
    suite.reset(0, 0)
    return [float(suite.read(world_at(i / HZ, velocity=(0.0, 0.0, float(i))))["flow"][2]) for i in range(count)]


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 2.0), st.integers(0, 2**32))
def test_noise_has_the_configured_spread(std, seed):
    got = readings(suite_of(flow={"kind": "flow", "hz": HZ, "noise_std": std}), "flow", 1500, seed)
    assert got.std(axis=0) == pytest.approx(np.full(3, std), rel=0.12)
    assert np.abs(got.mean(axis=0)).max() < 5 * std / math.sqrt(1500)


def test_noise_may_differ_per_channel():
    got = readings(suite_of(flow={"kind": "flow", "hz": HZ, "noise_std": (0.1, 0.2, 0.0)}), "flow", 4000)
    assert got.std(axis=0) == pytest.approx((0.1, 0.2, 0.0), rel=0.05)


def test_bias_is_constant_within_and_drawn_anew_for_each_episode():
    suite = suite_of(flow={"kind": "flow", "hz": HZ, "bias_std": 0.5})
    episodes = np.array([readings(suite, "flow", 3, seed) for seed in range(800)])
    assert (episodes == episodes[:, :1]).all()
    assert episodes[:, 0].std(axis=0) == pytest.approx(np.full(3, 0.5), rel=0.1)


def test_walk_spreads_with_the_square_root_of_time():
    suite = suite_of(flow={"kind": "flow", "hz": HZ, "walk_std": 0.1})
    after_4_s = np.array([readings(suite, "flow", 400, seed)[-1] for seed in range(150)])
    assert after_4_s.std() == pytest.approx(0.1 * math.sqrt(4.0), rel=0.12)


def test_delay_is_exact():
    got = ramp(suite_of(flow={"kind": "flow", "hz": HZ, "delay_s": 0.03}), 10)
    assert got == [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_a_slow_sensor_holds_its_reading():
    got = ramp(suite_of(flow={"kind": "flow", "hz": 25.0}), 10)
    assert got == [0.0, 0.0, 0.0, 0.0, 4.0, 4.0, 4.0, 4.0, 8.0, 8.0]


def test_delay_of_a_slow_sensor_counts_in_its_own_periods():
    got = ramp(suite_of(flow={"kind": "flow", "hz": 25.0, "delay_s": 0.04}), 12)
    assert got == [0.0] * 8 + [4.0] * 4


def test_dropout_repeats_the_last_reading_at_the_configured_rate():
    got = np.array(ramp(suite_of(flow={"kind": "flow", "hz": HZ, "dropout": 0.3}), 50))
    assert (np.diff(got) >= 0).all()
    repeated = readings(suite_of(flow={"kind": "flow", "hz": HZ, "dropout": 0.3, "noise_std": 1.0}), "flow", 5000)
    share = (np.diff(repeated[:, 0]) == 0.0).mean()
    assert share == pytest.approx(0.3, abs=0.03)


def test_a_delayed_reading_that_is_lost_stays_lost():
    """What comes after a dropout is as old as the delay says, no older."""
    got = np.array(ramp(suite_of(flow={"kind": "flow", "hz": HZ, "dropout": 0.5, "delay_s": 0.02}), 50))
    age = np.arange(50) - got
    fresh = np.flatnonzero(np.diff(got) > 0) + 1
    assert (age[fresh] == 2.0).all()


def test_another_sensor_does_not_move_the_noise():
    noisy = {"kind": "flow", "hz": HZ, "noise_std": 1.0, "bias_std": 1.0}
    alone = readings(suite_of(flow=noisy), "flow", 20)
    beside = readings(suite_of(flow=noisy, baro={"kind": "barometer", "hz": HZ, "noise_std": 1.0}), "flow", 20)
    assert (alone == beside).all()
    renamed = readings(suite_of(flow_2=noisy), "flow_2", 20)
    assert (alone != renamed).any()


def test_readings_repeat_with_the_seed_and_differ_between_drones():
    suite = suite_of(flow={"kind": "flow", "hz": HZ, "noise_std": 1.0})
    assert (readings(suite, "flow", 20, seed=4) == readings(suite, "flow", 20, seed=4)).all()
    first = readings(suite, "flow", 1, seed=4)
    suite.reset(4, 1)
    assert (suite.read(world_at(0.0))["flow"] != first[0]).any()


def test_readings_stay_in_their_space():
    suite = suite_of(flow={"kind": "flow", "hz": HZ, "noise_std": 100.0})
    suite.reset(0, 0)
    for i in range(50):
        assert suite.read(world_at(i / HZ)) in suite.space


def test_a_reading_may_be_kept_and_changed():
    suite = suite_of(flow={"kind": "flow", "hz": 25.0}, state={"kind": "state", "hz": HZ})
    suite.reset(0, 0)
    first = suite.read(world_at(0.0))
    first["flow"][:] = 7.0
    first["state"][:] = 7.0
    assert (suite.read(world_at(0.01))["flow"] == 0.0).all()
    assert suite.read(world_at(0.02))["state"][0] == 1.0


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"kind": "sonar", "hz": HZ}, r"sensors.x.kind: expected one of .*lidar.*got 'sonar'"),
        ({"kind": "flow", "hz": 30.0}, r"sensors.x.hz = 30 Hz must divide action_hz = 100 Hz"),
        ({"kind": "flow", "hz": HZ, "delay_s": 0.015}, r"sensors.x.delay_s.*multiple of 0.01 s, got 0.015 s"),
        ({"kind": "flow", "hz": HZ, "dropout": 1.5}, r"sensors.x.dropout.*\[0, 1\), got 1.5"),
        ({"kind": "flow", "hz": HZ, "noise_std": (1.0, 2.0)}, r"sensors.x.noise_std.*3 of them, got 2"),
        ({"kind": "flow", "hz": HZ, "noise_std": -1.0}, r"sensors.x.noise_std.*at least 0"),
        ({"kind": "lidar", "hz": HZ, "options": {"beams": 3}}, r"sensors.x.options.beams: unknown key"),
    ],
)
def test_a_wrong_configuration_is_refused_with_its_path(config, message):
    with pytest.raises(ConfigError, match=message):
        suite_of(x=config)


def test_contest_mode_refuses_ground_truth():
    with pytest.raises(ConfigError, match=r"sensors.peek: shows ground truth"):
        suite_of(peek={"kind": "state", "hz": HZ}, contest=True)


def test_every_sensor_has_a_name():
    expected = {"attitude", "barometer", "flow", "imu", "lidar", "rangefinder", "state"}
    assert expected <= set(sensor_kinds())


# Instruments against the truth


def test_imu_feels_gravity_at_rest_and_nothing_in_free_fall(make_world, command):
    world = make_world(DroneSpec(airframe="cf2x", position=(0.0, 0.0, 50.0)))
    suite = suite_of(imu={"kind": "imu", "hz": HZ})
    hover = load_airframe("cf2x").hover_rotor_speed_rad_s
    world.apply([command(hover)])
    world.advance(24)
    assert suite.read(world.read())["imu"] == pytest.approx([0, 0, 9.81, 0, 0, 0], abs=1e-3)
    world.apply([command(0)])
    world.advance(48)
    world.read()
    world.advance(2)
    # All that is left is the drag at 2 m/s.
    assert suite.read(world.read())["imu"] == pytest.approx(np.zeros(6), abs=0.2)


def test_attitude_counts_yaw_from_the_start():
    suite = suite_of(attitude={"kind": "attitude", "hz": HZ})
    suite.reset(0, 0)
    turned = (0.0, 0.0, math.sin(0.5), math.cos(0.5))
    assert suite.read(world_at(0.0, quaternion=turned))["attitude"] == pytest.approx([0, 0, 0], abs=1e-6)
    more = (0.0, 0.0, math.sin(0.7), math.cos(0.7))
    assert suite.read(world_at(0.01, quaternion=more))["attitude"][2] == pytest.approx(0.4, abs=1e-6)
    suite.reset(1, 0)
    assert suite.read(world_at(0.0, quaternion=more))["attitude"][2] == pytest.approx(0.0, abs=1e-6)


def test_flow_is_the_velocity_in_the_heading_frame():
    suite = suite_of(flow={"kind": "flow", "hz": HZ})
    north = (0.0, 0.0, math.sin(math.pi / 4), math.cos(math.pi / 4))
    got = suite.read(world_at(0.0, velocity=(1.0, 2.0, 3.0), quaternion=north))["flow"]
    assert got == pytest.approx([2.0, -1.0, 3.0], abs=1e-6)


def test_barometer_counts_from_the_start():
    suite = suite_of(baro={"kind": "barometer", "hz": HZ})
    suite.reset(0, 0)
    assert suite.read(world_at(0.0, position=(0.0, 0.0, 2.0)))["baro"] == 0.0
    assert suite.read(world_at(0.1, position=(0.0, 0.0, 5.0)))["baro"] == 3.0


def test_rangefinder_measures_to_the_ground_along_the_body_axis(make_world):
    world = make_world(DroneSpec(airframe="cf2x", position=(0.0, 0.0, 3.0)))
    suite = suite_of(rays=world, down={"kind": "rangefinder", "hz": HZ})
    assert suite.read(world.read())["down"][0] == pytest.approx(3.0 - 0.0125 - 0.005, abs=1e-4)
    tilt = 0.3
    world.place(0, Motion((0.0, 0.0, 3.0), (math.sin(tilt / 2), 0.0, 0.0, math.cos(tilt / 2)), STILL, STILL))
    assert suite.read(world.read())["down"][0] == pytest.approx(3.0 / math.cos(tilt) - 0.0175, abs=1e-4)
    world.place(0, Motion((0.0, 0.0, 30.0), LEVEL, STILL, STILL))
    assert suite.read(world.read())["down"][0] == 10.0


def lidar_of(world, **options):
    options = {"noise_std_m": 0.0, **options}
    return suite_of(rays=world, lidar={"kind": "lidar", "hz": HZ, "options": options})


def test_lidar_ranges_in_a_room_are_exact(make_world):
    yaw = 0.3
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 2.0), yaw=yaw), level=ROOM)
    got = lidar_of(world, columns=360, max_range_m=30.0).read(world.read())["lidar"]
    angle = np.arange(360) * (2 * np.pi / 360) + yaw
    cos, sin = np.cos(angle), np.sin(angle)
    to_x = np.where(cos > 0, 5.0, 3.0) / np.abs(cos)
    to_y = np.where(sin > 0, 4.0, 2.0) / np.abs(sin)
    assert got.shape == (1, 360)
    assert got[0] == pytest.approx(np.minimum(to_x, to_y), abs=2e-3)


def test_lidar_elevation_sees_the_floor_and_open_sky_is_the_maximum(make_world):
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 2.0)))
    got = lidar_of(world, columns=4, elevations_deg=(-30.0, 30.0)).read(world.read())["lidar"]
    assert got[0] == pytest.approx(np.full(4, 4.0), abs=2e-3)
    assert (got[1] == 20.0).all()


def test_lidar_noise_spares_the_beams_that_hit_nothing(make_world):
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 2.0)))
    suite = lidar_of(world, columns=2000, elevations_deg=(-30.0, 30.0), noise_std_m=0.05)
    suite.reset(0, 0)
    got = suite.read(world.read())["lidar"]
    assert got[0].std() == pytest.approx(0.05, rel=0.1)
    assert (got[1] == 20.0).all()


def test_lidar_sees_glass_near_its_normal_only(make_world):
    level = Level(glass=(Box(centre=(3.0, 0.0, 2.0), size=(0.02, 30.0, 4.0)),), solids=ROOM.solids[:1])
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 2.0)), level=level)
    suite = lidar_of(world, columns=3, azimuth_span_deg=60.0, glass_angle_deg=20.0)
    left, ahead, right = suite.read(world.read())["lidar"][0]
    assert ahead == pytest.approx(2.99, abs=2e-3)
    slant = math.cos(math.radians(30.0))
    assert (left, right) == pytest.approx((5.0 / slant, 5.0 / slant), abs=2e-3)


def test_a_scan_of_more_beams_than_bullet_takes_at_once(make_world):
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 2.0)), level=ROOM)
    rings = tuple(float(e) for e in np.linspace(-1.0, 1.0, 10))
    got = lidar_of(world, columns=2000, elevations_deg=rings).read(world.read())["lidar"]
    assert got.shape == (10, 2000)
    elevation = np.deg2rad(rings)
    assert got[:, 0] == pytest.approx(5.0 / np.cos(elevation), abs=2e-3)


def test_lidar_does_not_see_its_own_drone_in_any_attitude(make_world):
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 40.0)))
    suite = lidar_of(world, columns=90, elevations_deg=(-60.0, -20.0, 0.0, 20.0, 60.0))
    rng = np.random.default_rng(0)
    for _ in range(20):
        q = rng.standard_normal(4)
        q /= np.linalg.norm(q)
        world.place(0, Motion((0.0, 0.0, 40.0), (q[0], q[1], q[2], q[3]), STILL, STILL))
        assert (suite.read(world.read())["lidar"] == 20.0).all()


def test_lidar_sees_another_drone(make_world):
    specs = (DroneSpec(airframe="scout", position=(x, 0.0, 5.0)) for x in (0.0, 4.0))
    world = make_world(*specs)
    ahead = lidar_of(world, columns=4).read(world.read())["lidar"][0, 0]
    assert ahead == pytest.approx(4.0 - 0.28, abs=0.02)
