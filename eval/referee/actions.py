"""What an organiser enters in a ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from goldentime.errors import LedgerError
from goldentime.eval.folder import MANIFEST, read_folder
from goldentime.eval.referee.artifacts import blocks_of, fingerprint
from goldentime.eval.referee.chain import Chain, check_chain
from goldentime.eval.referee.check_run import check_artifacts
from goldentime.eval.referee.entries import Body, Commitment, Entry, Refusal, Reveal, RunEntry, Withdrawal
from goldentime.eval.referee.findings import Finding
from goldentime.eval.referee.keys import SigningKey
from goldentime.eval.referee.ledger import add_entry
from goldentime.eval.referee.manifest import Facts, read_manifest, summary_of, write_manifest
from goldentime.eval.referee.order import history_of
from goldentime.eval.referee.rescoring import check_scores
from goldentime.eval.referee.secret import Secret, check_epoch, commitment, epoch_key
from goldentime.eval.splits import epoch_of

__all__ = ["add_refusal", "add_run", "commit", "commitment_for", "reveal", "reveal_for", "withdraw"]


def commitment_for(secret: Secret, epoch: str, missions: Iterable[str]) -> Commitment:
    """What is published before the round.

    Raises:
        LedgerError: no mission is named.
    """
    named = tuple(sorted(set(missions)))
    if not named:
        raise LedgerError("commitment: expected the missions of the epoch, got none")
    key = epoch_key(secret, epoch)
    return Commitment(epoch=epoch, missions=named, commitment=commitment(key, epoch, named))


def reveal_for(secret: Secret, epoch: str) -> Reveal:
    """What is published after the round."""
    return Reveal(epoch=epoch, key=epoch_key(secret, check_epoch(epoch)).reveal())


def commit(ledger: Path, key: SigningKey, body: Commitment) -> Entry:
    """Enter a commitment; the same one a second time is the entry that is there."""
    return _add(ledger, key, body)


def reveal(ledger: Path, key: SigningKey, body: Reveal) -> Entry:
    """Enter an epoch's key; no run of the epoch can be added after it."""
    return _add(ledger, key, body)


def withdraw(ledger: Path, key: SigningKey, run: str, reason: str) -> Entry:
    """Take a run off the board; its entry stays, and its folder may go."""
    return _add(ledger, key, Withdrawal(run=run, reason=reason))


def add_refusal(ledger: Path, key: SigningKey, body: Refusal) -> Entry:
    """Enter a submission that never flew."""
    return _add(ledger, key, body)


def add_run(ledger: Path, key: SigningKey, run: Path, facts: Facts | None = None) -> Entry:
    """Enter a run: write its manifest, if the referee has not, and sign it.

    A run that is in the ledger already, with this manifest, is not added twice.

    Args:
        facts: what the manifest is to hold besides what the folder says; only for a run without one.

    Raises:
        LedgerError: the stored scores are not what the logs give, a file changed since the manifest was written, or the
            ledger refuses the run.
        LogError: the folder holds no run that can be read.
    """
    folder = read_folder(run)
    _refuse(check_scores(folder), f"{run}: the results don't follow from the logs")
    path = run / MANIFEST
    if not path.is_file():
        write_manifest(folder, replace(facts or Facts(), commitment=_commitment_in(ledger, folder.plan.split)))
    elif facts is not None and facts != Facts():
        raise LedgerError(f"{path}: expected no manifest where facts about the run are given, got one: remove it first")
    manifest = read_manifest(path)
    _refuse(check_artifacts(run, manifest), f"{path}: files changed since it was written (if that is meant, remove it)")
    name = run.resolve().name
    if manifest.run != name:
        raise LedgerError(f"{path}: expected the manifest of run {name}, got that of {manifest.run}")
    content = path.read_bytes()
    body = RunEntry(run=name, manifest=fingerprint(content), blocks=blocks_of(content), summary=summary_of(manifest))
    return _add(ledger, key, body)


def _commitment_in(ledger: Path, split: str) -> str | None:
    """What the ledger says of the epoch's seeds.

    Raises:
        LedgerError: the split is hidden and the ledger has no commitment of its epoch.
    """
    epoch = epoch_of(split)
    if epoch is None:
        return None
    content = ledger.read_bytes() if ledger.is_file() else b""
    made = history_of(check_chain(content, str(ledger)).links).commitments.get(epoch)
    if made is None:
        raise LedgerError(f"{ledger}: expected a commitment of epoch {epoch} before its first run, got none")
    return made.commitment


def _refuse(findings: Sequence[Finding], what: str) -> None:
    if findings:
        raise LedgerError("\n  ".join([f"{what}:", *(str(finding) for finding in findings)]))


def _add(ledger: Path, key: SigningKey, body: Body) -> Entry:
    def choose(chain: Chain) -> Body | Entry:
        for link in chain.links:
            if link.body == body and not isinstance(body, Refusal):
                return link.entry
        problem = history_of(chain.links).problem(body)
        if problem:
            raise LedgerError(f"{ledger}: expected {problem[0]}, got {problem[1]}")
        return body

    return add_entry(ledger, key, choose)
