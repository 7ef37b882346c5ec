"""Runs and episodes as tables for analysis."""

from collections.abc import Sequence

from goldentime.eval.board.parquet import parquet
from goldentime.eval.board.standings import Board, Run, Standing

__all__ = ["episodes_table", "runs_table"]


def _told(board: Board) -> list[Run]:
    return [run for run in board.runs if run.standing is not Standing.WITHDRAWN]


def _common(runs: Sequence[Run]) -> dict[str, tuple[type, list[str | None]]]:
    """Columns that both tables have."""
    return {
        "run": (str, [run.name for run in runs]),
        "team": (str, [run.team.name if run.team.named else None for run in runs]),
        "agent": (str, [run.summary.agent for run in runs]),
        "split": (str, [run.task.split for run in runs]),
        "mission": (str, [run.task.mission for run in runs]),
        "rules": (str, [run.task.rules for run in runs]),
        "config": (str, [run.task.config for run in runs]),
        "standing": (str, [run.standing.value for run in runs]),
    }


def runs_table(board: Board) -> bytes:
    """A row for each run but withdrawn ones."""
    runs = _told(board)
    totals = [run.summary.total for run in runs]
    return parquet(
        {
            **_common(runs),
            "entry": (int, [run.index for run in runs]),
            "time": (str, [run.time for run in runs]),
            "episodes": (int, [len(run.summary.totals) for run in runs]),
            "mean": (float, [total.mean if total else None for total in totals]),
            "low": (float, [total.low if total else None for total in totals]),
            "high": (float, [total.high if total else None for total in totals]),
            "success_rate": (float, [run.summary.success_rate.mean if run.summary.success_rate else None for run in runs]),
        }
    )


def episodes_table(board: Board) -> bytes:
    """A row for each episode of these runs."""
    rows = [(run, int(index)) for run in _told(board) for index in sorted(run.summary.totals, key=int)]
    return parquet(
        {
            **_common([run for run, _ in rows]),
            "episode": (int, [index for _, index in rows]),
            "total": (float, [run.summary.totals[str(index)] for run, index in rows]),
        }
    )
