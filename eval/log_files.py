"""An episode log on disk: `<name>.jsonl` with header, events and end, and `<name>.npz` with the states and the tracks.

The array file is written first and the lines last, so that a log whose lines exist is whole. Both have the same bytes for
the same flight, but for the last line, which holds the agent's times.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import LogError
from goldentime.eval.log import FORMAT, EpisodeLog
from goldentime.eval.log_tracks import TRACK_WIDTHS
from goldentime.files import read_lines, write_atomic
from goldentime.records import canonical_json

__all__ = ["load_log", "log_files", "save_log"]

Table = NDArray[np.float64]

_EPOCH = (1980, 1, 1, 0, 0, 0)


def save_log(log: EpisodeLog, path: Path) -> None:
    """Write a log as `path` (ends in `.jsonl`) and its arrays beside it."""
    for name, content in log_files(log, path.name).items():
        write_atomic(path.with_name(name), content)


def log_files(log: EpisodeLog, name: str) -> dict[str, bytes]:
    """A log's files by name, in the order in which they must be written.

    Args:
        name: of the lines, ends in `.jsonl`; folders before it go with the arrays too.
    """
    arrays = _pack({"states": log.samples().table, **log.tracks()})
    content = log.content()
    events = content.pop("events")
    head = {"type": "header", "format": FORMAT, "header": content.pop("header")}
    end = {"type": "end", **content, "error": log.error, "digest": log.digest(), "arrays_sha256": _sha(arrays)}
    timing = {"type": "timing", **log.timing}
    lines = [head, *({"type": "event", **event} for event in events), end, timing]
    text = b"".join(canonical_json(line) + b"\n" for line in lines)
    return {f"{name.removesuffix('.jsonl')}.npz": arrays, name: text}


def load_log(path: Path) -> EpisodeLog:
    """Read a log and check it against its digest.

    Raises:
        LogError: a file is missing, cut, damaged or of another version; the message names the file, what was expected
            and what was found.
    """
    lines = read_lines(path)
    head = _check_head(path, lines)
    types = [line.get("type") for line in lines]
    expected = ["header", *["event"] * max(len(lines) - 3, 0), "end", "timing"]
    if types != expected:
        raise LogError(
            f"{path}: expected lines header, events, end, timing, got {_shorten(types)}: the file was cut or edited"
        )
    end, timing = lines[-2], lines[-1]
    table, tracks = _unpack(path.with_suffix(".npz"), end)
    content: dict[str, Any] = {
        "header": head["header"],
        "events": [{key: value for key, value in line.items() if key != "type"} for line in lines[1:-2]],
        **{key: end[key] for key in ("totals", "reward_terms", "reason", "postures") if key in end},
    }
    times = {key: value for key, value in timing.items() if key != "type"}
    try:
        log = EpisodeLog.restore(content, table, tracks, times, end.get("error"))
    except (KeyError, TypeError, ValueError) as error:
        raise LogError(f"{path}: expected the fields of log format {FORMAT}, got a mismatch at {error}") from None
    if log.digest() != end.get("digest"):
        raise LogError(f"{path}: expected digest {end.get('digest')}, got {log.digest()}: the log was edited")
    return log


def _check_head(path: Path, lines: list[dict[str, Any]]) -> dict[str, Any]:
    if not lines:
        raise LogError(f"{path}: expected a header line, got an empty file")
    head = lines[0]
    if head.get("type") != "header" or not isinstance(head.get("header"), dict):
        raise LogError(f"{path}:1: expected a line of type 'header', got {head.get('type')!r}")
    if head.get("format") != FORMAT:
        raise LogError(f"{path}:1: expected log format {FORMAT}, got {head.get('format')!r}")
    return head


def _shorten(types: list[Any]) -> str:
    names = [str(name) for name in types if name != "event"]
    return f"{', '.join(names)} and {types.count('event')} event lines"


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _pack(arrays: Mapping[str, Table]) -> bytes:
    """A `.npz` archive without the time of day in it, which `numpy.savez` does not promise."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, table in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, table.astype("<f8"), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, member.getvalue(), compresslevel=1)
    return archive.getvalue()


def _unpack(path: Path, end: dict[str, Any]) -> tuple[Table, dict[str, Table]]:
    """The states and the tracks."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LogError(f"{path}: expected the log's arrays, can't be read ({error.strerror})") from None
    if _sha(data) != end.get("arrays_sha256"):
        raise LogError(
            f"{path}: expected SHA-256 {end.get('arrays_sha256')}, got {_sha(data)}: the arrays were cut or edited"
        )
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            table: Table = archive["states"]
            tracks: dict[str, Table] = {name: archive[name] for name in TRACK_WIDTHS if name in archive.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise LogError(f"{path}: expected an array 'states', got {error}") from None
    for name, array in {"states": table, **tracks}.items():
        _check_table(path, name, array)
    return table, tracks


def _check_table(path: Path, name: str, array: Table) -> None:
    width = TRACK_WIDTHS.get(name, 1)
    if array.ndim != 2 or array.dtype != np.float64:
        raise LogError(f"{path}: {name}: expected a float64 table, got {array.dtype} of shape {array.shape}")
    if (array.shape[1] - 1) % width:
        raise LogError(f"{path}: {name}: expected 1 + {width} n columns, got {array.shape[1]}")
