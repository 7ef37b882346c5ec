"""The sensor seam, the registry of sensors, and the suite that gives each one its clock and its faults."""

import math
from collections.abc import Callable, Mapping
from dataclasses import field
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.airframe import Airframe
from goldentime.envs.physics import Rays, divide_rates
from goldentime.errors import ConfigError
from goldentime.records import dump, load, record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["Mount", "NoOptions", "Sensor", "SensorConfig", "SensorSuite", "data_sheets", "sensor", "sensor_kinds"]


class Mount(NamedTuple):
    """Where a sensor sits."""

    drone: int
    airframe: Airframe
    rays: Rays


class Sensor(Protocol):
    """The ideal reading of one instrument."""

    space: spaces.Box
    """Shape, dtype float32, bounds in the unit that the class documents."""

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """A fresh array of `space.shape`."""


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
    options: dict[str, Any] = field(default_factory=dict)
    """The instrument's own configuration record."""


@record
class NoOptions:
    """For instruments without options of their own."""


S = TypeVar("S")

_builders: dict[str, Callable[..., Any]] = {}
_options: dict[str, type[Any]] = {}


def sensor(kind: str, options: type) -> Callable[[type[S]], type[S]]:
    """Class decorator: make a sensor known under a name. `options` is the record of its configuration."""

    def register(cls: type[S]) -> type[S]:
        _builders[kind], _options[kind] = cls, options
        return cls

    return register


def sensor_kinds() -> list[str]:
    """All sensors; every file of this folder is one."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        import_module(f"goldentime.envs.sensors.{path.stem}")
    return sorted(_builders)


def _options_of(name: str, config: SensorConfig) -> Any:
    """The instrument's own configuration record, defaults filled in."""
    if config.kind not in _builders and config.kind not in sensor_kinds():
        raise ConfigError(f"sensors.{name}.kind: expected one of {', '.join(sensor_kinds())}, got {config.kind!r}")
    options: Any = load(_options[config.kind], config.options, f"sensors.{name}.options")
    return options


def _build(name: str, config: SensorConfig, mount: Mount) -> Sensor:
    options = _options_of(name, config)
    built: Sensor = _builders[config.kind](options, mount)
    return built


def data_sheets(configs: Mapping[str, SensorConfig]) -> dict[str, Any]:
    """Each sensor's whole configuration as JSON-able data, for the brief."""
    return {name: dump(config) | {"options": dump(_options_of(name, config))} for name, config in configs.items()}


class SensorSuite:
    """All sensors of one drone. Each has a random stream, a clock, a delay line and faults of its own."""

    def __init__(self, configs: Mapping[str, SensorConfig], mount: Mount, action_hz: float, *, contest: bool) -> None:
        self._channels = [
            (_Perfect if _is_perfect(config, action_hz) else _Faulty)(name, config, mount, action_hz)
            for name, config in sorted(configs.items())
        ]
        if not self._channels:
            raise ConfigError("sensors: expected at least one, got none")
        for channel in self._channels:
            if contest and getattr(channel.sensor, "privileged", False):
                raise ConfigError(f"sensors.{channel.name}: shows ground truth, which contest mode does not allow")
        self.space = spaces.Dict({channel.name: channel.sensor.space for channel in self._channels})

    def reset(self, seed: int, drone: int) -> None:
        """Draw biases and clear delay lines for a new episode."""
        for channel in self._channels:
            channel.reset(stream(seed, f"sensor.{channel.name}", drone))

    def read(self, state: WorldState) -> dict[str, NDArray[np.float32]]:
        """One observation, at the reset and after each step."""
        return {channel.name: channel.read(state) for channel in self._channels}


def _is_perfect(config: SensorConfig, action_hz: float) -> bool:
    faults = (config.delay_s, config.dropout, config.noise_std, config.bias_std, config.walk_std)
    return config.hz == action_hz and not any(np.any(fault) for fault in faults)


class _Perfect:
    """A sensor that reads at every step without faults."""

    def __init__(self, name: str, config: SensorConfig, mount: Mount, action_hz: float) -> None:
        self.name, self.sensor = name, _build(name, config, mount)
        self._rng = np.random.default_rng(0)

    def reset(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def read(self, state: WorldState) -> NDArray[np.float32]:
        return self.sensor.read(state, self._rng)


class _Faulty:
    """A sensor with its own rate, delay, dropout, noise and drifting bias."""

    def __init__(self, name: str, config: SensorConfig, mount: Mount, action_hz: float) -> None:
        self.name, self.sensor, self._config = name, _build(name, config, mount), config
        self._every = divide_rates(action_hz, config.hz, "action_hz", f"sensors.{name}.hz")
        self._lag = round(config.delay_s * config.hz)
        if abs(self._lag / config.hz - config.delay_s) > 1e-9:
            period_s = 1.0 / config.hz
            raise ConfigError(f"sensors.{name}.delay_s: expected a multiple of {period_s:g} s, got {config.delay_s:g} s")
        if not 0.0 <= config.dropout < 1.0:
            raise ConfigError(f"sensors.{name}.dropout: expected a probability in [0, 1), got {config.dropout:g}")
        shape = self.sensor.space.shape
        self._noise, self._bias_std, self._walk = (
            _per_channel(getattr(config, field), shape, f"sensors.{name}.{field}")
            for field in ("noise_std", "bias_std", "walk_std")
        )
        self._walk *= math.sqrt(1.0 / config.hz)
        self.reset(np.random.default_rng(0))

    def reset(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._bias = self._bias_std * rng.standard_normal(self._bias_std.shape)
        self._line: list[NDArray[np.float32]] = []
        self._calls = 0
        self._held: NDArray[np.float32] | None = None

    def read(self, state: WorldState) -> NDArray[np.float32]:
        if self._calls % self._every == 0:
            self._line.append(self._measure(state))
            lost = self._config.dropout > 0.0 and self._rng.random() < self._config.dropout
            fresh = self._line.pop(0) if len(self._line) > self._lag else self._line[0]
            if self._held is None or not lost:
                self._held = fresh
        self._calls += 1
        assert self._held is not None
        return self._held.copy()

    def _measure(self, state: WorldState) -> NDArray[np.float32]:
        reading = self.sensor.read(state, self._rng)
        if self._walk.any():
            self._bias += self._walk * self._rng.standard_normal(self._walk.shape)
        noisy = reading + self._bias
        if self._noise.any():
            noisy += self._noise * self._rng.standard_normal(reading.shape)
        space = self.sensor.space
        return np.clip(noisy, space.low, space.high).astype(np.float32)


def _per_channel(value: float | tuple[float, ...], shape: tuple[int, ...], where: str) -> NDArray[np.float64]:
    if isinstance(value, tuple) and (len(shape) != 1 or len(value) != shape[0]):
        raise ConfigError(f"{where}: expected one number or {shape[0]} of them, got {len(value)}")
    array = np.broadcast_to(np.asarray(value, dtype=np.float64), shape).copy()
    if not (array >= 0).all():
        raise ConfigError(f"{where}: expected values of at least 0, got {value}")
    return array
