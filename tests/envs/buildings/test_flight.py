"""A building in Bullet: a drone flies from the entrance to the farthest room and touches nothing."""

import math
from itertools import pairwise

import numpy as np
import pytest

from goldentime.control.cascade import START, make_controller
from goldentime.control.frames import to_body
from goldentime.envs.airframe import load_airframe
from goldentime.envs.buildings.building import BuildingConfig
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.buildings.graph import route
from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.physics import Command
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.scenes.proof import sampled
from goldentime.rng import stream
from goldentime.types import ActionMode, NavState

HZ, SUBSTEPS = 120, 2
PACE_M_S = 1.0


@pytest.fixture(scope="module")
def building():
    config = BuildingConfig(use="office", storeys=2, rooms=12, difficulty=0.4)
    return generate_building(config, stream(5, "building"))


@pytest.fixture
def world(building):
    start = building.graph.nodes[building.entrance.node]
    drone = DroneSpec(airframe="scout", position=start, yaw=building.entrance.yaw)
    world = BulletPhysics(240.0)
    world.reset(Scenario(mission="test", level=building.level, drones=(drone,), time_limit_s=60.0, task={}))
    yield world
    world.close()


def far_way(building):
    """To the spot that is farthest to fly to."""
    ways = [route(building.graph, building.entrance.node, node) for node in {spot.node for spot in building.spots}]
    return max(ways, key=lambda way: sum(math.dist(a, b) for a, b in pairwise(way)))


def test_a_scout_flies_to_the_farthest_room_and_touches_nothing(building, world):
    way = sampled(far_way(building), PACE_M_S / HZ)
    assert way[-1, 2] - way[0, 2] > 2.5
    airframe = load_airframe("scout")
    controller, memory, worst = make_controller(ActionMode.WAYPOINT, airframe.vehicle, 1.0 / HZ), START, 0.0
    for target in way:
        motion = world.motions()[0]
        rates = to_body(motion.quaternion_xyzw, motion.angular_velocity_rad_s)
        nav = NavState(motion.position_m, motion.quaternion_xyzw, motion.velocity_m_s, rates)
        rotors, memory = controller((*target.tolist(), building.entrance.yaw), nav, memory)
        world.apply([Command(rotors, (0.0, 0.0, 0.0), False)])
        world.advance(SUBSTEPS)
        worst = max(worst, math.dist(world.motions()[0].position_m, target))
        assert not world.read().drones[0].contacts
    assert worst < 1.2


def test_rays_along_the_ways_meet_nothing(building, world):
    """Four rays at the rim of the hull beside each edge."""
    nodes = np.array(building.graph.nodes)
    for i, j in building.graph.edges:
        along = nodes[j] - nodes[i]
        level = np.array((-along[1], along[0], 0.0))
        side = level / np.linalg.norm(level) if np.linalg.norm(level) > 1e-6 else np.array((1.0, 0.0, 0.0))
        up = np.cross(along / np.linalg.norm(along), side)
        aside = 0.29 * np.array((side, -side, up, -up))
        assert (world.cast(nodes[i] + aside, nodes[j] + aside, 1.1) >= 1.0).all()
