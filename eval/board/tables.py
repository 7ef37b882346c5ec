"""Rankings of a board: one table for each task, and one over all missions of a round."""

from collections.abc import Sequence

import numpy as np

from goldentime.eval.board.ranking import Paired, Ranks, compare
from goldentime.eval.board.standings import Board, Run, Standing, Task, Team
from goldentime.eval.score.aggregate import Figure
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["Gap", "Overall", "Round", "Row", "Table", "overall", "rounds", "table"]

_ABSENT = 0.0
"""Points of a mission that a team has no ranked run of: our choice."""


@record
class Gap:
    """Two teams: the mean of the first less that of the second."""

    first: Team
    second: Team
    difference: Figure


@record
class Row:
    """One team."""

    ranks: Ranks
    team: Team
    total: Figure
    runs: tuple[Run | None, ...]
    """The one that counts, of each task; None where there is none."""


@record
class Table:
    """One task."""

    task: Task
    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    """Of each pair, the better first."""


@record
class Overall:
    """All missions of a round."""

    tasks: tuple[Task, ...]
    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]


@record
class Round:
    """A split: the same seeds for everybody."""

    split: str
    tables: tuple[Table, ...]
    overall: Overall | None
    """None where there is one mission only."""


def rounds(board: Board) -> list[Round]:
    """All rankings, the round with the latest run first."""
    found: dict[str, dict[Task, list[Run]]] = {}
    for run in board.runs:
        if run.standing is not Standing.WITHDRAWN:
            found.setdefault(run.task.split, {}).setdefault(run.task, []).append(run)
    latest = sorted(found, key=lambda split: -max(run.index for runs in found[split].values() for run in runs))
    return [_round(split, found[split]) for split in latest]


def _round(split: str, runs: dict[Task, list[Run]]) -> Round:
    tables = [
        table(task, runs[task]) for task in sorted(runs, key=lambda task: (task.mission, min(r.index for r in runs[task])))
    ]
    main: dict[str, Table] = {}
    for one in tables:
        known = main.get(one.task.mission)
        # A mission that was flown in several ways counts once: in the way of most teams, then of most episodes.
        if one.rows and (known is None or _weight(one) > _weight(known)):
            main[one.task.mission] = one
    return Round(split=split, tables=tuple(tables), overall=overall(list(main.values())) if len(main) > 1 else None)


def _weight(one: Table) -> tuple[int, int]:
    return len(one.rows), one.task.episodes


def table(task: Task, runs: Sequence[Run]) -> Table:
    """The ranking of a task; runs that are not ranked are passed over."""
    counted = sorted((run for run in runs if run.standing is Standing.RANKED), key=lambda run: run.team)
    if not counted:
        return Table(task=task, rows=(), gaps=())
    totals = np.array([_totals(run) for run in counted]).T
    rows, gaps = _ranked(
        [Paired(totals, stream(0, "board.task"))], [run.team for run in counted], [(run,) for run in counted]
    )
    return Table(task=task, rows=rows, gaps=gaps)


def overall(tables: Sequence[Table]) -> Overall:
    """The mean over missions, each of the same weight; a mission without a ranked run of a team counts 0 points."""
    teams = sorted({row.team for one in tables for row in one.rows})
    paired, counted = [], []
    for number, one in enumerate(tables):
        runs = {row.team: row.runs[0] for row in one.rows}
        counted.append([runs.get(team) for team in teams])
        nothing = [_ABSENT] * one.task.episodes
        totals = np.array([_totals(run) if run else nothing for run in counted[-1]]).T
        paired.append(Paired(totals, stream(0, "board.overall", number)))
    rows, gaps = _ranked(paired, teams, list(zip(*counted, strict=True)))
    return Overall(tasks=tuple(one.task for one in tables), rows=rows, gaps=gaps)


def _totals(run: Run) -> list[float]:
    return [run.summary.totals[str(index)] for index in range(run.summary.planned)]


def _ranked(
    tasks: Sequence[Paired], teams: Sequence[Team], runs: Sequence[tuple[Run | None, ...]]
) -> tuple[tuple[Row, ...], tuple[Gap, ...]]:
    """Rows by mean, then by name."""
    found = compare(tasks)
    order = sorted(range(len(teams)), key=lambda i: (-found.figures[i].mean, teams[i]))
    rows = [Row(ranks=found.ranks[i], team=teams[i], total=found.figures[i], runs=runs[i]) for i in order]
    gaps = []
    for place, i in enumerate(order):
        for j in order[place + 1 :]:
            known = found.differences[min(i, j), max(i, j)]
            gaps.append(Gap(first=teams[i], second=teams[j], difference=known if i < j else _negative(known)))
    return tuple(rows), tuple(gaps)


def _negative(figure: Figure) -> Figure:
    return Figure(mean=0.0 - figure.mean, low=0.0 - figure.high, high=0.0 - figure.low)
