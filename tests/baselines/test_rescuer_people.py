"""Whom the rescuer takes for a victim, what it makes of calls, and for whom it keeps its kits."""

import math
from typing import Any

import numpy as np
import pytest

from goldentime.baselines.listener_calls import Utterance
from goldentime.baselines.rescuer_ears import RescueEars
from goldentime.baselines.rescuer_help import Helper
from goldentime.baselines.rescuer_people import condition_of, kind_of, victims
from goldentime.perception.hearing import Heard
from goldentime.perception.landmarks import Landmark
from goldentime.perception.navigation import Fix

HERE = Fix(np.array((1.0, 2.0, 1.35)), 0.0, np.zeros(3), None)
LEVEL: dict[str, Any] = {"attitude": np.zeros(3, np.float32)}


def somebody(posture="lying_back", at=(5.0, 2.0, 0.3), number=1, **votes):
    votes = {"posture": {posture: 6.0}, "warm": {"yes": 6.0}, **votes}
    return Landmark(number, "person", np.array(at), 10.0, 0.0, 0.0, 12, 6.0, votes)


def call(azimuth_deg, **scores):
    """Heard from where the drone is."""
    made = Utterance(3.0)
    unit = np.array((math.cos(math.radians(azimuth_deg)), math.sin(math.radians(azimuth_deg)), 0.0))
    heard = Heard(
        number=1, onset_s=3.0, last_s=4.0, azimuth_rad=0.0, elevation_rad=0.0, voice="", voice_scores=scores, confidence=0.8
    )
    made.add(heard, unit, 4.0, (1.0, 2.0, 1.35))
    return made


class Heeds:
    """Ears whose calls are given."""

    def __init__(self, *calls):
        self._calls = list(calls)

    def hear(self, observation, attitude_rad, at):
        pass

    def next_call(self):
        return self._calls.pop(0) if self._calls else None


def listened(people, *calls):
    made: Any = Heeds(*calls)
    ears = RescueEars(made)
    ears.listen(LEVEL, HERE, people)
    return ears


def test_who_lies_and_calls_can_wait_and_who_lies_silent_can_not():
    caller, other = somebody(), somebody(at=(1.0, 6.0, 0.3), number=2)
    ears = listened([other, caller], call(4.0, man=0.7, woman=0.2, child=0.1))
    assert [(one.over_s, one.caller.number) for one in ears.calls] == [(4.0, caller.number)]
    assert condition_of(caller) == "urgent"
    assert condition_of(other) == "immediate"


def test_a_call_from_where_nobody_was_found_is_nobody_s_of_them():
    aside, far, above = (
        somebody(at=at) for at in ((4.0, 5.0, 0.3), (13.0, 2.0, 0.3), (5.0, 2.0, 4.0))
    )  # fmt: skip
    ears = listened([aside, far, above], call(0.0, man=1.0))
    assert all("awake" not in mark.votes for mark in (aside, far, above))
    assert ears.calls == []


def test_what_comes_from_another_drone_is_its_rotors():
    caller, made = somebody(), Heeds(call(0.0, man=1.0))
    ears = RescueEars(made)  # type: ignore[arg-type]
    ears.listen(LEVEL, HERE, [caller], [np.array((4.0, 3.5, 1.35))])
    assert ears.calls == []
    assert "awake" not in caller.votes


def test_a_voice_decides_where_looks_do_not():
    doubtful = somebody(kind={"man": 1.1, "woman": 1.0})
    assert kind_of(doubtful) == "man"
    listened([doubtful], call(0.0, man=0.1, woman=0.85, child=0.05))
    assert kind_of(doubtful) == "woman"


def test_without_a_look_at_them_the_commonest_kind_is_told():
    assert kind_of(somebody()) in ("man", "woman")


class Marks:
    """Findings that hold some people."""

    def __init__(self, *people):
        self._people = list(people)

    def marks(self, category, least=1):
        return self._people


@pytest.mark.parametrize(("posture", "told"), [("standing", 0), ("crouching", 0), ("sitting", 1), ("lying_side", 1)])
def test_no_rescuer_sits_or_lies_at_work(posture, told):
    medic: Any = Marks(somebody(posture, kind={"medic": 4.0, "woman": 2.0}))
    assert len(victims(medic, 60.0)) == told


@pytest.mark.parametrize(("shares", "kits", "wanted"), [(False, 1, set()), (False, 2, {0}), (True, 1, {0})])
def test_the_last_kit_is_kept_for_who_sits_unless_others_bring_some_too(shares, kits, wanted):
    class Flight:
        time_s = 100.0

        def storey_of(self, place_m):
            return 0

    flight: Any = Flight()
    assert Helper(kits, shares=shares).storeys(flight, {1: somebody()}) == wanted
    assert Helper(kits, shares=shares).storeys(flight, {1: somebody("sitting")}) == {0}
