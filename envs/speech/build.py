"""The command `goldentime speech build`: the embedded bank, made by free synthesisers."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.speech.audio import resampled
from goldentime.envs.speech.bank import EMBEDDED, Clip, Entry, Kind, Split, Voice, plain_text, write_index
from goldentime.envs.speech.calls import COUGHERS, KNOCKED, cough, knocking
from goldentime.envs.speech.engines import check_engines, speak
from goldentime.envs.speech.levels import raised_spectrum
from goldentime.envs.speech.ogg import opus_bytes
from goldentime.envs.speech.phrases import CALLS, RESPELT, TALK, Phrase
from goldentime.envs.speech.shelving import shelve
from goldentime.envs.speech.voices import VOICES, VoiceSpec
from goldentime.rng import stream

__all__ = ["build_bank"]

Floats = NDArray[np.float32]

RATE_HZ = 16000
_RAISED_PITCH, _RAISED_SLOWER = 1.3, 1.1
_MOST_S = 4.0
_COUGHS, _KNOCKS = 5, 6


def build_bank(into: Path | None = None) -> int:
    """Make the bank, say what was written, and answer the exit code.

    Raises:
        MissingDependencyError: a synthesiser is missing; all that are missing are named.
        ConfigError: a synthesiser failed.
    """
    check_engines(VOICES)
    folder = into or EMBEDDED
    entries: list[Entry] = []
    for voice in VOICES:
        entries += _shelved(folder, voice.name, _spoken(voice))
    for who in COUGHERS:
        rng = stream(0, who.name)
        sounds = [cough(who, rng, RATE_HZ) for _ in range(_COUGHS)]
        entries += _shelved(folder, who.name, _wordless(who.name, "cough", who.voice, who.split, sounds))
    for thing in KNOCKED:
        rng = stream(0, thing.name)
        sounds = [knocking(thing, rng, RATE_HZ) for _ in range(_KNOCKS)]
        entries += _shelved(folder, thing.name, _wordless(thing.name, "knock", "", thing.split, sounds))
    _remove_old(folder, {entry.file for entry in entries})
    index = write_index(folder, entries)
    written = [index, *{folder / entry.file for entry in entries}]
    size = sum(path.stat().st_size for path in written)
    seconds = sum(entry.clip.duration_s for entry in entries)
    print(f"{len(entries)} clips, {seconds:.0f} s, {len(written)} files, {size / 1e6:.2f} MB, below {folder}")
    return 0


def _shelved(folder: Path, name: str, made: list[tuple[Clip, Floats]]) -> list[Entry]:
    return shelve(folder, f"{name}.ogg", made, opus_bytes, _MOST_S)


def _remove_old(folder: Path, wanted: set[str]) -> None:
    for path in folder.glob("*.ogg"):
        if path.name not in wanted:
            path.unlink()


def _spoken(voice: VoiceSpec) -> list[tuple[Clip, Floats]]:
    """All that a speaker says; every second call is raised, another half for every second speaker."""
    made = []
    offset = sum(voice.name.encode()) % 2
    for language in voice.languages:
        for kind, phrases in (("call", CALLS[language]), ("talk", TALK[language])):
            for number, phrase in enumerate(phrases):
                raised = kind == "call" and (number + offset) % 2 == 0
                name = f"{voice.name}-{language}-{kind}-{number:02d}"
                sound = _said(voice, _written(voice, phrase), language, raised)
                made.append((_clip(name, voice, language, phrase.text, kind, raised), sound))  # type: ignore[arg-type]
    return made


def _clip(name: str, voice: VoiceSpec, language: str, text: str, kind: Kind, raised: bool) -> Clip:
    return Clip(
        id=name,
        speaker=voice.name,
        voice=voice.voice,
        language=language,
        text=plain_text(text),
        kind=kind,
        sample_rate_hz=RATE_HZ,
        duration_s=0.0,
        synthetic=True,
        split=voice.split,
        effort="raised" if raised else "normal",
        engine=f"{voice.engine}:{voice.setting}",
    )


def _written(voice: VoiceSpec, phrase: Phrase) -> str:
    if not phrase.english or voice.engine == "espeak":
        return phrase.text
    return phrase.romance if RESPELT.get(voice.setting) == "romance" else phrase.english


def _said(voice: VoiceSpec, text: str, language: str, raised: bool) -> Floats:
    """The voice's sentence at the bank's rate; its vocal tract's factor makes it shorter and all frequencies higher."""
    pitch, slower = (_RAISED_PITCH, _RAISED_SLOWER) if raised else (1.0, 1.0)
    sound, rate = speak(voice, text, language, pitch=pitch, slower=slower)
    if raised:
        sound = raised_spectrum(sound, rate)
    return resampled(sound, round(rate * voice.tract), RATE_HZ)


def _wordless(name: str, kind: Kind, voice: Voice, split: Split, sounds: list[Floats]) -> list[tuple[Clip, Floats]]:
    made = []
    for number, sound in enumerate(sounds):
        clip = Clip(
            id=f"{name}-{number:02d}",
            speaker=name,
            voice=voice,
            language="",
            text="",
            kind=kind,
            sample_rate_hz=RATE_HZ,
            duration_s=0.0,
            synthetic=True,
            split=split,
            engine="goldentime",
        )
        made.append((clip, sound))
    return made
