"""START as its table has it, and our patients in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.people.triage import CONDITIONS, Vitals, start_triage, vitals_of

TABLE = (
    (Vitals(True, True, 16.0, 1.0, True), "non_urgent"),
    (Vitals(True, True, 36.0, 3.0, True), "non_urgent"),
    (Vitals(False, False, 0.0, 1.0, False), "dead"),
    (Vitals(False, True, 31.0, 1.0, True), "immediate"),
    (Vitals(False, True, 30.0, 2.0, True), "urgent"),
    (Vitals(False, True, 20.0, 2.1, True), "immediate"),
    (Vitals(False, True, 20.0, 1.0, False), "immediate"),
    (Vitals(False, True, 20.0, 1.0, True), "urgent"),
)


@pytest.mark.parametrize(("vitals", "condition"), TABLE)
def test_the_table_of_start(vitals, condition):
    assert start_triage(vitals) == condition


@pytest.mark.parametrize(
    ("injury", "dose", "mobility", "condition"),
    [
        (0.0, 0.0, "walks", "non_urgent"),
        (0.4, 0.9, "walks", "non_urgent"),
        (0.2, 0.0, "trapped", "urgent"),
        (0.2, 0.8, "trapped", "immediate"),
        (0.6, 0.0, "walks", "urgent"),
        (0.7, 0.0, "crawls", "immediate"),
        (0.0, 1.0, "walks", "immediate"),
        (0.8, 0.0, "walks", "immediate"),
        (0.95, 0.0, "walks", "dead"),
        (0.0, 1.7, "walks", "dead"),
    ],
)
def test_patients(injury, dose, mobility, condition):
    assert start_triage(vitals_of(injury, dose, mobility)) == condition


@given(st.floats(0, 1), st.floats(0, 2), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["walks", "crawls", "trapped"]))
def test_nobody_is_better_for_being_worse_off(injury, dose, hurt, poisoned, mobility):
    before = start_triage(vitals_of(injury, dose, mobility))
    after = start_triage(vitals_of(min(injury + hurt, 1.0), dose + poisoned, mobility))
    assert CONDITIONS.index(after) >= CONDITIONS.index(before)
