"""People who walk, follow, take kits, fade and fall silent."""

import math
from itertools import pairwise

import numpy as np
import pytest

from goldentime.envs.fire.plan import Fuel
from goldentime.envs.level import Box, Level
from goldentime.envs.people.crowd import Crowd
from goldentime.errors import ConfigError
from tests.envs.people.places import LEVEL, drone, fire, kit, person

PATH = ((2.9, 3.0, 0.0), (2.9, 5.0, 0.0))
WANDERER = person(behaviour="wanders", path=PATH)


def run(crowd, seconds, *given, dt_s=0.1):
    """The states after so long."""
    for _ in range(round(seconds / dt_s)):
        states = crowd.step(dt_s, *given)
    return states


def test_in_fresh_air_nobody_who_is_unhurt_suffers():
    state = run(Crowd([person()], LEVEL), 600.0, dt_s=1.0)[0]
    assert state == Crowd([person()], LEVEL).read()[0]
    assert (state.condition, state.fed, state.fed_heat, state.voice_db) == ("non_urgent", 0.0, 0.0, 0.0)


def test_who_wanders_goes_to_and_fro_on_the_path():
    crowd, places = Crowd([WANDERER], LEVEL), []
    for _ in range(40):
        state = crowd.step(0.1)[0]
        assert state.posture == "walking"
        places.append(state.position_m)
    assert all(x == 2.9 and 3.0 <= y <= 5.0 for x, y, _ in places)
    assert max(y for _, y, _ in places) > 4.9
    # 4 s at 1.35 m/s make 5.4 m of way, of which 4 m lead to the end and home again.
    assert places[-1][1] == pytest.approx(3.0 + 5.4 - 4.0, abs=0.01)


def test_smoke_makes_walking_slow():
    far = Crowd([WANDERER], LEVEL).step(1.0)[0].position_m[1]
    near = Crowd([WANDERER], LEVEL).step(1.0, fire(0.5, smoke=5.0))[0].position_m[1]
    # 1 - 0.057 / 0.706 x 5 = 0.596.
    assert (near - 3.0) / (far - 3.0) == pytest.approx(0.596, abs=1e-3)


def test_who_breathes_smoke_long_enough_collapses_falls_silent_and_dies():
    crowd, bad = Crowd([WANDERER], LEVEL), fire(0.2, co=0.01, smoke=2.0)
    voices, fallen = [], None
    for _ in range(1200):
        state = crowd.step(1.0, bad)[0]
        voices.append(state.voice_db)
        if state.fed >= 1.0 and fallen is None:
            fallen = state
    assert fallen is not None
    assert (fallen.condition, fallen.posture, fallen.voice_db) == ("immediate", "lying_side", -math.inf)
    assert state.position_m == fallen.position_m
    assert state.condition == "dead"
    assert all(later <= sooner for sooner, later in pairwise(voices))
    assert voices[0] > -1.0


def test_one_who_lies_below_the_smoke_fares_better_than_one_who_stands_in_it():
    states = run(Crowd([person(), person(posture="lying_back")], LEVEL), 60.0, fire(1.0, co=0.005), dt_s=1.0)
    assert states[0].fed > 0.1
    assert states[1].fed == 0.0


def test_flames_burn_those_in_the_same_room_who_are_near():
    fuel = Fuel(room=0, position=(1.5, 3.0, 0.5), growth="fast", peak_w=1e6, energy_j=1e8)
    people = [person(), person(1), person(position=(5.7, 5.9, 0.0))]
    near, next_door, far = run(Crowd(people, LEVEL, [fuel]), 10.0, fire(fuels_w=(1e6,)))
    assert near.fed_heat > 10.0 * far.fed_heat
    assert next_door.fed_heat == 0.0


def test_firefighters_and_medics_are_no_victims():
    crowd = Crowd([person(kind=kind, victim=False) for kind in ("firefighter", "medic")], LEVEL)
    for state in run(crowd, 600.0, fire(0.2, co=0.02, kelvin=600.0, smoke=5.0), (), [kit((2.9, 3.2, 0.1))], dt_s=1.0):
        assert (state.condition, state.fed, state.fed_heat, state.hooded) == ("non_urgent", 0.0, 0.0, False)
    assert not crowd.taken


def test_injuries_that_bleed_kill_in_time_and_a_kit_slows_them():
    people = [person(injury=0.6, posture="sitting"), person(1, injury=0.6, posture="sitting"), person(2, injury=0.2)]
    crowd = Crowd(people, LEVEL)
    assert crowd.give(1)
    states = run(crowd, 1205.0, dt_s=1.0)
    assert [state.condition for state in states] == ["dead", "immediate", "non_urgent"]


def test_a_kit_that_lands_within_reach_is_put_on_after_some_seconds():
    people = [person(posture="waving"), person(1)]
    crowd, bad = Crowd(people, LEVEL), fire(0.2, co=0.005, smoke=1.0)
    near = [kit((3.6, 3.4, 0.1))]
    assert not run(crowd, 3.0, bad, (), near)[0].hooded
    helped, alone = run(crowd, 60.0, bad, (), near)
    assert helped.hooded
    assert crowd.taken == {0: 0}
    # Who wears one lies down, as its card says, and gets little of the gas.
    assert helped.posture == "lying_side"
    assert helped.fed < 0.3 * alone.fed


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ({}, kit((4.0, 3.0, 0.1))),
        ({}, kit((3.3, 3.0, 0.1), (0.0, 0.0, -2.0))),
        ({}, kit((3.3, 3.0, 0.1), carrier=0)),
        ({}, kit((3.3, 3.0, 2.0))),
        ({"mobility": "trapped"}, kit((3.7, 3.0, 0.1))),
        ({"injury": 0.8, "posture": "lying_back"}, kit((3.1, 3.0, 0.1))),
        ({"position": (5.5, 3.0, 0.0)}, kit((6.2, 3.0, 0.1))),
    ],
    ids=("too far", "falling", "still carried", "too high", "out of a trapped one's reach", "unconscious", "next door"),
)
def test_no_kit_is_taken_that_is(who, what):
    crowd = Crowd([person(**who)], LEVEL)
    assert not run(crowd, 20.0, None, (), [what])[0].hooded
    assert not crowd.taken


def test_one_kit_helps_one_person():
    crowd = Crowd([person(), person(position=(3.3, 3.0, 0.0))], LEVEL)
    states = run(crowd, 30.0, None, (), [kit((3.2, 3.0, 0.1))])
    assert [state.hooded for state in states] == [False, True]


def test_who_follows_comes_near_a_slow_drone_and_stops():
    crowd = Crowd([person(behaviour="follows", position=(1.0, 3.0, 0.0))], LEVEL)
    assert run(crowd, 2.0, None, [drone((5.0, 3.0, 1.5), (4.0, 0.0, 0.0))])[0].position_m == (1.0, 3.0, 0.0)
    state = run(crowd, 20.0, None, [drone((5.0, 3.0, 1.5))])[0]
    assert math.dist(state.position_m[:2], (5.0, 3.0)) == pytest.approx(1.5, abs=0.01)


def test_nobody_follows_what_they_do_not_see_or_through_a_wall():
    wall = Box(centre=(3.0, 3.0, 1.5), size=(0.2, 6.0, 3.0))
    walled = Level(rooms=LEVEL.rooms, solids=(wall,))
    hovering = [drone((4.5, 3.0, 1.5))]
    start = (1.0, 3.0, 0.0)
    follower = person(behaviour="follows", position=start)
    assert run(Crowd([follower], walled), 5.0, None, hovering)[0].position_m == start
    assert run(Crowd([follower], LEVEL), 5.0, fire(0.5, smoke=1.5), hovering)[0].position_m == start
    low = Box(centre=(3.0, 3.0, 0.4), size=(0.2, 6.0, 0.8))
    seen = run(Crowd([follower], Level(rooms=LEVEL.rooms, solids=(low,))), 20.0, None, hovering)[0].position_m
    assert 2.0 < seen[0] < 2.9


def test_the_same_people_in_the_same_air_fare_the_same_and_steps_of_any_length_agree():
    people = [WANDERER, person(1, injury=0.5, posture="sitting"), person(2, mobility="trapped")]
    bad = fire(1.0, co=(0.001, 0.002, 0.004), smoke=1.0, kelvin=360.0)
    fine, again, coarse = (run(Crowd(people, LEVEL), 60.0, bad, dt_s=dt_s) for dt_s in (0.1, 0.1, 1.0))
    assert fine == again
    for a, b in zip(fine, coarse, strict=True):
        assert np.allclose((a.fed, a.fed_heat, a.voice_db), (b.fed, b.fed_heat, b.voice_db), rtol=1e-6)


def test_a_crowd_may_be_empty_and_people_may_be_outdoors():
    assert Crowd([], LEVEL).step(0.1, fire()) == ()
    outside = Crowd([person(room=-1, position=(-5.0, 0.0, 0.0))], LEVEL)
    assert outside.step(60.0, fire(0.0, co=0.1))[0].fed == 0.0
    assert outside.rooms == (-1,)


def test_somebody_without_a_lying_figure_is_refused():
    with pytest.raises(ConfigError, match=r"people\[0\]\.assets: expected also lying_side, got standing"):
        Crowd([person(assets={"standing": "man-0-standing"})], LEVEL)


def test_rescuers_have_left_tags_beside_the_victims_in_their_rooms():
    hurt, far = person(injury=0.8), person(position=(40.0, 3.0, 0.0), injury=0.8)
    medic = person(kind="medic", victim=False)
    tags = [state.tag for state in Crowd([hurt, far, medic], LEVEL).read()]
    assert tags == ["immediate", "", ""]
    assert Crowd([hurt], LEVEL).read()[0].tag == ""
