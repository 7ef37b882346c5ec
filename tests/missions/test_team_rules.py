"""What only a team can do: bearings that cross, a load that two carry, anchors dropped together."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.missions.team_rules import (
    VOICE,
    Tasks,
    TeamBook,
    TeamEvent,
    Together,
    in_contact,
    judge_bearing,
    judge_tasks,
)
from goldentime.types import DroneState, KitState, LoadState, PersonState, RadioState, Report, WorldState

STILL = (0.0, 0.0, 0.0)
TASKS = Tasks(
    together=Together(),
    calls={0: np.array([(2.0, 4.0), (20.0, 22.0)])},
    anchors=(0, 1),
    marks=((3.0, 0.0, 0.0), (-3.0, 0.0, 0.0)),
    goal=(8.0, 0.0, 0.0),
    start=(0.0, 0.0, 0.1),
)


def person(at=(10.0, 0.0, 0.0), voice_db=0.0):
    return PersonState(at, 0.0, "standing", "urgent", 0.0, 0.0, voice_db, hooded=False, tag="")


def drone(at):
    return DroneState(at, (0.0, 0.0, 0.0, 1.0), STILL, STILL, STILL, (0.0,) * 4, 1.0, 16.0, (), 0.0)


def world(time_s, drones=((0.0, -5.0, 1.0), (0.0, 5.0, 1.0)), kits=(), loads=(), radio=None, people=None):
    people = (person(),) if people is None else people
    return WorldState(time_s, tuple(map(drone, drones)), tuple(kits), people=people, loads=tuple(loads), radio=radio)


def bearing(state, number, off_deg=0.0):
    here, there = state.drones[number].position_m, state.people[0].position_m
    azimuth = math.atan2(there[1] - here[1], there[0] - here[0]) + math.radians(off_deg)
    return Report(VOICE, STILL, azimuth_rad=math.remainder(azimuth, 2.0 * math.pi))


def kinds(events):
    return [event.kind for event in events]


def test_two_bearings_that_cross_locate_a_voice_once():
    state = world(3.0)
    book, events = judge_bearing(TASKS, TeamBook(), bearing(state, 0), 0, state)
    assert kinds(events) == [TeamEvent.BEARING]
    later = world(5.0)
    book, events = judge_bearing(TASKS, book, bearing(later, 1), 1, later)
    assert kinds(events) == [TeamEvent.BEARING, TeamEvent.CROSSED]
    again = world(21.0)
    book, _ = judge_bearing(TASKS, book, bearing(again, 0), 0, again)
    _, events = judge_bearing(TASKS, book, bearing(again, 1), 1, again)
    assert TeamEvent.CROSSED not in kinds(events)


def test_one_drone_alone_locates_nobody():
    state = world(3.0)
    book, _ = judge_bearing(TASKS, TeamBook(), bearing(state, 0), 0, state)
    _, events = judge_bearing(TASKS, book, bearing(state, 0), 0, state)
    assert TeamEvent.CROSSED not in kinds(events)


def test_drones_side_by_side_locate_nobody():
    state = world(3.0, drones=((0.0, -0.5, 1.0), (0.0, 0.5, 1.0)))
    book, _ = judge_bearing(TASKS, TeamBook(), bearing(state, 0), 0, state)
    _, events = judge_bearing(TASKS, book, bearing(state, 1), 1, state)
    assert kinds(events) == [TeamEvent.BEARING]


@pytest.mark.parametrize(
    ("time_s", "off_deg", "voice_db"),
    [(3.0, 16.0, 0.0), (15.0, 0.0, 0.0), (1.0, 0.0, 0.0), (3.0, 0.0, -math.inf)],
    ids=["beside", "silence", "too early", "fainted"],
)
def test_a_bearing_of_nobody_costs(time_s, off_deg, voice_db):
    state = world(time_s, people=(person(voice_db=voice_db),))
    book, events = judge_bearing(TASKS, TeamBook(), bearing(state, 0, off_deg), 0, state)
    assert book == TeamBook()
    assert sum(event.value for event in events if event.kind == "credit") == -Together().bearing_cost


def load(at, held=(), speed=0.0):
    return LoadState(at, (speed, 0.0, 0.0), held)


CARRIED = TeamBook(carried_m=6.0)


@pytest.mark.parametrize(
    ("state", "placed"),
    [
        (load((8.5, 0.5, 0.1)), True),
        (load((8.5, 0.5, 0.1), held=(1,)), False),
        (load((8.5, 0.5, 0.1), speed=0.5), False),
        (load((6.0, 0.0, 0.1)), False),
    ],
    ids=["there", "still held", "still moving", "elsewhere"],
)
def test_the_load_counts_where_it_rests_let_go(state, placed):
    lonely = TASKS._replace(anchors=())
    book, events = judge_tasks(lonely, CARRIED, world(8.9, loads=[state]), world(9.0, loads=[state]))
    assert book.placed == placed
    assert kinds(events) == [TeamEvent.PLACED] * placed
    if placed:
        assert judge_tasks(lonely, book, world(9.0, loads=[state]), world(9.1, loads=[state]))[1] == [], "once"


@pytest.mark.parametrize(
    ("height_m", "held", "counts"),
    [(1.0, (0, 1), True), (0.12, (0, 1), False), (1.0, (0,), False), (1.0, (), False)],
    ids=["carried by two", "dragged by two", "carried by one", "thrown"],
)
def test_a_load_that_was_not_carried_by_several_does_not_count(height_m, held, counts):
    book, lonely = TeamBook(), TASKS._replace(anchors=())
    places = np.linspace(0.0, 8.0, 40)
    for was, now in pairwise(places):
        steps = (world(time_s, loads=[load((x, 0.0, height_m), held)]) for time_s, x in ((1.0, was), (1.1, now)))
        book, _ = judge_tasks(lonely, book, *steps)
    down = world(9.0, loads=[load((8.0, 0.0, 0.1))])
    assert judge_tasks(lonely, book, down, down)[0].placed == counts


def anchors(*places, held=(False, False)):
    return [KitState(place, STILL, 0 if hold else -1) for place, hold in zip(places, held, strict=True)]


def drop(first_s, second_s, places):
    """The events when the two anchors are let go at two times."""
    book, found = TeamBook(), []
    for time_s in np.arange(0.0, 20.0, 0.5):
        state = world(time_s, kits=anchors(*places, held=(time_s < first_s, time_s < second_s)))
        book, events = judge_tasks(TASKS, book, state, state)
        found += kinds(events)
    return found


@given(st.floats(1.0, 10.0), st.floats(-8.0, 8.0))
def test_anchors_count_when_let_go_together(first_s, gap_s):
    second_s = first_s + gap_s
    steps = [math.ceil(t / 0.5) * 0.5 for t in (first_s, max(second_s, 0.0))]
    together = abs(steps[0] - steps[1]) <= TASKS.together.anchor_s
    assert drop(first_s, second_s, TASKS.marks) == [TeamEvent.ANCHORED] * together


def test_it_does_not_matter_which_anchor_lies_where():
    assert drop(3.0, 3.0, TASKS.marks[::-1]) == [TeamEvent.ANCHORED]


def test_anchors_at_one_mark_or_beside_do_not_count():
    assert drop(3.0, 3.0, (TASKS.marks[0], TASKS.marks[0])) == []
    assert drop(3.0, 3.0, (TASKS.marks[0], (-4.5, 0.0, 0.0))) == []


def test_reports_need_a_way_to_the_base():
    power, inbox = np.full((3, 3), -60.0), ((), ())
    hops = np.array([[0, 1, 1], [1, 0, -1], [1, -1, 0]])
    state = world(1.0, radio=RadioState(power, hops, inbox))
    assert in_contact(state, 0)
    assert not in_contact(state, 1)
    assert in_contact(world(1.0), 1), "without radios everything is heard"
