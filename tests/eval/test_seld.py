"""The SELD figures, on segments worked out by hand."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.eval.score.seld import Heard, SeldCounts, angle_deg, seld_counts, seld_figures, seld_score

KINDS = ("man", "woman")


def during(frames, azimuth_deg, kind="man", track=0, elevation_deg=0.0):
    return [Heard(frame, kind, track, azimuth_deg, elevation_deg) for frame in frames]


def near(value) -> Any:
    return pytest.approx(value)


def counts(truth, answer, kind="man"):
    return seld_counts(truth, answer, KINDS)[kind]


def figures(truth, answer):
    return seld_figures([(truth, answer)], KINDS)


def test_angles_on_the_sphere():
    assert angle_deg((0, 0), (90, 0)) == pytest.approx(90)
    assert angle_deg((170, 0), (-170, 0)) == pytest.approx(20)
    assert angle_deg((0, 60), (180, 60)) == pytest.approx(60)
    assert angle_deg((0, 0), (180, 0)) == pytest.approx(180)
    assert angle_deg((10, 5), (10, 5)) == 0.0


def test_the_truth_itself_is_perfect():
    truth = during(range(25), 30.0) + during(range(5, 12), -80.0, "woman", 1)
    score = figures(truth, truth)
    assert (score.er20, score.f20, score.le_cd_deg, score.lr_cd, score.seld) == (0.0, 1.0, 0.0, 1.0, 0.0)
    assert {name: row["n"] for name, row in score.classes.items()} == {"man": 3.0, "woman": 2.0}


def test_nothing_said_is_all_missed():
    score = figures(during(range(10), 30.0), [])
    assert (score.er20, score.f20, score.le_cd_deg, score.lr_cd) == (1.0, 0.0, 180.0, 0.0)


def test_an_error_is_the_mean_over_the_frames_that_have_both():
    answer = during(range(4), 10.0) + during(range(4, 8), 34.0)
    assert counts(during(range(10), 0.0), answer) == SeldCounts(1, 0, 1, 0, 0, 0, near(22.0))
    answer = during(range(6), 10.0) + during(range(6, 8), 34.0)
    assert counts(during(range(10), 0.0), answer) == SeldCounts(1, 1, 0, 0, 0, 0, near(16.0))


def test_at_twenty_degrees_it_is_still_a_hit():
    assert counts(during([0], 0.0), during([0], 19.999)).hits == 1
    assert counts(during([0], 0.0), during([0], 20.001)).hits == 0


def test_where_no_frame_aligns_references_are_missed_and_predictions_false():
    """The challenge's script counts the three predictions as misses and nothing as a false alarm."""
    answer = during([8, 9], 0.0) + during([8, 9], 90.0, track=1) + during([8, 9], 180.0, track=2)
    assert counts(during(range(4), 0.0), answer) == SeldCounts(1, 0, 0, 1, 3, 1, 0.0)
    score = figures(during(range(4), 0.0), answer)
    assert score.er20 == 3.0  # one substitution, two insertions
    assert score.f20 == 0.0
    assert score.lr_cd == 0.0


def test_two_of_a_class_are_assigned_by_least_total_angle():
    truth = during([0], 0.0) + during([0], 40.0, track=1)
    answer = during([0], 38.0) + during([0], 5.0)
    assert counts(truth, answer) == SeldCounts(2, 2, 0, 0, 0, 0, near(7.0))
    # To give 0 the nearer of 20.5 and 21 first would leave 40 with 61 degrees.
    answer = during([0], 20.5) + during([0], -21.0)
    assert counts(truth, answer) == SeldCounts(2, 1, 1, 0, 0, 0, near(40.5))


def test_one_too_many_and_one_too_few():
    two = during([0], 0.0) + during([0], 90.0, track=1)
    assert counts(during([0], 0.0), two) == SeldCounts(1, 1, 0, 0, 1, 0, 0.0)
    assert counts(two, during([0], 90.0)) == SeldCounts(2, 1, 0, 1, 0, 0, 0.0)


def test_a_class_mistaken_is_a_miss_of_one_and_a_false_alarm_of_the_other():
    score = figures(during(range(10), 0.0), during(range(10), 0.0, "woman"))
    assert score.classes["man"] == {"n": 1.0, "er20": 1.0, "f20": 0.0, "le_cd_deg": 180.0, "lr_cd": 0.0}
    assert score.classes["woman"]["er20"] == 1.0
    assert score.f20 == 0.0


def test_segments_are_judged_apart():
    truth = during(range(20), 0.0)
    answer = during(range(10), 5.0) + during(range(10, 20), 65.0)
    score = figures(truth, answer)
    assert score.er20 == pytest.approx(0.5)
    assert score.f20 == pytest.approx(0.5)
    assert score.le_cd_deg == pytest.approx(35.0)
    assert score.lr_cd == 1.0
    assert score.seld == pytest.approx((0.5 + 0.5 + 35 / 180 + 0.0) / 4)


def test_figures_worked_by_hand_over_two_classes():
    # Man: segment 0 a hit at 10 degrees, segment 1 missed. Woman: segment 0 at 60 degrees, and one too many.
    truth = during(range(20), 0.0) + during(range(10), 90.0, "woman")
    answer = during(range(10), 10.0) + during([0], 150.0, "woman") + during([0], -90.0, "woman")
    score = figures(truth, answer)
    assert score.classes["man"] == pytest.approx({"n": 2, "er20": 0.5, "f20": 1 / 1.5, "le_cd_deg": 10, "lr_cd": 0.5})
    assert score.classes["woman"] == pytest.approx({"n": 1, "er20": 2.0, "f20": 0.0, "le_cd_deg": 60, "lr_cd": 1.0})
    assert score.er20 == pytest.approx(1.25)
    assert score.f20 == pytest.approx(1 / 3)
    assert score.le_cd_deg == pytest.approx(35.0)
    assert score.lr_cd == pytest.approx(0.75)


def test_a_class_that_nobody_speaks_of_does_not_count():
    truth = during(range(10), 0.0)
    assert figures(truth, truth).classes.keys() == {"man"}
    assert math.isnan(seld_figures([([], [])], KINDS).f20)


directions = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
rows = st.lists(
    st.builds(lambda f, k, d: Heard(f, k, 0, *d), st.integers(0, 29), st.sampled_from(KINDS), directions), max_size=12
)


@given(rows, rows)
def test_figures_keep_their_bounds_and_whoever_is_there_is_found_or_missed(truth, answer):
    truth = [row._replace(track=number) for number, row in enumerate(truth)]
    for row in seld_counts(truth, answer, KINDS).values():
        assert row.hits + row.astray + row.misses >= row.references
        assert 0 <= row.error_deg <= 180 * (row.hits + row.astray) + 1e-6
    score = figures(truth, answer)
    if not math.isnan(score.f20):
        assert 0.0 <= score.f20 <= 1.0
        assert 0.0 <= score.lr_cd <= 1.0
        assert score.er20 >= 0.0


def test_intervals_are_over_clips_and_repeat():
    right, wrong = ([(during(range(10), 0.0), during(range(10), a))] * n for a, n in ((5.0, 15), (90.0, 5)))
    score = seld_figures(right + wrong, KINDS)
    assert score.f20 == pytest.approx(0.75)
    figure = score.intervals["f20"]
    assert figure.low < 0.75 < figure.high
    assert (figure.low, figure.high) == pytest.approx((0.55, 0.95), abs=0.06)
    assert score == seld_figures(right + wrong, KINDS)
    assert seld_score([]).intervals == {}
    assert np.isnan(seld_score([]).er20)
