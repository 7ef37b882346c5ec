"""The bank of speech: who says what, in which voice, and the sound of it.

A bank is a folder with `bank.json` and audio files. The one that comes with the package is synthetic and small
(`goldentime speech build` makes it); `load_bank` also reads folders that `goldentime speech import` wrote, and corpora as
their makers lay them out (`goldentime.envs.speech.corpora`).
"""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.speech.audio import Recent, read_audio, resampled
from goldentime.envs.speech.levels import active_rms
from goldentime.errors import ConfigError
from goldentime.files import write_atomic
from goldentime.records import dump, load, record

__all__ = [
    "EMBEDDED",
    "INDEX",
    "Clip",
    "Entry",
    "Kind",
    "SpeechBank",
    "Split",
    "Voice",
    "load_bank",
    "read_audio",
    "write_index",
]

Floats = NDArray[np.float32]
Voice = Literal["man", "woman", "child", ""]
Kind = Literal["call", "talk", "cough", "knock"]
Split = Literal["train", "test"]

EMBEDDED = Path(__file__).parents[1] / "assets" / "speech"
INDEX = "bank.json"
FORMAT = 1
_STAND_IN: dict[str, Kind] = {"call": "talk", "talk": "call"}
_MOST_CACHED_S = 600.0
"""Of decoded sound kept by a bank: 38 MB at 16 kHz."""
_MOST_FILES_S = 300.0
"""Of whole files kept, whose other clips are probably wanted next."""


@record
class Clip:
    """One utterance, cough or knocking."""

    id: str
    speaker: str
    """Who; a speaker is in one split only, and so is every voice that was made from the same person's."""
    voice: Voice
    """Class of the voice; empty where there is none (knocking) or where nobody says."""
    language: str
    """ISO 639-1, such as `ko`; empty where nothing is said."""
    text: str
    kind: Kind
    sample_rate_hz: int
    """Of the stored sound."""
    duration_s: float
    synthetic: bool
    split: Split
    effort: Literal["normal", "raised", ""] = ""
    """Whether the voice is raised; how loud it sounds in a scenario is the scenario's matter."""
    engine: str = ""
    """What made it; empty for recordings."""


@record
class Entry:
    """A clip and where its sound is stored."""

    clip: Clip
    file: str
    """Path below the bank's folder, with `/`."""
    start: int = 0
    frames: int = -1
    """Samples of the file at its own rate: `[start, start + frames)`; -1 means to its end."""


class SpeechBank:
    """Clips that can be looked through at once, and whose sound is decoded when it is asked for."""

    def __init__(self, folder: Path, entries: Sequence[Entry]) -> None:
        """A bank of these entries.

        Raises:
            ConfigError: two entries have one id, or a speaker is in both splits.
        """
        self.folder = folder
        self.clips: tuple[Clip, ...] = tuple(entry.clip for entry in entries)
        self._entries = {entry.clip.id: entry for entry in entries}
        self._files: Recent = Recent(_MOST_FILES_S)
        self._sounds: Recent = Recent(_MOST_CACHED_S)
        self._choices: dict[tuple[str, str | None, str, str | None], list[list[Clip]]] = {}
        self._kinds = {clip.kind for clip in self.clips}
        _check(self.clips, folder)

    def audio(self, clip_id: str, sample_rate_hz: int) -> Floats:
        """The clip's sound, (samples,) float32 at this rate, read-only; its active parts have an RMS of 1.

        Raises:
            ConfigError: no such clip, or its file can't be read or is silent.
        """
        found = self._sounds.get((clip_id, sample_rate_hz))
        if found is not None:
            return found
        stored, rate = self._stored(self._entry(clip_id))
        sound = resampled(stored, rate, sample_rate_hz)
        level = active_rms(sound, sample_rate_hz)
        if level <= 0.0:
            raise ConfigError(f"speech clip {clip_id!r}: silent in {self.folder}")
        sound = np.ascontiguousarray(sound / level, np.float32)
        sound.flags.writeable = False
        self._sounds.put((clip_id, sample_rate_hz), sound, len(sound) / sample_rate_hz)
        return sound

    def clip(self, clip_id: str) -> Clip:
        """The clip of this id.

        Raises:
            ConfigError: there is none.
        """
        return self._entry(clip_id).clip

    def pick(
        self,
        rng: np.random.Generator,
        *,
        split: Split,
        voice: Voice | None = None,
        kind: Kind = "call",
        language: str | None = None,
    ) -> Clip:
        """A clip drawn at random: first one of the speakers who have such clips, then one of theirs.

        In a bank without calls, as most corpora are, talk stands in for them, and calls for talk.

        Raises:
            ConfigError: there is none.
        """
        key = (split, voice, _STAND_IN.get(kind, kind) if kind not in self._kinds else kind, language)
        choices = self._choices.get(key)
        if choices is None:
            choices = self._choices[key] = self._by_speaker(*key)
        if not choices:
            wanted = f"split={split!r} voice={voice!r} kind={kind!r} language={language!r}"
            raise ConfigError(f"speech bank {self.folder}: none of its {len(self.clips)} clips has {wanted}")
        theirs = choices[int(rng.integers(len(choices)))]
        return theirs[int(rng.integers(len(theirs)))]

    def _by_speaker(self, split: str, voice: str | None, kind: str, language: str | None) -> list[list[Clip]]:
        speakers: dict[str, list[Clip]] = {}
        for clip in self.clips:
            fits = voice in (None, clip.voice) and language in (None, clip.language)
            if fits and clip.split == split and clip.kind == kind:
                speakers.setdefault(clip.speaker, []).append(clip)
        return [speakers[name] for name in sorted(speakers)]

    def _entry(self, clip_id: str) -> Entry:
        try:
            return self._entries[clip_id]
        except KeyError:
            from difflib import get_close_matches

            close = get_close_matches(clip_id, self._entries, 3, 0.5)
            hint = f"; close are {', '.join(close)}" if close else ""
            raise ConfigError(f"speech clip {clip_id!r}: not in the bank {self.folder}{hint}") from None

    def _stored(self, entry: Entry) -> tuple[Floats, int]:
        path, rate = self.folder / entry.file, entry.clip.sample_rate_hz
        if entry.start == 0 and entry.frames < 0:
            return read_audio(path)
        whole = self._files.get(entry.file)
        if whole is None:
            whole, rate = read_audio(path)
            if rate != entry.clip.sample_rate_hz:
                raise ConfigError(f"{path}: expected {entry.clip.sample_rate_hz} Hz as in {INDEX}, got {rate} Hz")
            self._files.put(entry.file, whole, len(whole) / rate)
        end = len(whole) if entry.frames < 0 else entry.start + entry.frames
        if end > len(whole):
            raise ConfigError(f"{path}: expected at least {end} samples as in {INDEX}, got {len(whole)}")
        return whole[entry.start : end], rate


def load_bank(source: str | Path = "default", layout: str = "auto") -> SpeechBank:
    """A bank: the embedded one, a folder with `bank.json`, or a corpus; read once per process.

    A bank without coughs and knocking gets the embedded one's.

    Args:
        source: `default`, a folder, or a `.csv` manifest.
        layout: of a corpus, one of `corpora.LAYOUTS`; `auto` recognises it.

    Raises:
        ConfigError: nothing there, or it can't be read, with the file and the field that are wrong.
    """
    if str(source) == "default":
        return _load(EMBEDDED, "bank")
    return _load(Path(source).expanduser().resolve(), layout)


@lru_cache(maxsize=16)
def _load(path: Path, layout: str) -> SpeechBank:
    if layout in ("auto", "bank") and (path / INDEX).is_file():
        return SpeechBank(path, _with_wordless(_read_index(path / INDEX)))
    if layout == "bank" or not path.exists():
        raise ConfigError(f"speech bank: expected 'default', a folder with {INDEX}, a corpus or a .csv, got {path}")
    from goldentime.envs.speech.corpora import read_corpus

    return SpeechBank(path if path.is_dir() else path.parent, _with_wordless(read_corpus(path, layout)))


def _with_wordless(entries: list[Entry]) -> list[Entry]:
    """With the embedded bank's coughs and knocking, where there are none: hardly any corpus has them."""
    if any(entry.clip.kind in ("cough", "knock") for entry in entries):
        return entries
    wordless = [entry for entry in _read_index(EMBEDDED / INDEX) if entry.clip.kind in ("cough", "knock")]
    return entries + [replace(entry, file=str(EMBEDDED / entry.file)) for entry in wordless]


def _read_index(path: Path) -> list[Entry]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: expected a JSON object ({error})") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        got = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise ConfigError(f"{path}: expected format {FORMAT}, got {got!r}")
    return list(load(_Index, data, path.name).entries)


@record
class _Index:
    format: int
    entries: tuple[Entry, ...]


def write_index(folder: Path, entries: Sequence[Entry]) -> Path:
    """Write `bank.json`: a line for each clip."""
    lines = [json.dumps(dump(entry), ensure_ascii=False, allow_nan=False) for entry in entries]
    path = folder / INDEX
    rows = ",\n".join(lines)
    write_atomic(path, f'{{"format": {FORMAT}, "entries": [\n{rows}\n]}}\n'.encode())
    return path


def _check(clips: Sequence[Clip], folder: Path) -> None:
    seen: set[str] = set()
    split: dict[str, str] = {}
    for clip in clips:
        if clip.id in seen:
            raise ConfigError(f"speech bank {folder}: clip id {clip.id!r} twice")
        seen.add(clip.id)
        if split.setdefault(clip.speaker, clip.split) != clip.split:
            raise ConfigError(f"speech bank {folder}: speaker {clip.speaker!r} is in both splits (clip {clip.id!r})")


def plain_text(text: str) -> str:
    """Composed characters (NFC) and single spaces, so that equal texts compare equal."""
    return " ".join(unicodedata.normalize("NFC", text).split())
