"""What drones see of one another and of the load that they carry."""

import math

import numpy as np
import pytest

from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.render import content
from goldentime.envs.render.classes import semantic_id
from goldentime.envs.scenario import DroneSpec, KitSpec, LoadSpec
from goldentime.envs.sensors.base import Mount, SensorConfig, SensorSuite, Stage
from goldentime.types import LoadState

STILL = (0.0, 0.0, 0.0)


def pair(scenes, held=(0, 1), load_z=1.0):
    """Two carriers above a load, and its state."""
    drones = tuple(DroneSpec(airframe="carrier", position=(2.5, y, 1.9)) for y in (0.6, -0.6))
    load = LoadSpec(position=(2.5, 0.0, 0.1), drones=(0, 1))
    scenario = scenes.scene(drones=drones, kits=(KitSpec(carrier=0),), loads=(load,))
    state = scenes.state(*(drone.position for drone in drones), kits=((drones[0].position, 0),))
    return scenario, state._replace(loads=(LoadState((2.5, 0.0, load_z), STILL, held),))


def pixels(frame, scenario, kind, place):
    number = [thing[:2] for thing in content.instances(scenario)].index((kind, place))
    return frame.instance == number


def test_a_drones_camera_sees_the_other_drone_and_not_itself(scenes):
    drones = (
        DroneSpec(airframe="carrier", position=(0.0, 0.0, 1.0)),
        DroneSpec(airframe="carrier", position=(2.0, 0.3, 1.0), yaw=math.pi),
    )
    world, stage = BulletPhysics(240.0), Stage()
    options = {"width": 160, "height": 120, "pitch_deg": -30.0, "fov_deg": 120.0, "position_m": (-0.2, 0.0, 0.2)}
    eyes = {"eye": SensorConfig(kind="camera_instance", hz=10.0, options=options)}
    suites = [
        SensorSuite(eyes, Mount(i, load_airframe("carrier"), world, stage), 10.0, contest=False) for i in range(len(drones))
    ]
    scenario = scenes.scene(drones=drones)
    world.reset(scenario)
    stage.begin(scenario)
    numbers = [thing[:2] for thing in content.instances(scenario)]
    seen = []
    for i, suite in enumerate(suites):
        suite.reset(0, i)
        seen.append({numbers[number] for number in np.unique(suite.read(world.read())["eye"])})
    stage.close()
    world.close()
    assert ("drone", 1) in seen[0] and ("drone", 0) not in seen[0]
    assert ("drone", 0) in seen[1] and ("drone", 1) not in seen[1]


@pytest.mark.parametrize("backend", ["gl", "tiny"])
def test_a_load_is_where_the_physics_has_it(backend, scenes, make):
    scenario, state = pair(scenes)
    frame = scenes.picture(make(backend), scenario, of=state)
    load = pixels(frame, scenario, "load", 0)
    assert (frame.semantic[load] == semantic_id("load")).all()
    box = load & (np.abs(frame.depth - 2.35) < 0.02)
    rows, columns = np.nonzero(box)
    # 90 degrees over 160 pixels: half a metre below the eye and 2.35 m ahead.
    assert columns.mean() == pytest.approx(79.5, abs=1.0)
    assert rows.mean() == pytest.approx(59.5 + 80.0 * 0.5 / 2.35, abs=1.5)
    lower = scenes.picture(make(backend), scenario, of=state._replace(loads=(LoadState((2.5, 0.0, 0.4), STILL, (0, 1)),)))
    assert np.nonzero(pixels(lower, scenario, "load", 0))[0].max() > rows.max() + 10


def test_ropes_are_seen_until_they_are_let_go(scenes, gl):
    scenario, state = pair(scenes)
    sides = {}
    for held in ((0, 1), (0,), ()):
        frame = scenes.picture(gl, scenario, of=state._replace(loads=(LoadState((2.5, 0.0, 1.0), STILL, held),)))
        above = pixels(frame, scenario, "load", 0)[:70]
        sides[held] = bool(above[:, :72].any()), bool(above[:, 88:].any())
    # Left in the picture is +y, where the first drone is.
    assert sides == {(0, 1): (True, True), (0,): (True, False), (): (False, False)}


def test_other_drones_are_warmer_than_their_load(scenes, gl):
    scenario, state = pair(scenes)
    frame = scenes.picture(gl, scenario, of=state)
    kelvin = np.zeros(frame.depth.shape, np.float32)
    gl.thermal(scenes.view(), state, kelvin)
    assert kelvin[pixels(frame, scenario, "drone", 1)].mean() > kelvin[pixels(frame, scenario, "load", 0)].mean() + 5.0


def test_loads_change_no_number_of_other_things(scenes):
    scenario, _ = pair(scenes)
    without = scenes.scene(drones=scenario.drones, kits=scenario.kits)
    assert content.instances(scenario)[: len(content.instances(without))] == content.instances(without)
