"""The dry sound of a scenario's sources: clips from the speech bank, and what is synthesised."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.alarms import alarm, siren
from goldentime.envs.acoustics.crackle import fire
from goldentime.envs.acoustics.renderer import SignalChunk
from goldentime.envs.acoustics.sounds import Sounding, Source
from goldentime.envs.acoustics.ties import Stretch
from goldentime.records import canonical_json, dump

__all__ = ["Audio", "Player"]

Audio = Callable[[str, int], NDArray[np.float32]]
"""A clip by its id and sample rate, mono, of active RMS 1, as `SpeechBank.audio` gives it."""

_REFERENCE_PA = 20e-6
_RAMP_S = 0.005
_LOOP_S = 8.0


class Player:
    """Plays the sources of one scenario at any time, in chunks of any length."""

    def __init__(self, sources: tuple[Source, ...], sample_rate_hz: int, audio: Audio) -> None:
        self.sources = sources
        self._rate, self._audio = sample_rate_hz, audio
        self._loops: dict[int, NDArray[np.float32]] = {}
        self.gains: dict[tuple[int, int], float] = {}
        """Amplitude factors by source and sounding, where they are not 1."""
        self.ties: Mapping[int, Stretch] = {}
        """How tied sources are while the chunk that is asked for next lasts."""

    def span(self, source: int, sounding: int) -> tuple[int, int]:
        """First sample of a stretch of sound, and the first after it."""
        what = self.sources[source].soundings[sounding]
        first = round(what.start_s * self._rate)
        length = max(round(what.duration_s * self._rate), 1)
        if what.clip:
            length = min(length, len(self._audio(what.clip, self._rate)))
        return first, first + length

    def wave(self, source: int, sounding: int, start: int, stop: int) -> NDArray[np.float32]:
        """Samples of a stretch of sound, counted from its beginning, at its level [Pa at 1 m]."""
        what = self.sources[source].soundings[sounding]
        first, after = self.span(source, sounding)
        place = np.arange(start, stop)
        if what.clip:
            wave = self._audio(what.clip, self._rate)[start:stop]
        else:
            loop = self._loop(source)
            wave = loop[place % len(loop)]
        edge = np.minimum(place + 1, after - first - place) / (_RAMP_S * self._rate)
        level = self.gains.get((source, sounding), 1.0) * _REFERENCE_PA * 10.0 ** (what.level_db / 20.0)
        loud: NDArray[np.float32] = (wave * (level * np.minimum(edge, 1.0))).astype(np.float32)
        return loud

    def samples(self, source: int, start: int, count: int) -> NDArray[np.float32] | None:
        """What a source gives off from a sample on, (count,) [Pa at 1 m]; None while it is silent."""
        if self.silent(source):
            return None
        out: NDArray[np.float32] | None = None
        for index in self.playing(source, start, start + count):
            first, after = self.span(source, index)
            low, high = max(start, first), min(start + count, after)
            if out is None:
                out = np.zeros(count, np.float32)
            out[low - start : high - start] += self.wave(source, index, low - first, high - first)
        if out is not None and source in self.ties:
            out *= np.linspace(*self.ties[source].gains, count, dtype=np.float32)
        return out

    def silent(self, source: int) -> bool:
        """Whether a source can't be heard now, whatever its soundings say."""
        return source in self.ties and self.ties[source].silent

    def playing(self, source: int, start: int, stop: int) -> list[int]:
        """Which of a source's soundings fall within a stretch of samples."""
        rate = self._rate
        found = []
        for index, what in enumerate(self.sources[source].soundings):
            if what.start_s * rate < stop + 1 and (what.start_s + what.duration_s) * rate > start - 1:
                first, after = self.span(source, index)
                if first < stop and after > start:
                    found.append(index)
        return found

    def place(self, source: int, time_s: float) -> NDArray[np.float64]:
        """Where a source is, (3,) [m]; of one that a person takes along, where the chunk begins."""
        tied = self._tied(source)
        if tied is not None:
            return tied[0]
        path = self.sources[source].path
        if time_s <= path[0].time_s:
            return np.array(path[0].position)
        for before, after in pairwise(path):
            if time_s <= after.time_s:
                share = (time_s - before.time_s) / max(after.time_s - before.time_s, 1e-9)
                return (1.0 - share) * np.array(before.position) + share * np.array(after.position)
        return np.array(path[-1].position)

    def chunk(self, source: int, samples: NDArray[np.float32], first: int) -> SignalChunk:
        """What the renderer takes: samples of a source, from one of its moments on."""
        tied = self._tied(source)
        if tied is not None:
            return SignalChunk(source, samples, *tied)
        start, end = first / self._rate, (first + len(samples)) / self._rate
        return SignalChunk(source, samples, self.place(source, start), self.place(source, end))

    def _tied(self, source: int) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        return self.ties[source].places if source in self.ties else None

    def _loop(self, source: int) -> NDArray[np.float32]:
        """One period of a synthesised source."""
        if source not in self._loops:
            what = self.sources[source]
            if what.kind == "alarm":
                self._loops[source] = alarm(self._rate)
            elif what.kind == "siren":
                self._loops[source] = siren(self._rate)
            else:
                # From the scenario alone, so that all drones hear the same fire. What it is tied to has no say in it.
                rng = np.random.default_rng([int(_digest(what)[:16], 16), source])
                self._loops[source] = fire(self._rate, _loop_s(what.soundings), rng)
        return self._loops[source]


def _digest(source: Source) -> str:
    data = dump(source)
    del data["fuel"]
    return sha256(canonical_json(data)).hexdigest()


def _loop_s(soundings: tuple[Sounding, ...]) -> float:
    return min(max((sounding.duration_s for sounding in soundings), default=_LOOP_S), _LOOP_S)
