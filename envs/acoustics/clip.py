"""Whole clips without physics: what an array hears along given states, for data sets and training."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.calls import HeardCall
from goldentime.envs.acoustics.ear import Calibration, Ear, HearingSpec, Stems
from goldentime.envs.acoustics.player import Audio
from goldentime.envs.acoustics.sounds import Source
from goldentime.envs.level import Level
from goldentime.envs.scenario import DroneSpec, Scenario, WindSpec
from goldentime.errors import ConfigError
from goldentime.types import WorldState

__all__ = ["RenderedClip", "StemSounds", "render_clip", "sound_scene"]

Signal = NDArray[np.float32]


class StemSounds(NamedTuple):
    """The parts of a clip as the microphones render them, each (microphones, n) float32 [Pa]; `ear.capsules.convert` makes
    the clip of their sum."""

    calls: Signal
    """All calls together, at their pinned level where there is one."""
    ego: Signal
    """One's own rotors, the wind on the microphones, and their own noise."""
    other: Signal
    """All else: fire, alarms, bystanders, other drones."""


class RenderedClip(NamedTuple):
    """What an array heard."""

    samples: Signal
    """(microphones, n) float32 in [-1, 1), as the sensor gives it."""
    heard: tuple[HeardCall, ...]
    stems: StemSounds
    calibration: Calibration | None
    """The rotors alone in hover, by the same microphones, unless `spec.calibration_s` is 0."""
    ear: Ear
    """Whose `array`, `capsules` and `airframe` these were."""


def sound_scene(
    level: Level, sounds: tuple[Source, ...], airframe: str = "scout", wind: WindSpec | None = None
) -> Scenario:
    """A scenario that is only good for listening: one drone, no mission."""
    drones = (DroneSpec(airframe=airframe, position=(0.0, 0.0, 0.0)),)
    return Scenario(
        mission="", level=level, drones=drones, wind=wind or WindSpec(), sounds=sounds, time_limit_s=1e6, task={}
    )


def render_clip(
    scenario: Scenario,
    states: Sequence[WorldState],
    spec: HearingSpec,
    audio: Audio,
    rng: np.random.Generator,
    drone: int = 0,
) -> RenderedClip:
    """The sound from the first state to the last, through the same `Ear` as the sensor's.

    With `spec.snr_db` all calls together are scaled once more in the end, so that the mean over the calls of what
    `HeardCall.snr_db` says is exactly that; for a single call that is its own.

    Args:
        scenario: its level, sounds, wind and airframes; `sound_scene` makes one.
        states: at times that grow; motion in between is even. `acoustics.hover.hover_flight` makes some.
        spec: the array and what it is made to hear.
        audio: `SpeechBank.audio`.
        rng: draws the microphones' errors and all noise.
        drone: which one listens.

    Raises:
        ConfigError: fewer than two states, or times that do not grow by at least a sample.
    """
    rate = spec.sample_rate_hz
    places = [round(state.time_s * rate) for state in states]
    if len(states) < 2 or min(b - a for a, b in pairwise(places)) < 1:
        raise ConfigError("render_clip: expected at least two states at growing times")
    ear = Ear(spec, scenario, drone, audio, rng)
    calibration = ear.calibrate()
    pieces = [
        ear.hear(before, after, stop - start)
        for (before, after), (start, stop) in zip(pairwise(states), pairwise(places), strict=True)
    ]
    heard = ear.heard(final=True)
    parts = _rendered(ear, pieces)
    if spec.snr_db is not None and heard:
        missing_db = spec.snr_db - float(np.mean([call.snr_db for call in heard]))
        parts = parts._replace(calls=parts.calls * np.float32(10.0 ** (missing_db / 20.0)))
        heard = [replace(call, level_db=call.level_db + missing_db, snr_db=call.snr_db + missing_db) for call in heard]
    return RenderedClip(ear.capsules.convert(parts.calls + parts.ego + parts.other), tuple(heard), parts, calibration, ear)


def _rendered(ear: Ear, pieces: Sequence[Stems]) -> StemSounds:
    """The parts as the microphones render them."""
    silence = np.zeros((ear.array.count, 1), np.float32)
    calls = [sum(piece.calls.values(), np.broadcast_to(silence, piece.hiss.shape)) for piece in pieces]
    own = [piece.rotors + piece.wind for piece in pieces]
    hiss = np.concatenate([piece.hiss for piece in pieces], axis=1)
    respond = ear.capsules.respond_anew
    ego = respond(np.concatenate(own, axis=1)) + hiss
    return StemSounds(
        respond(np.concatenate(calls, axis=1)), ego, respond(np.concatenate([p.other for p in pieces], axis=1))
    )
