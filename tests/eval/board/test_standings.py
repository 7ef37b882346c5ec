"""Which run counts, and which never does."""

import pytest

from goldentime.eval.board.standings import Standing, Team, board_of
from goldentime.eval.board.tables import rounds
from goldentime.eval.referee.entries import Reveal

WELL = [50.0] * 6


def standings(board):
    return {run.name: run.standing.value for run in board.runs}


def test_what_becomes_of_each_run(season):
    assert standings(season) == {
        "a1": "earlier",
        "b1": "ranked",
        "a2": "ranked",
        "c1": "ranked",
        "c2": "failed",
        "d1": "incomplete",
        "d2": "repeat",
        "b2": "withdrawn",
        "s1": "ranked",
        "n1": "ranked",
    }


def test_failed_and_withdrawn_runs_are_in_no_ranking(season):
    never = {run.name for run in season.runs if run.standing is not Standing.RANKED}
    for one in rounds(season):
        rows = [row for table in one.tables for row in table.rows] + list(one.overall.rows if one.overall else ())
        shown = {run.name for row in rows for run in row.runs if run}
        assert shown
        assert not shown & never
        assert Team("d") not in {row.team for row in rows}


def test_a_shared_rank_and_the_overall_ranking(season):
    (one,) = rounds(season)
    hover, signs = one.tables
    assert [(*row.ranks, run.name) for row in hover.rows for run in row.runs if run] == [
        (1, 2, "a2"),
        (1, 2, "b1"),
        (3, 4, "n1"),
        (3, 4, "c1"),
    ]
    assert [row.ranks for row in signs.rows] == [(1, 1)]
    assert one.overall is not None
    assert one.overall.rows[0].team == Team("금빛")
    # The others have no run of signs, which counts 0.
    assert one.overall.rows[1].total.mean == pytest.approx(hover.rows[0].total.mean / 2, abs=1)


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, "ranked"),
        ({"outcomes": {"ok": 1, "crashed": 5}}, "ranked"),
        ({"outcomes": {"timeout": 6}}, "failed"),
        ({"outcomes": {"ok": 5, "infrastructure_error": 1}}, "repeat"),
        ({"planned": 7}, "incomplete"),
        ({"complete": False}, "incomplete"),
        ({"totals": {str(i): 50.0 for i in (0, 1, 2, 3, 4, 6)}}, "incomplete"),
        ({"planned": 0, "totals": {}, "outcomes": {}}, "failed"),
    ],
)
def test_a_run_by_itself(by_hand, changes, standing):
    board = board_of(by_hand["links"](by_hand["run"]("r", by_hand["summary"]("t", WELL, **changes))), {})
    assert standings(board) == {"r": standing}


def test_what_differs_in_anything_is_not_compared(by_hand):
    summary, run = by_hand["summary"], by_hand["run"]
    told = [
        summary("a", WELL),
        summary("b", [*WELL, 1.0]),
        summary("c", WELL, rules="hover/2"),
        summary("d", WELL, split="train"),
        summary("e", WELL),
    ]
    bodies = [run(one.team, one) for one in told]
    board = board_of(by_hand["links"](*bodies), {"a": "1" * 64, "e": "2" * 64})
    tables = [table for one in rounds(board) for table in one.tables]
    assert [len(table.rows) for table in tables] == [1] * 5
    alike = board_of(by_hand["links"](*bodies), {"a": "1" * 64, "e": "1" * 64})
    assert max(len(table.rows) for one in rounds(alike) for table in one.tables) == 2


def test_hidden_worlds_stay_closed_until_the_reveal(by_hand):
    hidden = [by_hand["run"](name, by_hand["summary"]("t", WELL, split=f"hidden-{name}")) for name in ("r1", "r2")]
    board = board_of(by_hand["links"](*hidden, Reveal(epoch="r1", key="ab" * 32)), {})
    assert {run.name: run.public for run in board.runs} == {"r1": True, "r2": False}


def test_a_run_without_a_team_is_not_the_team_of_its_agents_name(by_hand):
    summary, run = by_hand["summary"], by_hand["run"]
    board = board_of(by_hand["links"](run("x", summary("pilot", WELL)), run("y", summary(None, WELL, agent="pilot"))), {})
    ((table,),) = [one.tables for one in rounds(board)]
    assert len({row.team.page for row in table.rows}) == 2
