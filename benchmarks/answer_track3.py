"""Our answer to the hearing track: the angle by a pair of microphones, and in stage 2 the gender.

    goldentime dataset make contest2019-track3 n=200 out=data/calls
    python benchmarks/answer_track3.py data/calls answer.json
    goldentime contest track3 data/calls/track3_GT.json answer.json

Only the sound is read, and that the microphones are 20 cm apart. The noise is what the quietest fifth of a clip holds;
where little rises above it, nobody calls. The angle is that of ten whose delay fits best: cross spectrum of the frames
that rise above the noise, less that of the others, each frequency weighed by its phase alone (GCC-PHAT) and by how far it
rises. `--gender` asks the network that tells voices apart, or with `--pitch` the median pitch."""

import argparse
import math
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goldentime.eval.contest.track3 import ANGLES, ANSWER_KEY, NOBODY, Call, Calls, calls_bytes
from goldentime.files import write_atomic
from goldentime.perception.hearing_noise import wiener_gains
from goldentime.perception.hearing_spectra import BINS_HZ, HOP, resampled, spectra, waveform
from goldentime.perception.hearing_voice import pitch_hz, speech_evidence

Complex = NDArray[np.complex64]

_SPACING_M, _SOUND_M_S = 0.20, 343.2
_BAND_HZ = (200.0, 6000.0)
_QUIET, _ABOVE, _LEAST = 0.2, 0.4, 8
"""Share of the frames taken for noise; evidence of a frame that rises above it; so many such frames are a voice."""
_FEMALE_HZ = 165.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--gender", action="store_true", help="stage 2")
    parser.add_argument("--pitch", action="store_true", help="gender by pitch instead of the network")
    args = parser.parse_args()
    tell = (_by_pitch if args.pitch else _by_network()) if args.gender else None
    answers: Calls = {}
    for path in sorted(args.folder.glob("t3_audio_*.wav")):
        answers[int(path.stem.rpartition("_")[2])] = answer(_read(path), tell)
    write_atomic(args.answer, calls_bytes(ANSWER_KEY, answers))
    return 0


def answer(signals: NDArray[np.float32], tell: Callable[[NDArray[np.float32]], str] | None = None) -> Call:
    """What is to be heard in (2, samples) at 16 kHz."""
    spectrum = spectra(signals)
    power = np.square(np.abs(spectrum)).mean(0)
    quiet = power.sum(1) <= np.quantile(power.sum(1), _QUIET)
    # The quietest frames of noise lie below its mean; the smoothed median over all frames is nearer where nobody calls.
    noise = np.minimum(power[quiet].mean(0) * 1.3, np.median(power, axis=0) * 1.5)
    active = speech_evidence(power, noise) > _ABOVE
    if active.sum() < _LEAST:
        return Call(NOBODY)
    angle = _angle(spectrum, active, noise)
    return Call(angle, tell(_voice(spectrum, angle, active, noise)) if tell is not None else "")


def _angle(spectrum: Complex, active: NDArray[np.bool_], noise: NDArray[np.floating]) -> int:
    crossed = spectrum[0] * spectrum[1].conj()
    above = crossed[active].mean(0)
    if not active.all():
        above = above - crossed[~active].mean(0)
    strength = np.square(np.abs(spectrum)).mean(0)[active].mean(0) / np.maximum(noise, 1e-20)
    weight = np.clip(1.0 - 1.0 / np.maximum(strength, 1.0), 0.0, 1.0)
    weight[(BINS_HZ < _BAND_HZ[0]) | (BINS_HZ > _BAND_HZ[1])] = 0.0
    phase = weight * above / np.maximum(np.abs(above), 1e-20)
    fits = [float(np.real(phase * _turn(angle)).sum()) for angle in ANGLES]
    return ANGLES[int(np.argmax(fits))]


def _turn(angle: int) -> NDArray[np.complex128]:
    """(bins,) what takes the delay of an angle out of the left channel times the right one's conjugate."""
    late_s = -math.cos(math.radians(angle)) * _SPACING_M / _SOUND_M_S
    return np.asarray(np.exp(-2j * np.pi * BINS_HZ * late_s))


def _voice(spectrum: Complex, angle: int, active: NDArray[np.bool_], noise: NDArray[np.floating]) -> NDArray[np.float32]:
    """From the first to the last frame that rises above the noise, both channels in step and freed of what noise lies
    below."""
    span = slice(int(np.argmax(active)), len(active) - int(np.argmax(active[::-1])))
    joined = 0.5 * (spectrum[0, span] * _turn(angle) + spectrum[1, span])
    # Noise of the two channels is alike in part: together they hold between half and all of its power.
    joined = joined * wiener_gains(np.square(np.abs(joined)), 0.75 * noise)
    return waveform(np.asarray(joined, np.complex64), (joined.shape[0] + 1) * HOP)


def _by_pitch(signal: NDArray[np.float32]) -> str:
    pitch = pitch_hz(signal)
    return "female" if pitch is not None and pitch >= _FEMALE_HZ else "male"


def _by_network() -> Callable[[NDArray[np.float32]], str]:
    from goldentime.perception.hearing_net import load_teller

    teller = load_teller()

    def tell(signal: NDArray[np.float32]) -> str:
        man, woman, _ = teller.tell(signal).tolist()
        return "male" if man >= woman else "female"

    return tell


def _read(path: Path) -> NDArray[np.float32]:
    with wave.open(str(path)) as file:
        steps = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        return resampled(steps.T.astype(np.float32) / 32_768.0, file.getframerate())


if __name__ == "__main__":
    sys.exit(main())
