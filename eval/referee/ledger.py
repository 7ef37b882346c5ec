"""Adding to a ledger, so that a kill at any moment and two writers at once leave it whole.

A line is written in one call under an exclusive lock (flock) and flushed to the disk before the lock is given back. What
a kill leaves of a line is moved aside by the next writer; a ledger that does not verify is not extended.
"""

import fcntl
import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from goldentime.errors import ConfigError, LedgerError
from goldentime.eval.referee.chain import NOTHING, Chain, check_chain
from goldentime.eval.referee.entries import BODIES, Body, Entry, Opening, encode, signed_part
from goldentime.eval.referee.keys import SigningKey
from goldentime.files import utc_now, write_new
from goldentime.records import dump

__all__ = ["add_entry", "new_ledger"]

_KINDS = {cls: kind for kind, cls in BODIES.items()}


def new_ledger(path: Path, key: SigningKey, name: str) -> Entry:
    """Begin a ledger.

    Args:
        name: for people, such as the contest's.

    Raises:
        LedgerError: there is a file already.
    """
    body = Opening(name=name, public_key=key.public)
    entry = _signed(Entry(index=0, kind="opening", time=utc_now(), previous=NOTHING, body=dump(body)), key)
    try:
        write_new(path, encode(entry))
    except FileExistsError:
        raise LedgerError(f"{path}: expected no ledger there yet, got a file: a ledger is never begun anew") from None
    return entry


def add_entry(path: Path, key: SigningKey, choose: Callable[[Chain], Body | Entry]) -> Entry:
    """Add one entry.

    Args:
        choose: is given the ledger as it is while nobody else can write, and answers what to add, or an entry that is
            there already and makes another one needless.

    Returns:
        the entry, on the disk.

    Raises:
        LedgerError: there is no ledger, it does not verify, it is another key's, or `choose` refused.
    """
    with _locked(path) as descriptor:
        content = _mended(path, descriptor)
        chain = check_chain(content, str(path), key.public)
        if chain.findings:
            more = f" (and {len(chain.findings) - 1} more)" if len(chain.findings) > 1 else ""
            raise LedgerError(f"{chain.findings[0]}{more}: a ledger that does not verify is not extended")
        if len(content) > os.fstat(descriptor).st_size:
            _write(path, descriptor, b"\n", len(content) - 1)
        chosen = choose(chain)
        if isinstance(chosen, Entry):
            return chosen
        last = chain.links[-1]
        entry = Entry(
            index=last.entry.index + 1,
            kind=_KINDS[type(chosen)],
            time=max(utc_now(), last.entry.time),  # clocks are set back at times
            previous=last.hash,
            body=dump(chosen),
        )
        entry = _signed(entry, key)
        _write(path, descriptor, encode(entry), len(content))
        return entry


def _signed(entry: Entry, key: SigningKey) -> Entry:
    return replace(entry, signature=key.sign(signed_part(entry)))


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The open ledger, ours alone until the end."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:
        raise LedgerError(f"{path}: expected a ledger, got nothing: begin one with 'goldentime ledger new'") from None
    except OSError as error:
        raise ConfigError(f"{path}: expected a ledger that can be written ({error.strerror})") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)  # gives the lock back


def _write(path: Path, descriptor: int, line: bytes, size: int) -> None:
    written = os.write(descriptor, line)
    if written != len(line):  # the disk is full
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
        raise LedgerError(f"{path}: expected to write {len(line)} bytes, got {written} written: nothing was added")
    os.fsync(descriptor)


def _mended(path: Path, descriptor: int) -> bytes:
    """The ledger's content, without what a kill left of a line.

    A line that only lacks its newline is given one, here but not on the disk yet. A piece of a line is kept in a file
    beside the ledger.

    Raises:
        LedgerError: the last line was whole once, so no kill made it what it is.
    """
    content = _read(descriptor)
    start = content.rfind(b"\n") + 1
    tail = content[start:]
    if not tail or not start:
        return content
    end = _json_end(tail)
    if end is None:
        names = (path.with_name(f"{path.name}.torn-{start}.{number}") for number in itertools.count())
        write_new(next(name for name in names if not name.exists()), tail)
        os.ftruncate(descriptor, start)
        os.fsync(descriptor)
        return content[:start]
    if end < len(tail):
        raise LedgerError(
            f"{path} (bytes {start + end}-{len(content) - 1}): expected a newline after the last entry, got "
            f"{tail[end : end + 20]!r}: no kill leaves that"
        )
    return content + b"\n"


def _json_end(tail: bytes) -> int | None:
    """Where the JSON object ends that the bytes begin with; None when they hold a piece of one."""
    text = tail.decode("latin-1")  # one letter for each byte
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):
        return None


def _read(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, size, 0)
