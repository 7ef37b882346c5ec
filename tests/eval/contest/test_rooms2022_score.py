"""The room answers of 2022: their files, and what they are worth."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.contest.rooms2022 import (
    ANSWER_KEY,
    FIELDS,
    UNCLEAR,
    Room,
    Run2022,
    Weights,
    answers_bytes,
    read_run,
    read_truth,
    score_rooms2022,
    truth_bytes,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "contest"
TRUTH = {"1": Room("2", (1, 0, 0), "101 사무실"), "2": Room("NONE", (0, 2, 1), "102 휴게실")}

values = {"1": st.sampled_from(["1", "2", "NONE", UNCLEAR]), "2": st.integers(0, 3) | st.just(UNCLEAR)}
values["3"] = st.sampled_from(["101 사무실", "102 휴게실", UNCLEAR])
answers = st.fixed_dictionaries(
    {},
    optional={
        (room, mission): st.fixed_dictionaries(dict.fromkeys(FIELDS[mission], values[mission]))
        for room in TRUTH
        for mission in FIELDS
    },
)


def right():
    said: dict[tuple[str, str], dict[str, str | int]] = {}
    for room, facts in TRUTH.items():
        said[room, "1"] = {"person_id": facts.person_id}
        said[room, "2"] = {name: facts.people[i] for i, name in enumerate("MWC")}
        said[room, "3"] = {"place": facts.place}
    return said


def test_figures_worked_by_hand():
    score = score_rooms2022(read_truth(GOLDEN / "rooms2022_GT.json"), read_run(GOLDEN / "rooms2022_answer.json"))
    wanted = json.loads((GOLDEN / "rooms2022_score.json").read_bytes())
    assert score.total == pytest.approx(wanted["total"])
    assert score.scored is wanted["scored"]
    assert {name: list(tally) for name, tally in score.missions.items()} == wanted["missions"]
    assert score.shares == pytest.approx(wanted["shares"])


def test_the_truth_itself_earns_everything_if_the_run_was_ended():
    assert score_rooms2022(TRUTH, Run2022(right(), True)).total == 100.0
    score = score_rooms2022(TRUTH, Run2022(right(), False))
    assert score.total == 0.0 and not score.scored and score.shares["1"] == 1.0


@given(answers, st.sampled_from(sorted(right())))
def test_a_right_answer_never_lowers_a_score_and_a_wrong_one_never_raises_it(said, key):
    before = score_rooms2022(TRUTH, Run2022({**said, key: dict.fromkeys(FIELDS[key[1]], UNCLEAR)}, True)).total
    assert score_rooms2022(TRUTH, Run2022({**said, key: right()[key]}, True)).total >= before
    wrong = dict.fromkeys(FIELDS[key[1]], 9 if key[1] == "2" else "9")
    assert score_rooms2022(TRUTH, Run2022({**said, key: wrong}, True)).total <= before


def test_weights_are_in_one_place():
    run = Run2022({("1", "1"): {"person_id": UNCLEAR}}, True)
    assert score_rooms2022(TRUTH, run).shares["1"] == 0.0
    assert score_rooms2022(TRUTH, run, Weights(unclear=0.5)).shares["1"] == 0.25


@given(answers, st.booleans())
def test_files_read_as_they_were_written(tmp_path_factory, said, ended):
    path = tmp_path_factory.mktemp("run") / "run.json"
    path.write_bytes(answers_bytes(Run2022(said, ended)))
    assert read_run(path) == Run2022(said, ended)
    path.write_bytes(truth_bytes(TRUTH))
    assert read_truth(path) == TRUTH


def entry(room="1", mission="2", answer=None):
    return {"room_id": room, "mission": mission, "answer": answer or {"person_num": {"M": 1, "W": 1, "C": 1}}}


@pytest.mark.parametrize(
    ("one", "message"),
    [
        ({"room_id": "1"}, r"\[0\]: expected an object with room_id, mission and answer, got 'room_id'"),
        (entry(room=1), r"\[0\].room_id: expected a number as text, such as '1', got 1"),
        (entry(mission="4"), r"\[0\].mission: expected '1', '2' or '3', got '4'"),
        (entry(answer={"place": "x"}), r"\[0\].answer: expected an object with person_num, got 'place'"),
        (entry(answer={"person_num": {"M": 1}}), "expected an object with M, W and C, or 'UNCLEAR', got 'M'"),
        (entry(answer={"person_num": {"M": 1, "W": -1, "C": 0}}), r"person_num.W: expected a number from 0 to 1000"),
        (entry(mission="3", answer={"place": ""}), "answer.place: expected a text of 1 to 100 characters, got ''"),
        (entry(mission="1", answer={"person_id": 3}), "answer.person_id: expected a text"),
    ],
)
def test_an_answer_of_another_form_is_refused_with_its_place(tmp_path, one, message):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({ANSWER_KEY: [one]}))
    with pytest.raises(ConfigError, match=message):
        read_run(path)


def test_an_answer_to_other_rooms_is_refused():
    with pytest.raises(ConfigError, match="the run has rooms that the truth does not have: '7'"):
        score_rooms2022(TRUTH, Run2022({("7", "3"): {"place": "x"}}, True))


def test_the_command_prints_the_score(tmp_path, capsys):
    truth = str(GOLDEN / "rooms2022_GT.json")
    assert main(["contest", "rooms2022", truth, str(GOLDEN / "rooms2022_answer.json")]) == 0
    assert "52.8" in capsys.readouterr().out
    path = tmp_path / "run.json"
    path.write_bytes(answers_bytes(Run2022(right(), False)))
    assert main(["contest", "rooms2022", truth, str(path)]) == 0
    assert "it is not scored" in capsys.readouterr().out
