"""The listener: what it makes of what its ears tell it, and a flight with classical ears."""

import dataclasses
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goldentime.baselines.listener import Listener
from goldentime.baselines.listener_calls import Utterance, likely
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.missions.registry import make_env
from goldentime.perception.hearing import Heard


def heard(number, azimuth_deg, onset_s, last_s, ended=False, **scores):
    return Heard(
        number=number,
        onset_s=onset_s,
        last_s=last_s,
        azimuth_rad=math.radians(azimuth_deg),
        elevation_rad=0.0,
        voice=max(scores, key=lambda name: scores[name], default=""),
        voice_scores=scores,
        confidence=0.8,
        ended=ended,
    )


class Told:
    """Ears that hear what they are told to, step by step."""

    def __init__(self, *steps):
        self._steps = list(steps)

    def hear(self, chunk, rotor_speeds, attitude):
        return self._steps.pop(0) if self._steps else []


BRIEF: dict[str, Any] = {
    "mission": "voices",
    "action_hz": 10,
    "action": {
        "motion": {"names": list("abcd"), "low": [-1.0] * 4, "high": [1.0] * 4},
        "report": {
            "kinds": ["nothing", "unclear", "voice", "man", "woman"],
            "position_m": {"low": [-9.0] * 3, "high": [9.0] * 3},
            "placed": [0, 1],
            "azimuth_rad": {"low": -math.pi, "high": math.pi},
        },
    },
    "sensors": {
        "microphones": {"kind": "microphones", "options": {"sample_rate_hz": 16_000}},
        "attitude": {"kind": "attitude"},
    },
    "told": {"microphones": {"microphone_m": [[0.1, 0.1, 0.0], [-0.1, 0.1, 0.0], [0.0, -0.1, 0.0], [0.0, 0.0, 0.1]]}},
    "start_yaw_rad": math.radians(90.0),
    "start_height_m": 2.0,
    "time_limit_s": 30.0,
    "reports": {"budget": 9},
}
QUIET = {"microphones": np.zeros((4, 1600), np.float32), "attitude": np.zeros(3, np.float32)}


def reports(*steps, count=40, **brief):
    agent: Any = Listener(networks=False)
    agent.reset({**BRIEF, **brief})
    agent._ears._hearer = Told(*steps)
    made = [agent.act(QUIET)["report"] for _ in range(count)]
    return [report for report in made if report["kind"]]


def test_a_voice_that_has_fallen_silent_is_reported_once_in_the_mission_frame():
    steps = [[heard(1, 30.0, 1.35, 0.1 * k, man=0.9, woman=0.1)] for k in range(14, 26)]
    (report,) = reports(*([[]] * 13), *steps, [heard(1, 30.0, 1.35, 2.6, ended=True)])
    assert report["kind"] == 3
    assert report["azimuth_rad"] == pytest.approx(math.radians(120.0), abs=1e-3)
    # The first chunk came before the start.
    assert report["onset_s"] == pytest.approx(1.35 - 0.101, abs=1e-3)
    assert report["placed"] == 0


def test_a_short_pause_does_not_end_a_call_and_another_direction_is_another_call():
    first = [[]] * 10 + [[heard(1, 0.0, 1.3, 0.1 * k)] for k in range(14, 20)]
    again = [[heard(2, 5.0, 2.4, 0.1 * k)] for k in range(25, 32)]
    assert len(reports(*first, *([[]] * 4), *again, count=60)) == 1
    aside = [[heard(2, 60.0, 2.4, 0.1 * k)] for k in range(25, 32)]
    assert len(reports(*first, *([[]] * 4), *aside, count=60)) == 2


def test_blips_are_not_reported_and_a_class_that_is_not_known_is_a_voice():
    assert reports(*([[]] * 10), [heard(1, 0.0, 1.3, 1.4)]) == []
    steps = [[heard(1, 0.0, 1.3, 0.1 * k, man=0.4, woman=0.3, child=0.3)] for k in range(14, 22)]
    (report,) = reports(*([[]] * 10), *steps)
    assert report["kind"] == 2


def test_rescuers_who_talk_are_left_out():
    steps = [[heard(1, 30.0, 1.3, 0.1 * k)] for k in range(14, 26)]
    there = [math.cos(math.radians(120.0)), math.sin(math.radians(120.0)), 0.0]
    crew = [[4.0 * there[0], 4.0 * there[1], 1.9]]
    assert len(reports(*([[]] * 10), *steps)) == 1
    assert reports(*([[]] * 10), *steps, crew_m=crew) == []


def test_a_pair_of_microphones_takes_what_it_hears_to_be_level_and_ahead():
    agent: Any = Listener(networks=False)
    places = [[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]]
    agent.reset({**BRIEF, "told": {"microphones": {"microphone_m": places}}})
    for said, meant in ((30.0, 30.0), (150.0, 30.0), (-100.0, -80.0)):
        x, y, z = agent._ears._ahead(heard(1, said, 0.0, 0.0))
        assert math.degrees(math.atan2(y, x)) == pytest.approx(meant)
        assert z == 0.0


def utterance(azimuth_deg, onset_s, last_s, confidence=0.8, elevation_deg=0.0):
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    unit = np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])
    made = Utterance(onset_s)
    for _ in range(max(round(10 * (last_s - onset_s)), 1)):
        made.add(dataclasses.replace(heard(1, 0.0, onset_s, last_s), confidence=confidence), unit, last_s, (0.0, 0.0, 2.0))
    return made


def test_echoes_sirens_and_what_is_below_are_no_calls():
    call = utterance(0.0, 5.0, 7.0)
    assert likely(call, [call, utterance(90.0, 5.0, 7.0)])
    echo = utterance(30.0, 5.2, 5.9, 0.7)
    assert not likely(echo, [call, echo])
    assert likely(utterance(90.0, 5.2, 5.9, 0.7), [call]), "another one who calls at the same time"
    assert not likely(utterance(90.0, 5.2, 5.9, 0.5), [call]), "faint, and while somebody calls"
    assert not likely(utterance(0.0, 5.0, 10.0), [])
    siren = [utterance(0.0, start, start + 2.8) for start in (5.0, 9.0)]
    assert not likely(utterance(5.0, 13.0, 14.5), siren)
    assert not likely(utterance(0.0, 5.0, 7.0, elevation_deg=-70.0), [])
    assert not likely(utterance(0.0, -0.1, 1.5), []), "from the very beginning"


def test_directions_from_several_places_meet():
    agent: Any = Listener(networks=False)
    agent.reset(BRIEF)
    agent._patrol = object()  # as if it flew
    said = Utterance(1.0)
    there = np.array([4.0, 3.0, 1.5])
    for x in np.arange(0.0, 3.0, 0.25):
        unit = there - (x, 0.0, 2.0)
        said.add(heard(1, 0.0, 1.0, 2.0), unit / np.linalg.norm(unit), 2.0, (float(x), 0.0, 2.0))
    place = agent._meet(said)
    assert place is not None and math.dist(place, there) < 0.1


@pytest.mark.parametrize("lacking", ["microphones", "attitude"])
def test_it_says_which_sensors_it_lacks(lacking):
    sensors = {name: sensor for name, sensor in BRIEF["sensors"].items() if name != lacking}
    with pytest.raises(ConfigError, match=rf"agent listener, mission voices: .*'{lacking}'"):
        Listener(networks=False).reset({**BRIEF, "sensors": sensors})


def short_agent():
    """The agent of docs/voices.md."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "voices.md").read_text("utf-8")
    (code,) = [code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "class Ears" in code]
    names: dict[str, Any] = {}
    exec(code, names)
    return names["Ears"]()


@pytest.mark.parametrize("make", [lambda: Listener(networks=False), short_agent], ids=["listener", "docs"])
def test_it_finds_loud_voices_in_the_open(make):
    log = EpisodeLog()
    cast = {"callers": [1, 1], "others": [0, 0], "repeats": [2, 2], "snr_db": 15.0}
    scenario = {"difficulty": 0.0, "time_limit_s": 12.0, "cast": cast}
    env = make_env("voices", recorder=log, scenario=scenario, sensors={"lidar": None})
    agent = make()
    observation, _ = env.reset(seed=2)
    agent.reset(env.brief)
    over = False
    while not over:
        observation, _, ended, cut, _ = env.step(agent.act(observation))
        over = ended or cut
    env.close()
    assert log.totals["found"].times >= 1
    assert all(event.detail["error_deg"] < 10.0 for event in log.events if event.kind == "found")
