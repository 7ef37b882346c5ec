"""The twin without Bullet: agrees with Bullet in free flight, and stands in for it."""

import numpy as np
import pytest

from goldentime.envs.airframe import load_airframe
from goldentime.envs.pointmass import PointMassPhysics
from goldentime.envs.scenario import DroneSpec, KitSpec
from goldentime.errors import ClosedError

BOTH = pytest.mark.parametrize("name", ["cf2x", "scout"])


@BOTH
def test_agrees_with_bullet_in_free_flight(name, make_world, make_scenario, command):
    spec = DroneSpec(airframe=name, position=(1.0, 2.0, 50.0), yaw=0.4)
    bullet, twin = make_world(spec), PointMassPhysics(240.0)
    twin.reset(make_scenario(spec))
    rng = np.random.default_rng(0)
    hover = load_airframe(name).hover_rotor_speed_rad_s
    for _ in range(120):
        rotors = [hover * (1.0 + 0.1 * x) for x in rng.standard_normal(4)]
        for world in (bullet, twin):
            world.apply([command(rotors, air=(1.0, -2.0, 0.3))])
            world.advance(4)
    a, b = bullet.read().drones[0], twin.read().drones[0]
    assert b.position_m == pytest.approx(a.position_m, abs=1e-6)
    assert b.velocity_m_s == pytest.approx(a.velocity_m_s, abs=1e-6)
    assert b.angular_velocity_rad_s == pytest.approx(a.angular_velocity_rad_s, abs=1e-6)
    assert abs(np.dot(a.quaternion_xyzw, b.quaternion_xyzw)) == pytest.approx(1.0, abs=1e-9)
    assert b.acceleration_m_s2 == pytest.approx(a.acceleration_m_s2, abs=1e-6)
    assert (b.rotor_speed_rad_s, b.state_of_charge) == (a.rotor_speed_rad_s, a.state_of_charge)


def test_the_ground_stops_the_drone_with_a_contact(make_scenario, command):
    world = PointMassPhysics(240.0)
    world.reset(make_scenario(DroneSpec(airframe="scout", position=(0.0, 0.0, 1.0))))
    touches = []
    for _ in range(60):
        world.apply([command(0)])
        world.advance(8)
        touches.append(world.read().drones[0])
    assert touches[0].contacts == ()
    last = touches[-1]
    assert last.position_m[2] == pytest.approx(0.09, abs=1e-6)
    assert [(c.other, c.normal) for c in last.contacts] == [("level", (0.0, 0.0, 1.0))]
    assert last.contact_s == pytest.approx(8 / 240)


def test_a_released_kit_falls_to_the_ground(make_scenario, command):
    world = PointMassPhysics(240.0)
    world.reset(make_scenario(DroneSpec(airframe="scout", position=(2.0, 0.0, 3.0)), kits=(KitSpec(mass_kg=0.25),)))
    assert world.read().kits[0].carrier == 0
    world.apply([command(load_airframe("scout").hover_rotor_speed_rad_s, release=True)])
    world.advance(480)
    kit = world.read().kits[0]
    assert (kit.carrier, kit.position_m, kit.velocity_m_s) == (-1, (2.0, 0.0, 0.07), (0.0, 0.0, 0.0))
    assert world.read().drones[0].position_m[2] == pytest.approx(3.0, abs=0.2)


def test_rays_see_the_ground_only(make_scenario):
    world = PointMassPhysics(240.0)
    world.reset(make_scenario(DroneSpec(airframe="cf2x", position=(0.0, 0.0, 3.0))))
    origin = np.array([[0.0, 0.0, 3.0]] * 3)
    target = np.array([[0.0, 0.0, -1.0], [0.0, 0.0, 1.0], [9.0, 0.0, -3.0]])
    assert world.cast(origin, target, 0.0) == pytest.approx([0.75, 1.0, 0.5])


def test_use_after_close_is_refused(make_scenario):
    world = PointMassPhysics(240.0)
    world.reset(make_scenario(DroneSpec(airframe="cf2x", position=(0.0, 0.0, 3.0))))
    world.close()
    world.close()
    with pytest.raises(ClosedError):
        world.advance(1)
