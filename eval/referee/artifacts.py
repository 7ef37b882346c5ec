"""Fingerprints of files, which also tell where a damaged one is damaged.

SHA-256 decides whether a file is what it was. Beside it stand 8 hexadecimal digits for each of at most 64 blocks: no proof, but
enough to name the place.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from goldentime.eval.referee.findings import Finding, Place
from goldentime.records import record

__all__ = ["Artifact", "artifacts_below", "compare", "fingerprint"]

_BLOCKS = 64
_LEAST = 256
"""[bytes] of a block."""
_DIGITS = 8

_MADE_LATER = frozenset({".html", ".mcap", ".mp4"})
"""Reports and replays are made of the logs and may be made again at any time."""


@record
class Artifact:
    """One file."""

    bytes: int
    sha256: str
    blocks: str
    """The first 8 digits of each block's SHA-256; `_block_bytes` says how long blocks are."""


def _block_bytes(size: int) -> int:
    """[bytes] The least power of two from 256 on that divides a file into at most 64 blocks."""
    length = _LEAST
    while length * _BLOCKS < size:
        length *= 2
    return length


def fingerprint(content: bytes) -> Artifact:
    """The fingerprint of a file's content."""
    step = _block_bytes(len(content))
    blocks = (hashlib.sha256(content[start : start + step]).hexdigest() for start in range(0, len(content), step))
    whole = hashlib.sha256(content).hexdigest()
    return Artifact(bytes=len(content), sha256=whole, blocks="".join(block[:_DIGITS] for block in blocks))


def artifacts_below(folder: Path, without: frozenset[str]) -> dict[str, Artifact]:
    """Fingerprints of all files of a run by their path in it, sorted.

    Args:
        without: names at the top that don't count; hidden files, reports and replays never do.
    """
    return {name: fingerprint((folder / name).read_bytes()) for name in sorted(_names(folder)) if name not in without}


def _names(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and Path(name).suffix not in _MADE_LATER:
                yield (Path(parent) / name).relative_to(folder).as_posix()


def compare(path: Path, expected: Artifact) -> list[Finding]:
    """Nothing, or one finding that names the damaged part of the file."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return [Finding(str(path), "file", f"{expected.bytes} bytes", f"nothing that can be read ({error.strerror})")]
    if len(content) == expected.bytes and hashlib.sha256(content).hexdigest() == expected.sha256:
        return []
    got = fingerprint(content)
    place = _damaged(content, expected)
    if got.bytes != expected.bytes:
        return [Finding(str(path), "length", f"{expected.bytes} bytes", f"{got.bytes} bytes", place)]
    return [Finding(str(path), "SHA-256", expected.sha256, got.sha256, place)]


def _damaged(content: bytes, expected: Artifact) -> Place | None:
    """From the first to the last block that differs, and the line in which the first begins."""
    step = _block_bytes(expected.bytes)
    wanted = [expected.blocks[i : i + _DIGITS] for i in range(0, len(expected.blocks), _DIGITS)]
    found = [hashlib.sha256(content[i * step : (i + 1) * step]).hexdigest()[:_DIGITS] for i in range(len(wanted))]
    wrong = [i for i, pair in enumerate(zip(wanted, found, strict=True)) if pair[0] != pair[1]]
    if not wrong:  # it was lengthened
        return Place(expected.bytes, len(content) - 1) if len(content) > expected.bytes else None
    first, last = wrong[0] * step, min((wrong[-1] + 1) * step, expected.bytes) - 1
    text = b"\0" not in content
    return Place(first, last, content[:first].count(b"\n") + 1 if text else None)
