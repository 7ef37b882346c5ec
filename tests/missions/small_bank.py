"""A small speech bank without any sound, for missions that only ask who says what."""

from pathlib import Path

from goldentime.envs.speech.bank import Clip, Entry, write_index


def write_small_bank(folder: Path) -> str:
    """Two speakers of each voice and split with three calls and two talks each, a cougher and a knocker."""
    entries = []
    for split in ("train", "test"):
        for voice in ("man", "woman", "child"):
            for number in (1, 2):
                for kind, count in (("call", 3), ("talk", 2)):
                    entries += [_entry(split, voice, f"{split}-{voice}-{number}", kind, i) for i in range(count)]
        entries += [_entry(split, "man", f"{split}-cougher", "cough", 0), _entry(split, "", f"{split}-knocker", "knock", 0)]
    write_index(folder, entries)
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
        sample_rate_hz=16_000,
        duration_s=1.0 + 0.25 * number,
        synthetic=True,
        split=split,
    )
    return Entry(clip=clip, file=f"{name}.wav")
