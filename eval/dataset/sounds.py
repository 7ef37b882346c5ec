"""Clips of sound for data sets: a drawn place, who calls in it, a drone that hovers or flies, and the truth by frames."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.control.frames import to_body, to_world
from goldentime.envs.acoustics.arrays import load_array
from goldentime.envs.acoustics.clip import RenderedClip, render_clip, sound_scene
from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.acoustics.hover import HOVER_STEP_S, hover_flight
from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Point
from goldentime.errors import MissingDependencyError
from goldentime.missions.voices_calls import VOICES, place_at
from goldentime.missions.voices_levels import hover_noise_db
from goldentime.missions.voices_place import PlaceConfig, Stand, draw_stand, rt60_s
from goldentime.records import record
from goldentime.types import WorldState

__all__ = ["Clip", "SoundConfig", "Utterance", "body_direction", "draw_snr_db", "draw_stand_for", "noises", "render"]
__all__ += ["source_of", "utter", "wav_bytes"]

Rng = np.random.Generator
Signal = NDArray[np.float32]


@record
class SoundConfig:
    """What is in clips; pairs are the least and the most, drawn evenly in between."""

    place: PlaceConfig = PlaceConfig(places=("open", "room"))
    difficulty: tuple[float, float] = (0.0, 1.0)
    """Decides which place and how reverberant; at 0 the open, at 1 rooms and floors."""
    snr_db: tuple[float, float] = (-15.0, 20.0)
    """Mean over the calls of a clip, as `acoustics.snr` measures it."""
    kinds: tuple[str, ...] = VOICES
    talk: float = 0.0
    """Share of the clips in which somebody talks who does not call."""
    fire: float = 0.2
    alarm: float = 0.1
    speed_m_s: float = 0.0
    """The most by which the drone flies along; it also turns then."""
    airframe: str = "scout"
    bank: str = "default"
    """The speech bank, or a folder with one."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.difficulty[0] <= self.difficulty[1] <= 1.0 or not self.snr_db[0] <= self.snr_db[1]:
            raise ValueError(f"expected 0 <= difficulty <= 1 and snr_db from less to more, got {self}")


class Utterance(NamedTuple):
    """One call of a clip, as the truth has it."""

    kind: str
    speaker: str
    clip: str
    language: str
    text: str
    onset_s: float
    """When its direct sound reaches the array."""
    offset_s: float
    distance_m: float
    snr_db: float
    source: int


class Clip(NamedTuple):
    """A rendered clip and its truth."""

    stand: Stand
    sources: tuple[Source, ...]
    states: list[WorldState]
    rendered: RenderedClip
    calls: list[Utterance]
    rt60_s: float


def draw_stand_for(config: SoundConfig, pool: str, count: int, rng: Rng) -> Stand:
    """A place with at least one who calls, of a pool."""
    place = replace(config.place, scene=replace(config.place.scene, pool=pool))  # type: ignore[arg-type]
    return draw_stand(place, float(rng.uniform(*config.difficulty)), (1, max(count, 1)), rng)


def utter(
    config: SoundConfig, pool: str, mouth: Point, kind: str, spans: Sequence[tuple[float, float]], rng: Rng
) -> Source:
    """Somebody of a class, or anybody, who calls within each span (earliest start, latest end) [s], as far as a clip
    fits."""
    bank = load_bank(config.bank)
    picked = [bank.pick(rng, split=pool, voice=kind or None, kind="call")]
    theirs = [clip for clip in bank.clips if clip.speaker == picked[0].speaker and clip.kind == "call"]
    picked += [theirs[int(rng.integers(len(theirs)))] for _ in spans[1:]]
    parts = []
    for clip, (begin_s, end_s) in zip(picked, spans, strict=True):
        start_s = float(rng.uniform(begin_s, max(end_s - clip.duration_s, begin_s)))
        parts.append(
            Sounding(start_s=round(start_s, 3), duration_s=round(min(clip.duration_s, end_s - start_s), 3), clip=clip.id)
        )
    return source_of(picked[0].voice or kind, mouth, parts, picked[0].speaker, calls=True)


def source_of(kind: Any, mouth: Point, parts: Sequence[Sounding], speaker: str = "", *, calls: bool = False) -> Source:
    """A source that stays where it is."""
    path = (Waypoint(time_s=0.0, position=mouth),)
    return Source(kind=kind, path=path, soundings=tuple(parts), calls=calls, speaker=speaker)


def load_bank(name: str) -> Any:
    """The speech bank; once per process.

    Raises:
        MissingDependencyError: what reads sound is not installed.
    """
    try:
        from goldentime.envs.speech.bank import load_bank as load
    except ImportError as error:
        raise MissingDependencyError(f"sound needs {error.name}: pip install 'goldentime[hear]'") from None
    return load(name)


def noises(config: SoundConfig, pool: str, stand: Stand, duration_s: float, rng: Rng) -> list[Source]:
    """What else is to be heard in a clip: talk, fire, an alarm."""
    level_db, found = hover_noise_db(config.airframe), []
    x, y, _ = stand.start

    def at_1_m(over_db: float, at: Point) -> float:
        return round(level_db + over_db + 20.0 * math.log10(max(math.dist(at, stand.start), 0.5)), 2)

    if rng.random() < config.talk and stand.staff:
        bank = load_bank(config.bank)
        clip = bank.pick(rng, split=pool, kind="talk")
        start_s = round(float(rng.uniform(0.0, max(duration_s - clip.duration_s, 0.1))), 3)
        loud_db = min(at_1_m(float(rng.uniform(-15.0, 0.0)), stand.staff[0]), 95.0)
        parts = [Sounding(start_s=start_s, duration_s=clip.duration_s, clip=clip.id, level_db=loud_db)]
        found.append(source_of(clip.voice or "man", stand.staff[0], parts, clip.speaker))
    for share, kind, over_db, away_m in ((config.fire, "fire", -10.0, 2.0), (config.alarm, "alarm", -8.0, 3.0)):
        if rng.random() < share:
            turn = float(rng.uniform(-math.pi, math.pi))
            low, high = (np.array(corner) for corner in stand.level.bounds)
            spot = np.array([x + away_m * math.cos(turn), y + away_m * math.sin(turn), stand.ground_m + 0.4])
            a, b, c = np.clip(spot, low + 0.2, high - 0.2).tolist()
            loud_db = at_1_m(over_db + float(rng.uniform(-5.0, 5.0)), (a, b, c))
            found.append(source_of(kind, (a, b, c), [Sounding(start_s=0.0, duration_s=duration_s, level_db=loud_db)]))
    return found


def flight(config: SoundConfig, stand: Stand, duration_s: float, rng: Rng) -> list[WorldState]:
    """States of the drone: it hovers where the place has it, or flies a little along its route and turns."""
    states = hover_flight(load_airframe(config.airframe), stand.start, stand.yaw, duration_s, rng)
    if config.speed_m_s <= 0.0:
        return states
    along = np.array(stand.route[-1]) - np.array(stand.start)
    length_m = float(np.linalg.norm(along))
    pace = float(rng.uniform(0.0, min(config.speed_m_s, length_m / max(duration_s, 1e-9))))
    velocity = along / max(length_m, 1e-9) * pace
    turn_rad_s = float(rng.uniform(-0.5, 0.5))
    return [_moved(state, velocity, turn_rad_s) for state in states]


def _moved(state: WorldState, velocity: NDArray[np.float64], turn_rad_s: float) -> WorldState:
    (drone,), t = state.drones, state.time_s
    x, y, z = (np.array(drone.position_m) + velocity * t).tolist()
    u, v, w = (np.array(drone.velocity_m_s) + velocity).tolist()
    a, b, c, d = drone.quaternion_xyzw
    s, k = math.sin(0.5 * turn_rad_s * t), math.cos(0.5 * turn_rad_s * t)
    # The turn about the vertical comes after the body's own attitude.
    turned = (k * a - s * b, k * b + s * a, k * c + s * d, k * d - s * c)
    drone = drone._replace(position_m=(x, y, z), velocity_m_s=(u, v, w), quaternion_xyzw=turned)
    return state._replace(drones=(drone,))


def render(
    config: SoundConfig, stand: Stand, sources: Sequence[Source], spec: HearingSpec, duration_s: float, rng: Rng
) -> Clip:
    """The sound of a clip, and what is true of its calls."""
    states = flight(config, stand, duration_s, rng)
    ordered = tuple(sources)
    scene = sound_scene(stand.level, ordered, config.airframe)
    rendered = render_clip(scene, states, spec, _audio_of(config.bank), rng)
    calls = []
    for heard in rendered.heard:
        source = ordered[heard.source]
        clip = load_bank(config.bank).clip(source.soundings[heard.sounding].clip)
        calls.append(
            Utterance(
                source.kind, source.speaker, clip.id, clip.language, clip.text, heard.onset_s,
                min(heard.offset_s, duration_s), heard.distance_m, heard.snr_db, heard.source,
            )
        )  # fmt: skip
    return Clip(stand, ordered, states, rendered, calls, rt60_s(stand.level, stand.start))


@cache
def _audio_of(name: str) -> Any:
    return load_bank(name).audio


def draw_snr_db(config: SoundConfig, rng: Rng) -> float:
    """The pinned level of a clip."""
    return round(float(rng.uniform(*config.snr_db)), 2)


def poses_at(states: Sequence[WorldState], time_s: float) -> tuple[NDArray[np.float64], tuple[float, float, float, float]]:
    """Where the drone is at a time and how it is turned, from states `HOVER_STEP_S` apart."""
    place = min(max(time_s / HOVER_STEP_S, 0.0), len(states) - 1.0)
    i = min(int(place), len(states) - 2)
    before, after, share = states[i].drones[0], states[i + 1].drones[0], place - i
    at = (1.0 - share) * np.array(before.position_m) + share * np.array(after.position_m)
    return at, (before if share < 0.5 else after).quaternion_xyzw


def body_direction(
    config: SoundConfig, spec: HearingSpec, states: Sequence[WorldState], source: Source, time_s: float
) -> tuple[float, float, float]:
    """Azimuth and elevation [deg] in the body's frame and distance [m] of a source from the middle of an array."""
    at, turned = poses_at(states, time_s)
    middle = load_array(spec.array).body_m(load_airframe(config.airframe).rotor_plane_m).mean(0)
    x, y, z = middle.tolist()
    centre = at + np.array(to_world(turned, (x, y, z)))
    a, b, c = (np.array(place_at(source.path, time_s)) - centre).tolist()
    forward, left, up = to_body(turned, (a, b, c))
    away = math.hypot(forward, left, up)
    return math.degrees(math.atan2(left, forward)), math.degrees(math.asin(up / max(away, 1e-9))), away


def wav_bytes(samples: Signal, sample_rate_hz: int) -> bytes:
    """A WAV file of 16 bits from (channels, n) float32 in [-1, 1)."""
    import wave

    steps = np.rint(samples * 32_768.0).clip(-32_768, 32_767).astype("<i2")
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(len(steps))
        file.setsampwidth(2)
        file.setframerate(sample_rate_hz)
        file.writeframes(np.ascontiguousarray(steps.T).tobytes())
    return buffer.getvalue()
