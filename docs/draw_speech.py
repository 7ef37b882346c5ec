"""Draw spectrograms of the speech bank's kinds of sound, and the pitch of its voices; print the pitch of each speaker.

`python docs/draw_speech.py docs/img [--bank FOLDER]` writes speech_spectrograms.png and speech_pitch.png.
"""

import argparse
from pathlib import Path

import librosa
import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from goldentime.envs.speech.bank import Clip, SpeechBank, load_bank

RATE_HZ = 16000
SHOWN = ("rms-en-call-03", "slt-en-call-03", "slt-child-en-call-03", "espeak-m3-ko-call-00", "pico-us-ko-call-00",
         "espeak-f5-child-ko-call-00", "cough-woman-1-00", "knock-wood-door-00", "knock-pipe-00")  # fmt: skip
COLOURS = {"man": "tab:blue", "woman": "tab:red", "child": "tab:orange"}
CLIPS = 3
"""Of each speaker and effort, for the pitch."""


def spectrograms(bank: SpeechBank, path: Path) -> None:
    """One panel for each clip of `SHOWN`."""
    figure, axes = plt.subplots(3, 3, figsize=(12, 8), sharey=True, layout="constrained")
    for axis, name in zip(axes.flat, SHOWN, strict=True):
        clip = bank.clip(name)
        axis.specgram(bank.audio(name, RATE_HZ), NFFT=400, noverlap=240, Fs=RATE_HZ, vmin=-120, vmax=-30, cmap="magma")
        language = f", {clip.language}" if clip.language else ""
        axis.set_title(f"{clip.voice} {clip.kind}{language} ({clip.engine})", fontsize=9)
    for axis in axes[-1]:
        axis.set_xlabel("time [s]")
    for axis in axes[:, 0]:
        axis.set_ylabel("frequency [Hz]")
    figure.savefig(path, dpi=80)


def pitch_hz(bank: SpeechBank, clip: Clip) -> float:
    """Median pitch of the voiced frames, NaN where there are none."""
    sound = bank.audio(clip.id, RATE_HZ)[: 3 * RATE_HZ].astype(np.float64)
    frames, voiced, _ = librosa.pyin(sound, fmin=65, fmax=700, sr=RATE_HZ, frame_length=1024, hop_length=320)
    return float(np.median(frames[voiced])) if voiced.any() else float("nan")


def pitches(bank: SpeechBank) -> dict[tuple[str, str, str], list[float]]:
    """Pitches by voice, effort and speaker."""
    found: dict[tuple[str, str, str], list[float]] = {}
    groups: dict[tuple[str, str, str], list[Clip]] = {}
    for clip in bank.clips:
        if clip.kind in ("call", "talk") and clip.voice:
            groups.setdefault((clip.voice, clip.effort or "recorded", clip.speaker), []).append(clip)
    for key, clips in groups.items():
        chosen = clips[:: max(1, len(clips) // CLIPS)][:CLIPS]
        found[key] = [pitch_hz(bank, clip) for clip in chosen]
        print(f"{' '.join(key):42}{np.nanmedian(found[key]):6.0f} Hz", flush=True)
    return found


def draw_pitch(found: dict[tuple[str, str, str], list[float]], path: Path) -> None:
    """A dot for each speaker, a row for each voice and effort."""
    rows = sorted({(voice, effort) for voice, effort, _ in found}, key=lambda row: (list(COLOURS).index(row[0]), row[1]))
    figure, axis = plt.subplots(figsize=(9, 0.5 * len(rows) + 1.2), layout="constrained")
    for place, (voice, effort) in enumerate(rows):
        values = [np.nanmedian(each) for (its, how, _), each in found.items() if (its, how) == (voice, effort)]
        axis.scatter(values, np.full(len(values), place), color=COLOURS[voice], alpha=0.7, s=40)
    axis.set_yticks(range(len(rows)), [f"{voice}, {effort}" for voice, effort in rows])
    axis.invert_yaxis()
    axis.set_xscale("log")
    axis.set_xticks([80, 100, 150, 200, 300, 400], ["80", "100", "150", "200", "300", "400"])
    axis.minorticks_off()
    axis.set_xlabel("median pitch of a speaker [Hz]")
    axis.grid(axis="x", alpha=0.3)
    figure.savefig(path, dpi=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bank", action="append", default=[], help="another bank whose voices are drawn too")
    options = parser.parse_args()
    embedded = load_bank()
    spectrograms(embedded, options.folder / "speech_spectrograms.png")
    found = pitches(embedded)
    for other in options.bank:
        found |= pitches(load_bank(other))
    draw_pitch(found, options.folder / "speech_pitch.png")


if __name__ == "__main__":
    main()
