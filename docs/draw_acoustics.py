"""Draw what the sound is checked by, and how loud a voice is over a floor.

python docs/draw_acoustics.py docs/img
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import matplotlib

matplotlib.use("Agg")

import numpy as np
from check_acoustics import RATE_HZ, bare_space, draw_case, error_db, flown, impulse, reference, rendered, spurious_db, tone
from matplotlib import pyplot
from matplotlib.patches import Rectangle
from scipy.signal import butter, sosfiltfilt, spectrogram

from goldentime.envs.acoustics.air import BANDS_HZ, SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.levels import arrival_of
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.space import space_of
from goldentime.envs.level import Level, Room
from goldentime.envs.scenes.draw import draw_scene
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.rng import stream

ROOM = Room(lower=(0.0, 0.0, 0.0), upper=(6.0, 5.0, 3.0), materials=("plaster",) * 6, absorption_m2=10.0)


def responses(file: Path) -> None:
    """One response beside that of pyroomacoustics, and the errors of 20 rooms."""
    case, order, n = draw_case(np.random.default_rng([7, 0])), 3, 8000
    wanted = reference(case, order, n)[0]
    ours = rendered(Renderer(bare_space(case), RATE_HZ, order=order, tail=False), impulse(n), case.source, case.mics, n)[0]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.4), layout="constrained", width_ratios=(2, 1))
    time_ms = 1000.0 * np.arange(n) / RATE_HZ
    low = butter(8, 6500.0, fs=RATE_HZ, output="sos")
    smooth = [sosfiltfilt(low, h) for h in (wanted, ours)]
    left.plot(time_ms, smooth[0], linewidth=2.5, color="tab:orange", label="pyroomacoustics")
    left.plot(time_ms, smooth[1], linewidth=0.9, color="black", label="ours")
    left.plot(time_ms, smooth[1] - smooth[0] - 0.15, linewidth=0.7, color="tab:red", label="difference, set lower")
    left.set(xlim=(0, 45), xlabel="time [ms]", ylabel="pressure per pressure at 1 m", title="order 3, below 6.5 kHz")
    left.legend(fontsize=8)
    errors = []
    for order in range(7):
        cases = [draw_case(np.random.default_rng([7, i])) for i in range(20)]
        pairs = [(c, Renderer(bare_space(c), RATE_HZ, order=order, tail=False)) for c in cases]
        sounds = [(reference(c, order, n)[:1], rendered(r, impulse(n), c.source, c.mics[:1], n)) for c, r in pairs]
        errors.append([error_db(theirs, mine) for theirs, mine in sounds])
    right.boxplot(errors, positions=list(range(7)))
    right.axhline(-35.0, color="tab:red", linewidth=0.8)
    right.set(xlabel="order", ylabel="relative error, 100-6500 Hz [dB]", ylim=(-70, -30), title="20 rooms")
    right.grid(alpha=0.3)
    figure.savefig(file, dpi=110)


def decays(file: Path) -> None:
    """Backward integrals of responses in octaves, with the slopes that Eyring gives."""
    level = Level(rooms=(ROOM,))
    expected = space_of(level).rt60_s[0]
    source, mic = np.array([1.5, 1.25, 0.75]), np.array([[4.2, 3.5, 2.1]])
    response = rendered(Renderer(level, RATE_HZ), impulse(24000), source, mic)[0]
    figure, axes = pyplot.subplots(figsize=(6, 3.6), layout="constrained")
    time_s = np.arange(len(response)) / RATE_HZ
    for band, colour in ((1, "tab:blue"), (3, "tab:green"), (5, "tab:purple")):
        hz = BANDS_HZ[band]
        part = sosfiltfilt(butter(3, [hz / 2**0.5, hz * 2**0.5], "band", fs=RATE_HZ, output="sos"), response)
        left = np.cumsum(np.square(part)[::-1])[::-1]
        axes.plot(time_s, 10.0 * np.log10(left / left[0] + 1e-9), color=colour, label=f"{hz:.0f} Hz")
        axes.plot(
            time_s, -60.0 * time_s / expected[band], color=colour, linestyle=":", label=f"Eyring, {expected[band]:.2f} s"
        )
    axes.set(xlim=(0, 1.0), ylim=(-60, 0), xlabel="time [s]", ylabel="energy left [dB]")
    axes.set_title("6 x 5 x 3 m, plaster, 10 m2 of furniture")
    axes.legend(fontsize=8, ncols=3)
    axes.grid(alpha=0.3)
    figure.savefig(file, dpi=110)


def motion(file: Path) -> None:
    """A tone that flies past, and spectra of tones in motion and at rest."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.4), layout="constrained")
    dry, heard, speed = tone(2000.0, 64000), [], 20.0
    renderer, ear = Renderer(Level(), RATE_HZ, order=0), np.array([[0.0, 3.0, 80.0]])
    for k in range(40):
        start, end = (np.array([0.1 * speed * (i - 20), 0.0, 80.0]) for i in (k, k + 1))
        heard.append(renderer.render([SignalChunk(0, dry[k * 1600 : (k + 1) * 1600], start, end)], ear, ear, 1600))
    hz, at, power = spectrogram(np.concatenate(heard, axis=1)[0], RATE_HZ, nperseg=2048, noverlap=1792, nfft=8192)
    near = (hz > 1600.0) & (hz < 2400.0)
    left.pcolormesh(at, hz[near], 10.0 * np.log10(power[near] + 1e-12), vmin=-90, vmax=-30, shading="auto")
    emitted = np.linspace(0.0, 4.0, 400)
    along = speed * (emitted - 2.0)
    away = np.hypot(along, 3.0)
    right_hz = 2000.0 / (1.0 + speed * along / away / SPEED_OF_SOUND_M_S)
    left.plot(emitted + away / SPEED_OF_SOUND_M_S, right_hz, "w:", linewidth=1.2, label="right")
    left.set(xlabel="time [s]", ylabel="frequency [Hz]", title="2 kHz at 20 m/s, passing at 3 m", xlim=(at[0], at[-1]))
    left.legend(fontsize=8, loc="upper right")
    source, mic = np.array([1.2, 1.3, 1.5]), np.array([[4.0, 3.0, 1.3]])
    still = rendered(Renderer(Level(rooms=(ROOM,)), RATE_HZ), tone(1000.0, 48000), source, mic)[0]
    for sound, label in ((still[16000:], "1 kHz in a room, at rest"), (flown(10.0, 2000.0)[12000:], "2 kHz at 10 m/s")):
        spectrum = np.abs(np.fft.rfft(sound * np.kaiser(len(sound), 20.0)))
        level = 20.0 * np.log10(spectrum / spectrum.max() + 1e-9)
        text = f"{label}: {spurious_db(sound):.0f} dB"
        right.plot(np.fft.rfftfreq(len(sound), 1.0 / RATE_HZ), level, linewidth=0.8, label=text)
    right.set(xlabel="frequency [Hz]", ylabel="level [dB]", ylim=(-170, 5), title="spectra over borders of steps")
    right.legend(fontsize=8, loc="upper right")
    right.grid(alpha=0.3)
    figure.savefig(file, dpi=110)


def floor(file: Path, seed: int) -> None:
    """How loud a voice of 70 dB is over a floor, doors open and closed."""
    level = draw_scene(SceneConfig(place="floor"), stream(seed, "scenario")).level
    closed = tuple(replace(door, leaf="wood", open=0.0) if not door.leaf else door for door in level.openings)
    (left, front, _), (right, back, _) = level.rooms[3].lower, level.rooms[3].upper
    source = np.array([0.5 * (left + right) + 0.6, 0.5 * (front + back), 1.5])
    (x0, y0, _), (x1, y1, _) = level.bounds
    grid = np.meshgrid(np.arange(x0 + 0.1, x1, 0.2), np.arange(y0 + 0.1, y1, 0.2))
    figure, panels = pyplot.subplots(1, 2, figsize=(11, 4.6), layout="constrained", sharey=True)
    for panel, openings, title in zip(panels, (level.openings, closed), ("doors open", "doors closed"), strict=True):
        space = space_of(replace(level, openings=openings))
        points = (np.array([x, y, 1.5]) for x, y in zip(grid[0].flat, grid[1].flat, strict=True))
        found = [arrival_of(space, source, point, 70.0) for point in points]
        loud = np.array([one.total_db if one is not None else np.nan for one in found]).reshape(grid[0].shape)
        picture = panel.pcolormesh(*grid, loud, vmin=25, vmax=80, cmap="magma", shading="nearest")
        for room in level.rooms:
            (a, b, _), (c, d, _) = room.lower, room.upper
            panel.add_patch(Rectangle((a, b), c - a, d - b, fill=False, color="white"))
        for door in openings:
            panel.plot(*door.centre[:2], "|" if door.size[0] < door.size[1] else "_", color="cyan", markersize=9)
        panel.plot(*source[:2], "c*", markersize=10)
        panel.set(aspect="equal", title=title, xlabel="x [m]")
    panels[0].set_ylabel("y [m]")
    figure.colorbar(picture, ax=panels, label="level of a voice of 70 dB at 1 m [dB]", shrink=0.8)
    figure.savefig(file, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1, help="of the floor")
    args = parser.parse_args()
    responses(args.folder / "acoustics_responses.png")
    decays(args.folder / "acoustics_decay.png")
    motion(args.folder / "acoustics_motion.png")
    floor(args.folder / "acoustics_floor.png", args.seed)


if __name__ == "__main__":
    main()
