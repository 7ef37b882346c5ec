"""Fire, alarm and siren: what they are made of, and that they can be played round and round."""

import numpy as np
import pytest

from goldentime.envs.acoustics.alarms import alarm, siren
from goldentime.envs.acoustics.crackle import fire

RATE = 16_000


def burning(seed=0, seconds=8.0):
    return fire(RATE, seconds, np.random.default_rng(seed))


@pytest.mark.parametrize("signal", [burning(), siren(RATE)], ids=["fire", "siren"])
def test_they_have_mean_square_one(signal):
    assert np.mean(np.square(signal)) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("signal", [burning(), alarm(RATE), siren(RATE)], ids=["fire", "alarm", "siren"])
def test_the_end_joins_the_beginning(signal):
    steps = np.abs(np.diff(signal))
    assert abs(signal[0] - signal[-1]) <= steps.max()
    assert signal.dtype == np.float32


def test_fire_crackles_over_a_low_roar():
    spectrum = np.square(np.abs(np.fft.rfft(burning(seconds=20.0))))
    hz = np.fft.rfftfreq(20 * RATE, 1.0 / RATE)
    assert spectrum[hz < 200.0].sum() > 0.4 * spectrum.sum()
    sharp = np.fft.irfft(np.fft.rfft(burning()) * (np.fft.rfftfreq(8 * RATE, 1.0 / RATE) > 2000.0))
    assert np.mean(sharp**4) / np.mean(sharp**2) ** 2 > 20.0  # Gaussian noise has 3: it comes in bursts
    loud = np.abs(sharp) > 8.0 * np.median(np.abs(sharp))
    assert loud.mean() < 0.1


def test_fires_differ_by_their_streams_alone():
    assert (burning(1) == burning(1)).all()
    assert np.abs(np.corrcoef(burning(1), burning(2))[0, 1]) < 0.1


def test_the_alarm_sounds_three_times_in_four_seconds():
    loud = np.sqrt(np.square(alarm(RATE)).reshape(-1, RATE // 20).mean(axis=1))  # 50 ms each
    sounding = loud > 0.5
    expected = np.repeat([1, 0, 1, 0, 1, 0, 0, 0], 10).astype(bool)
    assert (sounding == expected).all()
    assert loud[sounding] == pytest.approx(np.full(30, 1.0), abs=0.06)
    assert np.argmax(np.abs(np.fft.rfft(alarm(RATE)))) / 4.0 == pytest.approx(3100.0, abs=1.0)


def test_the_siren_wails_between_its_two_pitches():
    signal = siren(RATE)
    pitch = []
    for start in range(0, len(signal) - 800, 800):
        spectrum = np.abs(np.fft.rfft(signal[start : start + 800] * np.hanning(800), 8_192))
        pitch.append(np.argmax(spectrum) * RATE / 8_192)
    assert min(pitch) == pytest.approx(600.0, rel=0.06)
    assert max(pitch) == pytest.approx(1500.0, rel=0.06)
    assert np.argmax(pitch) == pytest.approx(len(pitch) / 2, abs=2)
