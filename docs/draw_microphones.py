"""Draw what microphones hear of one call: in quiet, in hover, beside a fire, and through a closed door.

`python docs/draw_microphones.py docs/img` writes hear_quiet.png, hear_hover.png, hear_fire.png and hear_door.png:
spectrograms of the first microphone.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from goldentime.envs.acoustics.clip import RenderedClip, render_clip, sound_scene
from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.acoustics.hover import hover_flight
from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Level, Opening, Room
from goldentime.envs.speech.bank import load_bank

SEED, LENGTH_S, RATE = 4, 4.0, 16_000
PLASTER = ("plaster", "plaster", "plaster", "plaster", "linoleum", "plaster")
ROOMS = (
    Room(lower=(0.0, 0.0, 0.0), upper=(6.0, 5.0, 3.0), materials=PLASTER, absorption_m2=10.0),
    Room(lower=(6.2, 0.0, 0.0), upper=(11.2, 5.0, 3.0), materials=PLASTER, absorption_m2=8.0),
)
DOOR = Opening(rooms=(0, 1), centre=(6.1, 2.5, 1.0), size=(0.2, 0.9, 2.0), leaf="wood", open=0.0)
LEVEL = Level(rooms=ROOMS, openings=(DOOR,))
NEAR, BEHIND_DOOR, FIRE = (4.0, 3.5, 1.5), (8.7, 2.5, 1.5), (5.0, 1.0, 0.3)
PICTURES = {
    "quiet": ("in quiet, rotors at rest, 2.7 m away", NEAR, False, False),
    "hover": ("in hover, 2.7 m away", NEAR, True, False),
    "fire": ("beside a fire of 85 dB at 1 m, rotors at rest, 2.7 m away", NEAR, False, True),
    "door": ("through a closed wooden door, rotors at rest, 6.7 m away", BEHIND_DOOR, False, False),
}


def heard(place: tuple[float, float, float], rotors: bool, fire: bool) -> RenderedClip:
    """A call of 88 dB at 1 m, by the default array of a scout."""
    bank = load_bank()
    said = next(clip for clip in bank.clips if clip.kind == "call" and clip.voice == "woman" and clip.duration_s > 1.2)
    at = (Waypoint(time_s=0.0, position=place),)
    call = Sounding(start_s=1.0, duration_s=said.duration_s, clip=said.id, level_db=88.0)
    sounds = [Source(kind="woman", path=at, soundings=(call,), calls=True)]
    if fire:
        burns = Sounding(start_s=-1.0, duration_s=60.0, level_db=85.0)
        sounds.append(Source(kind="fire", path=(Waypoint(time_s=0.0, position=FIRE),), soundings=(burns,)))
    rng = np.random.default_rng(SEED)
    spec = HearingSpec(rotors=rotors, calibration_s=0.0, sample_rate_hz=RATE)
    states = hover_flight(load_airframe("scout"), (2.0, 2.0, 1.6), 0.0, LENGTH_S, rng)
    return render_clip(sound_scene(LEVEL, tuple(sounds)), states, spec, bank.audio, rng)


def spectrogram(samples: NDArray[np.float32], full_scale_pa: float) -> NDArray[np.float64]:
    """Sound pressure level in bins of 31 Hz every 8 ms [dB re 20 uPa], (bins, frames)."""
    size, hop = 512, 128
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::hop] * np.hanning(size)
    power = 2.0 * np.square(np.abs(np.fft.rfft(frames))) / np.square(np.hanning(size).sum())
    level: NDArray[np.float64] = 10.0 * np.log10(np.maximum(power, 1e-20)).T + 20.0 * np.log10(full_scale_pa / 20e-6)
    return level


def draw(clip: RenderedClip, title: str, path: Path) -> None:
    """One picture."""
    call = clip.heard[0]
    figure, axes = plt.subplots(figsize=(9.0, 3.4), dpi=75, layout="constrained")
    level = spectrogram(clip.samples[0], clip.ear.spec.capsule.full_scale_pa)
    extent = (0.0, LENGTH_S, 0.0, RATE / 2000.0)
    image = axes.imshow(level, origin="lower", aspect="auto", extent=extent, vmin=0.0, vmax=85.0, cmap="magma")
    for time_s in (call.onset_s, call.offset_s):
        axes.axvline(time_s, color="white", linewidth=0.8, linestyle=":")
    axes.set(xlabel="time [s]", ylabel="frequency [kHz]")
    axes.set_title(f"A call {title}: {call.level_db:.0f} dB SPL at the array, SNR {round(call.snr_db):d} dB", fontsize=10)
    figure.colorbar(image, label="dB SPL per 31 Hz")
    figure.savefig(path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, (title, place, rotors, fire) in PICTURES.items():
        draw(heard(place, rotors, fire), title, folder / f"hear_{name}.png")


if __name__ == "__main__":
    main()
