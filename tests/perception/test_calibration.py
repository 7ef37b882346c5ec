"""The calibration clip is read back from the brief, and damage to it is noticed."""

import base64
import json

import numpy as np
import pytest

from goldentime.errors import ConfigError
from goldentime.perception.calibration import read_calibration

STEPS = np.array([[0, 1, -1], [32_767, -32_768, 16_384]], "<i2")


def told(**changes):
    sheet = {
        "sample_rate_hz": 16_000,
        "shape": [2, 3],
        "int16_base64": base64.b64encode(STEPS.tobytes()).decode("ascii"),
        "rotor_speed_s": 0.1,
        "rotor_speed_rad_s": [[500.0, 501.0], [502.0, 503.0]],
    }
    return json.loads(json.dumps({"microphone_m": [[0.0, 0.0, 0.1]] * 2, "calibration": sheet | changes}))


def test_samples_and_speeds_come_back():
    clip = read_calibration(told())
    assert clip.samples.tolist() == [[0.0, 1 / 32_768, -1 / 32_768], [32_767 / 32_768, -1.0, 0.5]]
    assert clip.samples.dtype == np.float32
    assert clip.rotor_speed_rad_s.tolist() == [[500.0, 501.0], [502.0, 503.0]]
    assert (clip.sample_rate_hz, clip.rotor_speed_s) == (16_000, 0.1)


def test_too_few_samples_are_refused():
    with pytest.raises(ConfigError, match="expected 2 x 4 samples, got 6"):
        read_calibration(told(shape=[2, 4]))


def test_none_is_said():
    with pytest.raises(ConfigError, match="the brief has none"):
        read_calibration({"microphone_m": []})
