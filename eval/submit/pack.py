"""One archive of a submission's folder: equal folders give equal bytes.

A ZIP file without compression, since compressors differ between versions and what weighs in a submission, learned numbers,
does not shrink. The first file is the manifest.
"""

import zipfile
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

from goldentime.eval.engines.limits import MIB
from goldentime.eval.outcomes import RefusedSubmission
from goldentime.eval.submit.description import read_description
from goldentime.eval.submit.manifest import MANIFEST, Bounds, Entry, Manifest, check_names, digest_of
from goldentime.files import pretty_json
from goldentime.records import dump

__all__ = ["Packed", "manifest_of", "pack"]

_LEFT_OUT = {"__pycache__", MANIFEST}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Packed(NamedTuple):
    """A finished archive."""

    path: Path
    sha256: str
    """Of the archive."""
    digest: str
    """Of what is in it (`manifest.digest_of`)."""
    manifest: Manifest


def manifest_of(folder: Path, bounds: Bounds | None = None) -> Manifest:
    """What is in a folder; hidden files and compiled Python are left out.

    Raises:
        RefusedSubmission: a link, something that is no file, a name or a size that does not fit.
    """
    bounds = bounds or Bounds()
    files = dict(sorted((path.relative_to(folder).as_posix(), path) for path in _walk(folder)))
    check_names(files, bounds)
    total = sum(path.stat().st_size for path in files.values())
    if total > bounds.total_mib * MIB:
        raise RefusedSubmission(f"{folder}: expected up to {bounds.total_mib} MiB, got {total / MIB:.1f}")
    return Manifest(files={name: _entry(path) for name, path in files.items()})


def pack(folder: Path, archive: Path, bounds: Bounds | None = None) -> Packed:
    """Write the archive.

    Raises:
        RefusedSubmission: the folder is no submission.
    """
    read_description(folder)
    manifest = manifest_of(folder, bounds)
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        target.writestr(_info(MANIFEST), pretty_json(dump(manifest)))
        for name, entry in manifest.files.items():
            content = (folder / name).read_bytes()
            if sha256(content).hexdigest() != entry.sha256:
                raise RefusedSubmission(f"{folder / name}: it changed while it was packed")
            target.writestr(_info(name, executable=entry.executable), content)
    with archive.open("rb") as file:
        return Packed(archive, file_digest(file, "sha256").hexdigest(), digest_of(manifest), manifest)


def _walk(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _LEFT_OUT or path.suffix == ".pyc":
            continue
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise RefusedSubmission(f"{path}: expected files and folders, got a link or something else")
        found += _walk(path) if path.is_dir() else [path]
    return found


def _entry(path: Path) -> Entry:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    status = path.stat()
    return Entry(size=status.st_size, sha256=digest, executable=bool(status.st_mode & 0o100))


def _info(name: str, *, executable: bool = False) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.create_system = 3
    info.external_attr = (0o100755 if executable else 0o100644) << 16
    return info
