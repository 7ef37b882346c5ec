"""A small speech bank: noise in place of speech, or no sound at all for missions that only ask who says what."""

import wave
from pathlib import Path

import numpy as np

from goldentime.envs.speech.bank import Clip, Entry, write_index

RATE_HZ = 16_000


def write_small_bank(folder: Path, *, sound: bool = False) -> str:
    """Two speakers of each voice and split with three calls and two talks each, a cougher and a knocker."""
    entries = []
    for split in ("train", "test"):
        for voice in ("man", "woman", "child"):
            for number in (1, 2):
                for kind, count in (("call", 3), ("talk", 2)):
                    entries += [_entry(split, voice, f"{split}-{voice}-{number}", kind, i) for i in range(count)]
        entries += [_entry(split, "man", f"{split}-cougher", "cough", 0), _entry(split, "", f"{split}-knocker", "knock", 0)]
    write_index(folder, entries)
    if sound:
        rng = np.random.default_rng(0)
        for entry in entries:
            noise = 3000.0 * rng.standard_normal(round(entry.clip.duration_s * RATE_HZ))
            with wave.open(str(folder / entry.file), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE_HZ)
                file.writeframes(noise.astype("<i2").tobytes())
    return str(folder)


def _entry(split, voice, speaker, kind, number):
    name = f"{speaker}-{kind}-{number}"
    clip = Clip(
        id=name,
        speaker=speaker,
        voice=voice,
        language="ko",
        text="",
        kind=kind,
        sample_rate_hz=RATE_HZ,
        duration_s=0.6 + 0.25 * number,
        synthetic=True,
        split=split,
    )
    return Entry(clip=clip, file=f"{name}.wav")
