"""The hearing track: how often the angle is right, and its files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.contest.track3 import (
    ANGLES,
    ANSWER_KEY,
    NOBODY,
    TRUTH_KEY,
    Call,
    calls_bytes,
    nearest_bin,
    read_calls,
    score_track3,
)

calls = st.one_of(st.just(Call()), st.builds(Call, st.sampled_from(ANGLES), st.sampled_from(("", "male", "female"))))
TRUTH = {1: Call(40, "male"), 2: Call(180, "female"), 3: Call(NOBODY), 4: Call(0, "female"), 5: Call(NOBODY)}


def test_the_truth_itself_is_exact():
    score = score_track3(TRUTH, TRUTH)
    figures = (score.exact, score.bin, score.silence, score.heard, score.gender, score.both)
    assert all(figure is not None and figure.mean == 1.0 for figure in figures)
    assert score.bins_off == 0.0


def test_figures_worked_by_hand():
    answer = {1: Call(40, "female"), 2: Call(120, "female"), 3: Call(20, "male"), 4: Call(NOBODY), 5: Call(NOBODY)}
    score = score_track3(TRUTH, answer)
    assert score.exact.mean == pytest.approx(2 / 5)  # 1 and 5
    assert score.bin and score.bin.mean == pytest.approx(1 / 3)
    assert score.silence and score.silence.mean == 0.5
    assert score.heard and score.heard.mean == pytest.approx(2 / 3, abs=1e-6)
    assert score.bins_off == pytest.approx((0 + 3) / 2)
    assert score.gender and score.gender.mean == pytest.approx(1 / 3, abs=1e-6)
    assert score.both and score.both.mean == 0.0


def test_a_missing_clip_counts_as_nobody():
    score = score_track3(TRUTH, {})
    assert score.missing == (1, 2, 3, 4, 5)
    assert score.exact.mean == pytest.approx(2 / 5)
    assert score.bins_off is None


def test_where_no_gender_is_asked_for_there_is_no_figure_of_it():
    score = score_track3({1: Call(20), 2: Call()}, {1: Call(20, "male")})
    assert score.gender is score.both is None
    assert score.exact.mean == 1.0


@pytest.mark.parametrize(("angle", "bin_deg"), [(-5, 0), (9.9, 0), (10.1, 20), (97, 100), (171, 180), (200, 180)])
def test_the_nearest_bin(angle, bin_deg):
    assert nearest_bin(angle) == bin_deg


@given(st.dictionaries(st.integers(1, 500), calls, min_size=1, max_size=20))
def test_a_file_of_calls_reads_as_it_was_written(tmp_path_factory, some):
    path = tmp_path_factory.mktemp("calls") / "answer.json"
    path.write_bytes(calls_bytes(ANSWER_KEY, some))
    assert read_calls(path, ANSWER_KEY) == some


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"id": 1}, r"track3_results\[0\]: expected an object with id and angle"),
        ({"id": 1, "angle": 30}, r"\[0\]\.angle: expected one of 0, 20, ..., 180, or -1 for nobody, got 30"),
        ({"id": 1, "angle": True}, "got True"),
        ({"id": 1, "angle": "40"}, "got '40'"),
        ({"id": 1, "angle": 40, "gender": "man"}, r"\[0\]\.gender: expected 'male' or 'female'"),
        ({"id": 1, "angle": -1, "gender": "male"}, "none where nobody calls"),
        ({"id": 0, "angle": 40}, r"\[0\]\.id: expected a whole number of at least 1"),
    ],
)
def test_an_answer_of_another_form_is_refused_with_its_place(tmp_path, entry, message):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({ANSWER_KEY: [entry]}))
    with pytest.raises(ConfigError, match=message):
        read_calls(path, ANSWER_KEY)


def test_an_answer_to_another_set_is_refused():
    with pytest.raises(ConfigError, match="the answer has clips that the truth does not have: 9"):
        score_track3({1: Call()}, {9: Call()})
    with pytest.raises(ConfigError, match="expected a truth with clips"):
        score_track3({}, {})


def test_the_command_prints_the_shares(tmp_path, capsys):
    truth, answer = tmp_path / "truth.json", tmp_path / "answer.json"
    truth.write_bytes(calls_bytes(TRUTH_KEY, TRUTH))
    answer.write_bytes(calls_bytes(ANSWER_KEY, {1: TRUTH[1]}))
    assert main(["contest", "track3", str(truth), str(answer)]) == 0
    told = capsys.readouterr().out
    assert "60.0 %" in told
    assert "4 clips without an answer count as nobody" in told
    assert main(["contest", "track3", str(answer), str(truth)]) == 2
    assert "expected an object with the list 'track3_GT'" in capsys.readouterr().err
