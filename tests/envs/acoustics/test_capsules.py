"""Microphones differ, hiss, clip and count in steps, as their data sheet says."""

import numpy as np
import pytest

from goldentime.envs.acoustics.capsules import Capsules, CapsuleSpec
from goldentime.envs.acoustics.fir import a_weighting

RATE, COUNT = 16_000, 16_000
ALIKE = CapsuleSpec(gain_std_db=0.0, corner_std_hz=0.0, delay_std_s=0.0, position_std_m=0.0)


def capsules(spec=None, microphones=8, seed=0):
    return Capsules(spec or CapsuleSpec(), microphones, RATE, np.random.default_rng(seed))


def tone(hz, microphones=8, amplitude=1.0):
    wave = amplitude * np.sin(2.0 * np.pi * hz * np.arange(COUNT) / RATE)
    return np.tile(wave, (microphones, 1)).astype(np.float32)


def phasors(mics, hz):
    """Gain of each microphone at a frequency, complex."""
    wave = np.exp(-2j * np.pi * hz * np.arange(COUNT) / RATE)
    window = np.hanning(COUNT)
    return (mics.respond(tone(hz)) * window @ wave) / (tone(hz)[0] * window @ wave)


def test_without_spread_all_hear_alike_and_nothing_is_lost():
    mics = capsules(ALIKE)
    gain = phasors(mics, 1000.0)
    assert np.abs(gain) == pytest.approx(np.full(8, 1.0), abs=0.01)
    assert np.ptp(np.angle(gain)) < 1e-6
    assert np.abs(mics.offset_m).max() == 0.0


def test_spread_of_sensitivity_phase_and_place():
    gains = np.concatenate([phasors(capsules(seed=seed), 1000.0) for seed in range(60)])
    assert (20.0 * np.log10(np.abs(gains))).std() == pytest.approx(0.5, rel=0.15)
    low = np.concatenate([phasors(capsules(seed=seed), 200.0) for seed in range(60)])
    assert 1.0 < np.rad2deg(np.angle(low)).std() < 4.0  # the lower corner's spread
    places = np.concatenate([capsules(seed=seed).offset_m for seed in range(60)])
    assert places.std() == pytest.approx(1.5e-3, rel=0.1)


def test_low_frequencies_fade():
    assert np.abs(phasors(capsules(), 15.0)).max() < 0.6


def test_self_noise_is_what_the_data_sheet_says():
    noise = capsules().hiss(4 * COUNT)
    spectrum = np.fft.rfft(noise) * a_weighting(np.fft.rfftfreq(4 * COUNT, 1.0 / RATE))
    level = 10.0 * np.log10(2.0 * np.square(np.abs(spectrum)).sum(axis=1) / (4 * COUNT) ** 2 / 4e-10)
    assert level == pytest.approx(np.full(8, 30.0), abs=0.3)


def test_the_converter_clips_and_counts_in_16_bits():
    mics = capsules(CapsuleSpec(full_scale_pa=2.0))
    got = mics.convert(tone(440.0, amplitude=3.0))
    assert got.dtype == np.float32
    assert got.min() == -1.0
    assert got.max() == 32_767 / 32_768
    assert (got * 32_768 == np.rint(got * 32_768)).all()
    quiet = mics.convert(tone(440.0, amplitude=2.0 * 0.4 / 32_768))
    assert np.abs(quiet).max() == 0.0


def test_chunks_join():
    whole, parts = capsules(), capsules()
    sound = np.random.default_rng(1).standard_normal((8, COUNT)).astype(np.float32)
    cut = np.split(sound, [100, 105, 4000, 9000], axis=1)
    joined = np.concatenate([parts.respond(part) for part in cut], axis=1)
    assert np.abs(joined - whole.respond(sound)).max() < 1e-5


@pytest.mark.parametrize("wrong", [{"full_scale_pa": 0.0}, {"gain_std_db": -1.0}, {"delay_std_s": 1.0}, {"corner_hz": 0.0}])
def test_an_impossible_data_sheet_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        CapsuleSpec(**wrong)
