"""Entries of a ledger: one line of canonical JSON each, signed, and chained by the hash of the line before.

| kind | body | meaning |
|---|---|---|
| `opening` | `Opening` | the first line: whose ledger it is |
| `commitment` | `Commitment` | hidden seeds of an epoch are fixed, before any run of it |
| `run` | `RunEntry` | a run and its manifest |
| `refusal` | `Refusal` | a submission that never flew; listed, not ranked |
| `reveal` | `Reveal` | the epoch's key, after its last run |
| `withdrawal` | `Withdrawal` | a run that no longer counts; its entry stays |
"""

import hashlib
import json
from typing import Any, Literal

from goldentime.errors import ConfigError, LedgerError
from goldentime.eval.referee.artifacts import Artifact
from goldentime.eval.score.aggregate import Figure
from goldentime.records import canonical_json, dump, load, record

__all__ = [
    "BODIES",
    "FORMAT",
    "Body",
    "Commitment",
    "Entry",
    "Opening",
    "Refusal",
    "Reveal",
    "RunEntry",
    "Summary",
    "Withdrawal",
    "body_of",
    "decode",
    "encode",
    "line_hash",
    "signed_part",
]

FORMAT = 1
"""Version of the ledger; verification reads this and all before it."""


@record
class Opening:
    """Whose ledger it is."""

    name: str
    public_key: str
    """64 hexadecimal digits; all entries are signed with it."""


@record
class Commitment:
    """Fixes the hidden seeds of an epoch."""

    epoch: str
    missions: tuple[str, ...]
    """Sorted."""
    commitment: str
    """64 hexadecimal digits (`eval.referee.secret.commitment`)."""


@record
class Summary:
    """What a board needs of a run; all of it follows from the manifest."""

    team: str | None
    submission: str | None
    """SHA-256 of the archive."""
    mission: str
    agent: str
    split: str
    rules: str
    """Name and version."""
    planned: int
    complete: bool
    outcomes: dict[str, int]
    """How many episodes had which outcome."""
    totals: dict[str, float]
    """Points by episode, for paired comparisons."""
    total: Figure | None
    success_rate: Figure | None


@record
class RunEntry:
    """One run."""

    run: str
    """Name of its folder; no two entries share one."""
    manifest: Artifact
    blocks: str
    """Of the manifest, to name the place of damage (`eval.referee.artifacts`)."""
    summary: Summary


@record
class Refusal:
    """A submission that never flew."""

    team: str | None
    submission: str | None
    mission: str
    split: str
    outcome: Literal["refused_submission", "infrastructure_error"]
    reason: str


@record
class Reveal:
    """Opens the commitment of an epoch."""

    epoch: str
    key: str
    """The epoch's key in hexadecimal."""


@record
class Withdrawal:
    """A tombstone."""

    run: str
    reason: str


Body = Opening | Commitment | RunEntry | Refusal | Reveal | Withdrawal

BODIES: dict[str, type[Any]] = {
    "opening": Opening,
    "commitment": Commitment,
    "run": RunEntry,
    "refusal": Refusal,
    "reveal": Reveal,
    "withdrawal": Withdrawal,
}


@record
class Entry:
    """One line."""

    format: int = FORMAT
    index: int
    """From 0."""
    kind: str
    time: str
    """UTC, `2026-01-31T23:59:59Z`; never before the entry before."""
    previous: str
    """SHA-256 of the line before, its newline included; zeros in the first."""
    body: dict[str, Any]
    signature: str = ""
    """Ed25519 over all other fields, 128 lower-case hexadecimal digits."""


def signed_part(entry: Entry) -> bytes:
    """What the signature is over."""
    fields = dump(entry)
    del fields["signature"]
    return canonical_json(fields)


def encode(entry: Entry) -> bytes:
    """The line with its newline."""
    return canonical_json(dump(entry)) + b"\n"


def line_hash(line: bytes) -> str:
    """What the next entry refers to."""
    return hashlib.sha256(line).hexdigest()


def decode(line: bytes) -> Entry:
    """The entry of a line with its newline.

    Raises:
        LedgerError: it is no entry, or not spelt as `encode` spells it.
    """
    try:
        entry = load(Entry, json.loads(line), "entry")
        spelt = encode(entry)
    except (ValueError, TypeError, RecursionError) as error:
        raise LedgerError(f"expected an entry in JSON, got {line[:60]!r} ({error})") from None
    if spelt != line:
        raise LedgerError(f"expected canonical JSON, got another spelling of it: {line[:60]!r}")
    if entry.format != FORMAT:
        raise LedgerError(f"expected ledger format {FORMAT}, got {entry.format}")
    return entry


def body_of(entry: Entry) -> Body:
    """What an entry says.

    Raises:
        LedgerError: its kind is unknown, or the body does not fit it.
    """
    if entry.kind not in BODIES:
        raise LedgerError(f"expected one of the kinds {', '.join(BODIES)}, got {entry.kind!r}")
    try:
        body: Body = load(BODIES[entry.kind], entry.body, entry.kind)
    except ConfigError as error:
        raise LedgerError(f"expected the body of a {entry.kind}, got a mismatch at {error}") from None
    return body
