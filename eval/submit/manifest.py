"""What a submission consists of: names, sizes and hashes, and the rules for names."""

import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from pathlib import PurePosixPath

from goldentime.eval.outcomes import RefusedSubmission
from goldentime.records import canonical_json, dump, record

__all__ = ["MANIFEST", "Bounds", "Entry", "Manifest", "check_names", "digest_of"]

MANIFEST = "MANIFEST.json"


@record
class Bounds:
    """How large a submission may be; our choice."""

    archive_mib: int = 512
    total_mib: int = 1024
    """Unpacked."""
    files: int = 2000
    deepest: int = 12
    longest_name: int = 200


@record
class Entry:
    """One file."""

    size: int
    sha256: str
    executable: bool = False


@record
class Manifest:
    """All files of a submission, by name with slashes."""

    format: int = 1
    files: dict[str, Entry]


def digest_of(manifest: Manifest) -> str:
    """SHA-256 of the manifest's canonical JSON: the submission's identity, packed or not."""
    return sha256(canonical_json(dump(manifest))).hexdigest()


def check_names(names: Iterable[str], bounds: Bounds) -> None:
    """Refuse names that could lead out of a folder, fall together on another system, or hide something.

    Raises:
        RefusedSubmission: names the first such name.
    """
    seen: dict[str, str] = {}
    for count, name in enumerate(names, 1):
        if count > bounds.files:
            raise RefusedSubmission(f"archive: more than {bounds.files} files")
        if fault := _fault(name, bounds):
            raise RefusedSubmission(f"archive: {fault}: {name[:200]!r}")
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            raise RefusedSubmission(f"archive: the name comes twice: {name!r} and {seen[key]!r}")
        seen[key] = name


def _fault(name: str, bounds: Bounds) -> str | None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or name[1:2] == ":" or ".." in parts:
        return "a path that leads out of the submission"
    if not name.isprintable() or "\\" in name or "/".join(parts) != name:
        return "a name that is no plain relative path"
    if len(parts) > bounds.deepest or len(name.encode()) > bounds.longest_name:
        return f"a name deeper than {bounds.deepest} or longer than {bounds.longest_name} bytes"
    return None
