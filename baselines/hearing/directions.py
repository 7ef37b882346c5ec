"""Training of the network that finds directions."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from goldentime.baselines.hearing.windows import HearingSet, MixConfig, draw_mix, gain_for
from goldentime.perception.hearing_directions import angle_between, towards
from goldentime.perception.hearing_net import BAND, GRID, DirectionNet, beam_tables, cells_of, peaks_of
from goldentime.perception.hearing_noise import rotor_lines
from goldentime.perception.hearing_spectra import spectra
from goldentime.rng import stream

__all__ = ["DirectionBatch", "DirectionTask", "direction_loss", "heat_of"]

_SPREAD_RAD = math.radians(10.0)
_NEAR_RAD = math.radians(14.0)
"""Cells within answer for how far the voice is from them."""
_CHECK_SNR_DB = (10.0, 0.0, -10.0)


class DirectionBatch(NamedTuple):
    """Windows and where their voices are."""

    spectrum: Tensor
    """(n, bins, mics, frames)."""
    noise: Tensor
    """(n, bins, mics, mics)."""
    lines: Tensor
    """(n, bins)."""
    heat: Tensor
    """(n, elevations, azimuths) in [0, 1]."""
    shift: Tensor
    """(n, 2, elevations, azimuths) cells upwards and to the left; nan where nothing is asked."""


def heat_of(bearings: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the network is to answer to voices from these directions.

    Args:
        bearings: (voices, 2) azimuth and elevation [rad].

    Returns:
        heat (elevations, azimuths) and shift (2, elevations, azimuths), nan far from all voices.
    """
    heat = np.zeros(GRID.shape, np.float32)
    shift = np.full((2, *GRID.shape), np.nan, np.float32)
    azimuths = np.arange(GRID.azimuths) * GRID.azimuth_step_rad
    elevations = np.radians(np.asarray(GRID.elevations_deg))
    for azimuth, elevation in bearings:
        apart = angle_between(GRID.units, towards(azimuth, elevation)).reshape(GRID.shape)
        near = (apart < _NEAR_RAD) & (np.exp(-0.5 * (apart / _SPREAD_RAD) ** 2) > heat)
        heat = np.maximum(heat, np.exp(-0.5 * (apart / _SPREAD_RAD) ** 2)).astype(np.float32)
        left = np.remainder(azimuth - azimuths + np.pi, 2 * np.pi) - np.pi
        shift[0][near] = np.broadcast_to(((elevation - elevations) / GRID.elevation_step_rad)[:, None], GRID.shape)[near]
        shift[1][near] = np.broadcast_to(left / GRID.azimuth_step_rad, GRID.shape)[near]
    return heat, np.where(np.abs(shift).max(0) <= 2.0, shift, np.nan).astype(np.float32)


def direction_loss(answer: Tensor, heat: Tensor, shift: Tensor) -> tuple[Tensor, dict[str, float]]:
    """Cross entropy to the heat, weighed by how wrong each cell is (Li et al. 2020, "Generalized focal loss", NeurIPS), and
    the shifts near voices."""
    logits = answer[:, 0]
    wrong = (torch.sigmoid(logits) - heat).abs().detach()
    there = binary_cross_entropy_with_logits(logits, heat, reduction="none") * wrong
    score = there.sum((1, 2)).mean()
    asked = ~torch.isnan(shift)
    moved = smooth_l1_loss(answer[:, 1:][asked], shift[asked], beta=0.3) if asked.any() else answer.sum() * 0
    return score + moved, {"score": float(score.detach()), "shift": float(moved.detach())}


class DirectionTask:
    """What the loop trains."""

    def __init__(self, data: HearingSet, checks: HearingSet | None, config: MixConfig, batch: int, seed: int) -> None:
        torch.manual_seed(seed)
        self._data, self._checks, self._config, self._size, self._seed = data, checks, config, batch, seed
        self.model: nn.Module = DirectionNet()
        self._tables = beam_tables(data.positions_m)

    def batch(self, step: int) -> DirectionBatch:
        """The windows of a step."""
        rng = stream(self._seed, "hearing.directions", step)
        return stacked([self._drawn(rng) for _ in range(self._size)])

    def _drawn(self, rng: np.random.Generator) -> tuple[Tensor, ...]:
        mix = draw_mix(self._data, self._config, rng)
        bearings = np.array([(row["azimuth_rad"], row["elevation_rad"]) for row in mix.voices]).reshape(-1, 2)
        return window_of(self._data, mix.spectrum, mix.drone, mix.rotor_speeds_rad_s, bearings)

    def loss(self, batch: DirectionBatch) -> tuple[Tensor, Mapping[str, float]]:
        """Forward and loss."""
        answer = self.model(batch.spectrum, batch.noise, batch.lines, self._tables)
        return direction_loss(answer, batch.heat, batch.shift)

    def check(self, model: nn.Module) -> Mapping[str, float]:
        """Share within 10 degrees, by signal-to-noise ratio."""
        found = {}
        for snr_db in _CHECK_SNR_DB if self._checks is not None else ():
            assert self._checks is not None
            found[f"within_10_at_{snr_db:.0f}"] = round(float(np.mean(errors(model, self._checks, snr_db, 150) <= 10)), 4)
        return found


def window_of(
    data: HearingSet,
    spectrum: NDArray[np.complex64],
    drone: int,
    rotor_speeds_rad_s: NDArray[np.float64],
    bearings: NDArray[np.float64],
) -> tuple[Tensor, ...]:
    """One window as the network takes it, with its truth."""
    known = data.own_noise(drone).covariance(rotor_speeds_rad_s)
    heat, shift = heat_of(bearings)
    return (
        cells_of(spectrum),
        torch.from_numpy(known[BAND]),
        torch.from_numpy(rotor_lines(rotor_speeds_rad_s)[BAND]),
        torch.from_numpy(heat),
        torch.from_numpy(shift),
    )


def stacked(rows: list[tuple[Tensor, ...]]) -> DirectionBatch:
    """Windows as a batch."""
    return DirectionBatch(*(torch.stack(parts) for parts in zip(*rows, strict=True)))


def errors(model: nn.Module, data: HearingSet, snr_db: float, count: int) -> NDArray[np.float64]:
    """[deg] between the best direction and the voice, in the first `count` windows of one voice at this ratio."""
    tables, found = beam_tables(data.positions_m), []
    for start in range(0, min(count, len(data.voices)), 25):
        rows, aims = [], []
        for place in range(start, min(start + 25, count, len(data.voices))):
            rng = stream(0, "hearing.check", place)
            voice = data.voices[place]
            noise, speeds = data.noise_of(voice["drone"], rng)
            quiet, speech = spectra(noise), spectra(data.voice(voice, rng))
            mixture = quiet + np.float32(gain_for(speech, quiet, snr_db)) * speech
            rows.append(window_of(data, mixture, voice["drone"], speeds, np.zeros((0, 2))))
            aims.append(towards(voice["azimuth_rad"], voice["elevation_rad"]))
        batch = stacked(rows)
        with torch.inference_mode():
            answers = model(batch.spectrum, batch.noise, batch.lines, tables).numpy()
        for answer, aim in zip(answers, aims, strict=True):
            best = peaks_of(answer, 1)[0]
            found.append(math.degrees(float(angle_between(towards(best.azimuth_rad, best.elevation_rad), aim))))
    return np.array(found)
