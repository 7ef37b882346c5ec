"""The commands `evaluate` and `score`: runner, progress, table and report together."""

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from goldentime.eval.config import plan_from, read_config
from goldentime.eval.folder import RunFolder, read_folder
from goldentime.eval.progress import view_for
from goldentime.eval.report.page import write_report
from goldentime.eval.results import Result, rescore
from goldentime.eval.runner import evaluate
from goldentime.eval.score.aggregate import aggregate
from goldentime.eval.score.rules import load_rules
from goldentime.eval.tables import score_table

__all__ = ["evaluate_command", "score_command"]


def evaluate_command(config: Any) -> int:
    """Fly, show progress, then print the table and write the report."""
    plan, options = plan_from(*read_config(config))
    print(f"mission {plan.mission}, agent {plan.agent}, {plan.episodes} episodes of split {plan.split} -> {options.out}")
    results: list[Result] = []
    try:
        with view_for(plan.episodes) as view:

            def take(result: Result) -> None:
                results.append(result)
                view.show(result)

            folder = evaluate(plan, options, take)
    except KeyboardInterrupt:
        _tell_interrupted(options.out)
        raise
    write_report(folder)
    _tell(folder, results)
    return 0


def _tell_interrupted(out: Path) -> None:
    if not (out / "run.json").is_file():
        return
    folder = read_folder(out)
    write_report(folder)
    kept = f"{len(folder.logged())} of {folder.plan.episodes} episodes are kept in {out}"
    print(f"{kept}; go on with --resume out={out}", file=sys.stderr)


def score_command(path: Path, rules_name: str | None) -> int:
    """Score stored logs again; lines, scorecard and report are written anew."""
    folder, results = rescore(read_folder(path), load_rules(rules_name) if rules_name else None)
    write_report(folder)
    _tell(folder, results)
    return 0


def _tell(folder: RunFolder, results: list[Result]) -> None:
    figures = aggregate([result.score for result in sorted(results, key=lambda result: result.index)])
    assert figures is not None
    plan, rules = folder.plan, folder.plan.rules
    console = Console()
    run = f"{plan.agent} on {plan.mission}, {figures.episodes} episodes of split {plan.split}"
    console.print(f"{run}, rules {rules.name}/{rules.version}", markup=False, highlight=False)
    console.print(score_table(figures, rules))
    failed = sum(result.error is not None for result in results)
    if failed:
        print(f"in {failed} episodes the agent raised an exception: the tracebacks are in {folder.path / 'episodes'}")
    for name in ("scorecard.json", "episodes.jsonl", "report.html"):
        print(f"  {folder.path / name}")
