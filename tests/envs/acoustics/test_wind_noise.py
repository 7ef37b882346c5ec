"""Wind on microphones: none in still air, steep with the speed, and nothing of it common to two of them."""

import numpy as np
import pytest

from goldentime.envs.acoustics.wind_noise import WindNoise, WindNoiseSpec, wash_m_s
from goldentime.envs.airframe import load_airframe

RATE = 16_000


def blown(speed_m_s, steps=40, seed=0, spec=None, microphones=8):
    wind = WindNoise(spec or WindNoiseSpec(), microphones, RATE, np.random.default_rng(seed))
    return np.concatenate([wind.run(1_600, speed_m_s) for _ in range(steps)], axis=1)[:, 3_200:]


def power(signal):
    return float(np.mean(np.square(signal, dtype=np.float64)))


def test_still_air_makes_no_noise():
    assert np.abs(blown(0.0, steps=3)).max() == 0.0


def test_pressure_grows_with_the_speed_to_the_power_seven_thirds():
    assert power(blown(6.0)) / power(blown(3.0)) == pytest.approx(2.0 ** (14.0 / 3.0), rel=1e-3)


def test_the_spectrum_is_that_of_eddies():
    spectrum = np.square(np.abs(np.fft.rfft(blown(5.0, steps=100)))).mean(axis=0)
    hz = np.fft.rfftfreq(100 * 1_600 - 3_200, 1.0 / RATE)
    low, high = (spectrum[(hz > f / 1.1) & (hz < f * 1.1)].mean() for f in (100.0, 500.0))
    assert 10.0 * np.log10(low / high) == pytest.approx(10.0 * np.log10(5.0 ** (5.0 / 3.0)), abs=2.0)


def test_microphones_are_blown_upon_independently():
    sound = blown(5.0, steps=120)
    spectra = np.fft.rfft(sound[:, : sound.shape[1] // 320 * 320].reshape(8, -1, 320) * np.hanning(320))
    cross = np.abs((spectra[0] * spectra[1].conj()).mean(axis=0))
    assert (cross / np.sqrt(np.prod([np.square(np.abs(s)).mean(axis=0) for s in spectra[:2]], axis=0))).mean() < 0.1


def test_gusts_swell_at_one_microphone_and_not_at_the_other():
    sound = blown(5.0, steps=200).reshape(8, -1, 1_600)
    level = 10.0 * np.log10(np.square(sound).mean(axis=-1))
    assert 1.5 < level.std(axis=1).mean() < 6.0
    assert abs(np.corrcoef(level)[0, 1]) < 0.4


def test_a_screen_takes_its_decibels_off():
    bare, screened = (power(blown(5.0, spec=WindNoiseSpec(screen_db=db))) for db in (0.0, 20.0))
    assert 10.0 * np.log10(bare / screened) == pytest.approx(20.0, abs=1e-3)


def test_the_wash_carries_the_drone():
    scout = load_airframe("scout")
    speed = wash_m_s(scout, scout.hover_rotor_speed_rad_s**2)
    disc_m2 = 4 * np.pi * scout.rotor_radius_m**2
    assert 2.0 * 1.225 * disc_m2 * speed**2 == pytest.approx(scout.mass_kg * 9.80665, rel=1e-3)  # momentum theory
    assert wash_m_s(scout, 0.0) == 0.0


def test_impossible_wind_is_refused():
    with pytest.raises(ValueError, match="turbulence in"):
        WindNoiseSpec(turbulence=2.0)
