"""The course's rules on hand-made states."""

import math

import pytest

from goldentime.missions.course_facts import compile_task
from goldentime.missions.course_rules import CourseEvent, Progress, judge_step
from goldentime.types import Contact, DroneState, KitState, WorldState

# A straight hall: three gates at x = 10, 20, 30, 10 m wide, the box at x = 25, the landing pad at x = 34.
SECTIONS = ("poles", "nets", "wind_and_delivery")
TASK = {
    "start_pad": {"position": [2.0, 5.0, 0.0], "size": [2.0, 2.0, 0.05]},
    "landing_pad": {"position": [34.0, 5.0, 0.0], "size": [2.0, 2.0, 0.05]},
    "drop_box": {"position": [25.0, 5.0, 0.0], "size": [1.0, 1.0, 0.5]},
    "landing_z_m": 0.17,
    "sections": [
        {"name": name, "kind": name, "exit": [[x, 10.0], [x, 0.0]]}
        for name, x in zip(SECTIONS, (10.0, 20.0, 30.0), strict=True)
    ],
    "route": [[2.0, 5.0, 1.0], [25.0, 5.0, 1.0], [34.0, 5.0, 1.0]],
}
BOUNDS = ((-0.5, -0.5, 0.0), (36.5, 10.5, 3.0))
FACTS = compile_task(TASK, BOUNDS, 60.0, 3.0)
LEVEL = (0.0, 0.0, 0.0, 1.0)
STEP_S = 0.05


def drone(position, velocity=(0.0, 0.0, 0.0), contacts=(), quaternion=LEVEL):
    contact_s = STEP_S if contacts else 0.0
    still = (0.0, 0.0, 0.0)
    return DroneState(position, quaternion, velocity, still, still, (400.0,) * 4, 0.9, 16.0, tuple(contacts), contact_s)


def touch(position=(5.0, 5.0, 1.0), normal=(-1.0, 0.0, 0.0), other="level", force=20.0):
    return Contact(other, position, normal, force)


class Flight:
    """Feeds one hand-made state after another to the rules and keeps the events."""

    def __init__(self, position=(2.0, 5.0, 1.0), passed=0):
        self.progress = Progress(FACTS, passed=passed)
        self.state = WorldState(0.0, (drone(position),), ())
        self.events, self._reason = [], None

    def step(self, position, *, kit=None, dt=STEP_S, **rest):
        kits = () if kit is None else (kit,)
        after = WorldState(self.state.time_s + dt, (drone(position, **rest),), kits)
        self.progress, events, self._reason = judge_step(self.progress, self.state, after)
        self.state = after
        self.events += events
        return events

    def reason(self):
        return self._reason

    def kinds(self, without=(CourseEvent.PROGRESS, CourseEvent.COLLISION_S)):
        return [event.kind for event in self.events if event.kind not in without]


def test_sections_count_in_order():
    flight = Flight()
    for x in (9.9, 10.1, 19.9, 20.1, 29.9, 30.1):
        flight.step((x, 3.0, 1.0))
    passed = [event.detail for event in flight.events if event.kind == CourseEvent.SECTION_PASSED]
    assert passed == [{"section": name, "index": i} for i, name in enumerate(SECTIONS)]


def test_a_gate_cannot_be_skipped():
    flight = Flight((18.0, 5.0, 1.0))
    for x in (19.9, 20.1, 29.9, 30.1):
        flight.step((x, 5.0, 1.0))
    assert flight.kinds() == []
    # Back before the first gate, the course goes on where it stood.
    for x in (9.0, 10.1, 20.1):
        flight.step((x, 5.0, 1.0))
    assert flight.kinds() == [CourseEvent.SECTION_PASSED] * 2


def test_backwards_or_beside_the_posts_is_not_passing():
    flight = Flight((11.0, 5.0, 1.0))
    flight.step((9.0, 5.0, 1.0))
    flight.step((9.0, 10.4, 1.0))
    flight.step((11.0, 10.4, 1.0))
    assert flight.kinds() == []


def test_crossing_twice_counts_once():
    flight = Flight((9.0, 5.0, 1.0))
    for x in (11.0, 9.0, 11.0):
        flight.step((x, 5.0, 1.0))
    assert flight.kinds() == [CourseEvent.SECTION_PASSED]


def test_progress_counts_new_ground_only_and_sums_to_the_route():
    flight = Flight()
    for x in (4.0, 3.0, 6.0, *range(7, 36)):
        flight.step((float(x), 6.0, 1.5))
    gains = [event.value for event in flight.events if event.kind == CourseEvent.PROGRESS]
    assert min(gains) > 0.0
    assert sum(gains) == pytest.approx(32.0)
    assert flight.events[0].value == pytest.approx(2.0)
    assert flight.step((34.5, 5.0, 1.0)) == []


def test_progress_stops_at_a_gate_that_was_not_passed():
    flight = Flight((11.0, 5.0, 1.0))
    for x in (12.0, 20.0, 30.0):
        flight.step((x, 5.0, 1.0))
    assert sum(event.value for event in flight.events) == pytest.approx(8.0)


def test_one_collision_per_distinct_touch():
    flight = Flight()
    at = (5.0, 5.0, 1.0)
    for _ in range(4):
        flight.step(at, contacts=[touch()])
    flight.step(at, dt=0.4)
    flight.step(at, contacts=[touch()])
    flight.step(at, dt=0.5)
    flight.step(at, contacts=[touch(other="glass", force=7.0)])
    assert flight.kinds() == [CourseEvent.COLLISION] * 2
    assert flight.events[-2].detail == {"position": [5.0, 5.0, 1.0], "other": "glass", "force": 7.0}
    assert sum(e.value for e in flight.events if e.kind == CourseEvent.COLLISION_S) == pytest.approx(6 * STEP_S)


@pytest.mark.parametrize(
    ("contact", "velocity", "collides"),
    [
        (touch((2.0, 5.0, 0.05), (0.0, 0.0, 1.0)), (0.0, 0.0, -0.5), False),
        (touch((34.9, 5.0, 0.05), (0.0, 0.0, 1.0)), (0.0, 0.0, -0.5), False),
        (touch((2.0, 5.0, 0.05), (0.0, 0.0, 1.0)), (0.0, 0.0, -1.5), True),
        (touch((6.0, 5.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, -0.5), True),
        (touch((2.0, 5.0, 0.05), (1.0, 0.0, 0.0)), (0.0, 0.0, 0.0), True),
        (touch(other="kit"), (0.0, 0.0, 0.0), False),
    ],
)
def test_standing_on_a_pad_is_no_collision(contact, velocity, collides):
    flight = Flight()
    flight.step((2.0, 5.0, 0.14), velocity=velocity)
    flight.step((2.0, 5.0, 0.14), contacts=[contact])
    assert flight.kinds() == [CourseEvent.COLLISION] * collides


def test_a_hard_hit_or_upside_down_is_a_crash():
    flight = Flight()
    flight.step((5.0, 5.0, 1.0), velocity=(2.9, 0.0, 0.0))
    flight.step((5.0, 5.0, 1.0), contacts=[touch()])
    assert flight.reason() is None
    flight.step((5.0, 5.0, 1.0), velocity=(3.0, 0.0, 0.0))
    flight.step((5.0, 5.0, 1.0), velocity=(-0.2, 0.0, 0.0), contacts=[touch()])
    assert flight.reason() == CourseEvent.CRASHED
    for tilt_deg, end in ((95.0, None), (105.0, CourseEvent.CRASHED)):
        flight = Flight()
        half = math.radians(0.5 * tilt_deg)
        flight.step((5.0, 5.0, 1.0), quaternion=(math.sin(half), 0.0, 0.0, math.cos(half)))
        assert flight.reason() == end


def test_over_the_walls_is_out_of_bounds():
    flight = Flight()
    flight.step((5.0, 5.0, 2.99))
    assert flight.reason() is None
    flight.step((5.0, 5.0, 3.01))
    assert flight.reason() == CourseEvent.OUT_OF_BOUNDS
    assert flight.kinds() == [CourseEvent.OUT_OF_BOUNDS]


def drop(flight, place, seconds, velocity=(0.0, 0.0, 0.0)):
    """The kit hangs, then lies at a place for so long."""
    here = (25.0, 5.0, 1.0)
    flight.step(here, kit=KitState(here, velocity, 0))
    for _ in range(round(seconds / STEP_S) + 1):
        flight.step(here, kit=KitState(place, velocity, -1))


def test_a_kit_at_rest_in_the_box_is_delivered():
    flight = Flight((25.0, 5.0, 1.0))
    drop(flight, (25.3, 4.7, 0.1), 3.0)
    assert flight.kinds() == [CourseEvent.KIT_RELEASED, CourseEvent.KIT_DELIVERED]
    assert flight.events[-1].time_s == pytest.approx(flight.events[-2].time_s + 0.5)


def test_a_kit_that_rolls_about_in_the_box_is_delivered_after_a_second():
    flight = Flight((25.0, 5.0, 1.0))
    drop(flight, (25.3, 4.7, 0.1), 3.0, velocity=(0.2, 0.0, 0.0))
    assert flight.events[-1].kind == CourseEvent.KIT_DELIVERED
    assert flight.events[-1].time_s == pytest.approx(flight.events[-2].time_s + 1.0)


@pytest.mark.parametrize(
    ("place", "velocity", "after_s"),
    [((26.0, 5.0, 0.07), (0.0, 0.0, 0.0), 0.5), ((26.0, 5.0, 0.07), (0.2, 0.0, 0.0), 5.0)],
)
def test_a_kit_elsewhere_is_lost_once_at_rest_or_after_five_seconds(place, velocity, after_s):
    flight = Flight((25.0, 5.0, 1.0))
    drop(flight, place, 6.0, velocity)
    assert flight.kinds() == [CourseEvent.KIT_RELEASED, CourseEvent.KIT_LOST]
    assert flight.events[-1].time_s == pytest.approx(flight.events[-2].time_s + after_s)
    assert flight.events[-1].detail == {"position": list(place)}


PAD = touch((34.0, 5.0, 0.05), (0.0, 0.0, 1.0))
DOWN = (34.0, 5.0, 0.14)


def stand(flight, seconds, position=DOWN, **rest):
    for _ in range(round(seconds / STEP_S)):
        flight.step(position, contacts=[PAD], **rest)
        if flight.reason() is not None:
            return


def test_landing_after_all_sections_ends_the_episode_after_a_second():
    flight = Flight(DOWN, passed=3)
    stand(flight, 0.9)
    assert flight.reason() is None
    # A step without a contact does not break a rest so near the pad.
    flight.step(DOWN)
    stand(flight, 0.1)
    assert flight.reason() == CourseEvent.LANDED
    assert flight.kinds() == [CourseEvent.LANDED]


@pytest.mark.parametrize(
    ("passed", "position", "rest"),
    [(2, DOWN, {}), (3, (35.1, 5.0, 0.14), {}), (3, DOWN, {"velocity": (0.3, 0.0, 0.0)})],
)
def test_no_landing_too_early_beside_the_pad_or_while_moving(passed, position, rest):
    flight = Flight(position, passed=passed)
    stand(flight, 3.0, position, **rest)
    assert flight.reason() is None
    assert flight.kinds() == []


@pytest.mark.parametrize(("place", "fate"), [((25.0, 5.0, 0.1), "kit_delivered"), ((26.0, 5.0, 5.0), "kit_lost")])
def test_a_landing_waits_for_the_fate_of_the_kit(place, fate):
    flight = Flight(DOWN, passed=3)
    moving = (0.2, 0.0, 0.0)
    stand(flight, 0.9, kit=KitState(DOWN, moving, 0))
    stand(flight, 10.0, kit=KitState(place, moving, -1))
    assert flight.kinds() == [CourseEvent.KIT_RELEASED, fate, CourseEvent.LANDED]
    assert flight.state.time_s <= 1.0 + 3.0 + STEP_S


def test_time_up():
    flight = Flight()
    flight.step((5.0, 5.0, 1.0), dt=59.9)
    assert flight.reason() is None
    flight.step((5.0, 5.0, 1.0), dt=0.1)
    assert flight.reason() == CourseEvent.TIME_UP


def test_the_rules_change_nothing_they_are_given():
    progress = Progress(FACTS)
    before, after = (WorldState(t, (drone((x, 5.0, 1.0)),), ()) for t, x in ((0.0, 9.0), (0.05, 11.0)))
    assert judge_step(progress, before, after) == judge_step(progress, before, after)
    assert progress == Progress(FACTS)
