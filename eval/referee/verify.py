"""Checking a ledger offline: what anyone can do who has the file, and more with the runs and the organiser's public key."""

from collections import Counter
from pathlib import Path

from goldentime.errors import LedgerError
from goldentime.eval.folder import read_folder
from goldentime.eval.referee.chain import Chain, check_chain
from goldentime.eval.referee.check_run import check_run
from goldentime.eval.referee.findings import Finding
from goldentime.eval.referee.order import History, check_order, history_of
from goldentime.eval.referee.rescoring import check_scores
from goldentime.records import record

__all__ = ["Checks", "Verdict", "verify_ledger"]


@record
class Checks:
    """What to check besides the ledger itself."""

    runs: Path | None = None
    """The folder that holds the folders of runs."""
    public_key: str | None = None
    """The organiser's, from elsewhere; without it, the one that the ledger names for itself."""
    head: str | None = None
    """Hash of a line seen before: the ledger must still hold it."""
    rescore: bool = False
    """Score the runs again from their logs."""
    worlds: bool = False
    """Draw the worlds again from their seeds."""
    allow_missing: bool = False
    """Some runs or files are not here; check the others."""


@record
class Verdict:
    """What was checked and what is broken."""

    entries: int
    head: str
    """Hash of the last sound line: whoever keeps it notices when entries are taken away."""
    public_key: str
    runs: int
    """Checked against their folders."""
    episodes: int
    seeds: int
    """Episodes whose seed was derived and compared."""
    files: int
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]


def verify_ledger(path: Path, checks: Checks) -> Verdict:
    """Check a ledger and what belongs to it.

    Raises:
        LedgerError: there is no such file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LedgerError(f"{path}: expected a ledger, can't be read ({error.strerror})") from None
    chain = check_chain(content, str(path), checks.public_key)
    findings = list(chain.findings)
    if not findings:  # else entries that are damaged would be missed by those that refer to them
        findings += check_order(chain, str(path))
    findings += _check_head(chain, path, checks.head)
    counts = Counter(runs=0, episodes=0, seeds=0, files=0)
    history = history_of(chain.links)
    if checks.runs is not None:
        findings += _check_runs(checks, history, counts)
    return Verdict(
        entries=len(chain.links),
        head=chain.links[-1].hash if chain.links else "",
        public_key=chain.public_key,
        notes=tuple(_notes(checks, history)),
        findings=tuple(findings),
        **counts,
    )


def _check_head(chain: Chain, path: Path, head: str | None) -> list[Finding]:
    if head is None or any(link.hash == head for link in chain.links):
        return []
    return [Finding(str(path), "head", f"a line with hash {head}", f"none among {len(chain.links)}")]


def _check_runs(checks: Checks, history: History, counts: Counter[str]) -> list[Finding]:
    assert checks.runs is not None
    findings: list[Finding] = []
    for name, (entry, body) in history.runs.items():
        folder = checks.runs / name
        if Path(name).name != name or name in ("", ".", ".."):
            findings.append(Finding(str(checks.runs), f"run of entry {entry.index}", "the name of a folder", repr(name)))
        elif not folder.is_dir():
            if not checks.allow_missing and name not in history.withdrawn:
                findings.append(Finding(str(folder), f"run of entry {entry.index}", "its folder", "nothing"))
        else:
            checked = check_run(folder, body, history, checks.allow_missing)
            findings += checked.findings
            counts.update(runs=1, files=checked.files, episodes=checked.episodes, seeds=len(checked.seeds))
            if checks.rescore and checked.whole:
                findings += check_scores(read_folder(folder))
            if checks.worlds and checked.whole:
                from goldentime.eval.referee.worlds import check_worlds  # all missions; most checks need none

                findings += check_worlds(read_folder(folder), checked.seeds)
    return findings


def _notes(checks: Checks, history: History) -> list[str]:
    notes = []
    if checks.public_key is None:
        notes.append("the key is the one that the ledger itself names: compare it with the organiser's (--public-key)")
    if checks.runs is None and history.runs:
        notes.append("the runs themselves were not checked: give --runs FOLDER")
    closed = [epoch for epoch in history.commitments if epoch not in history.keys]
    if closed:
        notes.append(f"not revealed yet, so that seeds can't be checked: {', '.join(closed)}")
    return notes
