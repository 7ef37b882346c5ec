"""An MCAP archive of an episode: for Foxglove and other viewers, and lossless, since the log's own files lie in it.

Times are nanoseconds since the start of the episode. Poses, scene and log lines are messages of Foxglove's well-known
schemas in JSON (docs.foxglove.dev, "Message schemas"); events and states have schemas of their own.
"""

import io
import json
import struct
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from goldentime.errors import LogError, MissingDependencyError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import load_log, save_log
from goldentime.eval.replay.archive_scene import moving_scene, still_scene, transforms
from goldentime.eval.replay.schemas import SCHEMAS
from goldentime.eval.replay.story import line_of, name_of
from goldentime.files import write_atomic

__all__ = ["read_archive", "write_archive"]

_LIBRARY = "goldentime"
_LOG = "episode.jsonl"
_ARRAYS = "episode.npz"
_MEDIA = {_LOG: "application/jsonl", _ARRAYS: "application/x-npz"}


class _Message(NamedTuple):
    time_s: float
    topic: str
    schema: str
    data: Mapping[str, Any]


def write_archive(log: EpisodeLog, path: Path) -> None:
    """Write an archive.

    Raises:
        MissingDependencyError: the library mcap is not installed.
    """
    writer_module = _import_mcap("mcap.writer")
    buffer = io.BytesIO()
    writer = writer_module.Writer(buffer)
    writer.start(profile="", library=_LIBRARY)
    schemas: dict[str, int] = {}
    channels: dict[str, int] = {}
    for number, message in enumerate(sorted(_messages(log), key=lambda message: message.time_s)):
        if message.schema not in schemas:
            schema = json.dumps(SCHEMAS[message.schema]).encode()
            schemas[message.schema] = writer.register_schema(message.schema, "jsonschema", schema)
        if message.topic not in channels:
            channels[message.topic] = writer.register_channel(message.topic, "json", schemas[message.schema])
        stamp, data = round(1e9 * message.time_s), json.dumps(message.data, ensure_ascii=False).encode()
        writer.add_message(channels[message.topic], stamp, data, stamp, number)
    for name, content in _files(log).items():
        writer.add_attachment(create_time=0, log_time=0, name=name, media_type=_MEDIA[name], data=content)
    writer.add_metadata("episode", {key: str(value) for key, value in log.header.get("labels", {}).items()})
    writer.finish()
    write_atomic(path, buffer.getvalue())


def read_archive(path: Path) -> EpisodeLog:
    """The log that an archive was made of, checked against its digest.

    Raises:
        MissingDependencyError: the library mcap is not installed.
        LogError: the file is missing, damaged or holds no log.
    """
    reader, errors = _import_mcap("mcap.reader"), _import_mcap("mcap.exceptions")
    try:
        with path.open("rb") as file:
            found = {item.name: item.data for item in reader.make_reader(file).iter_attachments()}
    except OSError as error:
        raise LogError(f"{path}: can't be read ({error.strerror})") from None
    except (errors.McapError, ValueError, EOFError, struct.error) as error:
        raise LogError(f"{path}: expected an MCAP archive, got {type(error).__name__}: {error}") from None
    missing = [name for name in _MEDIA if name not in found]
    if missing:
        raise LogError(f"{path}: expected the attachments {', '.join(_MEDIA)}, {', '.join(missing)} missing")
    with tempfile.TemporaryDirectory() as folder:
        for name in _MEDIA:
            (Path(folder) / name).write_bytes(found[name])
        try:
            return load_log(Path(folder) / _LOG)
        except LogError as error:
            raise LogError(str(error).replace(str(Path(folder)), str(path))) from None


def _files(log: EpisodeLog) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        save_log(log, Path(folder) / _LOG)
        return {name: (Path(folder) / name).read_bytes() for name in _MEDIA}


def _messages(log: EpisodeLog) -> Iterator[_Message]:
    yield _Message(0.0, "/scene", "foxglove.SceneUpdate", still_scene(log))
    for time_s, update in moving_scene(log):
        yield _Message(time_s, "/moving", "foxglove.SceneUpdate", update)
    for time_s, frames in transforms(log):
        yield _Message(time_s, "/tf", "foxglove.FrameTransforms", {"transforms": frames})
    yield from _drones(log)
    for event in log.events:
        yield _Message(event.time_s, "/events", "goldentime.Event", event._asdict())
        line = {
            "timestamp": _stamp(event.time_s),
            "level": 2,
            "name": name_of(event),
            "file": "",
            "line": 0,
        }
        yield _Message(event.time_s, "/log", "foxglove.Log", {**line, "message": line_of(event)})


def _drones(log: EpisodeLog) -> Iterator[_Message]:
    samples = log.samples()
    for row, time_s in enumerate(samples.time_s.tolist()):
        for drone in range(samples.position_m.shape[1]):
            data = {
                "position_m": samples.position_m[row, drone].tolist(),
                "velocity_m_s": samples.velocity_m_s[row, drone].tolist(),
                "quaternion_xyzw": samples.quaternion_xyzw[row, drone].tolist(),
                "contact_s": float(samples.contact_s[row, drone]),
                "state_of_charge": float(samples.state_of_charge[row, drone]),
            }
            yield _Message(time_s, f"/drone/{drone}", "goldentime.Drone", data)


def _stamp(time_s: float) -> dict[str, int]:
    whole = round(1e9 * time_s)
    return {"sec": whole // 1_000_000_000, "nsec": whole % 1_000_000_000}


def _import_mcap(name: str) -> ModuleType:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise MissingDependencyError(
            "MCAP archives need mcap; install the extra: pip install 'goldentime[replay]' "
            "(from a clone: pip install -e '.[replay]')"
        ) from None
