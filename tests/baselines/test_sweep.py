"""The sweep: its lanes, and a short flight."""

import math

import numpy as np
import pytest

from goldentime.baselines.sweep import Sweep, lanes
from goldentime.errors import ConfigError
from goldentime.missions.registry import make_team_env
from goldentime.missions.search_place import local

AREA = np.array([-18.0, -12.0]), np.array([18.0, 26.0]), 0.5 * math.pi


def test_lanes_begin_at_the_start_and_cover_the_middle_of_the_area():
    way = lanes(np.array([-18.0, -12.0]), np.array([18.0, 26.0]), 0.5 * math.pi)
    assert way[0, :2].tolist() == [0.0, 0.0]
    assert np.ptp(way[:, 0]) == pytest.approx(18.0)
    assert way[:, 1].max() <= 19.0
    # Two lanes next to one another are near enough for both to see what is between them.
    levels = np.unique(way[1:, 1].round(6))
    assert np.diff(levels).max() <= 2.5 + 1e-9


def test_lanes_turn_with_the_entrance():
    north = lanes(np.array([-18.0, -12.0]), np.array([18.0, 26.0]), 0.5 * math.pi)
    east = lanes(np.array([-12.0, -18.0]), np.array([26.0, 18.0]), 0.0)
    assert np.allclose(np.column_stack([north[:, 1], -north[:, 0]]), east[:, :2])


def test_it_says_what_it_lacks():
    brief = {"mission": "hover", "action": {}, "sensors": {"attitude": {}}}
    with pytest.raises(ConfigError, match=r"sweep.*lidar"):
        Sweep().reset(brief)


@pytest.mark.parametrize("team", [2, 4, 9])
def test_a_team_shares_the_lanes(team):
    shares = [lanes(*AREA, (number, team)) for number in range(team)]
    levels = [set(share[1:, 1].round(6)) for share in shares]
    assert set.union(*levels) == set(lanes(*AREA)[1:, 1].round(6)) and all(levels)
    for share in shares:
        assert share[0].tolist() == lanes(*AREA)[0].tolist()
        assert np.all(np.abs(np.diff(share[1::2, 0])) <= 18.0 + 1e-9)


class Watch:
    def begin(self, header):
        self.states, self.task = [], header["scenario"]["task"]

    def record(self, state, events, reward_terms):
        self.states.append(state)

    def end(self, reason):
        pass


def test_each_of_a_team_flies_from_its_own_start_without_the_load():
    watch = Watch()
    rescue = {"building": {"rooms": 5, "storeys": 1}, "difficulty": 0.2, "people": {"count": [3, 4]}}
    blind = dict.fromkeys(("microphones", "camera", "depth", "thermal", "rotor_speeds", "imu"))
    scenario = {"rescue": rescue, "team": {"scouts": 0, "carriers": 2}}
    env = make_team_env("stage4", recorder=watch, scenario=scenario, sensors=blind)
    seen, _ = env.reset(seed=3)
    agents = {name: Sweep() for name in env.possible_agents}
    for name, agent in agents.items():
        agent.reset(env.brief_of(name))
    for _ in range(45):
        seen, *_ = env.step({name: agent.act(seen[name]) for name, agent in agents.items()})
    env.close()
    ways = np.array([[local(watch.task, drone.position_m) for drone in state.drones] for state in watch.states])
    away_m = np.linalg.norm(ways[:, :, :2], axis=2)
    assert away_m[0, 0] > 0.7 and away_m[:, 0].min() < 0.3, "the first comes by the origin, from where the door is ahead"
    assert np.linalg.norm(ways[-1, 1, :2] - ways[0, 1, :2]) < 0.5, "the second waits for its turn"
    assert watch.states[0].loads[0].held == (0, 1) and watch.states[-1].loads[0].held == ()
