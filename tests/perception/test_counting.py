"""Which tracks are one thing, and how many things there were, on tracks made by hand."""

import math

import numpy as np
import pytest

from goldentime.errors import ConfigError
from goldentime.perception.counting import TRACK_FEATURES, CountModel, count_tracks, load_count_model, track_features
from goldentime.perception.detection import Detection
from goldentime.perception.reunion import Flight, ReunionModel, reunite
from goldentime.perception.tracking import Sighting, Track

SIZE = (320, 240)
MODEL = load_count_model()
FOCAL = 160 / math.tan(math.radians(77 / 2))


def looks(number):
    """An appearance of its own for each number, of length 1."""
    vector = np.random.default_rng(number).uniform(0, 1, 64) ** 4
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def flight(turns, pace_s=0.1):
    """A camera that turns to the right by so much before each instant [rad]."""
    motions = [None, *(np.array([[1.0, 0.0, -turn * FOCAL], [0.0, 1.0, 0.0]]) for turn in turns[1:])]
    return Flight.guess(np.arange(len(turns)) * pace_s, motions, SIZE, MODEL.reunion)


def track(number, start, xs, *, who=0, score=0.85, size=40.0, category="person", rival=0.0):
    """Seen in a row at these places, from the step `start`."""
    sightings = []
    for i, x in enumerate(xs):
        box = (x - size / 4, 100 - size / 2, size / 2, size)
        detection = Detection(category=category, score=score, box=box, embedding=looks(who))
        sightings.append(Sighting(0.1 * (start + i), detection, rival))
    return Track(number=number, category=category, sightings=tuple(sightings))


def count(tracks, way):
    return count_tracks(tracks, way, SIZE, ["person", "car"], MODEL)


STILL = flight([0.0] * 60)
THERE_AND_BACK = flight([0.0] * 10 + [0.08] * 12 + [-0.08] * 12 + [0.0] * 26)


def test_camera_that_turns_away_and_back_has_its_bearing_again():
    assert np.ptp(THERE_AND_BACK.yaw) == pytest.approx(12 * 0.08)
    assert THERE_AND_BACK.yaw[-1] == pytest.approx(0.0, abs=1e-9)
    assert THERE_AND_BACK.bearing(track(0, 0, [160.0]).sightings[0]) == pytest.approx(0.0)
    assert THERE_AND_BACK.bearing(track(0, 21, [160.0]).sightings[0]) == pytest.approx(12 * 0.08)


def test_seen_again_after_the_camera_turned_back_counts_once():
    parts = [track(0, 0, [150.0] * 12, who=5), track(1, 33, [155.0] * 12, who=5)]
    assert [len(whole.sightings) for whole in reunite(parts, THERE_AND_BACK, MODEL.reunion)] == [24]
    assert count(parts, THERE_AND_BACK) == [1, 0]


def test_another_that_shows_up_counts_too():
    other = [track(0, 0, [150.0] * 12, who=5), track(1, 33, [155.0] * 12, who=6)]
    assert count(other, THERE_AND_BACK) == [2, 0]


def test_two_alike_at_the_same_time_are_two():
    assert count([track(0, 0, [60.0] * 20, who=3), track(1, 0, [250.0] * 20, who=3)], STILL) == [2, 0]


def test_alike_but_far_apart_are_two():
    model = ReunionModel(weights=(0.0, 0.0, -3.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0))
    apart = [track(0, 0, [20.0] * 8, who=3), track(1, 12, [300.0] * 8, who=3)]
    assert len(reunite(apart, STILL, model)) == 2
    near = [track(0, 0, [20.0] * 8, who=3), track(1, 12, [22.0] * 8, who=3)]
    assert len(reunite(near, STILL, model)) == 1


def test_a_flicker_and_what_rather_is_something_else_count_less():
    def share(**change):
        return float(np.array(MODEL.weights["person"][1:]) @ track_features(track(0, 0, **change), SIZE))

    steady = share(xs=[150.0] * 15)
    assert share(xs=[150.0]) < steady - 2.0
    assert share(xs=[150.0] * 15, score=0.3) < steady - 2.0
    assert share(xs=[150.0] * 15, rival=0.8) < steady - 1.0


def test_doubtful_ones_add_up():
    weights = {"person": (0.0, *[0.0] * len(TRACK_FEATURES))}  # one half for each track
    tracks = [track(i, 0, [40.0 + 50 * i] * 4, who=i) for i in range(4)]
    assert count_tracks(tracks, STILL, SIZE, ["person", "car"], CountModel(weights=weights)) == [2, 0]
    assert count_tracks([], STILL, SIZE, ["person", "car"], CountModel(weights=weights)) == [0, 0]


def test_what_is_cut_off_by_the_rim_or_tiny_is_not_clear():
    place = TRACK_FEATURES.index("clear_best")
    inside, rim, tiny = ({"xs": [160.0]}, {"xs": [314.0]}, {"xs": [160.0], "size": 10.0})
    best = [track_features(track(0, 0, **one), SIZE)[place] for one in (inside, rim, tiny)]
    assert best[0] > 1.5
    assert best[1] == best[2] == -3.0


def test_model_with_a_wrong_number_of_weights_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"weights\.car: expected 10 numbers, got 2"):
        CountModel(weights={"car": (1.0, 2.0)})
    with pytest.raises(ConfigError, match=r"none\.json"):
        load_count_model(tmp_path / "none.json")
