"""The hearing mission: what is drawn, told, and made of reports. Its rules are tested by themselves."""

import math
from typing import Any

import numpy as np
import pytest

from goldentime.envs.scenario import scenario_from_json
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.oracle import fly_oracle
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score
from goldentime.missions.registry import load_config, make_env, make_mission
from goldentime.missions.voices_calls import bearing_of, calls_of, direct_snr_db
from goldentime.records import canonical_json, dump
from goldentime.rng import stream
from goldentime.types import DroneState, Report, WorldState
from tests.missions.small_bank import write_small_bank

STILL = (0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    return write_small_bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture
def drawn(bank):
    """A mission and an instance of it, drawn with the small bank."""

    def draw(seed=1, name="voices", place=None, cast=None, **scenario):
        scenario = {"cast": {"bank": bank, **(cast or {})}, "place": place or {}, **scenario}
        mission = make_mission(load_config(name, {"scenario": scenario}))
        return mission, mission.generate(stream(seed, "scenario"))

    return draw


def at(time_s, position_m):
    drone = DroneState(position_m, (0.0, 0.0, 0.0, 1.0), STILL, STILL, STILL, (0.0,) * 4, 1.0, 16.0, (), 0.0)
    return WorldState(time_s, (drone,), ())


def callers(scenario):
    return [source for source in scenario.sounds if source.calls]


def snrs_db(scenario):
    start = scenario.drones[0].position
    origin = tuple(scenario.task["origin"])
    here = tuple(a - b for a, b in zip(start, origin, strict=True))
    calls = calls_of(scenario.sounds, origin, calls=True)
    return [direct_snr_db(call, bearing_of(call, here).distance_m, scenario.task["noise_db"]) for call in calls]


@pytest.mark.parametrize("place", ["open", "room", "floor", "street"])
def test_somebody_calls_in_each_kind_of_place(drawn, place):
    mission, scenario = drawn(place={"places": [place]})
    assert scenario.task["place"] == place
    assert 1 <= len(callers(scenario)) <= 4
    start = scenario.drones[0].position
    low, high = scenario.level.bounds
    assert all(a < x < b for a, x, b in zip(low, start, high, strict=True))
    for source in callers(scenario):
        assert 1.0 < math.dist(source.path[0].position[:2], start[:2]) + 0.6 < 8.0
        ends = [part.start_s + part.duration_s for part in source.soundings]
        starts = [part.start_s for part in source.soundings]
        assert all(end < start for end, start in zip(ends, starts[1:], strict=False)), "nobody speaks twice at once"
        assert ends[-1] < scenario.time_limit_s - 2.0
    assert scenario_from_json(dump(scenario)) == scenario
    assert mission.generate(stream(1, "scenario")) == scenario


def test_who_calls_in_a_scene_stands_there(drawn):
    _, scenario = drawn(place={"places": ["floor"]}, cast={"others": [0, 0]})
    people = [prop.asset for prop in scenario.props]
    assert len(people) > 0
    # Each caller's voice comes out of somebody's body: a prop stands below the mouth.
    for source in callers(scenario):
        x, y, _ = source.path[0].position
        assert min(math.hypot(p.position[0] - x, p.position[1] - y) for p in scenario.props) < 0.6
        assert source.speaker.split("-")[1] == source.kind


def test_the_harder_the_quieter_and_the_more_reverberant(drawn):
    easy = [drawn(seed, difficulty=0.0)[1] for seed in range(6)]
    hard = [drawn(seed, difficulty=1.0, place={"places": ["open", "room"]})[1] for seed in range(6)]
    assert {scenario.task["place"] for scenario in easy} == {"open"}
    assert {scenario.task["place"] for scenario in hard} == {"room"}
    assert all(scenario.task["rt60_s"] == 0.0 for scenario in easy)
    assert all(scenario.task["rt60_s"] > 0.7 for scenario in hard)
    assert all(source.calls for scenario in easy for source in scenario.sounds)
    easy_db, hard_db = ([snr for scenario in some for snr in snrs_db(scenario)] for some in (easy, hard))
    assert 11.0 < np.mean(easy_db) < 19.0
    assert -13.0 < np.mean(hard_db) < -7.0


def test_a_bare_room_reverberates_as_long_as_it_is_asked_to(drawn):
    _, scenario = drawn(difficulty=1.0, place={"places": ["room"], "rt60_s": [0.4, 0.5]})
    assert 0.35 < scenario.task["rt60_s"] < 0.65


def test_levels_can_be_pinned(drawn):
    _, scenario = drawn(cast={"snr_db": -5.0})
    assert snrs_db(scenario) == pytest.approx([-5.0] * len(snrs_db(scenario)), abs=0.02)


def test_the_brief_tells_the_task_but_not_the_truth(drawn):
    mission, scenario = drawn()
    sheet = mission.sheet(scenario)
    told = canonical_json(sheet.brief).decode()
    assert sheet.brief["route_m"][0][:2] == [0.0, 0.0]
    assert sheet.brief["reports"]["tolerance_deg"] == 20.0
    crew = [source for source in scenario.sounds if source.kind in ("man", "woman", "child") and not source.calls]
    assert len(sheet.brief["crew_m"]) == len(crew)
    assert sheet.facts["things"] == sum(len(source.soundings) for source in callers(scenario)) > 0
    for source in scenario.sounds:
        assert not source.speaker or source.speaker not in told
        assert not any(str(x) in told for x in source.path[0].position[:2] if source.calls)
        assert all(part.clip not in told or not part.clip for part in source.soundings)


def report_of(call, here, **more):
    bearing = bearing_of(call, here)
    return Report(
        call.kind,
        call.at_m,
        azimuth_rad=bearing.azimuth_rad,
        elevation_rad=bearing.elevation_rad,
        onset_s=bearing.onset_s,
        **more,
    )


def test_reporting_each_call_when_it_is_over_wins_and_ends_the_episode(drawn):
    mission, scenario = drawn()
    start, origin = scenario.drones[0].position, tuple(scenario.task["origin"])
    here = tuple(a - b for a, b in zip(start, origin, strict=True))
    calls = list(calls_of(scenario.sounds, origin, calls=True))
    before = at(0.0, start)
    progress, end, kinds = mission.start(scenario, before), None, []
    while end is None:
        after = at(round(before.time_s + 0.1, 3), start)
        due = next((c for c in calls if c.start_s + c.duration_s < after.time_s), None)
        if due is not None:
            calls.remove(due)
        verdict = mission.judge(progress, before, after, (report_of(due, here) if due else None,))
        kinds += [event.kind for event in verdict.events]
        progress, end, before = verdict.progress, verdict.end, after
    things = int(mission.sheet(scenario).facts["things"])
    assert end == "complete"
    assert kinds.count("called") == kinds.count("found") == kinds.count("kind_right") == things
    assert "wrong" not in kinds


def test_every_call_is_written_down_even_if_nobody_reports_it(drawn):
    mission, scenario = drawn()
    start = scenario.drones[0].position
    progress, events, before = mission.start(scenario, at(0.0, start)), [], at(0.0, start)
    for step in range(1, 451):
        after = at(step / 10, start)
        verdict = mission.judge(progress, before, after, (None,))
        events += verdict.events
        progress, before = verdict.progress, after
    assert (verdict.end, verdict.truncated) == ("time_up", True)
    called = [event.detail for event in events if event.kind == "called"]
    assert [detail["snr_db"] for detail in sorted(called, key=lambda d: d["thing"])] == pytest.approx(
        snrs_db(scenario), abs=0.01
    )
    assert {*called[0]} >= {"kind", "speaker", "azimuth_deg", "distance_m", "rt60_s", "place", "onset_s"}


@pytest.mark.parametrize(
    "bad",
    [
        {"difficulty": 1.5},
        {"reports": 0},
        {"kinds": ["elephant"]},
        {"place": {"ahead": True}},
        {"place": {"distance_m": [3.0, 2.0]}},
        {"cast": {"kinds": ["cough"]}},
        {"cast": {"callers": [0, 2]}},
        {"cast": {"split": "hidden"}},
    ],
)
def test_what_cannot_be_played_is_refused(bad):
    with pytest.raises(ConfigError, match=r"voices\.scenario.*expected"):
        make_mission(load_config("voices", {"scenario": bad}))


# The presets


@pytest.mark.parametrize(("name", "kinds"), [("voices_stage1", ["voice"]), ("voices_stage2", ["man", "woman"])])
def test_a_preset_has_callers_at_the_contests_angles_and_asks_for_what_its_stage_did(drawn, name, kinds):
    mission, scenario = drawn(name=name)
    assert mission.report.kinds == ("nothing", "unclear", *kinds)
    (drone,) = scenario.drones
    for source in callers(scenario):
        x, y, z = (a - b for a, b in zip(source.path[0].position, drone.position, strict=True))
        angle = math.degrees(math.remainder(math.atan2(y, x) - drone.yaw, 2.0 * math.pi)) + 90.0
        assert angle == pytest.approx(round(angle / 20.0) * 20.0, abs=1e-6)
        assert -1.0 < angle < 181.0
        assert z == pytest.approx(0.0, abs=1e-6)
        assert len(source.soundings) == 1
    facts = mission.sheet(scenario).facts
    assert (facts["kinds"], facts["places"]) == (float(kinds != ["voice"]), 0.0)


@pytest.mark.parametrize("name", ["voices_stage1", "voices_stage2"])
def test_the_oracle_wins_a_preset(name):
    log = fly_oracle(name, 3, {"sensors": {"microphones": None}, "scenario": {"time_limit_s": 20.0}})
    assert score(log, load_rules("voices")).total == pytest.approx(100.0)


def test_the_drone_hears_what_is_said_and_the_log_says_how_loud():
    log = EpisodeLog()
    scenario = {"difficulty": 0.0, "time_limit_s": 10.0, "cast": {"callers": [1, 1], "others": [0, 0], "repeats": [1, 1]}}
    env = make_env("voices", recorder=log, scenario=scenario, sensors={"lidar": None})
    observation, _ = env.reset(seed=1)
    space: Any = env.action_space
    silent = {key: part.sample() for key, part in space["report"].spaces.items()} | {"kind": 0}
    loud, over = [], False
    while not over:
        loud.append(float(np.square(observation["microphones"]).mean()))
        observation, _, ended, cut, _ = env.step({"motion": np.zeros(4, np.float32), "report": silent})
        over = ended or cut
    env.close()
    (called,) = [event.detail for event in log.events if event.kind == "called"]
    (heard,) = [event.detail for event in log.events if event.kind == "heard"]
    assert (heard["source"], heard["sounding"]) == (called["caller"], called["sounding"])
    assert heard["onset_s"] == pytest.approx(called["onset_s"], abs=0.01)
    assert heard["snr_db"] == pytest.approx(called["snr_db"], abs=5.0)
    # A reading holds the tenth of a second before it: the call's middle is louder than the moment before it.
    middle_s = called["onset_s"] + 0.5 * called["duration_s"]
    around = loud[int(10 * middle_s) - 2 : int(10 * middle_s) + 4]
    assert max(around) > 4.0 * loud[int(10 * called["onset_s"]) - 2]
