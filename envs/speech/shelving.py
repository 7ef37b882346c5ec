"""Storing a speaker's clips one after another in one file: in files of their own, headers would weigh as much as sound."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.speech.bank import Clip, Entry
from goldentime.envs.speech.levels import active_rms, trimmed
from goldentime.files import write_atomic

__all__ = ["shelve"]

Floats = NDArray[np.float32]

_LEVEL = 0.08
"""Active RMS of stored sound, full scale 1: leaves 22 dB for peaks."""
_GAP_S = 0.06


def shelve(
    path: Path, name: str, made: Sequence[tuple[Clip, Floats]], encode: Callable[[Floats, int], bytes], most_s: float = 8.0
) -> list[Entry]:
    """Write the file `name` below `path`, with all clips trimmed and at one level, and answer their entries."""
    entries: list[Entry] = []
    parts: list[Floats] = []
    place, rate = 0, made[0][0].sample_rate_hz
    gap = np.zeros(round(_GAP_S * rate), np.float32)
    for clip, raw in made:
        sound = _stored(raw, rate, most_s)
        timed = replace(clip, duration_s=round(len(sound) / rate, 4))
        entries.append(Entry(clip=timed, file=name, start=place, frames=len(sound)))
        parts += [sound, gap]
        place += len(sound) + len(gap)
    write_atomic(path / name, encode(np.concatenate(parts), rate))
    return entries


def _stored(raw: NDArray[Any], rate: int, most_s: float) -> Floats:
    sound = trimmed(raw, rate)[: round(most_s * rate)]
    scaled: Floats = sound * np.float32(_LEVEL / active_rms(sound, rate))
    # Only coughs and knocks have peaks that high.
    return scaled * np.float32(min(1.0, 0.9 / np.abs(scaled).max()))
