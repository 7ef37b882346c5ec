"""`goldentime contest track1|track2 TRUTH ANSWER`."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from goldentime.eval.contest.track1 import ANSWER_KEY, TRUTH_KEY, read_counts, score_track1
from goldentime.eval.contest.track2 import read_answer, read_truth
from goldentime.eval.contest.track2_score import score_track2
from goldentime.eval.score.aggregate import Figure

__all__ = ["contest_command"]


def contest_command(track: str, truth: Path, answer: Path) -> int:
    """Score an answer of `track1` or `track2` and print it; the exit code."""
    return _track1(truth, answer) if track == "track1" else _track2(truth, answer)


def _track1(truth: Path, answer: Path) -> int:
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


def _track2(truth: Path, answer: Path) -> int:
    score = score_track2(read_truth(truth), read_answer(answer))
    table = Table(title=f"track 2, {score.pictures} pictures, {score.texts} texts that count, {score.answers} answers")
    for name in ("", "n", "exact", "95 %", "1-NED", "jamo 1-NED"):
        table.add_column(name, justify="left" if not name else "right")
    for part in score.slices:
        figures = f"{part.similarity:.3f}", f"{part.jamo_similarity:.3f}"
        table.add_row(f"{part.by}: {part.name}".replace("_", " "), str(part.count), *_shown(part.exact, "%"), *figures)
    whole = Table(title="all", show_header=False)
    for name, figure, unit in (
        ("texts read exactly", score.exact, "%"),
        ("answers that are exact", score.precision, "%"),
        ("1-NED", score.similarity, ""),
        ("jamo 1-NED (higher is better)", score.jamo_similarity, ""),
    ):
        whole.add_row(name, *_shown(figure, unit))
    whole.add_row("F1 of exact ones", f"{score.f1:.4f}", "")
    console = Console()
    console.print(table)
    console.print(whole)
    if score.missing:
        print(f"{len(score.missing)} pictures without an answer count as not read")
    return 0


def _shown(figure: Figure, unit: str) -> tuple[str, str]:
    """A mean and its interval."""
    if unit:
        return f"{figure.mean:.1%}", f"{100 * figure.low:.1f}-{100 * figure.high:.1f}"
    return f"{figure.mean:.4f}", f"{figure.low:.4f}-{figure.high:.4f}"
