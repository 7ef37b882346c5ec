"""The rules of hovering, on hand-made instants."""

import itertools

import numpy as np
import pytest

from goldentime.missions.hover import Hover, HoverConfig
from goldentime.types import Contact, DroneState, Event, WorldState

DT_S = 0.5
TOUCH = Contact("level", (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 1.0)


def instant(step, *places, crashed=None):
    """Drones at places, one of them touching the ground."""
    still = (0.0, 0.0, 0.0)
    drones = [
        DroneState(place, (0, 0, 0, 1), still, still, still, (0.0,) * 4, 1.0, 4.2, (TOUCH,) if i == crashed else (), 0.0)
        for i, place in enumerate(places)
    ]
    return WorldState(step * DT_S, tuple(drones), ())


def judge(config, *instants):
    """All events and the last verdict."""
    rules = Hover(config)
    scenario = rules.generate(np.random.default_rng(0))
    progress, events = rules.start(scenario, instants[0]), list[Event]()
    for before, after in itertools.pairwise(instants):
        verdict = rules.judge(progress, before, after)
        progress = verdict.progress
        events += verdict.events
    return [(event.kind, event.drone, event.value) for event in events], verdict


AT, OFF = (0.0, 0.0, 1.0), (0.0, 0.0, 1.5)


def test_holding_long_enough_without_a_break_is_success_at_the_end():
    config = HoverConfig(hold_full_s=1.0, time_limit_s=2.0)
    events, verdict = judge(config, *(instant(i, AT) for i in range(5)))
    assert (verdict.end, verdict.truncated) == ("held", True)
    assert [e for e in events if e[0] == "held"] == [("held", 0, 1.0)]
    assert sum(value for kind, _, value in events if kind == "hold_s") == 2.0


def test_a_break_starts_the_hold_anew():
    config = HoverConfig(hold_full_s=1.0, time_limit_s=2.0)
    events, verdict = judge(config, *(instant(i, OFF if i % 2 else AT) for i in range(5)))
    assert (verdict.end, verdict.truncated) == ("time_up", True)
    assert "held" not in [kind for kind, *_ in events]


def test_a_touch_ends_the_episode():
    _, verdict = judge(HoverConfig(), instant(0, AT), instant(1, AT, crashed=0))
    assert (verdict.end, verdict.truncated) == ("crashed", False)


def test_flying_away_ends_the_episode():
    _, verdict = judge(HoverConfig(reach_m=3.0), instant(0, AT), instant(1, (3.1, 0.0, 1.0)))
    assert (verdict.end, verdict.truncated) == ("out_of_bounds", False)


def test_progress_falls_with_the_distance():
    events, _ = judge(HoverConfig(reach_m=4.0), instant(0, AT), instant(1, AT), instant(2, (1.0, 0.0, 1.0)))
    assert [value for kind, _, value in events if kind == "progress"] == [1.0, 0.75]


def test_a_team_succeeds_only_when_all_hold():
    config = HoverConfig(drones=2, spacing_m=2.0, hold_full_s=1.0, time_limit_s=2.0)
    both = [instant(i, AT, (2.0, 0.0, 1.0)) for i in range(5)]
    one = [instant(i, AT, (2.0, 0.5, 1.0)) for i in range(5)]
    assert judge(config, *both)[1].end == "held"
    events, verdict = judge(config, *one)
    assert verdict.end == "time_up"
    assert [drone for kind, drone, _ in events if kind == "held"] == [0]


@pytest.mark.parametrize("drones", [1, 4, 5])
def test_starts_lie_near_the_drones_own_targets(drones):
    rules = Hover(HoverConfig(drones=drones, spread_m=0.4))
    scenario = rules.generate(np.random.default_rng(3))
    targets = np.array(scenario.task["targets"])
    starts = np.array([drone.position for drone in scenario.drones])
    assert np.abs(starts - targets).max() <= 0.4
    gaps = np.linalg.norm(targets[:, None] - targets[None], axis=-1) + 9.0 * np.eye(drones)
    assert gaps.min() == pytest.approx(1.5) if drones > 1 else len(starts) == 1


def test_the_brief_tells_the_target_and_not_the_start():
    rules = Hover(HoverConfig())
    scenario = rules.generate(np.random.default_rng(3))
    assert rules.sheet(scenario).brief == {"target_m": [0.0, 0.0, 1.0], "time_limit_s": 10.0}
