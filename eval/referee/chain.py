"""The chain of a ledger: each line sound in itself, signed, and tied to the one before.

What is broken is named once: a damaged line does not make its neighbours look damaged too.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from goldentime.errors import ConfigError, LedgerError
from goldentime.eval.referee.entries import Body, Entry, Opening, body_of, decode, line_hash, signed_part
from goldentime.eval.referee.findings import Finding, Place
from goldentime.eval.referee.keys import verifier

__all__ = ["NOTHING", "Chain", "Link", "check_chain", "split_lines"]

NOTHING = "0" * 64
"""What the first entry calls the line before it."""


class Link(NamedTuple):
    """One sound entry."""

    entry: Entry
    body: Body
    hash: str
    """Of its line; the next entry holds it."""
    place: Place


class Chain(NamedTuple):
    """A ledger as read."""

    public_key: str
    """That the signatures were checked with."""
    links: list[Link]
    findings: list[Finding]
    torn: Place | None
    """A last line without its newline, as a kill leaves it."""


def split_lines(content: bytes) -> Iterator[tuple[bytes, Place]]:
    """All lines with their newlines and places; the last one lacks its newline when it was cut."""
    start = 0
    for number, line in enumerate(content.split(b"\n"), 1):
        whole = content[start : start + len(line) + 1]
        if whole:
            yield whole, Place(start, start + len(whole) - 1, number)
        start += len(line) + 1


def check_chain(content: bytes, file: str, public_key: str | None = None) -> Chain:
    """Check every line.

    Args:
        public_key: the organiser's, from elsewhere; without it the one that the ledger names for itself.
    """
    lines = list(split_lines(content))
    torn = lines.pop() if lines and not lines[-1][0].endswith(b"\n") else None
    findings = [] if lines else [Finding(file, "ledger", "an opening entry", "no complete line")]
    links: list[Link] = []
    key, complaint = _key(lines[0][0] if lines else b"", public_key)
    if complaint and lines:
        findings.append(Finding(file, "public key", *complaint, lines[0][1]))
    verify = verifier(key) if key else None
    sound = True  # whether the line before was
    for line, place in lines:
        try:
            link = _link(line, place, verify)
            _follows(link, links, sound)
        except LedgerError as error:
            what, _, got = str(error).partition(", got ")
            findings.append(Finding(file, "entry", what.removeprefix("expected "), got, place))
            sound = False
        else:
            links.append(link)
            sound = True
    if torn:
        piece = f"{len(torn[0])} bytes, {torn[0][:40]!r}"
        findings.append(Finding(file, "torn last line", "a newline at its end", piece, torn[1]))
    return Chain(key or "", links, findings, torn[1] if torn else None)


def _key(first: bytes, given: str | None) -> tuple[str | None, tuple[str, str] | None]:
    """The key to check with, and what is wrong with the one that the ledger names."""
    named = None
    try:
        body = body_of(decode(first))
        if isinstance(body, Opening):
            named = body.public_key
            verifier(named)
    except (LedgerError, ConfigError):
        named = None
    if given is None:
        return named, None if named else ("the opening entry with a public key", "none that can be used")
    return given, None if named in (given, None) else (given, str(named))


def _link(line: bytes, place: Place, verify: Callable[[bytes, str], bool] | None) -> Link:
    entry = decode(line)
    if verify is not None and not verify(signed_part(entry), entry.signature):
        got = f"{entry.signature[:24]}..., which is none"
        raise LedgerError(f"expected a signature of entry {entry.index} by the key, got {got}")
    return Link(entry, body_of(entry), line_hash(line), place)


def _follows(link: Link, links: list[Link], sound: bool) -> None:
    """Index, hash and time of an entry against the one before; nothing to compare when that one is damaged."""
    entry = link.entry
    if not sound:
        return
    index, previous, since = len(links), NOTHING, ""
    if links:
        index, previous, since = links[-1].entry.index + 1, links[-1].hash, links[-1].entry.time
    if entry.index != index:
        raise LedgerError(f"expected entry {index}, got entry {entry.index}")
    if entry.previous != previous:
        raise LedgerError(f"expected {previous} as hash of the line before, got {entry.previous}")
    if entry.time < since:
        raise LedgerError(f"expected a time from {since} on, got {entry.time}")
    if isinstance(link.body, Opening) != (index == 0):
        raise LedgerError(f"expected an opening as entry 0 and nowhere else, got a {entry.kind} as entry {index}")
