"""From a ledger and its runs to a folder that opens from disk."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from goldentime.errors import ConfigError, LedgerError
from goldentime.eval.board.breakdown import breakdown
from goldentime.eval.board.exports import episodes_table, runs_table
from goldentime.eval.board.parts import Breakdown
from goldentime.eval.board.results import results_json
from goldentime.eval.board.site import Links, Material, pages
from goldentime.eval.board.standings import Board, Run, Standing, board_of
from goldentime.eval.board.tables import rounds
from goldentime.eval.folder import MANIFEST
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.manifest import read_manifest
from goldentime.eval.referee.verify import Checks, verify_ledger
from goldentime.records import record

__all__ = ["BoardOptions", "build_board", "read_board"]

_MOST = 3
"""Findings that the error of a broken ledger names."""
_PAGES = "runs"
"""Where the pages of runs go."""


@record
class BoardOptions:
    """What to build from what."""

    ledger: Path
    runs: Path
    """The folder that holds the folders of runs."""
    out: Path
    public_key: str | None = None
    """The organiser's, from elsewhere; without it, the one that the ledger names for itself."""
    allow_missing: bool = False
    """Don't mind runs and files that are not in `runs`."""


def build_board(options: BoardOptions) -> Board:
    """Verify a ledger and write the board of it.

    The folder appears whole or not at all; a board that was there before is replaced.

    Raises:
        LedgerError: there is no ledger, or it or a run does not verify.
        ConfigError: `out` holds something that is no board.
    """
    _check_out(options.out)
    board = read_board(options)
    slices = dict(_slices(board, options.runs))
    copies = {run.name: _pages_of(options.runs / run.name) for run in board.runs if _may_be_shown(run)}
    links = {name: _links(name, found) for name, found in copies.items() if found}
    material = Material(board=board, rounds=tuple(rounds(board)), slices=slices, links=links)
    contents = {
        **pages(material),
        "results.json": results_json(material),
        "runs.parquet": runs_table(board),
        "episodes.parquet": episodes_table(board),
    }
    fresh = options.out.with_name(f".{options.out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, found in copies.items():
        contents |= {f"{_PAGES}/{name}/{page}": (options.runs / name / page).read_bytes() for page in found}
    for path, content in contents.items():
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        (fresh / path).write_bytes(content)  # what a power cut takes can be built again
    _swap(fresh, options.out)
    return board


def _check_out(out: Path) -> None:
    """What is replaced must be a board."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        known = json.loads((out / "results.json").read_bytes())
    except (OSError, ValueError):
        known = None
    if not isinstance(known, dict) or "board" not in known:
        raise ConfigError(f"--out {out}: expected a new or empty folder or a board to replace, got something else")


def _swap(fresh: Path, out: Path) -> None:
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def read_board(options: BoardOptions) -> Board:
    """What a ledger says, once it and its runs are found sound.

    Raises:
        LedgerError: there is no ledger, or it or a run does not verify.
    """
    checks = Checks(runs=options.runs, public_key=options.public_key, allow_missing=options.allow_missing)
    verdict = verify_ledger(options.ledger, checks)
    if verdict.findings:
        told = [f"BROKEN {finding}" for finding in verdict.findings[:_MOST]]
        more = len(verdict.findings) - len(told)
        told += [f"and {more} more: goldentime verify {options.ledger} --runs {options.runs}"] if more > 0 else []
        raise LedgerError("\n  ".join([f"{options.ledger}: no board is built of a ledger that does not verify:", *told]))
    links = check_chain(options.ledger.read_bytes(), str(options.ledger), options.public_key).links
    count = verdict.entries  # what came since was not verified
    if len(links) < count or links[count - 1].hash != verdict.head:
        raise LedgerError(f"{options.ledger}: expected the line {verdict.head} as when it was verified, got another")
    return board_of(links[:count], _configs(options.runs))


def _configs(runs: Path) -> dict[str, str]:
    """Digests of configurations by run; `verify_ledger` has compared the manifests with the ledger."""
    found = {}
    for path in sorted(runs.glob(f"*/{MANIFEST}")):
        try:
            manifest = read_manifest(path)
        except LedgerError:
            continue  # of a folder that is not in the ledger
        found[path.parent.name] = manifest.config
    return found


def _slices(board: Board, runs: Path) -> Iterator[tuple[str, Breakdown]]:
    for run in board.runs:
        if run.standing is Standing.RANKED:
            found = breakdown(runs / run.name, run)
            if found is not None:
                yield run.name, found


def _may_be_shown(run: Run) -> bool:
    """Reports and replays show worlds and seeds."""
    return run.public and run.standing is not Standing.WITHDRAWN


def _pages_of(folder: Path) -> list[str]:
    """Report and replays of a run by their path in its folder; links that lead elsewhere are left out."""
    names = ["report.html", *(f"episodes/{path.name}" for path in sorted((folder / "episodes").glob("[0-9]*.html")))]
    plain = [] if folder.is_symlink() or (folder / "episodes").is_symlink() else names
    return [name for name in plain if (folder / name).is_file() and not (folder / name).is_symlink()]


def _links(name: str, found: Sequence[str]) -> Links:
    base = f"{_PAGES}/{quote(name, safe='')}"
    replays = [(int(Path(page).stem), f"{base}/{quote(page)}") for page in found if Path(page).stem.isdecimal()]
    report = f"{base}/report.html" if "report.html" in found else None
    return Links(report=report, replays=tuple(replays))
