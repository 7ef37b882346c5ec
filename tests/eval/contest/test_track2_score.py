"""The text track: pairing, measures, and what is said of files that don't fit."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.contest.track2 import (
    ANSWER_KEY,
    SeenText,
    answer_bytes,
    read_answer,
    read_truth,
    truth_bytes,
)
from goldentime.eval.contest.track2_score import pair_texts, score_track2
from goldentime.records import dump


def seen(text: str, **changes: Any) -> SeenText:
    values: dict[str, Any] = {
        "kind": "shop", "language": "ko", "vertical": False, "covered": False, "height_m": 2.5, "angle_deg": 10.0,
        "distance_m": 3.0, "letter_px": 30.0, "quad": ((0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0)),
    }  # fmt: skip
    return SeenText(text=text, **(values | changes))


texts = st.lists(st.text("가나다ABC 12", min_size=1, max_size=6).filter(lambda text: text.strip()), min_size=1, max_size=5)

GOLDEN_TRUTH = {
    1: (seen("304호 자료실"), seen("EXIT", language="en", angle_deg=35.0), seen("B1", counts=False)),
    2: (seen("한빛약국", height_m=1.2, covered=True), seen("비상구", distance_m=7.0)),
    3: (seen("STAIRS 2", language="en"),),
}
GOLDEN_ANSWER = {1: ("EXIT", "304호 자료심", "B1"), 2: ("비상구", "한빛", "XQ")}


def test_the_golden_answer_scores_as_reckoned_by_hand():
    score = score_track2(GOLDEN_TRUTH, GOLDEN_ANSWER)
    # 304호 자료실 against 304호 자료심: 1 of 8 characters, 1 of the 13 letters 304ㅎㅗ ㅈㅏㄹㅛㅅㅣㄹ.
    # 한빛약국 against 한빛: half of the characters and half of the letters. XQ is nothing's; STAIRS 2 has no answer.
    whole = [7 / 8, 1.0, 2 / 4, 1.0, 0.0, 0.0]
    jamo = [12 / 13, 1.0, 6 / 12, 1.0, 0.0, 0.0]
    assert (score.pictures, score.missing, score.texts, score.answers) == (3, (3,), 5, 5)
    assert score.exact.mean == pytest.approx(2 / 5)
    assert score.precision.mean == pytest.approx(2 / 5)
    assert score.f1 == pytest.approx(4 / 10)
    assert score.similarity.mean == pytest.approx(sum(whole) / 6)
    assert score.jamo_similarity.mean == pytest.approx(sum(jamo) / 6)
    assert score.jamo_similarity.low <= score.jamo_similarity.mean <= score.jamo_similarity.high
    rows = {(part.by, part.name): part for part in score.slices}
    assert rows["language", "en"].count == 2 and rows["language", "en"].exact.mean == 0.5
    assert rows["height", "1-1.5 m"].jamo_similarity == pytest.approx(0.5)
    assert rows["cover", "partly covered"].count == 1
    for by in ("height", "angle", "distance", "letters", "language", "writing", "cover", "kind"):
        assert sum(part.count for part in score.slices if part.by == by) == 5


@settings(max_examples=20)
@given(texts, st.randoms(use_true_random=False))
def test_the_truth_in_any_order_scores_full(its, random):
    truth = {1: tuple(seen(text) for text in its)}
    answer = list(its)
    random.shuffle(answer)
    score = score_track2(truth, {1: tuple(answer)})
    assert score.jamo_similarity.mean == score.exact.mean == score.precision.mean == score.f1 == 1.0


@given(texts, texts)
def test_each_text_and_each_answer_is_in_one_case(its, given_):
    cases = pair_texts([seen(text) for text in its], given_)
    assert sorted(case.truth.text for case in cases if case.truth is not None) == sorted(its)
    assert sorted(case.answer for case in cases if case.answer is not None) == sorted(given_)
    assert all(0.0 <= case.score.jamo_similarity <= 1.0 for case in cases)


@settings(max_examples=20)
@given(texts, texts)
def test_one_more_wrong_answer_never_helps(its, given_):
    truth = {1: tuple(seen(text) for text in its)}
    before, after = (score_track2(truth, {1: (*given_, *more)}) for more in ((), ("@@@@",)))
    assert after.jamo_similarity.mean < before.jamo_similarity.mean or before.jamo_similarity.mean == 0.0
    assert after.exact == before.exact


def test_two_signs_that_say_the_same_need_two_answers():
    score = score_track2({1: (seen("EXIT"), seen("EXIT"))}, {1: ("EXIT",)})
    assert score.exact.mean == 0.5 and score.precision.mean == 1.0


def test_what_does_not_count_neither_costs_nor_gains():
    truth = {1: (seen("EXIT"), seen("B1 기계실", counts=False))}
    plain = score_track2(truth, {1: ("EXIT",)})
    for extra in ("B1 기계실", "B1", "@@"):
        again = score_track2(truth, {1: ("EXIT", extra)})
        assert (again.answers, again.jamo_similarity, again.exact) == (1, plain.jamo_similarity, plain.exact)
    assert score_track2(truth, {1: ("EXIT", "B1", "@@")}).answers == 2
    same = {1: (seen("EXIT", counts=False), seen("EXIT"))}
    assert score_track2(same, {1: ("EXIT",)}).exact.mean == 1.0


def test_decomposed_hangul_and_runs_of_spaces_are_the_same_text():
    answer = unicodedata.normalize("NFD", "304호   자료실 ")
    assert score_track2({1: (seen("304호 자료실"),)}, {1: (answer,)}).exact.mean == 1.0


def test_files_read_as_they_were_written(tmp_path):
    truth, answer = tmp_path / "truth.json", tmp_path / "answer.json"
    truth.write_bytes(truth_bytes(GOLDEN_TRUTH))
    answer.write_bytes(answer_bytes(GOLDEN_ANSWER | {3: ("", "  ")}))
    assert read_truth(truth) == GOLDEN_TRUTH
    assert read_answer(answer) == GOLDEN_ANSWER | {3: ()}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object with the list 'track2_results', got list"),
        ('{"track2_results": [{"id": 1}]}', r"track2_results\[0\]: expected an object with id and texts"),
        ('{"track2_results": [{"id": 0, "texts": []}]}', r"\[0\]\.id: expected a whole number of at least 1, got 0"),
        ('{"track2_results": [{"id": true, "texts": []}]}', r"\[0\]\.id: expected a whole number"),
        ('{"track2_results": [{"id": 1, "texts": "EXIT"}]}', r"\[0\]\.texts: expected a list, got 'EXIT'"),
        ('{"track2_results": [{"id": 1, "texts": [7]}]}', r"\[0\]\.texts\[0\]: expected a string of at most 200"),
        (json.dumps({ANSWER_KEY: [{"id": 1, "texts": ["a" * 201]}]}), r"texts\[0\]: expected a string of at most 200"),
        (json.dumps({ANSWER_KEY: [{"id": 1, "texts": ["a"] * 101}]}), r"texts: expected at most 100 texts, got 101"),
        (json.dumps({ANSWER_KEY: [{"id": 7, "texts": []}] * 2}), "7 was given before"),
    ],
)
def test_answers_of_another_form_are_refused_with_their_place(tmp_path, text, message):
    path = tmp_path / "answer.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_answer(path)


def test_truths_of_another_form_and_unknown_pictures_are_refused(tmp_path):
    path = tmp_path / "truth.json"
    row = dump(seen("EXIT"))
    path.write_text(json.dumps({"track2_GT": [{"id": 1, "texts": [row, row | {"height_m": "high"}]}]}))
    with pytest.raises(ConfigError, match=r"track2_GT\[0\]\.texts\[1\]\.height_m: .*got 'high'"):
        read_truth(path)
    with pytest.raises(ConfigError, match="pictures that the truth does not have: 9"):
        score_track2(GOLDEN_TRUTH, {9: ()})
    with pytest.raises(ConfigError, match="expected a truth with texts that count"):
        score_track2({1: (seen("EXIT", counts=False),)}, {})


def test_the_command_prints_the_score(tmp_path, capsys):
    truth, answer = tmp_path / "truth.json", tmp_path / "answer.json"
    truth.write_bytes(truth_bytes(GOLDEN_TRUTH))
    answer.write_bytes(answer_bytes(GOLDEN_ANSWER))
    assert main(["contest", "track2", str(truth), str(answer)]) == 0
    out = capsys.readouterr().out
    assert "40.0%" in out and "0.5705" in out
    assert "1 pictures without an answer count as not read" in out
    assert main(["contest", "track2", str(answer), str(truth)]) == 2
    assert "expected an object with the list 'track2_GT'" in capsys.readouterr().err
