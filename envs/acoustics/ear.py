"""What one array on one drone hears in one episode; the sensor and the offline clips both listen through it."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.control.frames import to_world
from goldentime.envs.acoustics.arrays import load_array
from goldentime.envs.acoustics.calls import RING_S, Calls, HeardCall, Places
from goldentime.envs.acoustics.capsules import Capsules, CapsuleSpec
from goldentime.envs.acoustics.echo import FAR_M, OwnEcho, far_path
from goldentime.envs.acoustics.fir import FilterBank
from goldentime.envs.acoustics.hover import HOVER_STEP_S, hover_speeds
from goldentime.envs.acoustics.player import Audio, Player
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.rotors import PATCHES, RotorNoise, rotor_paths
from goldentime.envs.acoustics.space import space_of
from goldentime.envs.acoustics.ties import Ties
from goldentime.envs.acoustics.wind_noise import WindNoise, WindNoiseSpec, wash_m_s
from goldentime.envs.airframe import load_airframe
from goldentime.envs.scenario import Scenario
from goldentime.envs.wind import mean_wind
from goldentime.records import record
from goldentime.types import DroneState, WorldState

__all__ = ["Ear", "HearingSpec", "Stems"]

Signal = NDArray[np.float32]

_AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_PIN_S = 0.5


@record
class HearingSpec:
    """An array of microphones on a drone, and what it is made to hear."""

    array: str = "spcup2019"
    """Name in `envs/acoustics/arrays`, or a .yaml file."""
    sample_rate_hz: int = 16_000
    speech: str = "default"
    """The speech bank whose clips the scenario names, as `load_bank` takes it."""
    order: int = 3
    """How many reflections of a path are followed one by one."""
    tail: bool = True
    """Whether rooms reverberate after those."""
    rotors: bool = True
    """Whether the rotors are heard, one's own and others'."""
    echo: bool = False
    """Whether rooms return the sound of one's own rotors; it then comes from everywhere, and costs as much as a source."""
    wind: WindNoiseSpec | None = WindNoiseSpec()
    """None for microphones that no wind reaches."""
    capsule: CapsuleSpec = CapsuleSpec()
    calibration_s: float = 2.0
    """Length of the clip of the rotors alone that is recorded before the start; 0 for none."""
    snr_db: float | None = None
    """For controlled tests: each call is made so loud that its active level lies so far above the noise of the hovering
    drone, `acoustics.snr`. None leaves loudness to the scene."""

    def __post_init__(self) -> None:
        if not 8_000 <= self.sample_rate_hz <= 96_000 or not 0 <= self.order <= 8:
            raise ValueError(
                f"expected sample_rate_hz in [8000, 96000] and order in 0..8, got {self.sample_rate_hz} and {self.order}"
            )
        if not 0.0 <= self.calibration_s <= 10.0:
            raise ValueError(f"expected calibration_s in [0, 10], got {self.calibration_s:g}")


class Stems(NamedTuple):
    """What is heard, apart, each (microphones, n) float32 [Pa] at the places where the microphones really are."""

    calls: dict[int, Signal]
    """By source; of those only that are to be heard now."""
    other: Signal
    """All other sources and other drones."""
    rotors: Signal
    """One's own."""
    wind: Signal
    hiss: Signal
    """The microphones' own noise."""

    @property
    def noise(self) -> Signal:
        """All that is no call."""
        return self.other + self.rotors + self.wind + self.hiss


class Calibration(NamedTuple):
    """The drone's own noise, as its makers would record it on the ground before a mission."""

    samples: Signal
    """(microphones, n) float32 in [-1, 1), by this episode's microphones."""
    rotor_speed_rad_s: NDArray[np.float64]
    """(steps + 1, rotors) every `acoustics.hover.HOVER_STEP_S`, the first with the first sample."""


class Ear:
    """An array with its errors, the rotors near it, and the sound on its way to it."""

    def __init__(self, spec: HearingSpec, scenario: Scenario, drone: int, audio: Audio, rng: np.random.Generator) -> None:
        self.spec, self._scenario, self._drone, self._rng = spec, scenario, drone, rng
        self.array = load_array(spec.array)
        self.airframe = load_airframe(scenario.drones[drone].airframe)
        count, rate = self.array.count, spec.sample_rate_hz
        self.capsules = Capsules(spec.capsule, count, rate, rng)
        self._body_m = self.array.body_m(self.airframe.rotor_plane_m) + self.capsules.offset_m
        self._own = RotorNoise(self.airframe, rate, rng), rotor_paths(self.airframe, self._body_m, rate)
        self._wind = WindNoise(spec.wind, count, rate, rng) if spec.wind is not None else None
        self._far: dict[int, tuple[RotorNoise, FilterBank]] = {}
        if spec.rotors:
            far = ((i, load_airframe(other.airframe)) for i, other in enumerate(scenario.drones) if i != drone)
            self._far = {i: (RotorNoise(airframe, rate, rng), far_path(airframe, rate)) for i, airframe in far}
        self._player, self._ties = Player(scenario.sounds, rate, audio), Ties(scenario)
        self._space, self._tail_seed = space_of(scenario.level), int(rng.integers(2**63))
        self._rest, self._rest_until = self._room(), 0
        self._calls = Calls(self._player, self._room, rate)
        self._echo = OwnEcho(self.airframe, self._room(), rate) if spec.echo and spec.rotors else None
        if spec.snr_db is not None:
            self._calls.pin(spec.snr_db, self.hover(_PIN_S)[1].noise)

    def _room(self) -> Renderer:
        """A renderer of the scenario; the rooms of all of them reverberate alike."""
        spec, rng = self.spec, np.random.default_rng(self._tail_seed)
        return Renderer(self._space, spec.sample_rate_hz, order=spec.order, tail=spec.tail, rng=rng)

    def hear(self, before: WorldState, after: WorldState, count: int) -> Stems:
        """The sound of the last `count` samples until `after`, while all moved evenly from where they were `before`."""
        first = round(after.time_s * self.spec.sample_rate_hz) - count
        self._player.ties = self._ties.between(before, after)
        drones = before.drones[self._drone], after.drones[self._drone]
        mics = self._world_m(drones[0]), self._world_m(drones[1])
        calls = self._calls.hear(first, count, mics)
        other = self._around([*self._others(first, count), *self._drones(before, after, count)], first, mics, count)
        own = self._near(drones, mics, count)
        stems = Stems(calls, other, own, self._blow(drones[1], count), self.capsules.hiss(count))
        self._calls.measure(stems.calls, stems.noise, first)
        return stems

    def hover(self, duration_s: float) -> tuple[NDArray[np.float64], Stems]:
        """The drone's own noise while it hovers in the open, with nothing else to be heard.

        Returns:
            The rotors' speeds at steps of 100 ms, (steps + 1, rotors) [rad/s], and what is heard.
        """
        count = round(HOVER_STEP_S * self.spec.sample_rate_hz)
        speeds = hover_speeds(self.airframe, max(round(duration_s / HOVER_STEP_S), 1), self._rng)
        steps = []
        for own in pairwise(speeds.tolist()):
            wash = self._wash(own[1])
            quiet = self._silence(count)
            ego = self._own[1].run(self._emitted(own, count))
            steps.append(Stems({}, quiet, ego, self._blown(wash, count), self.capsules.hiss(count)))
        parts = [np.concatenate([step[i] for step in steps], axis=1) for i in range(1, 5)]
        return speeds, Stems({}, *parts)

    def mix(self, stems: Stems) -> Signal:
        """What the converter reads of a chunk, (microphones, count) float32 in [-1, 1)."""
        sound = stems.other + stems.rotors + stems.wind
        for call in stems.calls.values():
            sound += call
        return self.capsules.convert(self.capsules.respond(sound) + stems.hiss)

    def calibrate(self) -> Calibration | None:
        """A clip of the hovering drone alone, before anything else is heard; None where `calibration_s` is 0."""
        if self.spec.calibration_s <= 0.0:
            return None
        speeds, stems = self.hover(self.spec.calibration_s)
        sound = self.capsules.respond_anew(stems.rotors + stems.wind) + stems.hiss
        return Calibration(self.capsules.convert(sound), speeds)

    def heard(self, *, final: bool = False) -> list[HeardCall]:
        """The calls that have died away since the last time of asking; at the end, also those that have not."""
        return self._calls.done(final=final)

    def _world_m(self, drone: DroneState) -> NDArray[np.float64]:
        axes = [to_world(drone.quaternion_xyzw, axis) for axis in _AXES]
        place: NDArray[np.float64] = self._body_m @ np.array(axes) + np.array(drone.position_m)
        return place

    def _silence(self, count: int) -> Signal:
        return np.zeros((self.array.count, count), np.float32)

    def _around(self, chunks: list[SignalChunk], first: int, mics: Places, count: int) -> Signal:
        """The sources that do not call, as long as anything of them is on its way."""
        if chunks:
            self._rest_until = first + count + round(RING_S * self.spec.sample_rate_hz)
        elif first >= self._rest_until:
            return self._silence(count)
        return self._rest.render(chunks, *mics, count)

    def _near(self, drones: tuple[DroneState, DroneState], mics: Places, count: int) -> Signal:
        """One's own rotors."""
        emitted = self._emitted([drone.rotor_speed_rad_s for drone in drones], count)
        own = self._own[1].run(emitted)
        if self._echo is not None:
            up = self.airframe.rotor_plane_m
            middle = [
                np.array(drone.position_m) + np.array(to_world(drone.quaternion_xyzw, (0.0, 0.0, up))) for drone in drones
            ]
            own = own + self._echo.run(emitted, (middle[0], middle[1]), mics)
        return own

    def _emitted(self, own: Sequence[Sequence[float]], count: int) -> Signal:
        if not self.spec.rotors:
            return np.zeros((self.airframe.layout.count * (1 + PATCHES), count), np.float32)
        return self._own[0].emit(count, *own)

    def _wash(self, speeds: Sequence[float]) -> float:
        if self.spec.wind is None or not self.spec.rotors:
            return 0.0
        square = sum(speed * speed for speed in speeds) / len(speeds)
        return self.spec.wind.wash * wash_m_s(self.airframe, square)

    def _blow(self, drone: DroneState, count: int) -> Signal:
        """The wind on the microphones: that of the place, of flight and of the rotors."""
        air = mean_wind(self._scenario.wind.zones, drone.position_m)
        past = math.dist(air, drone.velocity_m_s)
        return self._blown(math.hypot(past, self._wash(drone.rotor_speed_rad_s)), count)

    def _blown(self, speed_m_s: float, count: int) -> Signal:
        return self._wind.run(count, speed_m_s) if self._wind is not None else self._silence(count)

    def _others(self, first: int, count: int) -> list[SignalChunk]:
        """The sources that do not call."""
        chunks = []
        for i, source in enumerate(self._player.sources):
            samples = None if source.calls else self._player.samples(i, first, count)
            if samples is not None:
                chunks.append(self._player.chunk(i, samples, first))
        return chunks

    def _drones(self, before: WorldState, after: WorldState, count: int) -> list[SignalChunk]:
        """The other drones' rotors, each drone as one point."""
        chunks = []
        for i, (rotors, path) in self._far.items():
            one, other = before.drones[i], after.drones[i]
            samples = path.run(rotors.emit(count, one.rotor_speed_rad_s, other.rotor_speed_rad_s))[0] * np.float32(FAR_M)
            chunks.append(SignalChunk(("drone", i), samples, np.array(one.position_m), np.array(other.position_m)))
        return chunks
