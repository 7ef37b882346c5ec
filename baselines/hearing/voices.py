"""Training of the network that tells man, woman and child apart, on voices as a beam on a flying drone hears them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from goldentime.baselines.hearing.windows import HearingSet
from goldentime.perception.hearing_directions import towards
from goldentime.perception.hearing_net import VoiceNet
from goldentime.perception.hearing_noise import mvdr
from goldentime.perception.hearing_spectra import HOP, RATE_HZ, spectra, waveform
from goldentime.perception.hearing_voice import VOICES, log_mel
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["VoiceBatch", "VoiceConfig", "VoiceTask", "beams_of", "disguised"]

Signal = NDArray[np.float32]
_BLOCK = 800


@record
class VoiceConfig:
    """What is done to the voices."""

    batch: int = 32
    seconds: tuple[float, float] = (0.5, 1.2)
    speed: float = 0.10
    """Faster or slower by at most this share, which moves pitch and formants together."""
    noisy: float = 0.8
    """Share with noise, ..."""
    snr_db: tuple[float, float] = (-6.0, 30.0)
    """... at this ratio behind the beam."""
    echo: float = 0.6
    """Share with reverberation."""
    real: float = 0.6
    """Share of recorded voices, where there are any of a class; the others are synthetic."""


class VoiceBatch(NamedTuple):
    """Log-mel spectra and what they are."""

    mel: Tensor
    """(n, frames, bands)."""
    voice: Tensor
    """(n,) int64, as in `VOICES`."""


def beams_of(data: HearingSet, count: int, rng: np.random.Generator) -> list[Signal]:
    """What is left of drones' noises in a beam that knows them, towards random directions: the noise of this task."""
    found = []
    for _ in range(count):
        row = data.noises[int(rng.integers(len(data.noises)))]
        known = data.own_noise(row["drone"]).covariance(np.array(row["rotor_speeds_rad_s"]))
        aim = towards(float(rng.uniform(-np.pi, np.pi)), float(rng.uniform(-1.0, 0.4)))
        left = mvdr(spectra(data.sound(row)), aim, data.positions_m, known)
        found.append(waveform(left, (len(left) + 1) * HOP)[HOP:-HOP])
    return found


def disguised(sound: Signal, length: int, config: VoiceConfig, rng: np.random.Generator) -> Signal:
    """A voice at another speed, in another room, through another microphone: (length,) samples of RMS 1."""
    ratio = float(np.exp(rng.uniform(-config.speed, config.speed)))
    wanted = int(length * ratio) + 1
    if len(sound) < wanted:
        sound = np.tile(sound, -(-wanted // max(len(sound), 1)))
    blocks = np.sqrt((sound[: len(sound) // _BLOCK * _BLOCK].reshape(-1, _BLOCK) ** 2).mean(1))
    loud = blocks > 0.3 * blocks.max()
    # A window somewhere in which there is something.
    for _ in range(8):
        start = int(rng.integers(len(sound) - wanted + 1))
        if loud[start // _BLOCK : (start + wanted) // _BLOCK].mean() > 0.4:
            break
    piece = np.interp(np.arange(length) * ratio, np.arange(wanted), sound[start : start + wanted]).astype(np.float32)
    if rng.random() < config.echo:
        piece = fftconvolve(piece, _echo(rng))[:length].astype(np.float32)
    spectrum = np.fft.rfft(piece)
    octave = np.log2(np.maximum(np.arange(len(spectrum)) / len(spectrum) * 8.0, 0.05))
    tilt_db = rng.uniform(-3.0, 3.0) * octave + rng.uniform(-4.0, 4.0) * np.cos(
        octave * rng.uniform(0.7, 2.0) + rng.uniform(0, 6)
    )
    piece = np.fft.irfft(spectrum * 10 ** (tilt_db / 20), length).astype(np.float32)
    return np.asarray(piece / max(float(np.sqrt(np.mean(piece**2))), 1e-9), np.float32)


def _echo(rng: np.random.Generator) -> Signal:
    """A direct path and a tail that dies away: RT60 of 0.15 to 1 s."""
    rt60_s, strength = float(rng.uniform(0.15, 1.0)), float(10 ** (rng.uniform(-12.0, 3.0) / 20))
    time = np.arange(int(0.7 * rt60_s * RATE_HZ)) / RATE_HZ
    tail = rng.normal(size=len(time)) * 10 ** (-3 * time / rt60_s)
    tail *= strength / max(float(np.linalg.norm(tail)), 1e-9)
    tail[0] = 1.0
    return tail.astype(np.float32)


class _Speakers:
    """Clips by class and speaker, synthetic and recorded."""

    def __init__(self, sets: Sequence[HearingSet]) -> None:
        self.by: dict[tuple[str, bool], dict[str, list[tuple[HearingSet, dict[str, Any]]]]] = {}
        for data in sets:
            for row in data.clips:
                theirs = self.by.setdefault((row["voice"], bool(row["synthetic"])), {})
                theirs.setdefault(row["speaker"], []).append((data, row))

    def draw(self, voice: str, real: float, rng: np.random.Generator) -> Signal:
        """A clip of a class: of any speaker alike."""
        kinds = [kind for kind in (True, False) if (voice, kind) in self.by]
        recorded = len(kinds) == 2 and rng.random() < real
        speakers = self.by[voice, not recorded if len(kinds) == 2 else kinds[0]]
        clips = speakers[list(speakers)[int(rng.integers(len(speakers)))]]
        data, row = clips[int(rng.integers(len(clips)))]
        return data.sound(row)


_Parts = tuple[_Speakers, list[Signal]]


def _drawn(
    parts: _Parts, length: int, config: VoiceConfig, count: int, rng: np.random.Generator
) -> tuple[list[Signal], list[int]]:
    """Voices of all classes alike, as disguises and noises make them."""
    speakers, noises = parts
    classes = [name for name in VOICES if any(key[0] == name for key in speakers.by)]
    sounds, voices = [], []
    for _ in range(count):
        voice = classes[int(rng.integers(len(classes)))]
        sound = disguised(speakers.draw(voice, config.real, rng), length, config, rng)
        if rng.random() < config.noisy:
            noise = noises[int(rng.integers(len(noises)))]
            start = int(rng.integers(max(len(noise) - length, 0) + 1))
            part = np.resize(noise[start : start + length], length)  # a short one comes again
            part = part / max(float(np.sqrt(np.mean(part**2))), 1e-9)
            sound = sound + np.float32(10 ** (-rng.uniform(*config.snr_db) / 20)) * part
        sounds.append(sound)
        voices.append(VOICES.index(voice))
    return sounds, voices


class VoiceTask:
    """What the loop trains."""

    def __init__(self, sets: Sequence[HearingSet], checks: HearingSet | None, config: VoiceConfig, seed: int) -> None:
        torch.manual_seed(seed)
        self._config, self._seed, self._speakers = config, seed, _Speakers(sets)
        self._noises = beams_of(sets[0], min(300, len(sets[0].noises) * 2), stream(seed, "hearing.voices.noise"))
        self._checks = (
            None if checks is None else (_Speakers([checks]), beams_of(checks, 40, stream(seed, "hearing.voices.check")))
        )
        self.model: nn.Module = VoiceNet()

    def batch(self, step: int) -> VoiceBatch:
        """The voices of a step, all of one length."""
        rng = stream(self._seed, "hearing.voices", step)
        length = int(rng.uniform(*self._config.seconds) * RATE_HZ / 1024) * 1024  # fast to transform
        return self._made((self._speakers, self._noises), length, self._config, rng)

    def sounds(self, length: int, count: int, rng: np.random.Generator) -> tuple[list[Signal], list[int]]:
        """So many disguised voices of so many samples, and their classes."""
        return _drawn((self._speakers, self._noises), length, self._config, count, rng)

    def _made(self, parts: "_Parts", length: int, config: VoiceConfig, rng: np.random.Generator) -> VoiceBatch:
        sounds, voices = _drawn(parts, length, config, config.batch, rng)
        return VoiceBatch(torch.stack([torch.from_numpy(log_mel(sound)) for sound in sounds]), torch.tensor(voices))

    def loss(self, batch: VoiceBatch) -> tuple[Tensor, Mapping[str, float]]:
        """Cross entropy, smoothed a little: borders between classes are not sharp."""
        logits = self.model(batch.mel)
        right = (logits.argmax(1) == batch.voice).float().mean()
        return cross_entropy(logits, batch.voice, label_smoothing=0.05), {"right": float(right)}

    def check(self, model: nn.Module) -> Mapping[str, float]:
        """Accuracy on speakers that are not trained on, one second each, clean and at 5 dB behind the beam."""
        if self._checks is None:
            return {}
        found = {}
        for name, noisy in (("clean", 0.0), ("at_5_db", 1.0)):
            plain = VoiceConfig(batch=150, speed=0.0, echo=0.0, noisy=noisy, snr_db=(5.0, 5.0), real=1.0)
            batch = self._made(self._checks, RATE_HZ, plain, stream(0, "hearing.voices.check"))
            with torch.inference_mode():
                answer = model(batch.mel).argmax(1)
            rights = [
                (answer[batch.voice == k] == k).float().mean() for k in range(len(VOICES)) if (batch.voice == k).any()
            ]
            found[name] = round(float(torch.stack(rights).mean()), 4)
        return found
