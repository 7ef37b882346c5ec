"""The rules of the search, on hand-made things and reports."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.scenario import scenario_from_json
from goldentime.envs.scenes.scene import SceneConfig, Thing
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.missions.registry import load_config, make_env, make_mission
from goldentime.missions.search import Search, SearchConfig
from goldentime.missions.search_describe import Description, describe, draw_description, fits
from goldentime.missions.search_flight import Flight, FlightEvent, Limits, judge_flight
from goldentime.missions.search_ledger import Ledger, ReportCosts, Target, Terms, away_m
from goldentime.missions.search_place import Patrol, par_s
from goldentime.missions.search_rules import KINDS, OBJECTS, PEOPLE, Book, Facts, judge_report
from goldentime.records import canonical_json, dump
from goldentime.rng import stream
from goldentime.types import Contact, DroneState, Event, Report, WorldState

HERE = (0.0, 0.0, 1.5)


def target(number, kind, x, y=0.0, half=0.25, par_s=20.0):
    return Target(number, kind, (x - half, y - half, 0.0), (x + half, y + half, 1.7), par_s)


def facts(*targets, described=-1, lookalikes=(), smoke=None):
    terms = Terms(3.0, 100.0, ReportCosts(), smoke, (0.0, 0.0, 0.0))
    return Facts(targets, described, tuple(lookalikes), {one.number: "standing" for one in targets}, terms)


def judge(known, *reports, budget=10, now=20.0):
    """Events of all reports as (kind, value), and the credit they earned together."""
    book, events = Book(Ledger(budget)), []
    for report in reports:
        book, more = judge_report(known, book, report, now, HERE)
        events += more
    kinds = [event.kind for event in events if event.kind not in ("credit", "located", "prompt")]
    return kinds, sum(event.value for event in events if event.kind == "credit"), events


def at(kind, x, y=0.0, z=0.8, described=False):
    return Report(kind, (x, y, z), described)


MAN, WOMAN, CAR = target(0, "man", 5.0), target(1, "woman", 10.0), target(2, "car", 20.0, half=2.0)


def test_a_thing_reported_at_its_place_is_found_for_one_credit():
    kinds, credit, events = judge(facts(MAN, CAR), at("man", 5.0))
    assert kinds == ["found", "kind_right"]
    assert credit == 1.0
    detail = events[0].detail
    assert (detail["thing"], detail["kind"], detail["said"], detail["posture"]) == (0, "man", "man", "standing")
    assert detail["error_m"] == 0.0
    assert detail["from_m"] == pytest.approx(math.dist(HERE, (5.0, 0.0, 0.85)), abs=1e-3)


def test_distance_counts_from_the_bounding_box():
    assert away_m(CAR, (20.0, 1.9, 1.0)) == 0.0
    assert away_m(CAR, (17.0, 0.0, 1.0)) == pytest.approx(1.0)
    assert judge(facts(CAR), at("car", 15.5))[0] == ["found", "kind_right"]
    assert judge(facts(CAR), at("car", 14.5))[0] == ["wrong"]


def test_a_person_of_another_kind_is_found_but_not_told_right():
    for said in ("woman", "person", "medic"):
        assert judge(facts(MAN), at(said, 5.0))[:2] == (["found"], 1.0)
    assert judge(facts(MAN), at("car", 5.0))[0] == ["wrong"]


def test_the_right_kind_goes_before_the_nearer_one():
    pair = facts(MAN, target(1, "woman", 5.8))
    _, credit, events = judge(pair, at("woman", 5.1), at("man", 5.6))
    assert credit == 2.0
    assert [event.detail["thing"] for event in events if event.kind == "found"] == [1, 0]


def test_each_thing_is_matched_once():
    kinds, credit, _ = judge(facts(MAN), at("man", 5.0), at("man", 5.0))
    assert kinds == ["found", "kind_right", "duplicate"]
    assert credit == pytest.approx(1.0 - ReportCosts().wrong)


def test_two_of_a_kind_close_together_are_both_found():
    assert judge(facts(MAN, target(1, "man", 5.5)), at("man", 5.0), at("man", 5.0))[1] == 2.0


def test_a_mannequin_is_nobody():
    kinds, credit, events = judge(facts(MAN, lookalikes=[target(7, "mannequin", 30.0)]), at("woman", 30.0))
    assert kinds == ["wrong"]
    assert credit == -ReportCosts().wrong
    assert events[0].detail["near"] == "mannequin"


def test_unclear_costs_less_than_wrong_and_the_find_earns_the_rest():
    costs = ReportCosts()
    assert judge(facts(MAN), at("unclear", 40.0))[1] == -costs.unclear > -costs.wrong
    kinds, credit, _ = judge(facts(MAN), at("unclear", 5.0), at("unclear", 5.0), at("man", 5.0))
    assert kinds == ["unclear", "unclear", "found", "kind_right"]
    assert credit == pytest.approx(1.0 - costs.unclear)


def test_beyond_the_budget_nothing_counts():
    kinds, credit, _ = judge(facts(MAN), at("car", 50.0), at("man", 5.0), budget=1)
    assert kinds == ["wrong", "over_budget"]
    assert credit == -ReportCosts().wrong


def test_the_described_one_can_be_named_with_the_find_or_after_it():
    known = facts(MAN, WOMAN, described=1)
    assert judge(known, at("woman", 10.0, described=True))[0] == ["found", "kind_right", "described_found"]
    kinds, credit, _ = judge(known, at("woman", 10.0), at("woman", 10.0, described=True))
    assert kinds == ["found", "kind_right", "described_found"]
    assert credit == 1.0


def test_naming_another_one_costs_once():
    known = facts(MAN, WOMAN, described=1)
    kinds, credit, _ = judge(known, at("man", 5.0, described=True))
    assert kinds == ["found", "kind_right", "described_wrong"]
    assert credit == pytest.approx(1.0 - ReportCosts().wrong)
    kinds, credit, _ = judge(known, at("man", 5.0), at("man", 5.0, described=True))
    assert kinds == ["found", "kind_right", "described_wrong"]


def test_the_described_one_is_preferred_where_it_can_be_meant():
    known = facts(target(0, "woman", 10.4), WOMAN, described=1)
    assert "described_found" in judge(known, at("woman", 10.4, described=True))[0]


def test_a_find_is_worth_more_the_nearer_and_the_sooner():
    def extras(x, now):
        return {event.kind: event.value for event in judge(facts(MAN), at("man", x), now=now)[2]}

    assert extras(5.7, 20.0)["located"] == extras(5.0, 10.0)["prompt"] == 1.0
    assert extras(8.0, 20.0)["located"] == pytest.approx(1.0 - (2.75 - 0.5) / 2.5)
    assert extras(5.0, 60.0)["prompt"] == pytest.approx(0.5)
    assert extras(5.0, 100.0)["prompt"] == 0.0


def test_a_find_says_how_much_light_came_through_the_smoke():
    smoke = SmokeLayers(layers=(SmokeLayer(bottom_m=0.0, top_m=5.0, extinction_per_m=0.2),))
    detail = judge(facts(MAN, smoke=smoke), at("man", 5.0))[2][0].detail
    assert detail["transmittance"] == pytest.approx(math.exp(-0.2 * detail["from_m"]), abs=1e-3)


@given(st.lists(st.tuples(st.sampled_from(KINDS[1:]), st.floats(0.0, 25.0), st.booleans()), max_size=20))
def test_no_reports_earn_more_than_there_is_to_find(reports):
    known = facts(MAN, WOMAN, CAR, described=0)
    kinds, credit, _ = judge(known, *(at(kind, x, described=named) for kind, x, named in reports), budget=20)
    assert credit <= 3.0
    assert kinds.count("found") <= 3
    assert kinds.count("described_found") <= 1


# Descriptions


def person(kind, top="", bottom="", carries="", posture="standing"):
    colours = {key: value for key, value in (("top", top), ("bottom", bottom)) if value}
    middle, size = (0.0, 0.0, 1.0), (1.0, 1.0, 1.0)
    return Thing(kind=kind, centre=middle, size=size, colours=colours, carries=carries, posture=posture)


def test_a_description_fits_exactly_one_thing():
    kinds = [*PEOPLE, "mannequin", "poster", "car", "fire_station", "apartment", "apartment"]
    for seed in range(200):
        rng = np.random.default_rng(seed)
        some = [
            person(*(str(rng.choice(words)) for words in (kinds, ["red", "blue"], ["red", "blue"], ["", "backpack"])))
            for _ in range(6)
        ]
        drawn = draw_description(some, rng)
        if drawn is not None:
            number, description = drawn
            assert [i for i, thing in enumerate(some) if fits(description, thing)] == [number]


def test_who_cannot_be_told_from_others_is_not_described():
    twins = [person("man", "red", "blue"), person("man", "red", "blue")]
    assert draw_description(twins, np.random.default_rng(0)) is None
    # An elderly man is a man to whoever reads "a man"; somebody in uniform may be one.
    assert fits(Description(kind="man", top="red"), person("elderly_man", "red"))
    assert fits(Description(kind="woman"), person("firefighter"))
    assert not fits(Description(kind="elderly_man", top="red"), person("man", "red"))


def test_a_description_in_words():
    whole = Description(kind="woman", top="red", bottom="navy", carries="backpack", posture="sitting")
    assert describe(whole) == "a woman in a red top and navy trousers or skirt with a backpack, sitting"
    assert describe(Description(kind="elderly_man")) == "an elderly man"
    assert describe(Description(kind="fire_station")) == "the fire station"


# Flights

LIMITS = Limits((-5.0, -5.0, 0.0), (50.0, 5.0, 10.0), 0.13, 60.0, 3.0)


def fly(*steps, dt=0.5):
    """Events of a flight of (height, speed, contacts), and why it ended."""
    flight, end = Flight(), None
    events: list[Event] = []
    before = state(0.0, 0.13, 0.0, ())
    for number, (height, speed, contacts) in enumerate(steps, 1):
        after = state(number * dt, height, speed, contacts)
        flight, end = judge_flight(flight, LIMITS, before, after, events)
        before = after
    return [event.kind for event in events], end


def state(time_s, height, speed, contacts):
    still = (0.0, 0.0, 0.0)
    drone = DroneState(
        (0.0, 0.0, height), (0, 0, 0, 1), (speed, 0.0, 0.0), still, still, (0.0,) * 4, 1.0, 16.0, contacts, 0.5
    )
    return WorldState(time_s, (drone,), ())


GROUND = (Contact("level", (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 5.0),)
WALL = (Contact("level", (0.3, 0.0, 1.0), (-1.0, 0.0, 0.0), 5.0),)


def test_landing_after_a_flight_ends_it_and_standing_before_does_not():
    on_ground = (0.13, 0.0, GROUND)
    assert fly(*[on_ground] * 8) == ([], None)
    assert fly(on_ground, (1.5, 0.5, ()), on_ground, on_ground) == (["landed"], FlightEvent.LANDED)


def test_touching_a_wall_is_a_collision_and_hitting_it_hard_a_crash():
    assert fly((1.0, 0.5, ()), (1.0, 0.4, WALL))[0] == ["collision", "collision_s"]
    assert fly((1.0, 4.0, ()), (1.0, 0.0, WALL))[1] == FlightEvent.CRASHED


def test_leaving_the_place_and_the_time_limit_end_the_flight():
    assert fly((11.0, 0.0, ()))[1] == FlightEvent.OUT_OF_BOUNDS
    assert fly((1.0, 0.0, ()), dt=60.0)[1] == FlightEvent.TIME_UP


# The whole mission


def drawn(seed=1, **scene):
    config = SearchConfig(scene=SceneConfig(pool="test", **scene))
    mission = Search(config)
    return mission, mission.generate(stream(seed, "scenario"))


def test_the_brief_tells_the_task_but_not_the_truth():
    mission, scenario = drawn()
    sheet = mission.sheet(scenario)
    assert sheet.brief["route_m"][0][:2] == [0.0, 0.0]
    assert {*OBJECTS, *PEOPLE} <= {*sheet.brief["sought"]}
    counted = [thing for thing in scenario.task["things"] if thing["kind"] in sheet.brief["sought"]]
    assert sheet.facts["things"] == len(counted) > 0
    told = canonical_json(sheet.brief).decode()
    assert "things" not in sheet.brief
    assert not any(str(coordinate) in told for thing in counted for coordinate in thing["centre"] if coordinate % 1)


def test_a_scenario_survives_its_own_json():
    _, scenario = drawn(place="floor")
    assert scenario_from_json(dump(scenario)) == scenario


def test_par_times_grow_along_the_patrol():
    task = {"origin": [1.0, 0.0, 0.0], "route": [[1.0, 0.0, 2.0], [41.0, 0.0, 2.0]]}
    patrol = Patrol(par_m_s=0.8)
    assert par_s(task, (0.0, 3.0, 0.0), patrol) == 10.0
    assert par_s(task, (40.0, -3.0, 0.0), patrol) == pytest.approx(10.0 + 40.0 / 0.8)


def test_finding_everything_ends_the_episode():
    config = load_config("search")
    mission = make_mission(config)
    scenario = mission.generate(stream(3, "scenario"))
    origin = np.array(scenario.task["origin"])
    before = state(0.0, 1.0, 0.0, ())
    progress, end = mission.start(scenario, before), None
    for number, thing in enumerate(scenario.task["things"]):
        if thing["kind"] in scenario.task["sought"]:
            place = tuple((np.array(thing["centre"]) - origin).tolist())
            report = Report(thing["kind"], place, described=number == scenario.task["described"])
            after = before._replace(time_s=before.time_s + 0.1)
            verdict = mission.judge(progress, before, after, (report,))
            assert end is None
            progress, end, before = verdict.progress, verdict.end, after
    assert end == "complete"


def test_a_report_reaches_the_rules_and_the_log():
    log = EpisodeLog()
    env = make_env("search", recorder=log, sensors={"camera": None, "depth": None}, scenario={"scene": {"place": "floor"}})
    env.reset(seed=5)
    thing = next(t for t in log.header["scenario"]["task"]["things"] if t["kind"] in PEOPLE)
    place = np.array(thing["centre"]) - np.array(log.header["scenario"]["task"]["origin"])
    report = {"kind": KINDS.index(thing["kind"]), "position_m": place.astype(np.float32), "described": 0}
    _, reward, *_ = env.step({"motion": np.zeros(4, np.float32), "report": report})
    env.close()
    assert log.totals["found"].times == log.totals["kind_right"].times == 1
    assert reward > 0.0


@pytest.mark.parametrize("bad", [{"reports": 0}, {"tolerance_m": 0.0}, {"costs": {"unclear": 0.6, "wrong": 0.5}}])
def test_what_cannot_be_played_is_refused(bad):
    with pytest.raises(ConfigError, match="expected"):
        make_env("search", scenario=bad)


def drawn_of(things):
    drawn = draw_description(things, np.random.default_rng(0))
    assert drawn is not None
    return drawn[1]


def test_posture_is_only_said_where_clothes_do_not_tell():
    some = [person("man", "red", "blue", posture="sitting"), person("man", "red", "blue", posture="walking")]
    description = drawn_of(some)
    assert description.posture in ("sitting", "walking")
    description = drawn_of([some[0], replace(some[1], colours={"top": "green"})])
    assert description.posture == ""
