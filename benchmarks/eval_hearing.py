"""How well do our ears hear? Half-second windows of held-out speakers in held-out places, at five signal-to-noise ratios.

    goldentime dataset make hearing n=125 pool=test seed=1 out=runs/data/hearing-test
    python benchmarks/eval_hearing.py runs/data/hearing-test --clips 500
    goldentime dataset make hearing n=60 pool=test seed=2 sound.bank=REAL out=runs/data/hearing-real-test
    python benchmarks/eval_hearing.py runs/data/hearing-real-test --voices

The first table is of directions: one window each of so many voices, in the drone's full noise (rotors, gusts at each
microphone, errors of the microphones that nobody knows). Each method gets the window, the calibration clip and the rotor
speeds. The second is of classes: one second of each voice through the beam towards where it is found (`beam`), or through
the first microphone.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.hearing.windows import WINDOW, HearingSet, gain_for
from goldentime.eval.score.aggregate import wilson
from goldentime.perception.hearing_directions import find_peaks, towards
from goldentime.perception.hearing_doa import Steerer, music_map, noise_beam_map, reference_music_map, srp_phat_map
from goldentime.perception.hearing_net import NetFinder, load_finder, load_teller
from goldentime.perception.hearing_noise import mvdr, rotor_lines
from goldentime.perception.hearing_spectra import HOP, covariances, spectra, waveform
from goldentime.perception.hearing_voice import VOICES, pitch_hz, voice_by_pitch
from goldentime.rng import stream

SNRS_DB = (20.0, 10.0, 0.0, -5.0, -10.0)
Spectrum = NDArray[np.complex64]
Method = Callable[[Spectrum, Spectrum, NDArray[np.float64]], tuple[float, float]]
"""Window (mics, frames, bins), the noise's covariance, rotor speeds -> azimuth and elevation."""
Ways = dict[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]]


def methods(data: HearingSet, checkpoint: Path | None, reference: bool) -> dict[str, Method]:
    """What is compared."""
    steerer = Steerer(data.positions_m)

    def best(values: NDArray[np.float32]) -> tuple[float, float]:
        peak = find_peaks(values, steerer.grid, 1)[0]
        return peak.azimuth_rad, peak.elevation_rad

    finder = load_finder(data.positions_m, checkpoint, least=0.0)

    def net(window: Spectrum, noise: Spectrum, speeds: NDArray[np.float64]) -> tuple[float, float]:
        peak = finder.find(window, noise, 1, rotor_lines(speeds))[0]
        return peak.azimuth_rad, peak.elevation_rad

    found: dict[str, Method] = {
        "SRP-PHAT": lambda window, noise, speeds: best(srp_phat_map(window, steerer)),
        "MUSIC": lambda window, noise, speeds: best(music_map(covariances(window), steerer)),
        "GEVD-MUSIC": lambda window, noise, speeds: best(music_map(covariances(window), steerer, 1, noise)),
        "noise-whitened beam": lambda window, noise, speeds: best(noise_beam_map(covariances(window), steerer, noise)),
        "network": net,
    }
    if reference:
        found["MUSIC (pyroomacoustics)"] = lambda window, noise, speeds: best(reference_music_map(window, steerer))
    return found


def mixture(data: HearingSet, place: int, snr_db: float, length: int) -> tuple[Spectrum, Spectrum, NDArray[np.float64]]:
    """The window of a voice, the noise as it is known, and the rotor speeds: the same for every method."""
    row, rng = data.voices[place], stream(0, "eval_hearing", place)
    voice, (noise, speeds) = data.voice(row, rng, length), data.noise_of(row["drone"], rng, length)
    quiet, speech = spectra(noise), spectra(voice)
    window = quiet + np.float32(gain_for(speech, quiet, snr_db)) * speech
    return window, data.own_noise(row["drone"]).covariance(speeds), speeds


def direction_table(data: HearingSet, clips: int, ways: dict[str, Method], seconds: float) -> None:
    """Errors by method and ratio."""
    speakers = len({voice["speaker"] for voice in data.voices[:clips]})
    print(f"{clips} windows of {seconds:g} s, {speakers} speakers, array of {len(data.positions_m)} microphones")
    heads = ("median azimuth error", "within 20 in azimuth", "within 10 in both")
    print(f"{'method':24} {'SNR':>4}  {'  '.join(f'{head:>22}' for head in heads)}   ms")
    for name, method in ways.items():
        for snr_db in SNRS_DB:
            errors, spent_s = _errors(data, method, snr_db, clips, round(2 * seconds * WINDOW))
            both = (errors[:, 0] <= 10) & (errors[:, 1] <= 10)
            cells = (median(errors[:, 0]), share(errors[:, 0] <= 20), share(both))
            told = "  ".join(f"{cell:>22}" for cell in cells)
            print(f"{name:24} {snr_db:4.0f}  {told} {1000 * spent_s / clips:4.0f}", flush=True)


def _errors(
    data: HearingSet, method: Method, snr_db: float, clips: int, length: int = WINDOW
) -> tuple[NDArray[np.float64], float]:
    """(clips, 2) errors in azimuth and elevation [deg], and the processor's time [s]."""
    rows, spent_s = [], 0.0
    for place in range(clips):
        window, noise, speeds = mixture(data, place, snr_db, length)
        begun = time.process_time()
        azimuth, elevation = method(window, noise, speeds)
        spent_s += time.process_time() - begun
        truth = data.voices[place]
        aside = abs(math.degrees(math.remainder(azimuth - truth["azimuth_rad"], 2 * math.pi)))
        rows.append((aside, abs(math.degrees(elevation - truth["elevation_rad"]))))
    return np.array(rows), spent_s


def median(values: NDArray[np.float64]) -> str:
    """With a 95 % interval by the percentile bootstrap."""
    rng = stream(0, "bootstrap")
    draws = np.median(values[rng.integers(len(values), size=(2000, len(values)))], axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"{np.median(values):.1f} ({low:.1f}-{high:.1f}) deg"


def share(right: NDArray[np.bool_]) -> str:
    """With Wilson's 95 % interval."""
    figure = wilson(int(right.sum()), len(right))
    return f"{figure.mean:.1%} ({figure.low:.1%}-{figure.high:.1%})"


def tellers(checkpoint: Path | None, embedding: Path | None, pitch: bool) -> Ways:
    """What tells classes in a signal at 16 kHz."""
    ways: Ways = {"network": load_teller(checkpoint).tell}
    if embedding is not None:
        from goldentime.perception.hearing_net_embedding import load_embedding_teller

        ways["embedding"] = load_embedding_teller(embedding).tell
    if pitch:
        ways["pitch (librosa)"] = _by_pitch
    return ways


def _by_pitch(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shares from two borders: all to the class, and what is left to the adult class nearer to it."""
    voice = voice_by_pitch(pitch_hz(sound)) or "man"
    return np.array([voice == "man", 0.5 if voice == "child" else voice == "woman", voice == "child"], np.float32)


def voice_table(data: HearingSet, clips: int, ways: Ways, doa: Path | None) -> None:
    """Classes by method and ratio; `clean` is the voice in its room without any noise."""
    finder = load_finder(data.positions_m, doa, least=0.0)
    speakers = len({v["speaker"] for v in data.voices[:clips]})
    print(f"{clips} windows of 1 s of {speakers} speakers. Balanced: the mean over men and women.")
    heads = ("man or woman, balanced", "of three: men", "women", "children")
    print(f"{'method':16} {'through':8} {'SNR':>5}  {'  '.join(f'{head:>22}' for head in heads)}")
    truths, sounds = _spoken(data, clips)
    for name, way in ways.items():
        _voice_line((name, "no room", None), truths, np.array([way(sound) for sound in sounds]))
    truths = np.array([VOICES.index(data.voices[place]["voice"]) for place in range(clips)])
    for through in ("beam", "one mic"):
        for snr_db in (None, *SNRS_DB[1:]):
            sounds = [_sound(data, place, snr_db, finder if through == "beam" else None) for place in range(clips)]
            for name, way in ways.items():
                _voice_line((name, through, snr_db), truths, np.array([way(sound) for sound in sounds]))


def _spoken(data: HearingSet, count: int) -> tuple[NDArray[np.int64], list[NDArray[np.float32]]]:
    """The loudest seconds of so many clips as they were spoken, of all speakers alike, and their classes."""
    speakers: dict[str, list[int]] = {}
    for place, row in enumerate(data.clips):
        if row["length"] >= WINDOW:
            speakers.setdefault(row["speaker"], []).append(place)
    rng, places = stream(0, "eval_hearing.spoken"), list[int]()
    while len(places) < count:
        places += [int(rng.choice(theirs)) for theirs in speakers.values()]
    sounds = []
    for place in places:
        sound = data.sound(data.clips[place])
        power = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64))])
        start = int(np.argmax(power[2 * WINDOW :] - power[: -2 * WINDOW])) if len(sound) > 2 * WINDOW else 0
        sounds.append(sound[start : start + 2 * WINDOW])
    return np.array([VOICES.index(data.clips[place]["voice"]) for place in places]), sounds


def _sound(data: HearingSet, place: int, snr_db: float | None, finder: NetFinder | None) -> NDArray[np.float32]:
    """A second of a voice: the beam towards where the finder finds it, or the first microphone's."""
    window, noise, speeds = mixture(data, place, 60.0 if snr_db is None else snr_db, 2 * WINDOW)
    if finder is not None:
        peak = finder.find(window[:, : WINDOW // HOP], noise, 1, rotor_lines(speeds))[0]
        window = mvdr(window, towards(peak.azimuth_rad, peak.elevation_rad), data.positions_m, noise)[None]
    return waveform(window[0], (window.shape[1] + 1) * HOP)


def _voice_line(names: tuple[str, str, float | None], truths: NDArray[np.int64], shares: NDArray[np.float32]) -> None:
    name, through, snr_db = names
    # Asked man or woman, a child's share counts for neither.
    adults = [(shares[truths == k][:, :2].argmax(1) == k) for k in (0, 1) if (truths == k).any()]
    spread = 1.96 * float(np.sqrt(sum(right.mean() * (1 - right.mean()) / len(right) for right in adults))) / len(adults)
    balanced = float(np.mean([right.mean() for right in adults]))
    cells = [f"{balanced:.1%} ({max(balanced - spread, 0):.1%}-{min(balanced + spread, 1):.1%})"]
    for k in range(len(VOICES)):
        right = shares[truths == k].argmax(1) == k
        cells.append(share(right) if len(right) else "-")
    told = "clean" if snr_db is None else f"{snr_db:.0f}"
    print(f"{name:16} {through:8} {told:>5}  {'  '.join(f'{cell:>22}' for cell in cells)}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder of goldentime dataset make hearing, pool test")
    parser.add_argument("--clips", type=int, default=500)
    parser.add_argument("--voices", action="store_true", help="classes instead of directions")
    parser.add_argument("--pitch", action="store_true", help="also classes by pitch, which takes long")
    parser.add_argument("--reference", action="store_true", help="also pyroomacoustics' MUSIC, which takes long")
    parser.add_argument("--method", action="append", help="only these, such as --method network")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of the windows for directions")
    parser.add_argument("--directions", type=Path, help="other weights than those that come with the package")
    parser.add_argument("--embedding", type=Path, help="also classes by resemblyzer's embedding, with this layer on it")
    parser.add_argument("--teller", type=Path, help="likewise, of the voice net")
    args = parser.parse_args()
    data = HearingSet(args.data)
    clips = min(args.clips, len(data.voices))
    if args.voices:
        voice_table(data, clips, tellers(args.teller, args.embedding, args.pitch), args.directions)
    else:
        ways = methods(data, args.directions, args.reference)
        chosen = {name: way for name, way in ways.items() if not args.method or name in args.method}
        direction_table(data, clips, chosen, args.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
