"""The error of the counting track, and what is said of answers that don't fit."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.contest.track1 import ANSWER_KEY, TRUTH_KEY, clip_error, counts_bytes, read_counts, score_track1

rows = st.tuples(*[st.integers(0, 20)] * 6)


def test_a_person_weighs_five_times_in_the_square():
    assert clip_error((3, 0, 0, 0, 0, 0), (1, 0, 0, 0, 0, 0)) == pytest.approx(math.sqrt(5 * 4))
    assert clip_error((0, 3, 0, 2, 0, 0), (0, 1, 0, 0, 0, 1)) == pytest.approx(math.sqrt(4 + 4 + 1))


@given(rows, rows)
def test_the_error_is_zero_only_for_the_truth_and_the_same_both_ways(a, b):
    assert (clip_error(a, b) == 0.0) == (a == b)
    assert clip_error(a, b) == clip_error(b, a)


def test_the_mean_is_over_all_clips_and_a_missing_one_counts_as_zeros():
    truth: dict[int, tuple[int, ...]] = {1: (1, 0, 0, 0, 0, 0), 2: (0, 0, 2, 0, 0, 0), 3: (0, 1, 0, 0, 0, 0)}
    score = score_track1(truth, {1: (1, 0, 0, 0, 0, 0), 3: (0, 1, 0, 0, 0, 1)})
    assert score.error == pytest.approx((0.0 + 2.0 + 1.0) / 3)
    assert (score.clips, score.missing) == (3, (2,))
    assert score.class_errors == pytest.approx(
        {"person": 0, "fire_extinguisher": 0, "hydrant": 2 / 3, "car": 0, "bicycle": 0, "motorcycle": 1 / 3}
    )


@given(st.dictionaries(st.integers(1, 500), rows, min_size=1, max_size=20))
def test_a_file_of_counts_reads_as_it_was_written(tmp_path_factory, counts):
    path = tmp_path_factory.mktemp("counts") / "answer.json"
    path.write_bytes(counts_bytes(ANSWER_KEY, counts))
    assert read_counts(path, ANSWER_KEY) == counts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object with the list 'track1_results', got list"),
        ('{"results": []}', "got the keys 'results'"),
        ('{"track1_results": [{"id": 1}]}', r"track1_results\[0\]: expected an object with id and objects"),
        (
            '{"track1_results": [{"id": 0, "objects": [0,0,0,0,0,0]}]}',
            r"\[0\]\.id: expected a whole number of at least 1, got 0",
        ),
        ('{"track1_results": [{"id": 1, "objects": [0,0,0,0,0]}]}', r"\[0\]\.objects: expected 6 counts \(person,"),
        ('{"track1_results": [{"id": 1, "objects": [0,0,0,0,0,-1]}]}', "expected 6 counts"),
        ('{"track1_results": [{"id": 1, "objects": [0,0,0,0,0,0.5]}]}', "expected 6 counts"),
        ('{"track1_results": [{"id": 1, "objects": [0,0,0,0,0,true]}]}', "expected 6 counts"),
        (json.dumps({"track1_results": [{"id": 7, "objects": [0] * 6}] * 2}), "7 was given before"),
    ],
)
def test_answers_of_another_form_are_refused_with_their_place(tmp_path, text, message):
    path = tmp_path / "answer.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_counts(path, ANSWER_KEY)


def test_clips_that_are_not_in_the_truth_are_refused():
    with pytest.raises(ConfigError, match="clips that the truth does not have: 9"):
        score_track1({1: (0,) * 6}, {9: (0,) * 6})


def test_the_command_prints_the_error(tmp_path, capsys):
    truth, answer = tmp_path / "truth.json", tmp_path / "answer.json"
    truth.write_bytes(counts_bytes(TRUTH_KEY, {1: (2, 0, 0, 0, 0, 0), 2: (0, 0, 0, 1, 0, 0)}))
    answer.write_bytes(counts_bytes(ANSWER_KEY, {1: (2, 0, 0, 0, 0, 0)}))
    assert main(["contest", "track1", str(truth), str(answer)]) == 0
    out = capsys.readouterr().out
    assert "0.5000" in out
    assert "1 clips without an answer count as all zeros" in out
    assert main(["contest", "track1", str(answer), str(truth)]) == 2
    assert "expected an object with the list 'track1_GT'" in capsys.readouterr().err
