"""The recording of a drone's own rotors that comes with the brief of a mission with microphones."""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError

__all__ = ["CalibrationClip", "read_calibration"]


class CalibrationClip(NamedTuple):
    """The drone hovering in the open, nothing else to be heard, by this episode's microphones."""

    samples: NDArray[np.float32]
    """(microphones, n) in [-1, 1), in the scale of the observations."""
    sample_rate_hz: int
    rotor_speed_rad_s: NDArray[np.float64]
    """(instants, rotors), the first with the first sample."""
    rotor_speed_s: float
    """Time from one instant to the next."""


def read_calibration(told: Mapping[str, Any]) -> CalibrationClip:
    """The clip from `brief["told"][name]`, where `name` is the microphones' name among the sensors.

    Raises:
        ConfigError: there is none, or its data does not fit its shape.
    """
    if "calibration" not in told:
        raise ConfigError("calibration: the brief has none (calibration_s of the microphones is 0)")
    sheet = told["calibration"]
    microphones, count = sheet["shape"]
    steps = np.frombuffer(base64.b64decode(sheet["int16_base64"], validate=True), "<i2")
    if len(steps) != microphones * count:
        raise ConfigError(f"calibration: expected {microphones} x {count} samples, got {len(steps)}")
    samples = (steps.reshape(microphones, count) / 32_768.0).astype(np.float32)
    speeds = np.array(sheet["rotor_speed_rad_s"], np.float64)
    return CalibrationClip(samples, int(sheet["sample_rate_hz"]), speeds, float(sheet["rotor_speed_s"]))
