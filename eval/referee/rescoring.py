"""Scoring a run again from its logs, and comparing with what is stored; nothing is written."""

import json
from pathlib import Path
from typing import Any

from goldentime.errors import LogError
from goldentime.eval.folder import RunFolder, read_versions
from goldentime.eval.log_files import load_log
from goldentime.eval.plan import differences
from goldentime.eval.referee.chain import split_lines
from goldentime.eval.referee.findings import Finding
from goldentime.eval.results import result_files, result_of

__all__ = ["check_scores"]

_SHOWN = 3
"""Differing values that one finding names."""


def check_scores(folder: RunFolder) -> list[Finding]:
    """Nothing, where the result lines and the scorecard are to the byte what the logs give.

    The scorecard's versions are taken from `run.json`: they say what the episodes were flown with, and any later release
    must give the same points.
    """
    results, findings = [], []
    for index in folder.logged():
        try:
            results.append(result_of(load_log(folder.log(index)), folder.plan.rules))
        except LogError as error:
            findings.append(_damaged(folder.log(index), str(error)))
    if not results and not findings:
        return [Finding(str(folder.path / "episodes"), "logs", "at least one", "none")]
    if findings:  # without all logs the sums can't be right
        return findings
    for path, expected in result_files(folder, results, read_versions(folder.path)).items():
        findings += _compare(path, expected)
    return findings


def _damaged(path: Path, message: str) -> Finding:
    what, _, got = message.removeprefix(f"{path}: ").partition(", got ")
    return Finding(str(path), "log", what.removeprefix("expected "), got or "something else")


def _compare(path: Path, expected: bytes) -> list[Finding]:
    try:
        stored = path.read_bytes()
    except OSError as error:
        return [Finding(str(path), "file", f"{len(expected)} bytes", f"nothing that can be read ({error.strerror})")]
    if stored == expected:
        return []
    if path.suffix != ".jsonl":
        return [Finding(str(path), "scores", *_values(expected, stored))]
    return _compare_lines(path, expected, stored)


def _compare_lines(path: Path, expected: bytes, stored: bytes) -> list[Finding]:
    wanted, found = list(split_lines(expected)), list(split_lines(stored))
    findings = [
        Finding(str(path), "scores", *_values(line, got), place)
        for (line, _), (got, place) in zip(wanted, found, strict=False)
        if line != got
    ]
    if len(wanted) != len(found):
        findings.append(Finding(str(path), "lines", str(len(wanted)), str(len(found))))
    return findings


def _values(expected: bytes, stored: bytes) -> tuple[str, str]:
    """The values that differ, or the bytes where those can't be read."""
    try:
        old, new = json.loads(expected), json.loads(stored)
    except ValueError:
        at = next((i for i, pair in enumerate(zip(expected, stored, strict=False)) if pair[0] != pair[1]), len(stored))
        return repr(expected[at : at + 24]), repr(stored[at : at + 24])
    paths = [line.split(": ")[0] for line in differences(old, new)][:_SHOWN]
    if not paths:
        return "canonical JSON", "another spelling of it"
    return tuple(", ".join(f"{path} = {_at(tree, path)!r}" for path in paths) for tree in (old, new))  # type: ignore[return-value]


def _at(tree: Any, path: str) -> Any:
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree
