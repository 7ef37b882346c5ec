"""The rescuer: what it makes of what it has seen, how it keeps cool, and a short flight without cameras."""

import math
from typing import Any

import numpy as np
import pytest

from goldentime.baselines.rescuer import Rescuer
from goldentime.baselines.rescuer_explore import beside, indoors, next_view, outer_walls, shaft, unseen, walk_m
from goldentime.baselines.rescuer_findings import PERSON, Findings, shared
from goldentime.baselines.rescuer_flight import Field
from goldentime.baselines.rescuer_heat import HeatGuard
from goldentime.baselines.rescuer_others import Others
from goldentime.baselines.rescuer_people import condition_of, victims
from goldentime.baselines.rescuer_reports import Teller
from goldentime.control.planner import Space, flood
from goldentime.errors import ConfigError
from goldentime.missions.registry import make_env
from goldentime.perception.detection import Detection
from goldentime.perception.navigation import Scan
from goldentime.perception.sighting import look_from
from goldentime.perception.slice_map import Band, SliceMap
from goldentime.perception.warm_people import WarmPerson

OPTIONS = {"pitch_deg": 0.0, "yaw_deg": 0.0, "position_m": [0.0, 0.0, 0.0], "far_m": 100.0}
SENSORS: dict[str, Any] = {
    "camera": {"options": {"width": 320, "height": 240, "fov_deg": 80.0, **OPTIONS}},
    "depth": {"options": {"width": 320, "height": 240, "fov_deg": 80.0, **OPTIONS}},
    "thermal": {"options": {"width": 80, "height": 60, "fov_deg": 57.0, **OPTIONS}},
}
SHEET: dict[str, Any] = {
    "kinds": ["nothing", "unclear", "person", "man", "woman", "fire", "gas_cylinder", "count"],
    "position_m": {"low": [-9.0] * 3, "high": [9.0] * 3},
    "text": {"max_length": 24, "code_points": [[32, 126]]},
    "questions": {"condition": ["", "non_urgent", "urgent", "immediate", "dead"], "motion": ["", "stays", "moves"]},
    "counts": {"rank": 20, "moving": 20, "staying": 20},
}
WARM_BOX = (140.0, 90.0, 40.0, 60.0)


class Told:
    """Sees, or reads, what it is told to."""

    def __init__(self, *found):
        self._found = list(found)

    def detect(self, rgb):
        return self._found

    def read(self, rgb):
        return self._found


def person(box=WARM_BOX, posture="sitting", score=0.7, category=PERSON):
    kinds = {"man": 0.8, "woman": 0.2} if category == PERSON else {}
    return Detection(category=category, score=score, box=box, kind="man", kind_scores=kinds, posture=posture)


def seen(detections, *, looks=6, kelvin=293.0, warm=300.0, mates_m=()):
    findings = Findings(SENSORS, [0.0], Told(*detections), Told())
    thermal = np.full((60, 80), kelvin, np.float32)
    thermal[18:42, 32:48] = warm
    observation: dict[str, np.ndarray] = {
        "camera": np.full((240, 320, 3), 128, np.uint8),
        "depth": np.full((240, 320), 3.0, np.float32),
        "thermal": thermal,
    }
    for number in range(looks):
        findings.see(observation, look_from(np.array([0.0, 0.0, 1.0]), 0.0, 0.0, 0.0), 0.5 * number, mates_m)
    return findings


def test_somebody_warm_is_told_once_with_place_and_condition():
    teller = Teller(SHEET, 10, lambda place: "102", Others())
    findings = seen([person()])
    report = teller.next(findings, 10.0, last=False)
    assert report is not None
    assert SHEET["kinds"][report["kind"]] == "man"
    assert report["position_m"][0] == pytest.approx(3.15, abs=0.05)
    assert SHEET["questions"]["condition"][report["condition"]] == "urgent"
    assert report["text"] == "102"
    assert teller.next(findings, 10.1, last=False) is None


def test_what_is_as_cold_as_the_room_is_nobody():
    assert victims(seen([person()], warm=293.0), 10.0) == []


class Warm(Told):
    """Finds somebody in every thermal picture."""

    def __init__(self, pose):
        self._one = WarmPerson(box=(32.0, 18.0, 16.0, 24.0), score=0.8, pose=pose)

    def find(self, kelvin, depth_m, above_m):
        return [self._one]


def felt(pose, light, looks):
    """Whom it is sure of where only the thermal camera sees somebody."""
    findings = Findings(SENSORS, [0.0], Told(), Told(), Warm(pose))
    observation: dict[str, np.ndarray] = {
        "camera": np.full((240, 320, 3), light, np.uint8),
        "depth": np.full((240, 320), 3.0, np.float32),
        "thermal": np.full((60, 80), 300.0, np.float32),
    }
    for number in range(looks):
        findings.see(observation, look_from(np.array([0.0, 0.0, 1.0]), 0.0, 0.0, 0.0), 0.5 * number)
    return victims(findings, 20.0)


def test_who_is_felt_in_the_dark_is_believed_in_light_hardly_and_who_stands_late():
    assert len(felt("low", 10, 4)) == 1
    assert felt("low", 128, 4) == [], "light would have shown them"
    assert felt("upright", 10, 4) == [], "hot lintels look like that"
    assert len(felt("upright", 10, 8)) == 1


def test_what_is_where_another_drone_is_is_that_drone():
    (mark,) = seen([person()]).marks(PERSON)
    beside_m = mark.position_m + np.array((0.5, 0.3, 0.2))
    assert seen([person()], mates_m=[beside_m]).marks(PERSON) == []
    assert len(seen([person()], mates_m=[mark.position_m + np.array((0.0, 0.0, 1.2))]).marks(PERSON)) == 1


def test_a_mannequin_seen_as_well_as_a_person_is_one_thing():
    both = [person(score=0.4), person(score=0.6, category="mannequin", box=(138.0, 88.0, 44.0, 64.0))]
    findings = seen(both, warm=293.0)
    assert len(findings.marks(PERSON)) == 1
    assert victims(findings, 10.0) == []


def test_who_lies_is_immediate_and_comes_after_who_sits():
    teller = Teller(SHEET, 10, lambda place: "", Others())
    findings = seen([person(), person((20.0, 90.0, 50.0, 30.0), "lying_back", 0.9)])
    reports = [teller.next(findings, 10.0, last=False) for _ in range(2)]
    ranks = {r["condition"]: r["rank"] for r in reports if r is not None}
    assert ranks[2] < ranks[3]
    assert {condition_of(mark) for mark in findings.marks(PERSON)} == {"immediate", "urgent"}


def test_whom_another_has_told_is_not_told_again_but_counted():
    others = Others()
    teller = Teller(SHEET, 10, lambda place: "", others)
    findings = seen([person()])
    (mark,) = findings.marks(PERSON)
    others.people[100_001] = mark
    said = [teller.next(findings, 10.0, last=True) for _ in range(3)]
    assert [SHEET["kinds"][one["kind"]] for one in said if one is not None] == ["count"]
    assert said[0] is not None
    assert said[0]["staying"] == 1


def test_the_last_word_counts_people_and_keeps_to_the_budget():
    teller = Teller(SHEET, 2, lambda place: "", Others())
    findings = seen([person()])
    said = [teller.next(findings, 10.0, last=True) for _ in range(4)]
    assert [SHEET["kinds"][one["kind"]] for one in said if one is not None] == ["man", "count"]
    assert said[1] is not None
    assert (said[1]["moving"], said[1]["staying"]) == (0, 1)


def test_boxes_share_all_where_one_lies_in_the_other():
    assert shared((0.0, 0.0, 10.0, 10.0), (2.0, 2.0, 4.0, 4.0)) == pytest.approx(1.0)
    assert shared((0.0, 0.0, 10.0, 10.0), (20.0, 0.0, 4.0, 4.0)) == 0.0


def test_it_turns_back_where_it_gets_hot_and_only_there():
    guard = HeatGuard()
    for second in range(10):
        assert not guard.feel(293.0, np.array([0.5 * second, 0.0, 1.3]), 0, float(second))
    hot = [guard.feel(293.0 + 4.0 * k, np.array([5.0, 0.0, 1.3]), 0, 10.0 + k) for k in range(4)]
    assert any(hot)
    assert guard.refuge_m is not None
    assert guard.refuge_m[0] < 2.6


def test_where_it_began_to_get_hot_is_no_refuge():
    guard = HeatGuard()
    for second in range(20):
        guard.feel(293.0, np.array([0.5 * second, 0.0, 1.3]), 0, float(second))
    for k in range(4):
        guard.feel(300.0 + 5.0 * k, np.array([9.5 + 0.5 * k, 0.0, 1.3]), 0, 20.0 + k)
    assert guard.refuge_m is not None
    assert guard.refuge_m[0] < 8.6
    first_m, guard.refuge_m = guard.refuge_m, None
    for k in range(4):
        guard.feel(325.0 + 5.0 * k, np.array([8.0, 0.0, 1.3]), 0, 30.0 + k)
    assert first_m[0] > 5.6
    assert getattr(guard, "refuge_m")[0] < 5.6, "not back into the heat"  # noqa: B009 - the type checker thinks it is None


def storey() -> SliceMap:
    """A room of 6 m by 6 m around the origin."""
    plan = SliceMap((-5.0, -5.0), (5.0, 5.0), Band(1.05, 1.7, 2.8))
    angle = np.arange(720) * 2.0 * math.pi / 720
    reach = 3.0 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))
    ends = np.column_stack([reach * np.cos(angle), reach * np.sin(angle), np.full(720, 1.35)])
    for _ in range(3):
        plan.insert(np.array([0.0, 0.0, 1.35]), Scan(ends, np.ones(720, bool)), 6.0)
    return plan


def reach_of(plan: SliceMap) -> Field:
    space = Space((-5.0, -5.0, 0.0), plan.cell_m, plan.free[:, :, None])
    return Field(space, flood(space, (0.0, 0.0, 0.07)))


def test_it_looks_where_it_has_not_looked_and_is_done_when_all_is_seen():
    plan, everywhere = storey(), np.ones((67, 67), bool)
    for _ in range(4):
        plan.look(np.array([-3.0, 0.0, 1.35]), np.array([[-0.5, y, 1.35] for y in np.linspace(-3, 3, 60)]), 6.0)
    goal = next_view(plan, reach_of(plan), unseen(plan, everywhere, everywhere))
    assert goal is not None
    assert not plan.seen[tuple(plan.index(goal[None])[0])]
    plan.done[:] = True
    assert next_view(plan, reach_of(plan), unseen(plan, everywhere, everywhere)) is None


def test_a_place_beside_somebody_can_be_got_to_and_is_near():
    plan = storey()
    spot = beside(plan, reach_of(plan), np.array([2.0, 1.0, 0.3]), 1.1)
    assert spot is not None
    assert math.hypot(spot[0] - 2.0, spot[1] - 1.0) <= 1.1 + plan.cell_m


def test_a_way_is_as_long_as_it_is_and_endless_through_walls():
    plan = storey()
    near, far = walk_m(plan, np.array([-2.0, 0.0, 0.3]), [np.array([2.0, 0.0, 1.6]), np.array([0.0, 0.0, 1.0])])
    assert near == pytest.approx(4.0, rel=0.1)
    assert far == pytest.approx(2.0, rel=0.15)


def test_without_a_hole_in_the_ceiling_there_is_no_way_up():
    plan = storey()
    assert shaft(plan, np.ones((67, 67), bool)) is None


def test_it_climbs_in_the_middle_of_the_widest_hole():
    plan = storey()
    origin = np.array([0.0, 0.0, 1.35])
    x, y = np.meshgrid(np.arange(0.6, 2.2, 0.1), np.arange(-0.8, 0.8, 0.1))
    slab = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, 2.8)])
    beams = origin + 1.5 * (slab - origin)
    plan.insert(origin, Scan(beams, np.zeros(len(beams), bool)), 6.0)
    gate = shaft(plan, np.ones((67, 67), bool))
    assert gate is not None
    assert math.hypot(gate[0] - 1.4, gate[1]) < 0.3
    plan.shut(gate, 2.0)
    assert shaft(plan, np.ones((67, 67), bool)) is None


def test_indoors_begins_behind_the_front():
    plan = SliceMap((-18.0, -12.0), (18.0, 26.0), Band(1.05, 1.7, math.inf))
    inside = indoors(plan, ([-18.0, -12.0, 0.0], [18.0, 26.0, 9.0]), 0.5 * math.pi, 3.7)
    assert not inside[tuple(plan.index(np.array([[0.0, 0.0]]))[0])]
    assert inside[tuple(plan.index(np.array([[0.0, 10.0]]))[0])]


def test_one_leaves_the_building_through_the_entrance_and_not_through_windows():
    plan = SliceMap((-18.0, -12.0), (18.0, 26.0), Band(1.05, 1.7, math.inf))
    area = ([-18.0, -12.0, 0.0], [18.0, 26.0, 9.0])
    ground, upper = (outer_walls(plan, area, 0.5 * math.pi, door=door) for door in (True, False))

    def at(x, y):
        return tuple(plan.index(np.array([[x, y]]))[0])

    assert not ground[at(0.0, 4.1)]
    assert upper[at(0.0, 4.1)]
    for walls in (ground, upper):
        assert walls[at(5.0, 4.1)] and walls[at(10.4, 12.0)] and walls[at(0.0, 20.4)]
        assert not walls[at(5.0, 2.0)] and not walls[at(9.5, 12.0)] and not walls[at(0.0, 19.5)]


def test_it_says_what_it_lacks():
    with pytest.raises(ConfigError, match=r"rescuer.*lidar"):
        Rescuer().reset({"mission": "hover", "action": {}, "sensors": {"attitude": {}}})


def test_without_cameras_it_flies_to_the_door_out_while_it_is_too_hot_and_in_again():
    small = {"rescue": {"difficulty": 0.2, "building": {"rooms": 4, "storeys": 1}}}
    env = make_env("stage3", scenario=small, sensors=dict.fromkeys(["microphones", "camera", "depth", "thermal"]))
    agent, ahead_m = Rescuer(), []
    try:
        observation, _ = env.reset(seed=3)
        agent.reset(env.unwrapped.brief)  # type: ignore[attr-defined]
        for steps, hull_k in ((90, 334.0), (120, 338.0), (90, 332.0), (60, 328.0)):
            for step in range(steps):
                # It would turn back from what warms it faster.
                felt_k = min(hull_k, 334.0 + 0.05 * step)
                felt = {**observation, "thermometer": np.array([felt_k], np.float32)}
                observation, _, ended, _, _ = env.step(agent.act(felt))
                assert not ended
            ahead_m.append(agent.place_m[1])
    finally:
        env.close()
    assert ahead_m[0] > 2.5
    assert ahead_m[1] < ahead_m[0] - 1.0, "out where it is cool"
    assert abs(ahead_m[2]) < 0.8, "not yet cool enough, and it does not land"
    assert ahead_m[3] > 1.5
    assert 1.0 < agent.place_m[2] < 1.7
