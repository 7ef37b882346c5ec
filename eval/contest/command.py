"""`goldentime contest track1 TRUTH ANSWER`."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from goldentime.eval.contest.track1 import ANSWER_KEY, TRUTH_KEY, read_counts, score_track1

__all__ = ["track1_command"]


def track1_command(truth: Path, answer: Path) -> int:
    """Score an answer of the counting track and print it."""
    score = score_track1(read_counts(truth, TRUTH_KEY), read_counts(answer, ANSWER_KEY))
    table = Table(title=f"track 1, {score.clips} clips")
    table.add_column("")
    table.add_column("mean difference", justify="right")
    for name, error in score.class_errors.items():
        table.add_row(name.replace("_", " "), f"{error:.3f}")
    table.add_section()
    table.add_row("error (lower is better)", f"{score.error:.4f}")
    Console().print(table)
    if score.missing:
        print(f"{len(score.missing)} clips without an answer count as all zeros")
    return 0
