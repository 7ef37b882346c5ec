"""Draws the pictures of docs/hearing.md: what three methods make of the same half second.

goldentime dataset make hearing n=125 pool=test seed=1 out=runs/data/hearing-test
python docs/draw_hearing.py runs/data/hearing-test
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np
import torch
from numpy.typing import NDArray

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from goldentime.baselines.hearing.windows import HearingSet, gain_for
from goldentime.perception.hearing_directions import DirectionGrid
from goldentime.perception.hearing_doa import Steerer, music_map, srp_phat_map
from goldentime.perception.hearing_net import BAND, GRID, beam_tables, cells_of, load_net
from goldentime.perception.hearing_noise import rotor_lines
from goldentime.perception.hearing_spectra import covariances, spectra
from goldentime.rng import stream

Complex = NDArray[np.complex64]
Floats = NDArray[np.float64]
IMAGES = Path(__file__).parent / "img"
SNRS_DB = (10.0, 0.0, -10.0)
FINE = DirectionGrid(azimuths=72, elevations_deg=tuple(float(e) for e in range(-75, 40, 5)))


def window_at(data: HearingSet, place: int, snr_db: float) -> tuple[Complex, Complex, Floats]:
    """A voice in noise, the noise as it is known, and the rotor speeds."""
    row, rng = data.voices[place], stream(0, "draw_hearing", place)
    voice, (noise, speeds) = data.voice(row, rng), data.noise_of(row["drone"], rng)
    quiet, speech = spectra(noise), spectra(voice)
    mixture = quiet + np.float32(gain_for(speech, quiet, snr_db)) * speech
    return mixture, data.own_noise(row["drone"]).covariance(speeds), speeds


def network_map(data: HearingSet, mixture: Complex, noise: Complex, speeds: Floats) -> NDArray[np.float32]:
    """Evidence in each direction."""
    net = load_net()
    cells = cells_of(mixture)[None], torch.from_numpy(noise[BAND])[None], torch.from_numpy(rotor_lines(speeds)[BAND])[None]
    with torch.inference_mode():
        answer = net(*cells, beam_tables(data.positions_m))[0, 0]
    return np.asarray(torch.sigmoid(answer).numpy(), np.float32)


def show(axes: Axes, values: NDArray[np.float32], grid: DirectionGrid, truth: dict[str, float], title: str) -> None:
    """A map with the nose in the middle, left on the left, and a ring where the voice is."""
    turned = np.roll(values, values.shape[1] // 2, axis=1)[:, ::-1]
    low, high = grid.elevations_deg[0], grid.elevations_deg[-1]
    axes.imshow(turned, origin="lower", extent=(180, -180, low, high), aspect="auto", cmap="magma")
    at = np.degrees(truth["azimuth_rad"]), np.degrees(truth["elevation_rad"])
    axes.plot(*at, "o", mfc="none", mec="cyan", ms=13, mew=1.8)
    axes.set_title(title, fontsize=9)
    axes.set_xticks([180, 90, 0, -90, -180])


def main() -> None:
    data, place = HearingSet(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    steerer, truth = Steerer(data.positions_m, FINE), data.voices[place]
    figure, rows = plt.subplots(len(SNRS_DB), 4, figsize=(13, 6.5), sharex=True, layout="constrained")
    for axes, snr_db in zip(rows, SNRS_DB, strict=True):
        mixture, noise, speeds = window_at(data, place, snr_db)
        show(axes[0], srp_phat_map(mixture, steerer), FINE, truth, f"SRP-PHAT, {snr_db:.0f} dB")
        show(axes[1], music_map(covariances(mixture), steerer), FINE, truth, "MUSIC")
        show(axes[2], music_map(covariances(mixture), steerer, 1, noise), FINE, truth, "MUSIC that knows the noise")
        show(axes[3], network_map(data, mixture, noise, speeds), GRID, truth, "network")
        axes[0].set_ylabel("elevation [deg]")
    for axes in rows[-1]:
        axes.set_xlabel("azimuth [deg], left is positive")
    figure.savefig(IMAGES / "hearing_maps.png", dpi=80)


if __name__ == "__main__":
    main()
