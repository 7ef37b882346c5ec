"""Sightings brought together on a map."""

import numpy as np
import pytest

from goldentime.perception.landmarks import LandmarkMap, Sighting


def _seen(x: float, category: str = "car", score: float = 0.5, distance_m: float = 5.0, **kind: float) -> Sighting:
    votes = {"kind": kind} if kind else {}
    place = np.array([x, 0.0, 0.0])
    return Sighting(category=category, position_m=place, distance_m=distance_m, score=score, votes=votes)


def test_sightings_within_the_gate_are_one_thing() -> None:
    chart = LandmarkMap({"car": 2.0}, 0.5)
    for x in (0.0, 1.0, 5.0):
        chart.add([_seen(x)], x)
    assert [mark.sightings for mark in chart.landmarks] == [2, 1]
    assert chart.landmarks[0].position_m[0] == pytest.approx(0.5)
    assert (chart.landmarks[0].first_s, chart.landmarks[0].last_s) == (0.0, 1.0)


def test_two_in_one_picture_are_two_however_near() -> None:
    chart = LandmarkMap({}, 1.0)
    chart.add([_seen(0.0), _seen(0.1)], 0.0)
    chart.add([_seen(0.0), _seen(0.1)], 0.1)
    assert [mark.sightings for mark in chart.landmarks] == [2, 2]


def test_categories_do_not_mix() -> None:
    chart = LandmarkMap({}, 1.0)
    chart.add([_seen(0.0)], 0.0)
    chart.add([_seen(0.0, "bicycle")], 0.1)
    assert [mark.category for mark in chart.landmarks] == ["car", "bicycle"]
    assert [mark.category for mark in chart.near(np.zeros(3), ["bicycle"], 1.0)] == ["bicycle"]


def test_near_sightings_count_more_for_the_place_and_sure_ones_for_the_votes() -> None:
    chart = LandmarkMap({}, 2.0)
    chart.add([_seen(0.0, "person", 0.9, 2.0, man=1.0)], 0.0)
    chart.add([_seen(1.0, "person", 0.3, 12.0, woman=1.0)], 0.1)
    (mark,) = chart.landmarks
    assert mark.position_m[0] < 0.2
    assert mark.choice("kind") == "man"
    assert mark.share("kind", "woman") == pytest.approx(0.25)
    assert mark.choice("posture") == "" and mark.share("posture", "sitting") == 0.0
