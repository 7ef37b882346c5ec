"""The sound of rotors follows their speeds, has its published level, and is alike at two microphones only in part."""

from itertools import pairwise

import numpy as np
import pytest

from goldentime.envs.acoustics.arrays import load_array
from goldentime.envs.acoustics.fir import a_weighting
from goldentime.envs.acoustics.rotors import PATCHES, RotorNoise, rotor_paths
from goldentime.envs.airframe import load_airframe

RATE, STEP = 16_000, 1_600
SCOUT = load_airframe("scout")
HOVER = SCOUT.hover_rotor_speed_rad_s


def heard(at_m, speeds=(HOVER,) * 4, steps=15, seed=0, step=STEP, rate=RATE):
    rotors, paths = RotorNoise(SCOUT, rate, np.random.default_rng(seed)), rotor_paths(SCOUT, np.asarray(at_m), rate)
    return np.concatenate([paths.run(rotors.emit(step, speeds, speeds)) for _ in range(steps)], axis=1)[:, step:]


def level_db_a(signal, rate=RATE):
    spectrum = np.fft.rfft(signal) * a_weighting(np.fft.rfftfreq(signal.shape[-1], 1.0 / rate))
    return 10.0 * np.log10(2.0 * np.mean(np.square(np.abs(spectrum)).sum(axis=-1)) / signal.shape[-1] ** 2 / 4e-10)


def sphere(radius_m, count=150):
    directions = np.random.default_rng(3).standard_normal((count, 3))
    return radius_m * directions / np.linalg.norm(directions, axis=1, keepdims=True) + (0.0, 0.0, SCOUT.rotor_plane_m)


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_hover_is_as_loud_as_the_airframe_says(rate):
    # From 4 m, where the rotors are one source, back to 1 m.
    level = level_db_a(heard(sphere(4.0, 60), rate=rate, step=rate // 10), rate) + 20.0 * np.log10(4.0)
    assert level == pytest.approx(SCOUT.hover_noise_db, abs=1.0)


def test_the_level_of_a_drone_of_1500_g_is_that_of_measured_ones():
    assert 72.0 < SCOUT.hover_noise_db < 82.0  # dB(A) at 1 m
    assert load_airframe("cf2x").hover_noise_db < 55.0


def test_at_the_cube_the_own_rotors_make_some_90_db():
    at = load_array("spcup2019").body_m(SCOUT.rotor_plane_m)
    assert 84.0 < level_db_a(heard(at)) < 94.0


def test_power_grows_with_the_sixth_power_of_the_speed():
    slow, fast = (level_db_a(heard(sphere(2.0, 20), (speed,) * 4)) for speed in (300.0, 600.0))
    assert fast - slow == pytest.approx(60.0 * np.log10(2.0), abs=2.5)  # and a little, the ear's weight at higher pitch


@pytest.mark.parametrize("speed", [350.0, 534.0, 700.0])
def test_the_strongest_tone_is_the_passing_of_blades(speed):
    spectrum = np.abs(np.fft.rfft(heard([[1.0, 0.0, 0.06]], (speed, 0.0, 0.0, 0.0), steps=21)[0]))
    assert np.argmax(spectrum) / 2.0 == pytest.approx(SCOUT.rotor_blades * speed / (2.0 * np.pi), abs=1.0)


def test_tones_go_on_from_chunk_to_chunk_while_speeds_change():
    rotors = RotorNoise(SCOUT, RATE, np.random.default_rng(1))
    speeds = 500.0 + 100.0 * np.random.default_rng(2).random((37, 4))
    counts = (160, 37, 1000, 1) * 9
    tones = [rotors.emit(n, *ends)[:: 1 + PATCHES] for n, ends in zip(counts, pairwise(speeds), strict=True)]
    jumps = [np.abs(after[:, 0] - before[:, -1]).max() for before, after in pairwise(tones)]
    assert max(jumps) <= max(np.abs(np.diff(tone, axis=1)).max() for tone in tones if tone.shape[1] > 500)


def coherence(one, other, size=512):
    frames = [np.fft.rfft(x[: len(x) // size * size].reshape(-1, size) * np.hanning(size)) for x in (one, other)]
    cross = np.abs((frames[0] * frames[1].conj()).mean(axis=0)) ** 2
    return cross / (np.square(np.abs(frames[0])).mean(axis=0) * np.square(np.abs(frames[1])).mean(axis=0))


def test_two_microphones_hear_the_same_in_part():
    at = load_array("spcup2019").body_m(SCOUT.rotor_plane_m)
    sound = heard(at, steps=40)
    alike = coherence(sound[0], sound[4])
    hz = np.fft.rfftfreq(512, 1.0 / RATE)
    assert alike[(hz > 150.0) & (hz < 190.0)].max() > 0.8  # the blade-pass tone
    assert alike[(hz > 3000.0) & (hz < 7000.0)].mean() < 0.3  # noise from all over four discs
    # More independent sources than microphones: no beamformer cancels them all.
    third = sound[:, : sound.shape[1] // 512 * 512].reshape(8, -1, 512)
    bins = np.fft.rfft(third * np.hanning(512))[:, :, 64]
    power = np.linalg.eigvalsh(bins @ bins.conj().T)
    assert power[0] > 1e-3 * power[-1]


def test_tones_are_loudest_near_the_rotors_plane_and_noise_off_it():
    beside, above = heard([[2.0, 0.0, 0.06], [0.0, 0.0, 2.06]], steps=30)
    spectra = [np.square(np.abs(np.fft.rfft(x))) for x in (beside, above)]
    hz = np.fft.rfftfreq(len(beside), 1.0 / RATE)
    tone, noise = np.abs(hz - HOVER / np.pi) < 5.0, (hz > 6000.0) & (hz < 7500.0)
    assert spectra[0][tone].sum() > 4.0 * spectra[1][tone].sum()
    assert spectra[1][noise].sum() > 2.0 * spectra[0][noise].sum()


def test_rotors_at_rest_are_silent():
    assert np.abs(heard([[0.1, 0.0, -0.1]], (0.0,) * 4, steps=3)).max() == 0.0


def test_the_same_stream_gives_the_same_sound():
    assert (heard([[0.1, 0.0, -0.1]], steps=3) == heard([[0.1, 0.0, -0.1]], steps=3)).all()
    assert (heard([[0.1, 0.0, -0.1]], steps=3) != heard([[0.1, 0.0, -0.1]], steps=3, seed=1)).any()
