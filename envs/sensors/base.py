"""The sensor seam, the registry of sensors, and the suite that gives each one its clock and its faults."""

from collections.abc import Callable, Hashable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.airframe import Airframe
from goldentime.envs.physics import Rays
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.scenario import Scenario
from goldentime.envs.sensors.channels import Sensor, SensorConfig, make_channel
from goldentime.errors import ConfigError
from goldentime.records import dump, load, record
from goldentime.rng import stream
from goldentime.types import Event, WorldState

__all__ = ["Mount", "NoOptions", "Sensor", "SensorConfig", "SensorSuite", "Shared", "Stage", "data_sheets", "fitted"]
__all__ += ["sensor", "sensor_kinds"]


class Shared(Protocol):
    """What several sensors of one world use together, such as a renderer."""

    def begin(self, scenario: Scenario) -> None:
        """Take over the scenario of a new episode."""

    def close(self) -> None:
        """Give resources back; a second call does nothing."""


T = TypeVar("T", bound=Shared)


class Stage:
    """What the sensors of one world share. Those that must know the scenario get it here, at each reset."""

    def __init__(self) -> None:
        self._shared: dict[Hashable, Any] = {}

    def share(self, key: Hashable, make: Callable[[], T]) -> T:
        """The thing of that key, made when it is first asked for."""
        if key not in self._shared:
            self._shared[key] = make()
        thing: T = self._shared[key]
        return thing

    def begin(self, scenario: Scenario) -> None:
        """Start an episode."""
        for thing in self._shared.values():
            thing.begin(scenario)

    def close(self) -> None:
        """Close all; a second call does nothing."""
        for thing in self._shared.values():
            thing.close()


class Mount(NamedTuple):
    """Where a sensor sits."""

    drone: int
    airframe: Airframe
    rays: Rays
    stage: Stage
    hz: float = 0.0
    """Readings per second of the sensor that is being built."""
    drones: int = 1
    """How many there are."""
    radio: RadioConfig | None = None
    """Where there are radios."""


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
    built: Sensor = _builders[config.kind](options, mount._replace(hz=config.hz))
    return built


def data_sheets(configs: Mapping[str, SensorConfig]) -> dict[str, Any]:
    """Each sensor's whole configuration as JSON-able data, for the brief."""
    return {name: dump(config) | {"options": dump(_options_of(name, config))} for name, config in configs.items()}


def fitted(configs: Mapping[str, SensorConfig], role: str) -> dict[str, SensorConfig]:
    """The sensors that a drone of some role carries."""
    return {name: config for name, config in configs.items() if not config.roles or role in config.roles}


class SensorSuite:
    """All sensors of one drone. Each has a random stream, a clock, a delay line and faults of its own."""

    def __init__(self, configs: Mapping[str, SensorConfig], mount: Mount, action_hz: float, *, contest: bool) -> None:
        self._channels = [
            make_channel(name, config, _build(name, config, mount), action_hz) for name, config in sorted(configs.items())
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

    def read(self, state: WorldState) -> dict[str, NDArray[Any]]:
        """One observation, at the reset and after each step."""
        return {channel.name: channel.read(state) for channel in self._channels}

    def told(self) -> dict[str, Any]:
        """What is said of this episode's instruments, by name, once they have been read; of most there is nothing."""
        return {c.name: c.sensor.told() for c in self._channels if hasattr(c.sensor, "told")}

    def events(self, *, final: bool) -> list[Event]:
        """What the log shall know of the last reading."""
        return [event for c in self._channels if hasattr(c.sensor, "events") for event in c.sensor.events(final)]
