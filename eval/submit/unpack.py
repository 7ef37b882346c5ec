"""Unpack a stranger's archive: nothing is believed, and a refusal leaves nothing behind."""

import errno
import json
import os
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO

from goldentime.errors import ConfigError
from goldentime.eval.engines.limits import MIB
from goldentime.eval.outcomes import InfrastructureError, RefusedSubmission
from goldentime.eval.submit.manifest import MANIFEST, Bounds, Entry, Manifest, check_names
from goldentime.records import load

__all__ = ["unpack"]

_PIECE = 1 << 16
_MANIFEST_MIB = 1
_END = struct.Struct("<4s4H2IH")
_END_MARK = b"PK\x05\x06"
_ZIP64_MARK, _ZIP64_SIZE = b"PK\x06\x07", 20
_LONGEST_COMMENT = 65_535
_PER_ENTRY = 1024
"""Bytes of the directory at the end of an archive, for each file it lists; names are short."""


def unpack(archive: Path, folder: Path, digest: str | None = None, bounds: Bounds | None = None) -> Manifest:
    """Unpack a submission into a folder that does not exist yet.

    Args:
        digest: expected SHA-256 of the archive, if it was told.

    Raises:
        RefusedSubmission: names the fault: a wrong hash, a name that leads out, a link, a file that is larger than it says,
            files that the manifest does not know, ...
    """
    bounds = bounds or Bounds()
    size = archive.stat().st_size
    if size > bounds.archive_mib * MIB:
        raise RefusedSubmission(f"archive: expected up to {bounds.archive_mib} MiB, got {size / MIB:.1f}")
    with archive.open("rb") as file:
        if digest is not None and (got := file_digest(file, "sha256").hexdigest()) != digest.lower():
            raise RefusedSubmission(f"archive: expected SHA-256 {digest}, got {got}")
        _check_end(file, size, bounds)
        with _beside(folder) as place:
            manifest = _extract(file, place, bounds)
            os.rename(place, folder)
    return manifest


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder next to where the result will stand; gone afterwards unless it was renamed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder.parent))
    try:
        place.chmod(0o755)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _check_end(file: IO[bytes], size: int, bounds: Bounds) -> None:
    """Look at the end record before anyone reads a directory as long as it claims to be."""
    file.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = file.read()
    place = tail.rfind(_END_MARK)
    if place < 0 or len(tail) - place < _END.size:
        raise RefusedSubmission("archive: expected a ZIP file, got something else")
    if _ZIP64_MARK in tail[max(0, place - _ZIP64_SIZE) : place]:
        raise RefusedSubmission("archive: expected a plain ZIP file, got ZIP64")
    _, _, _, _, count, length, _, _ = _END.unpack_from(tail, place)
    if count > bounds.files + 1 or length > (bounds.files + 1) * _PER_ENTRY:
        raise RefusedSubmission(
            f"archive: expected up to {bounds.files} files, its directory lists {count} in {length} bytes"
        )
    file.seek(0)


def _extract(file: IO[bytes], place: Path, bounds: Bounds) -> Manifest:
    try:
        with zipfile.ZipFile(file) as source:
            infos = [info for info in source.infolist() if not info.is_dir()]
            for info in infos:
                _check_kind(info)
            check_names((info.filename for info in infos if info.filename != MANIFEST), bounds)
            manifest = _manifest(source, infos)
            _check_listed(manifest, infos, bounds)
            for info in infos:
                if info.filename != MANIFEST:
                    _write(source, info, manifest.files[info.filename], place / info.filename)
            return manifest
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise InfrastructureError(f"{place.parent}: {error.strerror}") from None
        raise RefusedSubmission(f"archive: damaged: {error.strerror}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise RefusedSubmission(f"archive: damaged: {error}") from None


def _check_kind(info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise RefusedSubmission(f"archive: expected plain files, got a link or a device: {info.filename[:200]!r}")
    if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedSubmission(f"archive: encrypted, or packed in an unknown way: {info.filename[:200]!r}")


def _manifest(source: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Manifest:
    found = [info for info in infos if info.filename == MANIFEST]
    if len(found) != 1:
        raise RefusedSubmission(f"archive: expected one {MANIFEST}, got {len(found)} (goldentime submit pack makes it)")
    with source.open(found[0]) as stream:
        content = stream.read(_MANIFEST_MIB * MIB + 1)
    if len(content) > _MANIFEST_MIB * MIB:
        raise RefusedSubmission(f"{MANIFEST}: expected up to {_MANIFEST_MIB} MiB")
    try:
        data = json.loads(content)
        if not isinstance(data, dict):
            raise ConfigError(f"expected an object, got {type(data).__name__}")
        return load(Manifest, data, MANIFEST)
    except (ValueError, RecursionError) as error:
        raise RefusedSubmission(f"{MANIFEST}: {str(error)[:500]}") from None


def _check_listed(manifest: Manifest, infos: list[zipfile.ZipInfo], bounds: Bounds) -> None:
    packed = {info.filename for info in infos} - {MANIFEST}
    for wrong, text in (
        (packed - manifest.files.keys(), "not in its manifest"),
        (manifest.files.keys() - packed, "missing"),
    ):
        if wrong:
            raise RefusedSubmission(f"archive: {text}: {min(wrong)!r}")
    total = sum(entry.size for entry in manifest.files.values())
    if total > bounds.total_mib * MIB or any(entry.size < 0 for entry in manifest.files.values()):
        raise RefusedSubmission(f"archive: expected up to {bounds.total_mib} MiB unpacked, got {total / MIB:.1f}")


def _write(source: zipfile.ZipFile, info: zipfile.ZipInfo, entry: Entry, path: Path) -> None:
    """Write one file, counting as it comes: what a header says of its size is not believed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sha, count = sha256(), 0
    with source.open(info) as stream, path.open("xb") as target:
        while piece := stream.read(_PIECE):
            count += len(piece)
            if count > entry.size:
                raise RefusedSubmission(f"archive: larger than the {entry.size} bytes of its manifest: {info.filename!r}")
            sha.update(piece)
            target.write(piece)
    if count != entry.size or sha.hexdigest() != entry.sha256:
        raise RefusedSubmission(f"archive: not what its manifest says (size or SHA-256): {info.filename!r}")
    path.chmod(0o755 if entry.executable else 0o644)
