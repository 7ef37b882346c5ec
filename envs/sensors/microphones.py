"""Microphones, and what goes with them on a drone that listens: the measured speeds of its rotors."""

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.acoustics.arrays import load_array
from goldentime.envs.acoustics.ear import Calibration, Ear, HearingSpec
from goldentime.envs.acoustics.hover import HOVER_STEP_S
from goldentime.envs.scenario import Scenario
from goldentime.envs.sensors.base import Mount, NoOptions, sensor
from goldentime.errors import ClosedError, ConfigError
from goldentime.records import dump
from goldentime.types import Event, WorldState

__all__ = ["Microphones", "RotorSpeeds"]


@sensor("microphones", HearingSpec)
class Microphones:
    """Sound since the previous reading, shape (microphones, samples), float32 in [-1, 1): 16-bit samples over 32768, where
    1 is `capsule.full_scale_pa`.

    The reading at time t holds the samples of (t - 1/hz, t]; the first one those before the start, with the drone where it
    is placed. `sample_rate_hz` must be a multiple of `hz`. The microphones render everything 1 ms late
    (`Capsules.respond`).
    """

    def __init__(self, options: HearingSpec, mount: Mount) -> None:
        self._spec, self._drone = options, mount.drone
        samples = options.sample_rate_hz / mount.hz
        if samples != math.floor(samples):
            raise ConfigError(
                f"microphones: sample_rate_hz: expected a multiple of hz, got {options.sample_rate_hz} and {mount.hz:g}"
            )
        self._array, self._count = load_array(options.array), int(samples)
        self._plane_m = mount.airframe.rotor_plane_m
        self.space = spaces.Box(-1.0, 1.0, (self._array.count, self._count), np.float32)
        self._scenario: Scenario | None = None
        mount.stage.share(("microphones", mount.drone, id(self)), lambda: self)

    def begin(self, scenario: Scenario) -> None:
        """See `Shared.begin`."""
        self._scenario = scenario
        self._ear: Ear | None = None
        self._calibration: Calibration | None = None

    def close(self) -> None:
        """See `Shared.close`."""
        self._scenario = self._ear = None

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        if self._scenario is None:
            raise ClosedError("microphones: read before the first reset or after close()")
        if self._ear is None:
            self._ear = Ear(self._spec, self._scenario, self._drone, self._audio, rng)
            self._calibration = self._ear.calibrate()
            self._before = state
        stems = self._ear.hear(self._before, state, self._count)
        self._before = state
        return self._ear.mix(stems)

    def told(self) -> Mapping[str, Any]:
        """Where the microphones should be, and the calibration clip; `perception.calibration` reads it."""
        told: dict[str, Any] = {"microphone_m": self._array.body_m(self._plane_m).tolist()}
        if self._calibration is not None:
            steps = np.rint(self._calibration.samples * 32_768.0).astype("<i2")
            told["calibration"] = {
                "sample_rate_hz": self._spec.sample_rate_hz,
                "shape": list(steps.shape),
                "int16_base64": base64.b64encode(steps.tobytes()).decode("ascii"),
                "rotor_speed_s": HOVER_STEP_S,
                "rotor_speed_rad_s": self._calibration.rotor_speed_rad_s.round(3).tolist(),
            }
        return told

    def events(self, final: bool) -> list[Event]:
        """A `heard` event for each call that has died away, of the value of its SNR [dB], with a `HeardCall` as detail."""
        calls = self._ear.heard(final=final) if self._ear is not None else []
        time_s = self._before.time_s if calls else 0.0
        return [Event(time_s, "heard", self._drone, call.snr_db, dump(call)) for call in calls]

    def _audio(self, clip: str, sample_rate_hz: int) -> NDArray[np.float32]:
        # Only where something is said: decoding needs the extra `hear`.
        from goldentime.envs.speech.bank import load_bank

        return load_bank(self._spec.speech).audio(clip, sample_rate_hz)


@sensor("rotor_speeds", NoOptions)
class RotorSpeeds:
    """Speed of each rotor [rad/s], shape (rotors,), as motor controllers report it."""

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self.space = spaces.Box(0.0, 10_000.0, (mount.airframe.layout.count,), np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        return np.array(state.drones[self._drone].rotor_speed_rad_s, np.float32)
