"""Calls for help on their way to one array: rendered each for itself, so that their loudness is known."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.player import Player
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.snr import active_power, frame_powers, signal_to_noise_db
from goldentime.records import record

__all__ = ["RING_S", "Calls", "HeardCall", "Places"]

Signal = NDArray[np.float32]
Places = tuple[NDArray[np.float64], NDArray[np.float64]]
"""The microphones at the beginning and at the end of a chunk, each (microphones, 3) [m]."""

RING_S = 1.5
"""How long is listened after a sound has ended: echoes, and what is still on its way."""

_ECHO_S = 0.1  # of that, what counts as part of the call


@record
class HeardCall:
    """One call as an array heard it; for logs and slices, never for an agent."""

    source: int
    """Place in `Scenario.sounds`."""
    sounding: int
    """Place in its `soundings`."""
    kind: str
    onset_s: float
    """When its direct sound reached the array first."""
    offset_s: float
    """When the last of it passed."""
    distance_m: float
    """At its start."""
    level_db: float
    """Active sound pressure level at the array above `acoustics.snr.LOW_HZ` [dB re 20 uPa]."""
    snr_db: float
    """Active power over the mean power of all that is no call, in the same band and time."""


@dataclass
class _Track:
    """The powers gathered of one call."""

    first: int
    after: int
    distance_m: float
    call: list[NDArray[np.float64]] = field(default_factory=list)
    noise: list[NDArray[np.float64]] = field(default_factory=list)


class Calls:
    """The calling sources of a scenario, each with a renderer of its own while it is to be heard."""

    def __init__(self, player: Player, room: Callable[[], Renderer], sample_rate_hz: int) -> None:
        self._player, self._make_room, self._rate = player, room, sample_rate_hz
        self._sources = [i for i, source in enumerate(player.sources) if source.calls]
        self._rooms: dict[int, Renderer] = {}
        self._tracks: dict[tuple[int, int], _Track] = {}
        self._told: set[tuple[int, int]] = set()
        self._now = 0
        self._target_power: float | None = None

    def pin(self, snr_db: float, noise: Signal) -> None:
        """Make every call so loud that it lies `snr_db` above this noise."""
        self._target_power = float(np.mean(frame_powers(noise, self._rate))) * 10.0 ** (0.1 * snr_db)

    def hear(self, first: int, count: int, mics: Places) -> dict[int, Signal]:
        """What is heard of each source that calls or has just called; (microphones, count) [Pa] by source."""
        self._now = first + count
        heard = {}
        for source in self._sources:
            self._meet(source, first, count, mics)
            if not self._player.playing(source, first - round(RING_S * self._rate), first + count):
                self._rooms.pop(source, None)
                continue
            samples = self._player.samples(source, first, count)
            chunks = [] if samples is None else [self._player.chunk(source, samples, first)]
            if source not in self._rooms:
                self._rooms[source] = self._make_room()
            heard[source] = self._rooms[source].render(chunks, *mics, count)
        return heard

    def _meet(self, source: int, first: int, count: int, mics: Places) -> None:
        """Take note of calls that begin."""
        if self._player.silent(source):
            return
        for index in self._player.playing(source, first, first + count):
            if (source, index) in self._tracks or (source, index) in self._told:
                continue
            start, after = self._player.span(source, index)
            place = self._player.place(source, start / self._rate)
            distance = float(np.linalg.norm(mics[0].mean(axis=0) - place))
            late = round(distance / SPEED_OF_SOUND_M_S * self._rate)
            self._tracks[source, index] = _Track(start + late, after + late, distance)
            if self._target_power is not None:
                self._player.gains[source, index] = self._gain(source, index, place, mics[0])

    def _gain(self, source: int, index: int, place: NDArray[np.float64], mics: NDArray[np.float64]) -> float:
        """The factor that gives a call its pinned level, from a rehearsal with nothing moving and one microphone."""
        assert self._target_power is not None
        self._player.gains.pop((source, index), None)
        start, after = self._player.span(source, index)
        count = after - start + round(_ECHO_S * self._rate)
        dry = np.zeros(count, np.float32)
        dry[: after - start] = self._player.wave(source, index, 0, after - start)
        at = mics.mean(axis=0, keepdims=True)
        heard = self._make_room().render([SignalChunk(source, dry, place, place)], at, at, count)
        power = active_power(frame_powers(heard, self._rate))
        return float(np.sqrt(self._target_power / max(power, 1e-16)))

    def measure(self, calls: dict[int, Signal], noise: Signal, first: int) -> None:
        """Gather the powers of what was heard from a sample on."""
        count = noise.shape[1]
        echo = round(_ECHO_S * self._rate)
        noise_powers = None
        for (source, _), track in self._tracks.items():
            if source in calls and track.first < first + count and track.after + echo > first:
                noise_powers = frame_powers(noise, self._rate) if noise_powers is None else noise_powers
                track.call.append(frame_powers(calls[source], self._rate))
                track.noise.append(noise_powers)

    def done(self, *, final: bool) -> list[HeardCall]:
        """The calls that are over, or at the end all of which anything was heard; each is told once."""
        over = {
            key: track
            for key, track in self._tracks.items()
            if track.call and (final or track.after + round(_ECHO_S * self._rate) <= self._now)
        }
        self._told |= over.keys()
        for key in over:
            del self._tracks[key]
        return [self._summed(*key, track) for key, track in sorted(over.items())]

    def _summed(self, source: int, sounding: int, track: _Track) -> HeardCall:
        call, noise = np.concatenate(track.call), np.concatenate(track.noise)
        return HeardCall(
            source=source,
            sounding=sounding,
            kind=self._player.sources[source].kind,
            onset_s=track.first / self._rate,
            offset_s=track.after / self._rate,
            distance_m=track.distance_m,
            level_db=10.0 * float(np.log10(max(active_power(call), 1e-20) / 4e-10)),
            snr_db=signal_to_noise_db(call, noise),
        )
