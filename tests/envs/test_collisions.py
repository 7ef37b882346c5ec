"""Contacts, thin walls at speed, drones among each other, and relief kits."""

import numpy as np
import pytest

from goldentime.control.frames import to_world
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Box, Level
from goldentime.envs.navigation import Motion
from goldentime.envs.scenario import DroneSpec, KitSpec, Mover

LEVEL = (0.0, 0.0, 0.0, 1.0)
STILL = (0.0, 0.0, 0.0)
BOTH = pytest.mark.parametrize("name", ["cf2x", "scout"])
THIN_WALL = Level(solids=(Box(centre=(0.0, 0.0, 50.0), size=(0.05, 40.0, 60.0)),))


def random_throw(rng, hull_m):
    """A throw at the wall x = 0 from up to 1.5 m before it: any attitude, oblique, 3 to 15 m/s."""
    speed = rng.uniform(3.0, 15.0)
    slant = rng.uniform(-0.7, 0.7, 2)
    direction = np.array([1.0, *slant]) / np.linalg.norm([1.0, *slant])
    q = rng.standard_normal(4)
    start = (-0.025 - 1.05 * hull_m - rng.uniform(0.0, 1.5), 0.0, 50.0)
    return Motion(start, tuple(q / np.linalg.norm(q)), tuple((speed * direction).tolist()), tuple(rng.normal(0, 3, 3)))


@BOTH
def test_none_of_a_thousand_impacts_passes_a_thin_wall(name, make_world, command):
    rng = np.random.default_rng(7)
    airframe = load_airframe(name)
    hull_m = float(np.hypot(airframe.hull_radius_m, 0.5 * airframe.hull_height_m))
    world = make_world(DroneSpec(airframe=name, position=(-2.0, 0.0, 50.0)), level=THIN_WALL)
    world.apply([command(0)])
    touched = 0
    for number in range(1000):
        throw = random_throw(rng, hull_m)
        world.place(0, throw)
        world.read()
        # A control tick of 1 to 8 substeps, long enough to reach the wall and bounce off it.
        substeps = int(rng.integers(1, 9))
        seconds = 1.3 * (-throw.position_m[0]) / throw.velocity_m_s[0] + 0.05
        for _ in range(int(seconds * 240 / substeps) + 1):
            world.apply([command(0)])
            world.advance(substeps)
            assert world.motions()[0].position_m[0] < 0.0, f"impact {number} went through: {throw}"
        touched += bool(world.read().drones[0].contacts)
    assert touched == 1000


@pytest.mark.parametrize("x", [-1.0, 1.0])
def test_contact_normal_points_from_the_wall_to_the_drone(x, make_world, command):
    world = make_world(DroneSpec(airframe="scout", position=(2 * x, 0.0, 50.0)), level=THIN_WALL)
    world.place(0, Motion((x, 0.0, 50.0), LEVEL, (-3.0 * x, 0.0, 0.0), STILL))
    hover = load_airframe("scout").hover_rotor_speed_rad_s
    for _ in range(20):
        world.apply([command(hover)])
        world.advance(8)
    contact = world.read().drones[0].contacts[0]
    assert contact.other == "level"
    assert contact.normal == pytest.approx((x, 0.0, 0.0), abs=0.05)
    assert contact.position_m[0] == pytest.approx(0.025 * x, abs=0.03)
    assert contact.force_n > 10.0


def test_glass_stops_a_drone_and_is_named(make_world, command):
    glass = Level(glass=(Box(centre=(0.0, 0.0, 50.0), size=(0.05, 40.0, 60.0), semantic="window"),))
    world = make_world(DroneSpec(airframe="cf2x", position=(-2.0, 0.0, 50.0)), level=glass)
    world.place(0, Motion((-0.5, 0.0, 50.0), LEVEL, (12.0, 0.0, 0.0), STILL))
    for _ in range(20):
        world.apply([command(0)])
        world.advance(8)
    drone = world.read().drones[0]
    assert drone.position_m[0] < 0.0
    assert [contact.other for contact in drone.contacts] == ["glass"]


def test_standing_on_the_ground_is_a_lasting_contact_that_carries_the_weight(make_world, command):
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 0.1)))
    for _ in range(60):
        world.apply([command(0)])
        world.advance(8)
        state = world.read()
    (contact,) = state.drones[0].contacts
    assert contact.other == "level"
    assert contact.normal == pytest.approx((0.0, 0.0, 1.0), abs=1e-3)
    assert state.drones[0].contact_s == pytest.approx(8 / 240)
    assert state.drones[0].position_m[2] == pytest.approx(0.09, abs=0.01)


def test_contacts_are_reported_once(make_world, command):
    world = make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 0.1)))
    world.apply([command(0)])
    world.advance(60)
    assert world.read().drones[0].contacts
    world.place(0, Motion((0.0, 0.0, 5.0), LEVEL, STILL, STILL))
    world.advance(8)
    drone = world.read().drones[0]
    assert (drone.contacts, drone.contact_s) == ((), 0.0)


def test_two_drones_collide(make_world, command):
    world = make_world(
        DroneSpec(airframe="cf2x", position=(-1.0, 0.0, 5.0)), DroneSpec(airframe="cf2x", position=(1.0, 0.0, 5.0))
    )
    world.place(0, Motion((-0.3, 0.0, 5.0), LEVEL, (4.0, 0.0, 0.0), STILL))
    world.place(1, Motion((0.3, 0.0, 5.0), LEVEL, (-4.0, 0.0, 0.0), STILL))
    hover = load_airframe("cf2x").hover_rotor_speed_rad_s
    world.apply([command(hover)] * 2)
    world.advance(48)
    left, right = world.read().drones
    assert [c.other for c in left.contacts] == ["drone"]
    assert [c.other for c in right.contacts] == ["drone"]
    assert left.contacts[0].normal[0] == pytest.approx(-right.contacts[0].normal[0])
    assert left.contacts[0].normal[0] < -0.9
    assert left.position_m[0] < right.position_m[0]


def test_a_mover_hits_a_waiting_drone(make_world, command):
    mover = Mover(centre=(1.0, 0.0, 5.0), size=(0.2, 2.0, 2.0), amplitude=(1.0, 0.0, 0.0), period_s=4.0)
    world = make_world(DroneSpec(airframe="cf2x", position=(0.4, 0.0, 5.0)), movers=(mover,))
    hover = load_airframe("cf2x").hover_rotor_speed_rad_s
    names = set()
    for _ in range(120):
        world.apply([command(hover)])
        world.advance(8)
        names |= {contact.other for contact in world.read().drones[0].contacts}
    assert "mover" in names


def test_several_kits_are_let_go_one_at_a_time(make_world, command):
    kits = (KitSpec(mass_kg=0.12), KitSpec(mass_kg=0.1))
    world = make_world(DroneSpec(airframe="scout", position=(3.0, 1.0, 4.0)), kits=kits)
    world.apply([command(400.0, release=True)])
    world.advance(4)
    assert [kit.carrier for kit in world.read().kits] == [-1, 0]
    world.apply([command(400.0, release=True)])
    world.advance(4)
    assert [kit.carrier for kit in world.read().kits] == [-1, -1]


def test_a_released_kit_falls_below_the_drone_and_the_drone_gets_lighter(make_world, command):
    kit = KitSpec(carrier=0, mass_kg=0.25)
    world = make_world(DroneSpec(airframe="scout", position=(3.0, 1.0, 4.0)), kits=(kit,))
    laden = load_airframe("scout").hover_rotor_speed_rad_s * np.sqrt(1.75 / 1.5)
    world.apply([command(laden)])
    for _ in range(60):
        world.apply([command(laden)])
        world.advance(4)
    state = world.read()
    assert state.kits[0].carrier == 0
    # The rotors start at the unladen hover speed, so it sinks a little before they have caught up.
    assert state.drones[0].velocity_m_s[2] == pytest.approx(0.0, abs=0.15)
    before = state.drones[0].velocity_m_s[2]
    world.apply([command(laden, release=True)])
    for _ in range(60):
        world.advance(4)
    state = world.read()
    assert state.drones[0].velocity_m_s[2] - before == pytest.approx(0.25 / 1.5 * 9.81, rel=0.2)
    assert state.kits[0].carrier == -1
    for _ in range(30):
        world.advance(8)
    kit_state = world.read().kits[0]
    assert kit_state.position_m == pytest.approx((3.0, 1.0, 0.07), abs=0.05)
    assert np.linalg.norm(kit_state.velocity_m_s) < 0.05


@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)])
def test_torque_acts_in_the_body_frame(axis, make_world, command):
    """A roll command rolls about the body's x axis whatever the attitude."""
    world = make_world(DroneSpec(airframe="cf2x", position=(0.0, 0.0, 50.0)))
    half = 0.7
    attitude = tuple(np.sin(half) * a for a in axis)
    quaternion = (attitude[0], attitude[1], attitude[2], float(np.cos(half)))
    world.place(0, Motion((0.0, 0.0, 50.0), quaternion, STILL, STILL))
    hover = load_airframe("cf2x").hover_rotor_speed_rad_s
    world.apply([command((hover * 1.02, hover * 1.02, hover * 0.98, hover * 0.98))])
    world.advance(2)
    motion = world.motions()[0]
    spin = np.array(motion.angular_velocity_rad_s)
    roll_axis = np.array(to_world(motion.quaternion_xyzw, (1.0, 0.0, 0.0)))
    assert spin @ roll_axis == pytest.approx(np.linalg.norm(spin), rel=1e-3)
