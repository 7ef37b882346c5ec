"""The simulated drone against closed-form physics and published figures."""

import math

import numpy as np
import pytest

from goldentime.control.frames import to_body
from goldentime.envs.airframe import AIR_DENSITY_KG_M3, load_airframe
from goldentime.envs.navigation import Motion
from goldentime.envs.rotorcraft import Rotorcraft, ground_effect
from goldentime.envs.scenario import DroneSpec

G = 9.81
LEVEL = (0.0, 0.0, 0.0, 1.0)
STILL = (0.0, 0.0, 0.0)
NO_DRAG = {"rotor_drag_xy_n_s2": 0.0, "rotor_drag_z_n_s2": 0.0, "body_drag_area_m2": 0.0}
BOTH = pytest.mark.parametrize("name", ["cf2x", "scout"])


def fly(world, command, substeps, ticks=1):
    """Hold one command for `ticks` times `substeps`; the motion after each tick."""
    motions = []
    for _ in range(ticks):
        world.apply([command])
        world.advance(substeps)
        motions.append(world.motions()[0])
    return motions


def test_cf2x_hovers_at_the_published_rotor_speed():
    kf_n_per_rpm2, mass_kg = 3.16e-10, 0.027
    published_rpm = math.sqrt(mass_kg * G / (4 * kf_n_per_rpm2))
    assert published_rpm == pytest.approx(14476, abs=1)
    rpm = load_airframe("cf2x").hover_rotor_speed_rad_s * 60 / (2 * math.pi)
    assert rpm == pytest.approx(published_rpm, rel=0.01)


def test_cf2x_has_the_published_thrust_to_weight():
    assert load_airframe("cf2x").thrust_to_weight == pytest.approx(2.25, rel=0.01)


@BOTH
def test_hover_rotor_speed_holds_the_altitude(name, make_world, command):
    world = make_world(DroneSpec(airframe=name, position=(0.0, 0.0, 5.0)))
    end = fly(world, command(load_airframe(name).hover_rotor_speed_rad_s), 4, 300)[-1]
    assert end.position_m == pytest.approx((0.0, 0.0, 5.0), abs=1e-3)
    assert np.linalg.norm(end.velocity_m_s) < 1e-3


@BOTH
def test_rotors_one_percent_fast_climb_at_the_predicted_rate(name, make_world, make_airframe, command):
    frame = make_airframe(name, **NO_DRAG)
    world = make_world(DroneSpec(airframe=frame, position=(0.0, 0.0, 5.0)))
    tau = load_airframe(frame).rotor_time_constant_s
    end = fly(world, command(1.01 * load_airframe(frame).hover_rotor_speed_rad_s), 4, 60)[-1]
    # The lag of the rotors delays the thrust by about one time constant.
    assert end.velocity_m_s[2] == pytest.approx((1.01**2 - 1) * G * (1.0 - tau), rel=0.02)


@BOTH
def test_free_fall(name, make_world, make_airframe, command):
    frame = make_airframe(name, rotor_speed_min_rad_s=0.0, **NO_DRAG)
    world = make_world(DroneSpec(airframe=frame, position=(0.0, 0.0, 40.0)))
    fly(world, command(0), 240)  # the rotors run down
    start = world.motions()[0]
    end = fly(world, command(0), 240)[-1]
    assert end.velocity_m_s[2] - start.velocity_m_s[2] == pytest.approx(-G, rel=1e-6)
    fallen_m = start.velocity_m_s[2] - 0.5 * G
    assert end.position_m[2] - start.position_m[2] == pytest.approx(fallen_m, rel=0.005)


@BOTH
def test_terminal_velocity_follows_from_the_drag_area(name, make_world, make_airframe, command):
    frame = make_airframe(name, rotor_speed_min_rad_s=0.0)
    airframe = load_airframe(frame)
    world = make_world(DroneSpec(airframe=frame, position=(0.0, 0.0, 900.0)))
    end = fly(world, command(0), 240, 15)[-1]
    expected = math.sqrt(2 * airframe.mass_kg * G / (AIR_DENSITY_KG_M3 * airframe.body_drag_area_m2))
    assert -end.velocity_m_s[2] == pytest.approx(expected, rel=0.005)


@BOTH
def test_rotor_drag_sets_the_drift_speed_in_wind(name, make_world, command):
    """Level in a wind, a drone is carried along until the air is at rest around it."""
    world = make_world(DroneSpec(airframe=name, position=(0.0, 0.0, 5.0)))
    hover = load_airframe(name).hover_rotor_speed_rad_s
    early = fly(world, command(hover, air=(1.0, 0.0, 0.0)), 1, 10)[-1]
    airframe = load_airframe(name)
    drag_n = 4 * hover * airframe.rotor_drag_xy_n_s2 + 0.5 * AIR_DENSITY_KG_M3 * airframe.body_drag_area_m2
    assert early.velocity_m_s[0] == pytest.approx(drag_n / airframe.mass_kg * 10 / 240, rel=0.02)
    late = fly(world, command(hover, air=(1.0, 0.0, 0.0)), 240, 30)[-1]
    assert late.velocity_m_s[0] == pytest.approx(1.0, abs=0.05)


@BOTH
def test_ballistic_flight_keeps_its_energy(name, make_world, make_airframe, command):
    frame = make_airframe(name, rotor_speed_min_rad_s=0.0, **NO_DRAG)
    world = make_world(DroneSpec(airframe=frame, position=(0.0, 0.0, 100.0)))
    fly(world, command(0), 240)
    world.place(0, Motion((0.0, 0.0, 100.0), LEVEL, (8.0, -3.0, 12.0), STILL))

    def energy_j_kg(motion):
        return 0.5 * sum(v * v for v in motion.velocity_m_s) + G * motion.position_m[2]

    before = energy_j_kg(world.motions()[0])
    after = energy_j_kg(fly(world, command(0), 240, 3)[-1])
    # Semi-implicit Euler keeps energy but for half a step of gravity.
    assert after == pytest.approx(before, rel=1e-3)


@BOTH
def test_a_tumbling_body_keeps_its_angular_momentum(name, make_world, make_airframe, command):
    """The intermediate axis is the worst case: the body flips over again and again."""
    inertia = [round(i * f, 9) for i, f in zip(load_airframe(name).inertia_kg_m2, (0.8, 1.2, 1.0), strict=True)]
    frame = make_airframe(name, inertia_kg_m2=inertia, rotor_speed_min_rad_s=0.0, **NO_DRAG)
    world = make_world(DroneSpec(airframe=frame, position=(0.0, 0.0, 900.0)))
    fly(world, command(0), 240)
    order = np.argsort(inertia)
    spin = [0.02, 0.02, 0.02]
    spin[order[1]] = 6.0
    world.place(0, Motion((0.0, 0.0, 900.0), LEVEL, STILL, (spin[0], spin[1], spin[2])))

    def momentum(motion):
        return np.array(inertia) * to_body(motion.quaternion_xyzw, motion.angular_velocity_rad_s)

    before = world.motions()[0]
    motions = fly(world, command(0), 4, 300)
    sizes = [np.linalg.norm(momentum(m)) for m in motions]
    # Bullet integrates the gyroscopic term explicitly: about 1 % in 5 s at 6 rad/s.
    assert sizes == pytest.approx(np.full(300, np.linalg.norm(momentum(before))), rel=0.02)


@BOTH
def test_rotors_lag_by_their_time_constant(name):
    airframe = load_airframe(name)
    dt_s = 1 / 2400
    craft = Rotorcraft(airframe, dt_s, 500.0)
    craft.set_command((600.0,) * 4)
    for _ in range(round(airframe.rotor_time_constant_s / dt_s)):
        craft.loads(LEVEL, STILL, 1)
    assert craft.speed[0] == pytest.approx(600.0 - 100.0 / math.e, rel=1e-3)


def test_ground_effect_limits():
    radius_m = 0.1
    assert ground_effect(radius_m, 100.0) == pytest.approx(1.0, abs=1e-6)
    assert ground_effect(radius_m, radius_m) == pytest.approx(1.0 / (1.0 - 1.0 / 16.0))
    assert ground_effect(radius_m, 0.5 * radius_m) == pytest.approx(4.0 / 3.0)
    assert ground_effect(radius_m, 0.0) == ground_effect(radius_m, 0.5 * radius_m)
    heights = np.linspace(0.01, 1.0, 100)
    assert (np.diff([ground_effect(radius_m, z) for z in heights]) <= 0).all()


@BOTH
def test_hovering_low_needs_less_rotor_speed(name, make_world, command):
    """The same rotor speed that holds the altitude high up lifts off near the ground."""
    airframe = load_airframe(name)
    low_m = 0.6 * airframe.hull_height_m + airframe.rotor_radius_m
    world = make_world(DroneSpec(airframe=name, position=(0.0, 0.0, low_m)))
    start = world.motions()[0].position_m[2]
    world.apply([command(airframe.hover_rotor_speed_rad_s)])
    world.advance(1)
    end = fly(world, command(airframe.hover_rotor_speed_rad_s), 4, 30)[-1]
    assert end.position_m[2] > start + 0.01


def test_scout_hovers_for_twenty_minutes():
    airframe = load_airframe("scout")
    craft = Rotorcraft(airframe, 1 / 240, airframe.hover_rotor_speed_rad_s)
    voltages, seconds = [craft.voltage], 0
    while craft.soc > 0.0:
        craft.drain(1.0)
        voltages.append(craft.voltage)
        seconds += 1
    assert seconds == pytest.approx(20 * 60, rel=0.05)
    assert (np.diff(voltages[1:]) <= 0).all()


def test_voltage_sag_lowers_the_top_rotor_speed():
    airframe = load_airframe("scout")
    craft = Rotorcraft(airframe, 1 / 240, airframe.hover_rotor_speed_rad_s)
    craft.set_command((1e4,) * 4)
    assert craft.command[0] == airframe.rotor_speed_max_rad_s
    for _ in range(600):
        craft.drain(1.0)
    craft.set_command((1e4,) * 4)
    assert craft.command[0] == pytest.approx(airframe.rotor_speed_max_rad_s * craft.voltage / airframe.battery.full_v)
    assert craft.command[0] < 0.95 * airframe.rotor_speed_max_rad_s


def test_an_empty_battery_stops_the_rotors():
    airframe = load_airframe("scout")
    craft = Rotorcraft(airframe, 1 / 240, airframe.hover_rotor_speed_rad_s)
    craft.drain(1e5)
    craft.set_command((500.0,) * 4)
    assert craft.command == (0.0,) * 4
