"""What is wrong with an instrument: its rate, delay, losses, noise and drifting bias, applied to the ideal reading."""

import math
from dataclasses import field
from typing import Any, Protocol

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.physics import divide_rates
from goldentime.errors import ConfigError
from goldentime.records import record
from goldentime.types import WorldState

__all__ = ["Channel", "Sensor", "SensorConfig", "make_channel"]


class Sensor(Protocol):
    """The ideal reading of one instrument.

    Two more methods are optional. `told() -> Mapping[str, Any]`, asked after the first reading of an episode: what a
    contestant is told of this episode's instrument beyond its data sheet, JSON-able. `events(final: bool) ->
    Sequence[Event]`, asked after each reading, `final` at the episode's end: what the log shall know of the reading.
    A sensor with an attribute `faultless` that is true can't miss a step, since what it reads is never there again: its
    configuration must have the action rate and no faults.
    """

    space: spaces.Box
    """Shape, bounds in the unit that the class documents, dtype float32, or an unsigned integer for pictures."""

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[Any]:
        """A fresh array of `space.shape` and `space.dtype`."""


@record
class SensorConfig:
    """Which instrument, and what is wrong with it."""

    kind: str
    hz: float
    """Readings per second; must divide the action rate."""
    delay_s: float = 0.0
    """Age of a reading when it is delivered; a multiple of the period."""
    dropout: float = 0.0
    """Probability that a reading is lost and the previous one is delivered again."""
    noise_std: float | tuple[float, ...] = 0.0
    """White noise, one value or one per channel, in the reading's unit."""
    bias_std: float | tuple[float, ...] = 0.0
    """Constant offset drawn at reset."""
    walk_std: float | tuple[float, ...] = 0.0
    """Random walk of the offset, per square root of a second."""
    roles: tuple[str, ...] = ()
    """Which drones carry it, by `DroneSpec.role`; empty for all."""
    options: dict[str, Any] = field(default_factory=dict)
    """The instrument's own configuration record."""


class Channel(Protocol):
    """A sensor with its clock and its faults."""

    name: str
    sensor: Sensor

    def reset(self, rng: np.random.Generator) -> None:
        """Start an episode with a random stream of one's own."""

    def read(self, state: WorldState) -> NDArray[Any]:
        """The observation at a step."""


def make_channel(name: str, config: SensorConfig, sensor: Sensor, action_hz: float) -> Channel:
    """The channel of a sensor.

    Raises:
        ConfigError: rate, delay or a fault does not fit.
    """
    faults = (config.delay_s, config.dropout, config.noise_std, config.bias_std, config.walk_std)
    if config.hz == action_hz and not any(np.any(fault) for fault in faults):
        return _Perfect(name, sensor)
    if getattr(sensor, "faultless", False):
        given = f"hz {config.hz:g}, delay, dropout, noise, bias and walk {faults}"
        raise ConfigError(f"sensors.{name}: {config.kind} expects hz {action_hz:g} and no faults, got {given}")
    blur = (_Grain if _is_picture(config, sensor.space) else _Drift)(f"sensors.{name}", config, sensor.space)
    return _Faulty(name, config, sensor, blur, divide_rates(action_hz, config.hz, "action_hz", f"sensors.{name}.hz"))


class _Perfect:
    """A sensor that reads at every step without faults."""

    def __init__(self, name: str, sensor: Sensor) -> None:
        self.name, self.sensor = name, sensor
        self._rng = np.random.default_rng(0)

    def reset(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def read(self, state: WorldState) -> NDArray[Any]:
        return self.sensor.read(state, self._rng)


class _Blur(Protocol):
    """What noise makes of a reading."""

    def reset(self, rng: np.random.Generator) -> None:
        """Start an episode."""

    def apply(self, reading: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        """A disturbed reading of the same shape and dtype, within the space."""


class _Faulty:
    """A sensor with its own rate, delay, dropout and noise."""

    def __init__(self, name: str, config: SensorConfig, sensor: Sensor, blur: _Blur, every: int) -> None:
        self.name, self.sensor, self._blur, self._every = name, sensor, blur, every
        self._dropout = config.dropout
        self._lag = round(config.delay_s * config.hz)
        if abs(self._lag / config.hz - config.delay_s) > 1e-9:
            period_s = 1.0 / config.hz
            raise ConfigError(f"sensors.{name}.delay_s: expected a multiple of {period_s:g} s, got {config.delay_s:g} s")
        if not 0.0 <= config.dropout < 1.0:
            raise ConfigError(f"sensors.{name}.dropout: expected a probability in [0, 1), got {config.dropout:g}")
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._blur.reset(rng)
        self._line: list[NDArray[Any]] = []
        self._calls = 0
        self._held: NDArray[Any] | None = None

    def read(self, state: WorldState) -> NDArray[Any]:
        if self._calls % self._every == 0:
            self._line.append(self._blur.apply(self.sensor.read(state, self._rng), self._rng))
            lost = self._dropout > 0.0 and self._rng.random() < self._dropout
            fresh = self._line.pop(0) if len(self._line) > self._lag else self._line[0]
            if self._held is None or not lost:
                self._held = fresh
        self._calls += 1
        assert self._held is not None
        return self._held.copy()


class _Drift:
    """Noise and a wandering offset on real numbers."""

    def __init__(self, where: str, config: SensorConfig, space: spaces.Box) -> None:
        self._space = space
        self._noise, self._bias_std, self._walk = (
            _per_channel(getattr(config, field), space.shape, f"{where}.{field}")
            for field in ("noise_std", "bias_std", "walk_std")
        )
        self._walk *= math.sqrt(1.0 / config.hz)

    def reset(self, rng: np.random.Generator) -> None:
        self._bias = self._bias_std * rng.standard_normal(self._bias_std.shape)

    def apply(self, reading: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        if self._walk.any():
            self._bias += self._walk * rng.standard_normal(self._walk.shape)
        noisy = reading + self._bias
        if self._noise.any():
            noisy += self._noise * rng.standard_normal(reading.shape)
        return np.clip(noisy, self._space.low, self._space.high).astype(np.float32)


class _Grain:
    """White noise on pictures, in whole steps on those of integers; without noise a picture passes untouched.

    Drawing 230,400 numbers a picture would take as long as drawing a third of the picture. A table of them is drawn once
    an episode from the sensor's own stream, and each picture gets a stretch of it from a random place on. Within a picture
    all values are independent; of two pictures, the same numbers lie on the same pixels once in 262,144 times.
    """

    def __init__(self, where: str, config: SensorConfig, space: spaces.Box) -> None:
        for name in ("bias_std", "walk_std"):
            if np.any(getattr(config, name)):
                raise ConfigError(f"{where}.{name}: pictures have no drift, expected 0, got {getattr(config, name)}")
        if isinstance(config.noise_std, tuple) or config.noise_std < 0.0:
            raise ConfigError(f"{where}.noise_std: expected one number of at least 0, got {config.noise_std}")
        self._std, self._low, self._high = config.noise_std, space.low.min(), space.high.max()
        self._whole = np.issubdtype(space.dtype, np.integer)
        self._table: NDArray[Any] | None = None

    def reset(self, rng: np.random.Generator) -> None:
        self._table = None

    def apply(self, reading: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        if not self._std:
            return reading
        if self._table is None:
            self._table = self._drawn(reading.size + _PLACES, rng)
        begin = int(rng.integers(_PLACES))
        grain = self._table[begin : begin + reading.size].reshape(reading.shape)
        noisy = np.add(reading, grain, dtype=grain.dtype)
        np.clip(noisy, self._low, self._high, out=noisy, dtype=grain.dtype)
        return np.asarray(noisy, reading.dtype)

    def _drawn(self, count: int, rng: np.random.Generator) -> NDArray[Any]:
        noise = rng.standard_normal(count, np.float32)
        noise *= np.float32(self._std)
        if not self._whole:
            return noise
        # No step larger than the pictures' own range shows, so that sums of two fit twice the type.
        np.clip(np.rint(noise, out=noise), -float(self._high), float(self._high), out=noise)
        return noise.astype(np.int16 if self._high <= _BYTE else np.int32)


_PLACES = 1 << 18
"""Where in its table a picture's noise may begin."""

_BYTE = 255


def _is_picture(config: SensorConfig, space: spaces.Box) -> bool:
    """Integers, and what has rows and columns and nothing but one strength of white noise."""
    plain = not isinstance(config.noise_std, tuple) and config.noise_std != 0.0
    drifts = np.any(config.bias_std) or np.any(config.walk_std)
    return np.issubdtype(space.dtype, np.integer) or (len(space.shape) > 1 and plain and not drifts)


def _per_channel(value: float | tuple[float, ...], shape: tuple[int, ...], where: str) -> NDArray[np.float64]:
    if isinstance(value, tuple) and (len(shape) != 1 or len(value) != shape[0]):
        raise ConfigError(f"{where}: expected one number or {shape[0]} of them, got {len(value)}")
    array = np.broadcast_to(np.asarray(value, dtype=np.float64), shape).copy()
    if not (array >= 0).all():
        raise ConfigError(f"{where}: expected values of at least 0, got {value}")
    return array
