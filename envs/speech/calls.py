"""Calls without words: coughs and knocking, made from noise and damped resonances."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.speech.bank import Split, Voice

__all__ = ["COUGHERS", "KNOCKED", "Cougher", "Knocked", "cough", "knocking"]

Floats = NDArray[np.float32]
Double = NDArray[np.float64]


class Cougher(NamedTuple):
    """Who coughs: a length of the vocal tract and a pitch."""

    name: str
    voice: Voice
    split: Split
    tract: float
    """Resonances as multiples of a man's."""
    pitch_hz: float


class Knocked(NamedTuple):
    """What is knocked on: its lowest mode, how many, how they decay."""

    name: str
    split: Split
    lowest_hz: float
    modes: int
    decay_s: float
    contact_s: float
    """How long knuckle or tool touches; short is bright."""


COUGHERS = (
    Cougher("cough-man-1", "man", "train", 1.0, 115.0),
    Cougher("cough-man-2", "man", "test", 0.95, 135.0),
    Cougher("cough-woman-1", "woman", "train", 1.15, 210.0),
    Cougher("cough-woman-2", "woman", "test", 1.2, 225.0),
    Cougher("cough-child-1", "child", "train", 1.4, 300.0),
    Cougher("cough-child-2", "child", "test", 1.5, 330.0),
)

KNOCKED = (
    Knocked("knock-wood-door", "train", 95.0, 14, 0.035, 0.0022),
    Knocked("knock-wall", "train", 160.0, 10, 0.018, 0.003),
    Knocked("knock-pipe", "train", 420.0, 12, 0.22, 0.0006),
    Knocked("knock-steel-door", "test", 130.0, 18, 0.11, 0.001),
    Knocked("knock-panel", "test", 120.0, 12, 0.028, 0.0018),
)

_RESONANCES_HZ = (600.0, 1500.0, 2500.0, 3500.0, 4700.0)
"""Of a man's open vocal tract, roughly the odd multiples of a quarter wave on 15 cm."""


def cough(who: Cougher, rng: np.random.Generator, rate_hz: int) -> Floats:
    """One to three coughs, (samples,) float32.

    A cough has three parts: a burst as the glottis opens, noise of the flowing air, and often a voiced end (J. Korpáš, J.
    Sadloňová, M. Vrabec: Analysis of the cough sound, Pulmonary Pharmacology 9, 1996). Durations are drawn around theirs.
    """
    parts = []
    for number in range(int(rng.integers(1, 4))):
        loudness = 0.8**number * rng.uniform(0.8, 1.0)
        parts += [loudness * _one_cough(who, rng, rate_hz), np.zeros(round(rng.uniform(0.06, 0.25) * rate_hz))]
    whole: Floats = np.concatenate(parts).astype(np.float32)
    return whole


def _one_cough(who: Cougher, rng: np.random.Generator, rate_hz: int) -> Double:
    burst_s, flow_s, voiced_s = rng.uniform(0.03, 0.06), rng.uniform(0.10, 0.22), rng.uniform(0.04, 0.12)
    time = np.arange(round((burst_s + flow_s + voiced_s) * rate_hz)) / rate_hz
    noise = rng.standard_normal(len(time))
    attack = 1.0 - np.exp(-time / 0.003)
    flow = attack * (np.exp(-time / burst_s) + 0.35 * np.exp(-np.maximum(0.0, time - burst_s) / flow_s))
    voice = np.clip((time - burst_s - 0.6 * flow_s) / 0.02, 0.0, 1.0) * np.clip((time[-1] - time) / 0.05, 0.0, 1.0)
    phase = np.cumsum(who.pitch_hz * (1.0 + 0.4 * np.exp(-time / 0.1)) / rate_hz)
    pulses = np.diff(np.floor(phase), prepend=0.0) * np.sqrt(rate_hz / who.pitch_hz)
    # Of the flow's noise and of the glottis's pulses the lower parts are the stronger: 6 and 12 dB an octave.
    airy = _softer(noise * flow, 1200.0, rate_hz)
    hoarse = _softer(_softer(pulses * voice, 400.0, rate_hz), 1200.0, rate_hz)
    source = airy + rng.uniform(0.1, 0.5) * hoarse
    fade = np.clip((time[-1] - time) / 0.03, 0.0, 1.0)
    done: Double = _through_tract(source, who.tract * rng.uniform(0.97, 1.03), rate_hz) * fade
    return done


def _softer(sound: Double, corner_hz: float, rate_hz: int) -> Double:
    """Less 6 dB an octave above the corner."""
    from scipy.signal import lfilter

    left = np.exp(-2 * np.pi * corner_hz / rate_hz)
    done: Double = np.asarray(lfilter([1.0 - left], [1.0, -left], sound), np.float64)
    return done


def _through_tract(source: Double, tract: float, rate_hz: int) -> Double:
    from scipy.signal import lfilter

    total = 0.1 * source
    for number, centre_hz in enumerate(_RESONANCES_HZ):
        centre_hz *= tract
        if centre_hz < 0.47 * rate_hz:
            radius = np.exp(-np.pi * (150.0 + 60.0 * number) / rate_hz)
            angle = 2 * np.pi * centre_hz / rate_hz
            gain = (1.0 - radius) * np.sqrt(1 - 2 * radius * np.cos(2 * angle) + radius**2)
            total = total + lfilter([gain], [1.0, -2 * radius * np.cos(angle), radius**2], source) / (1 + 0.3 * number)
    done: Double = np.asarray(total, np.float64)
    return done


def knocking(on: Knocked, rng: np.random.Generator, rate_hz: int) -> Floats:
    """Three to six knocks, (samples,) float32: a short push on damped modes, spaced as a plate's: by about equal steps."""
    gaps_s = rng.uniform(0.14, 0.3) * rng.uniform(0.85, 1.15, int(rng.integers(3, 7)))
    hits = np.concatenate([[0.01], 0.01 + np.cumsum(gaps_s)])[:-1]
    time = np.arange(round((hits[-1] + 5 * on.decay_s + 0.05) * rate_hz)) / rate_hz
    modes_hz = on.lowest_hz * (1.0 + np.cumsum(rng.uniform(0.3, 1.7, on.modes)) - 0.3)
    shares = rng.uniform(0.3, 1.0, on.modes) * (modes_hz < 0.45 * rate_hz)
    sound = np.zeros(len(time))
    for hit in hits:
        since = time - hit
        rung = np.where(since >= 0.0, 1.0, 0.0)
        for hz, share in zip(modes_hz, shares * rng.uniform(0.7, 1.3, on.modes), strict=True):
            decay = on.decay_s / (1.0 + hz / 2500.0)
            sound += (
                rng.uniform(0.75, 1.0)
                * share
                * rung
                * np.exp(-np.maximum(since, 0.0) / decay)
                * np.sin(2 * np.pi * hz * since)
            )
    return _pushed(sound, on.contact_s, rate_hz)


def _pushed(ringing: Double, contact_s: float, rate_hz: int) -> Floats:
    """The modes as a push of half a sine sets them going, instead of an ideal blow."""
    size = max(3, round(contact_s * rate_hz) + 2)
    push = np.sin(np.pi * np.arange(1, size) / size)
    done: Floats = np.convolve(ringing, push / push.sum()).astype(np.float32)
    return done
