"""Active level, trimming, the spectrum of a raised voice."""

import numpy as np
import pytest

from goldentime.envs.speech.levels import active_rms, raised_spectrum, trimmed

RATE_HZ = 16000


def noise(seconds: float, rms: float = 0.1) -> np.ndarray:
    return (rms * np.random.default_rng(1).standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def test_silence_around_speech_does_not_lower_its_level():
    for around in (0.0, 0.5, 5.0):
        sound = np.concatenate([silence(around), noise(1.0), silence(around)])
        assert active_rms(sound, RATE_HZ) == pytest.approx(0.1, rel=0.03)


def test_short_pauses_belong_to_speech_and_long_ones_do_not():
    short = np.concatenate([noise(0.32), silence(0.16), noise(0.32)])
    long = np.concatenate([noise(0.32), silence(0.64), noise(0.32)])
    assert active_rms(short, RATE_HZ) == pytest.approx(0.1 * np.sqrt(0.8), rel=0.03)
    assert active_rms(long, RATE_HZ) == pytest.approx(0.1, rel=0.03)


def test_silence_has_no_level():
    assert active_rms(silence(1.0), RATE_HZ) == 0.0
    assert active_rms(silence(0.0), RATE_HZ) == 0.0


def test_trimming_leaves_the_sound_and_fading_edges():
    part = trimmed(np.concatenate([silence(1.0), noise(0.5), silence(2.0)]), RATE_HZ)
    assert len(part) / RATE_HZ == pytest.approx(0.54, abs=0.04)
    assert part[0] == part[-1] == 0.0


def test_a_raised_voice_gains_nine_decibels_at_the_top():
    time = np.arange(RATE_HZ) / RATE_HZ
    for hz, gain_db in ((50.0, 0.0), (1000.0, 4.5), (6000.0, 9.0)):
        tone = np.sin(2 * np.pi * hz * time)
        raised = raised_spectrum(tone, RATE_HZ)[RATE_HZ // 2 :]
        assert 20 * np.log10(raised.std() / tone.std()) == pytest.approx(gain_db, abs=0.6)
