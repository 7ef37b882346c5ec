"""Pictures and sound of an episode, made again from its log by the cameras and microphones that the mission has.

What a log does not hold can't come back: pictures have no blur from turning, the drone's own rotors sound as in hover.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.airframe import load_airframe
from goldentime.envs.sensors.base import Mount, SensorConfig, SensorSuite, Stage
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.replay.states import States
from goldentime.records import load

__all__ = ["Sound", "heard_sound", "pictures"]

Shot = tuple[float, NDArray[np.uint8]]


class Sound(NamedTuple):
    """What microphones caught."""

    rate_hz: int
    samples: NDArray[np.float32]
    """(n, microphones) in [-1, 1)."""


class _NoRays:
    """Stands for the world's geometry, which neither cameras nor microphones ask."""

    def cast(self, origin: NDArray[np.float64], target: NDArray[np.float64], glass_cosine: float) -> NDArray[np.float64]:
        """Refuse."""
        raise ConfigError("replay: a logged world has no rays to cast")


def _sensors(log: EpisodeLog, kind: str) -> list[tuple[str, SensorConfig]]:
    """The mission's sensors of a kind, with their names."""
    found = log.header.get("config", {}).get("sensors", {})
    return [(name, load(SensorConfig, data, f"sensors.{name}")) for name, data in found.items() if data["kind"] == kind]


def pictures(log: EpisodeLog, drone: int, size: tuple[int, int], rate_hz: float) -> Iterator[Shot]:
    """Times [s] and pictures (height, width, 3) of the drone's first colour camera, or of a plain one ahead.

    Raises:
        ConfigError: there is no such drone, or this machine can't draw.
        LogError: the log's scenario is of another version.
    """
    states = States(log)
    _check_drone(states, drone)
    options: Mapping[str, Any] = next((config.options for _, config in _sensors(log, "camera_rgb")), {})
    camera = SensorConfig(kind="camera_rgb", hz=rate_hz, options={**options, "width": size[0], "height": size[1]})
    suite, stage = _suite(states, drone, {"camera": camera}, rate_hz)
    try:
        stage.begin(states.scenario)
        suite.reset(int(log.header["seed"]), drone)
        for time_s in np.arange(0.0, float(states.time_s[-1]) + 1e-6, 1.0 / rate_hz).tolist():
            yield time_s, suite.read(states.at(time_s))["camera"]
    finally:
        stage.close()


def heard_sound(log: EpisodeLog, drone: int) -> Sound | None:
    """All that the drone's microphones heard; None in missions without any.

    Raises:
        ConfigError: there is no such drone.
        MissingDependencyError: clips of speech can't be read without the extra `hear`.
        LogError: the log's scenario is of another version.
    """
    found = _sensors(log, "microphones")
    if not found:
        return None
    states = States(log)
    _check_drone(states, drone)
    name, config = found[0]
    suite, stage = _suite(states, drone, {name: config}, float(log.header["config"]["action_hz"]))
    try:
        stage.begin(states.scenario)
        # The same seed draws the same errors of the microphones as in the flight.
        suite.reset(int(log.header["seed"]), drone)
        readings = [suite.read(states.at(time_s))[name] for time_s in states.time_s.tolist()]
    finally:
        stage.close()
    every = max(round(log.header["config"]["action_hz"] / config.hz), 1)
    # The first reading is of the time before the start.
    fresh = readings[every::every]
    samples = np.concatenate(fresh, axis=1).T if fresh else np.zeros((0, len(readings[0])), np.float32)
    rate = round(readings[0].shape[1] * config.hz)
    return Sound(rate, np.ascontiguousarray(samples, np.float32))


def _check_drone(states: States, drone: int) -> None:
    if not 0 <= drone < len(states.scenario.drones):
        raise ConfigError(f"--drone: expected 0..{len(states.scenario.drones) - 1}, got {drone}")


def _suite(states: States, drone: int, sensors: Mapping[str, SensorConfig], rate_hz: float) -> tuple[SensorSuite, Stage]:
    stage = Stage()
    airframe = load_airframe(states.scenario.drones[drone].airframe)
    return SensorSuite(sensors, Mount(drone, airframe, _NoRays(), stage), rate_hz, contest=False), stage
