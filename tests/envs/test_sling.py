"""Carriers and the load on their ropes: what two can lift and one can't, and that the autopilot holds it."""

import math

import numpy as np
import pytest

from goldentime.control.cascade import START, make_controller
from goldentime.control.frames import to_body
from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.level import Box, Level
from goldentime.envs.loop import Loop
from goldentime.envs.mission import EnvConfig, Sheet, Verdict
from goldentime.envs.physics import Command
from goldentime.envs.pointmass import PointMassPhysics
from goldentime.envs.scenario import DroneSpec, KitSpec, LoadSpec
from goldentime.envs.sensors.base import SensorConfig
from goldentime.errors import ConfigError
from goldentime.types import ActionMode, NavState

STILL = (0.0, 0.0, 0.0)
LOAD = LoadSpec(position=(0.0, 0.0, 0.1), drones=(0, 1))
PAIR = tuple(DroneSpec(airframe="carrier", position=(0.0, y, 0.1)) for y in (0.6, -0.6))
TICK_HZ, ACTION_HZ = 120, 10


class Crew:
    """Drones flown as an agent would, by velocity commands at 10 Hz that hold height and distance to one another."""

    def __init__(self, world, names):
        self.world = world
        self.controllers = [
            make_controller(ActionMode.VELOCITY, load_airframe(name).vehicle, 1.0 / TICK_HZ) for name in names
        ]
        self.memories = [START] * len(names)

    def fly(self, seconds, height_m, speed_m_s=0.0, places_m=(0.6, -0.6), release=()):
        """All states on the way. `release` names the drones that let go at the first step."""
        states = []
        for step in range(round(seconds * ACTION_HZ)):
            places = [motion.position_m for motion in self.world.motions()]
            wanted = [
                (speed_m_s, 1.5 * (wanted_y - y), float(np.clip(1.5 * (height_m - z), -0.4, 0.6)), 0.0)
                for wanted_y, (_, y, z) in zip(places_m, places, strict=True)
            ]
            for tick in range(TICK_HZ // ACTION_HZ):
                let_go = release if step == tick == 0 else ()
                self.world.apply([self._command(i, want, i in let_go) for i, want in enumerate(wanted)])
                self.world.advance(240 // TICK_HZ)
            states.append(self.world.read())
        return states

    def _command(self, i, wanted, release):
        motion = self.world.motions()[i]
        rates = to_body(motion.quaternion_xyzw, motion.angular_velocity_rad_s)
        nav = NavState(motion.position_m, motion.quaternion_xyzw, motion.velocity_m_s, rates)
        rotors, self.memories[i] = self.controllers[i](wanted, nav, self.memories[i])
        return Command(rotors, STILL, release)


@pytest.fixture
def crew(make_world):
    def make(*drones, **more):
        return Crew(make_world(*drones, **more), [drone.airframe for drone in drones])

    return make


def heights_m(states):
    return np.array([state.loads[0].position_m[2] for state in states])


def tilts(states):
    """(n, drones) [rad] off the vertical."""
    turns = np.array([[drone.quaternion_xyzw for drone in state.drones] for state in states])
    return np.arccos(np.clip(1.0 - 2.0 * (turns[..., 0] ** 2 + turns[..., 1] ** 2), -1.0, 1.0))


def test_two_carriers_lift_carry_and_set_down_a_load(crew):
    pair = crew(*PAIR, loads=(LOAD,))
    lifted = pair.fly(8.0, 1.8)
    assert heights_m(lifted)[-1] > 0.9
    carried = pair.fly(15.0, 1.8, 1.0)
    settled = carried[40:]
    assert np.ptp(heights_m(settled)) < 0.03
    assert tilts(settled).max() < 0.35
    assert np.abs([[d.velocity_m_s[0] - 1.0 for d in s.drones] for s in settled]).max() < 0.05
    assert pair.fly(3.0, 1.8)[-1].loads[0].position_m[0] == pytest.approx(15.0, abs=0.3)
    down = pair.fly(6.0, 0.8)[-1]
    assert down.loads[0].position_m[2] == pytest.approx(0.1, abs=0.01)
    assert np.linalg.norm(down.loads[0].velocity_m_s) < 0.02
    assert down.loads[0].held == (0, 1)
    # Half a minute of hauling takes less than a twentieth of the battery: more than ten minutes loaded.
    assert 1.0 - down.drones[0].state_of_charge < 32.0 / 600.0


def test_one_carrier_cannot_lift_it_by_all_its_might(crew):
    over = DroneSpec(airframe="carrier", position=(0.0, 0.0, 1.0))
    one = crew(over, loads=(LoadSpec(position=(0.0, 0.0, 0.1), drones=(0,)),))
    heights = [*heights_m(one.fly(4.0, 3.0, places_m=(0.0,)))]
    vehicle = load_airframe("carrier").vehicle
    upright = make_controller(ActionMode.RATE, vehicle, 1.0 / TICK_HZ)
    for _ in range(5 * TICK_HZ):
        (motion,) = one.world.motions()
        x, y, _ = to_body(motion.quaternion_xyzw, (0.0, 0.0, 1.0))
        rates = to_body(motion.quaternion_xyzw, motion.angular_velocity_rad_s)
        nav = NavState(motion.position_m, motion.quaternion_xyzw, motion.velocity_m_s, rates)
        rotors, _ = upright((vehicle.max_thrust_m_s2, -4.0 * y, 4.0 * x, 0.0), nav, START)
        one.world.apply([Command(rotors, STILL, False)])
        one.world.advance(240 // TICK_HZ)
        state = one.world.read()
        heights.append(state.loads[0].position_m[2])
    assert min(state.drones[0].rotor_speed_rad_s) > 0.9 * vehicle.rotor_speed_max_rad_s
    assert state.drones[0].position_m[2] == pytest.approx(1.1, abs=0.02)
    assert max(heights) < 0.11


def test_a_carrier_hovers_with_its_full_payload(crew):
    kits = (KitSpec(kind="anchor", mass_kg=0.3), KitSpec(mass_kg=0.25), KitSpec(mass_kg=0.25))
    one = crew(DroneSpec(airframe="carrier", position=(0.0, 0.0, 0.1)), kits=kits)
    states = one.fly(10.0, 2.0, places_m=(0.0,))
    assert [state.drones[0].position_m[2] for state in states[-20:]] == pytest.approx([2.0] * 20, abs=0.02)
    used = states[-50].drones[0].state_of_charge - states[-1].drones[0].state_of_charge
    assert 4.9 / used > 600.0


def test_a_carrier_fits_through_a_door():
    airframe = load_airframe("carrier")
    assert airframe.hull_radius_m <= 0.32
    tips = math.hypot(*airframe.layout.position_m[0]) + airframe.rotor_radius_m
    assert tips <= airframe.hull_radius_m


def test_slack_ropes_pull_nothing(make_world, command):
    with_load = make_world(*PAIR, loads=(LOAD,))
    without = make_world(*PAIR)
    hover = load_airframe("carrier").hover_rotor_speed_rad_s
    for _ in range(30):
        for world in (with_load, without):
            world.apply([command(1.05 * hover)] * 2)
            world.advance(4)
    assert with_load.motions() == without.motions()


def test_letting_go_gives_up_the_rope_first_then_kits_one_by_one(crew):
    kits = (KitSpec(carrier=0, mass_kg=0.2), KitSpec(carrier=0, mass_kg=0.2), KitSpec(carrier=1, mass_kg=0.2))
    pair = crew(*PAIR, loads=(LOAD,), kits=kits)
    seen = []
    for _ in range(4):
        (state,) = pair.fly(0.1, 0.2, release=(0,))
        seen.append((state.loads[0].held, [kit.carrier for kit in state.kits]))
    assert seen == [
        ((1,), [0, 0, 1]),
        ((1,), [-1, 0, 1]),
        ((1,), [-1, -1, 1]),
        ((1,), [-1, -1, 1]),
    ]


def test_when_one_lets_go_the_load_swings_to_the_other_and_drops(crew):
    pair = crew(*PAIR, loads=(LOAD,))
    lifted = pair.fly(8.0, 2.2)[-1]
    before = lifted.loads[0].position_m
    assert before[2] > 1.2
    states = pair.fly(4.0, 2.2, release=(0,))
    y = np.array([state.loads[0].position_m[1] for state in states])
    assert y.min() < before[1] - 0.2
    assert heights_m(states)[-1] == pytest.approx(0.1, abs=0.05)
    assert states[-1].loads[0].held == (1,)


def test_when_both_let_go_the_load_falls_as_things_fall(crew):
    pair = crew(*PAIR, loads=(LOAD,))
    height = pair.fly(8.0, 2.2)[-1].loads[0].position_m[2]
    states = pair.fly(0.3, 2.2, release=(0, 1))
    assert heights_m(states)[-1] == pytest.approx(height - 0.5 * 9.81 * 0.3**2, abs=0.05)
    assert states[-1].loads[0].held == ()


def test_the_load_stops_drones_and_is_named(crew):
    drone = DroneSpec(airframe="carrier", position=(0.0, 0.0, 1.0))
    one = crew(drone, loads=(LoadSpec(position=(0.0, 0.0, 0.1), drones=()),))
    states = one.fly(6.0, 0.0, places_m=(0.0,))
    assert {contact.other for state in states for contact in state.drones[0].contacts} == {"load"}
    assert states[-1].drones[0].position_m[2] == pytest.approx(0.3, abs=0.01)


def test_a_rangefinder_sees_the_load_below(make_world):
    over = DroneSpec(airframe="carrier", position=(0.0, 0.0, 1.0))
    world = make_world(over, loads=(LoadSpec(position=(0.0, 0.0, 0.1), drones=(0,)),))
    down = world.cast(np.array([[0.0, 0.0, 0.89], [0.5, 0.0, 0.89]]), np.array([[0.0, 0.0, -1.11], [0.5, 0.0, -1.11]]), 0.0)
    assert 2.0 * down == pytest.approx([0.69, 0.89], abs=1e-3)


def test_a_load_does_not_pass_through_walls(crew):
    wall = Level(solids=(Box(centre=(3.0, 0.0, 0.5), size=(0.1, 6.0, 1.0), semantic="wall"),))
    pair = crew(*PAIR, loads=(LOAD,), level=wall)
    pair.fly(6.0, 1.5)
    states = pair.fly(5.0, 1.5, 1.0)
    assert max(state.loads[0].position_m[0] for state in states) < 2.9


def test_a_haul_is_the_same_every_time(crew):
    ends = []
    for _ in range(2):
        pair = crew(*PAIR, loads=(LOAD,))
        ends.append((pair.fly(4.0, 1.8)[-1], pair.fly(1.0, 1.8, 1.0, release=(1,))[-1]))
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drones": (0, 2)}, r"loads\[0\].drones: expected different drones in 0..1, got \[0, 2\]"),
        ({"drones": (0, 0)}, r"loads\[0\].drones: expected different drones in 0..1, got \[0, 0\]"),
        ({"rope_m": 0.15}, r"loads\[0\].rope_m: expected more than 0.2 m, .*, got 0.15 m"),
        ({"rope_m": 0.5}, r"loads\[0\].rope_m: drone 0 is 0.60 m from the load, got 0.5 m"),
    ],
)
def test_ropes_that_cannot_be_are_refused(change, message, make_world):
    load = LoadSpec(**{"position": LOAD.position, "drones": LOAD.drones, **change})
    with pytest.raises(ConfigError, match=message):
        make_world(*PAIR, loads=(load,))


class Haul:
    """A mission without rules, for the loop."""

    report = None

    def __init__(self, scenario):
        self.scenario = scenario

    def generate(self, rng):
        return self.scenario

    def sheet(self, scenario):
        return Sheet({}, {})

    def start(self, scenario, state):
        self.states = []

    def judge(self, progress, before, after, reports=()):
        self.states.append(after)
        return Verdict(None, (), None)


def test_an_agent_whose_drone_holds_a_rope_can_let_go_of_it(make_scenario):
    scout = DroneSpec(airframe="scout", position=(0.0, 5.0, 0.1))
    mission, world = Haul(make_scenario(*PAIR, scout, loads=(LOAD,), kits=(KitSpec(),))), BulletPhysics(240.0)
    sensors = {"imu": SensorConfig(kind="imu", hz=10.0)}
    config = EnvConfig(mission="haul", title="", summary="", rules="", id="haul", sensors=sensors)
    loop = Loop(config, mission, world, world, None)
    assert ["release" in schema.space.spaces for schema in loop.schemas] == [True, True, False]
    loop.reset(0)
    still = np.zeros(4, np.float32)
    for _ in range(2):
        loop.step([{"motion": still, "release": 1}, {"motion": still, "release": 0}, {"motion": still}])
    loop.close()
    assert [(state.loads[0].held, state.kits[0].carrier) for state in mission.states] == [((1,), 0), ((1,), -1)]


def test_the_twin_without_bullet_says_that_it_knows_no_ropes(make_scenario):
    with pytest.raises(ConfigError, match="loads: only BulletPhysics knows ropes"):
        PointMassPhysics().reset(make_scenario(*PAIR, loads=(LOAD,)))
