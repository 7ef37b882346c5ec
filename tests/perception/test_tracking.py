"""Following things, on detections made by hand."""

import numpy as np
import pytest

from goldentime.errors import ConfigError
from goldentime.perception.boxes import overlaps
from goldentime.perception.detection import Detection
from goldentime.perception.picture_motion import picture_motion
from goldentime.perception.tracking import Tracker, TrackerConfig

PACE_S = 0.1


def looks(number):
    """An appearance of its own for each number, of length 1."""
    vector = np.random.default_rng(number).uniform(0, 1, 64) ** 4
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def seen(x, y, size=40.0, *, who=0, score=0.9, category="person"):
    box = (x - size / 4, y - size / 2, size / 2, size)
    kinds = {"man": 0.7, "woman": 0.3} if category == "person" else {}
    return Detection(category=category, score=score, box=box, embedding=looks(who), kind_scores=kinds)


def track(pictures, config=None):
    tracker = Tracker(config)
    for i, detections in enumerate(pictures):
        tracker.update(detections, i * PACE_S)
    return tracker


def test_two_that_cross_stay_two():
    pictures = [[seen(60 + 8 * i, 100, who=1), seen(220 - 8 * i, 104, who=2)] for i in range(20)]
    tracks = track(pictures).tracks()
    assert [len(t.sightings) for t in tracks] == [20, 20]
    # Each went through to the other side.
    assert tracks[0].box[0] > 150 > tracks[1].box[0]


def test_missed_in_some_pictures_is_still_one():
    rng = np.random.default_rng(0)
    pictures = [[seen(60 + 4 * i, 100)] if rng.random() < 0.6 else [] for i in range(30)]
    assert [t.category for t in track(pictures).tracks()] == ["person"]


def test_after_a_while_a_track_ends():
    gap: list[list[Detection]] = [[] for _ in range(10)]
    tracks = track([[seen(60, 100)] for _ in range(8)] + gap + [[seen(60, 100)] for _ in range(8)]).tracks()
    assert [(t.first_s, t.last_s) for t in tracks] == [(0.0, pytest.approx(0.7)), (pytest.approx(1.8), pytest.approx(2.5))]


def test_what_else_a_place_was_taken_for_is_told():
    pictures = [[seen(60, 100), seen(62, 100, score=0.4, category="mannequin"), seen(200, 100, who=1)] for _ in range(5)]
    rivals = {t.category + str(t.box[0] > 100): [s.rival for s in t.sightings] for t in track(pictures).tracks()}
    assert rivals == {"personFalse": [0.4] * 5, "mannequinFalse": [0.9] * 5, "personTrue": [0.0] * 5}


def test_doubtful_detections_go_on_with_a_track_but_begin_none():
    pictures = [[seen(60 + 4 * i, 100, score=0.9 if i < 4 else 0.25)] for i in range(12)]
    assert [len(t.sightings) for t in track(pictures).tracks()] == [12]
    assert track([[seen(60, 100, score=0.25)]] * 12).tracks() == []


def test_motion_of_the_picture_carries_tracks_along():
    # The drone turns: everything jumps by 60 pixels between two pictures, more than a small thing's size.
    def run(told):
        tracker = Tracker()
        for i in range(6):
            motion = np.array([[1.0, 0.0, 60.0 if i % 2 else -60.0], [0.0, 1.0, 0.0]]) if told and i else None
            tracker.update([seen(100 + 60 * (i % 2), 100, 20.0)], i * PACE_S, motion)
        return [len(t.sightings) for t in tracker.tracks()]

    assert run(True) == [6]
    assert run(False) != [6]


def test_pictures_that_are_not_looked_at_carry_tracks_along():
    tracker, motion = Tracker(), np.array([[1.0, 0.0, 30.0], [0.0, 1.0, 0.0]])
    for i in range(7):
        if i % 2:
            tracker.skip(i * PACE_S, motion)
        else:
            tracker.update([seen(40 + 30 * i, 100, 20.0)], i * PACE_S, motion)
    assert [len(t.sightings) for t in tracker.tracks()] == [4]


def test_motion_is_read_off_two_pictures():
    rng = np.random.default_rng(0)
    ground = np.kron(rng.integers(0, 256, (60, 80, 3)), np.ones((6, 6, 1))).astype(np.uint8)
    motion = picture_motion(ground[60:300, 60:380], ground[55:295, 50:370])
    assert motion == pytest.approx(np.array([[1.0, 0.0, 10.0], [0.0, 1.0, 5.0]]), abs=0.3)
    assert picture_motion(np.zeros((240, 320, 3), np.uint8), np.zeros((240, 320, 3), np.uint8)) is None


def test_the_kind_is_told_from_all_sightings():
    tracks = track([[seen(60, 100)] for _ in range(5)]).tracks()
    assert tracks[0].kind == "man"
    assert float(np.linalg.norm(tracks[0].looks)) == pytest.approx(1.0)
    assert sum(tracks[0].kind_scores.values()) == pytest.approx(1.0)


def test_time_has_to_advance():
    tracker = Tracker()
    tracker.update([], 1.0)
    with pytest.raises(ConfigError, match="after 1"):
        tracker.update([], 1.0)
    with pytest.raises(ConfigError, match="least_score"):
        TrackerConfig(least_score=0.9)


def test_overlap_of_boxes():
    a = np.array([[0.0, 0.0, 10.0, 10.0], [5.0, 5.0, 5.0, 9.0]])
    assert overlaps(a, np.array([[5.0, 0.0, 15.0, 10.0]])).tolist() == [[pytest.approx(1 / 3)], [0.0]]
