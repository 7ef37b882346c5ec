"""`results.json`: the board for programs."""

from collections.abc import Mapping, Sequence
from typing import Any

from goldentime.eval.board.parts import Breakdown
from goldentime.eval.board.site import Material
from goldentime.eval.board.standings import Refused, Run, Standing, Task, Team
from goldentime.eval.board.tables import Gap, Overall, Row, Table
from goldentime.files import pretty_json
from goldentime.records import dump

__all__ = ["FORMAT", "results_json"]

FORMAT = 1


def results_json(material: Material) -> bytes:
    """Equal ledgers give equal bytes; of withdrawn runs there are no points."""
    board = material.board
    data = {
        "board": FORMAT,
        "name": board.name,
        "public_key": board.public_key,
        "head": board.head,
        "entries": board.entries,
        "time": board.time,
        "rounds": [
            {
                "split": one.split,
                "overall": _overall(one.overall) if one.overall else None,
                "tasks": [_table(table) for table in one.tables],
            }
            for one in material.rounds
        ],
        "runs": [_run(run, material.slices) for run in board.runs],
        "refusals": [_refused(one) for one in board.refused],
    }
    return pretty_json(data)


def _team(team: Team) -> dict[str, Any]:
    return {"name": team.name, "named": team.named, "page": f"{team.page}.html"}


def _task(task: Task) -> dict[str, Any]:
    return {**task._asdict(), "page": f"{task.page}.html"}


def _overall(overall: Overall) -> dict[str, Any]:
    missions = [task.mission for task in overall.tasks]
    return {"missions": missions, "rows": [_row(row) for row in overall.rows], "pairs": _pairs(overall.gaps)}


def _table(table: Table) -> dict[str, Any]:
    return {**_task(table.task), "rows": [_row(row) for row in table.rows], "pairs": _pairs(table.gaps)}


def _row(row: Row) -> dict[str, Any]:
    runs = [run.name if run else None for run in row.runs]
    return {"ranks": list(row.ranks), "team": _team(row.team), "total": dump(row.total), "runs": runs}


def _pairs(gaps: Sequence[Gap]) -> list[dict[str, Any]]:
    return [{"first": gap.first.page, "second": gap.second.page, "difference": dump(gap.difference)} for gap in gaps]


def _run(run: Run, slices: Mapping[str, Breakdown]) -> dict[str, Any]:
    told = {
        "run": run.name,
        "entry": run.index,
        "time": run.time,
        "team": _team(run.team),
        "task": _task(run.task),
        "standing": run.standing.value,
        "agent": run.summary.agent,
        "submission": run.summary.submission,
    }
    if run.standing is Standing.WITHDRAWN:
        return {**told, "reason": run.withdrawal}
    known = slices.get(run.name)
    return {
        **told,
        "outcomes": run.summary.outcomes,
        "total": dump(run.summary.total) if run.summary.total else None,
        "success_rate": dump(run.summary.success_rate) if run.summary.success_rate else None,
        "totals": {index: run.summary.totals[index] for index in sorted(run.summary.totals, key=_number)},
        "slices": dump(known) if known else None,
    }


def _number(index: str) -> tuple[int, str]:
    return (int(index), "") if index.isdecimal() else (-1, index)


def _refused(one: Refused) -> dict[str, Any]:
    return {"entry": one.index, "time": one.time, **dump(one.refusal), "team": _team(one.team)}
