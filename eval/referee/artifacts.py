"""Fingerprints of files, which also tell where a damaged one is damaged.

SHA-256 decides whether a file is what it was. The *blocks* are 8 hexadecimal digits for each of at most 64 parts of it: no
proof, but enough to name the place. They are kept apart from what is published, since a part of a log may hold so little
that its hash could be guessed; a whole log holds a seed.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from goldentime.eval.referee.findings import Finding, Place
from goldentime.records import record

__all__ = ["Artifact", "blocks_of", "compare", "fingerprint", "names_below"]

_BLOCKS = 64
_LEAST = 256
"""[bytes] of a block."""
_DIGITS = 8

_MADE_LATER = frozenset({".html", ".mcap", ".mp4", ".rrd"})
"""Reports and replays are made of the logs and may be made again at any time."""


@record
class Artifact:
    """One file."""

    bytes: int
    sha256: str


def _block_bytes(size: int) -> int:
    """[bytes] The least power of two from 256 on that divides a file into at most 64 blocks."""
    length = _LEAST
    while length * _BLOCKS < size:
        length *= 2
    return length


def fingerprint(content: bytes) -> Artifact:
    """The fingerprint of a file's content."""
    return Artifact(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def blocks_of(content: bytes) -> str:
    """The first 8 digits of each block's SHA-256, one after the other; `_block_bytes` says how long blocks are."""
    step = _block_bytes(len(content))
    parts = (content[start : start + step] for start in range(0, len(content), step))
    return "".join(hashlib.sha256(part).hexdigest()[:_DIGITS] for part in parts)


def names_below(folder: Path, without: frozenset[str]) -> list[str]:
    """The files of a run by their path in it, sorted.

    Args:
        without: names at the top that don't count; hidden files, links, reports and replays never do.
    """
    return sorted(name for name in _names(folder) if name not in without and not (folder / name).is_symlink())


def _names(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and Path(name).suffix not in _MADE_LATER:
                yield (Path(parent) / name).relative_to(folder).as_posix()


def compare(path: Path, expected: Artifact, blocks: str = "") -> list[Finding]:
    """Nothing, or one finding; with the blocks it names the damaged part of the file."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # a link or a device in a stranger's archive
            return [Finding(str(path), "file", f"{expected.bytes} bytes", "something that is not a plain file")]
        content = path.read_bytes()
    except OSError as error:
        return [Finding(str(path), "file", f"{expected.bytes} bytes", f"nothing that can be read ({error.strerror})")]
    got = fingerprint(content)
    if got == expected:
        return []
    place = _damaged(content, expected, blocks)
    if got.bytes != expected.bytes:
        return [Finding(str(path), "length", f"{expected.bytes} bytes", f"{got.bytes} bytes", place)]
    return [Finding(str(path), "SHA-256", expected.sha256, got.sha256, place)]


def _damaged(content: bytes, expected: Artifact, blocks: str) -> Place | None:
    """From the first to the last block that differs, and the line in which the first begins."""
    if not blocks:
        return None
    step = _block_bytes(expected.bytes)
    wanted = [blocks[i : i + _DIGITS] for i in range(0, len(blocks), _DIGITS)]
    found = [hashlib.sha256(content[i * step : (i + 1) * step]).hexdigest()[:_DIGITS] for i in range(len(wanted))]
    wrong = [i for i, pair in enumerate(zip(wanted, found, strict=True)) if pair[0] != pair[1]]
    if not wrong:  # it was lengthened
        return Place(expected.bytes, len(content) - 1) if len(content) > expected.bytes else None
    first, last = wrong[0] * step, min((wrong[-1] + 1) * step, expected.bytes) - 1
    text = b"\0" not in content
    return Place(first, last, content[:first].count(b"\n") + 1 if text else None)
