"""The answer sheet of 2021: its files, and how right one is."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.contest.sheet2021 import CLASSES, Answer, Sheet, answer_bytes, read_answer, read_truth, truth_bytes
from goldentime.eval.contest.sheet2021_score import score_sheet2021

GOLDEN = Path(__file__).parents[2] / "golden" / "contest"

seconds = st.integers(0, 5999)
spans = st.tuples(seconds, st.integers(0, 5)).map(lambda pair: (min(pair[0], 5990), min(pair[0], 5990) + pair[1]))
texts = st.text("가나다 0123호실ab", max_size=12).map(lambda text: " ".join(text.split()))
counts = st.integers(0, 30)
sets = st.integers(1, 5)
photos = st.sampled_from(["a_rescue01.jpg", "b_rescue02.jpg"])


def sheets(times):
    heard = st.fixed_dictionaries({name: st.lists(times, max_size=4).map(tuple) for name in CLASSES})
    return st.builds(
        Sheet,
        st.dictionaries(st.tuples(sets, photos), texts, max_size=4),
        st.dictionaries(st.tuples(sets, st.integers(1, 3)), heard, max_size=4),
        st.dictionaries(sets, st.tuples(counts, counts, counts), min_size=1, max_size=5),
        st.dictionaries(st.tuples(sets, photos), st.tuples(counts, counts, counts, counts), max_size=4),
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("sheet") / "sheet.json"


def test_figures_worked_by_hand():
    score = score_sheet2021(read_truth(GOLDEN / "sheet2021_GT.json"), read_answer(GOLDEN / "sheet2021_answer.json"))
    wanted = json.loads((GOLDEN / "sheet2021_score.json").read_bytes())
    for name in ("places", "named", "people", "tags"):
        right, count = map(int, wanted[name].split("/"))
        figure = getattr(score, name)
        assert figure is not None and figure.mean == pytest.approx(right / count, abs=1e-6)
    assert list(score.voices) == wanted["voices"]
    assert score.voices.rate == wanted["rate"]
    assert list(score.people_off or ()) == wanted["people_off"]
    assert list(score.tags_off or ()) == wanted["tags_off"]
    assert score.missing == wanted["missing"]


@given(sheets(seconds))
def test_an_answer_reads_as_it_was_written(file, sheet):
    file.write_bytes(answer_bytes(sheet))
    assert read_answer(file) == sheet


@given(sheets(spans))
def test_the_middle_of_every_span_is_a_perfect_answer(file, truth):
    file.write_bytes(truth_bytes(truth))
    assert read_truth(file) == truth
    voices = {
        drone: {name: tuple((start + end) // 2 for start, end in heard[name]) for name in CLASSES}
        for drone, heard in truth.voices.items()
    }
    score = score_sheet2021(truth, truth._replace(voices=voices))
    assert score.voices.rate in (0.0, None)
    assert all(figure is None or figure.mean == 1.0 for figure in (score.places, score.people, score.tags))


@given(sheets(spans), st.tuples(sets, st.integers(1, 3)), st.sampled_from(CLASSES), st.integers(6100, 6200))
def test_a_time_where_nobody_calls_is_one_insertion(truth, drone, name, second):
    silent: Answer = Sheet({}, {}, {}, {})
    before = score_sheet2021(truth, silent).voices
    if drone in truth.voices:
        after = score_sheet2021(truth, silent._replace(voices={drone: {name: (second,)}})).voices
        assert after == before._replace(inserted=1)


def test_a_task_that_is_left_out_is_not_answered(file):
    file.write_text(json.dumps({"task1_answer": "", "task3_answer": [{"set_1": [1, 1, 2]}]}))
    sheet = read_answer(file)
    assert sheet.people == {1: (1, 1, 2)} and not sheet.places and not sheet.voices and not sheet.tags


def drone(heard):
    return {"task2_answer": [{"set_1": [{"drone_1": [heard]}]}]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"task5_answer": []}, "expected an object with task1_answer, .*, each once, got 'task5_answer'"),
        ([{"task1_answer": []}, {"task1_answer": []}], "each once, got 'task1_answer'"),
        ({}, "got none of them"),
        ({"task1_answer": [{"room_1": []}]}, r"task1_answer.room_1: expected a key such as 'set_1', got 'room_1'"),
        ({"task1_answer": [{"set_1": []}, {"set_01": []}]}, "set_1 was given twice"),
        ({"task1_answer": [{"set_1": [{"a.jpg": 7}]}]}, r"set_1.a.jpg: expected a plate's text .* or 'NONE', got 7"),
        (drone({"M": [], "W": []}), r"drone_1: expected the keys M, W, C, got 'M', 'W'"),
        (drone({"M": ["1:05"], "W": [], "C": []}), r"drone_1.M\[0\]: expected a time such as '01:05', got '1:05'"),
        (drone({"M": ["00:75"], "W": [], "C": []}), "got '00:75'"),
        (drone({"M": "NONE", "W": [], "C": []}), r"drone_1.M: expected a list of at most 1000 times or \['NONE'\]"),
        ({"task3_answer": [{"set_1": [1, 2]}]}, r"set_1: expected 3 counts \(moving, staying, total\), got \[1, 2\]"),
        ({"task4_answer": [{"set_1": [{"t.jpg": [1, 0, 0, -1]}]}]}, r"t.jpg: expected 4 counts \(dead, immediate"),
        ({"task4_answer": [{"set_1": [{"t.jpg": [True, 0, 0, 0]}]}]}, "expected 4 counts"),
        ([1], "expected an object with task1_answer"),
    ],
)
def test_an_answer_of_another_form_is_refused_with_its_place(file, content, message):
    file.write_text(json.dumps(content))
    with pytest.raises(ConfigError, match=message):
        read_answer(file)


def test_what_is_no_json_or_too_deep_is_refused(file):
    for content in (b"{", b"[" * 100_000, b"\xff"):
        file.write_bytes(content)
        with pytest.raises(ConfigError, match="not JSON"):
            read_answer(file)
    with pytest.raises(ConfigError, match="can't be read"):
        read_answer(file.with_name("nowhere.json"))


def test_an_answer_to_other_material_is_refused():
    truth = read_truth(GOLDEN / "sheet2021_GT.json")
    with pytest.raises(ConfigError, match="people: the answer has what the truth does not have: 9"):
        score_sheet2021(truth, Sheet({}, {}, {9: (0, 0, 0)}, {}))


def test_the_command_prints_the_figures(capsys):
    truth, answer = str(GOLDEN / "sheet2021_GT.json"), str(GOLDEN / "sheet2021_answer.json")
    assert main(["contest", "sheet2021", truth, answer]) == 0
    told = capsys.readouterr().out
    assert "task 2: error rate 1.0000 (lower is better): S 2, D 1, I 1 of N 4" in told
    assert "1 entries of tags are missing" in told
    assert main(["contest", "sheet2021", answer, truth]) == 2
    assert "sheet2021_answer.json: expected an object with task1_GT" in capsys.readouterr().err
