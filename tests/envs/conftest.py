"""Small worlds that the physics tests build by hand."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from goldentime.envs import airframe
from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.level import Level
from goldentime.envs.physics import Command
from goldentime.envs.scenario import DroneSpec, Scenario

ASSETS = Path(airframe.__file__).parent / "assets" / "airframes"


def scenario_of(*drones: DroneSpec, level: Level | None = None, **more: Any) -> Scenario:
    """A world without wind, kits and movers unless given."""
    return Scenario(mission="test", level=level or Level(), drones=drones, time_limit_s=60.0, task={}, **more)


@pytest.fixture
def make_scenario() -> Callable[..., Scenario]:
    return scenario_of


@pytest.fixture
def make_world() -> Iterator[Callable[..., BulletPhysics]]:
    """A Bullet world of a scenario, closed after the test."""
    worlds: list[BulletPhysics] = []

    def make(*drones: DroneSpec, **more: Any) -> BulletPhysics:
        world = BulletPhysics(240.0)
        worlds.append(world)
        world.reset(scenario_of(*drones, **more))
        return world

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def command() -> Callable[..., Command]:
    """A command with all four rotors alike, or one speed each."""

    def make(rotors: Any, air: tuple[float, float, float] = (0.0, 0.0, 0.0), release: bool = False) -> Command:
        speeds = (float(rotors),) * 4 if isinstance(rotors, int | float) else tuple(map(float, rotors))
        return Command(speeds, air, release)

    return make


@pytest.fixture
def make_airframe(tmp_path: Path) -> Callable[..., str]:
    """An airframe file like a shipped one but for some values; its path, which serves as an airframe's name."""

    def make(base: str, **changes: Any) -> str:
        data: dict[str, Any] = yaml.safe_load((ASSETS / f"{base}.yaml").read_text(encoding="utf-8"))
        for key, value in changes.items():
            data[key] = {**data[key], **value} if isinstance(value, Mapping) else value
        path = tmp_path / f"{base}_{len(list(tmp_path.iterdir()))}.yaml"
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        return str(path)

    return make
