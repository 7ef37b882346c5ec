"""Tables for the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from goldentime.eval.score.aggregate import Aggregate, Figure
from goldentime.eval.score.rules import Rules
from goldentime.missions.registry import mission_names, mission_sheet

__all__ = ["interval", "print_missions", "score_table"]


def interval(figure: Figure, digits: int = 2, scale: float = 1.0) -> str:
    """A 95 % interval in brackets."""
    return f"[{scale * figure.low:.{digits}f}, {scale * figure.high:.{digits}f}]"


def score_table(figures: Aggregate, rules: Rules) -> Table:
    """Terms, total, success and metrics: mean and 95 % interval."""
    table = Table()
    table.add_column("figure")
    table.add_column("mean", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("of", justify="right")
    for name, figure in figures.terms.items():
        table.add_row(name, f"{figure.mean:.2f}", interval(figure), f"{rules.terms[name].weight:g}")
    table.add_section()
    table.add_row("score", f"{figures.total.mean:.2f}", interval(figures.total), "100", style="bold")
    rate = figures.success_rate
    table.add_row(
        "success",
        f"{100 * rate.mean:.1f} %",
        interval(rate, 1, 100.0),
        f"{figures.successes}/{figures.episodes}",
        style="bold",
    )
    table.add_section()
    for name, figure in figures.metrics.items():
        table.add_row(name, f"{figure.mean:.2f}", interval(figure), "")
    return table


def print_missions() -> int:
    """One block per mission, read from the registry."""
    console = Console()
    for name in mission_names():
        console.print(_mission_table(name, mission_sheet(name)))
    return 0


def _mission_table(name: str, sheet: Mapping[str, Any]) -> Table:
    table = Table(
        title=f"mission={name}  (goldentime/{sheet['id']})", title_justify="left", show_header=False, min_width=70
    )
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(sheet["title"], sheet["summary"])
    table.add_row("action", f"{sheet['action_mode']} at {sheet['action_hz']:g} Hz: {sheet['action']}")
    shapes = ", ".join(f"{key} {tuple(shape)}" for key, shape in sheet["observation"].items())
    table.add_row("observation", shapes)
    return table
