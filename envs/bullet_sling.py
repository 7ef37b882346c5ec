"""Heavy loads in Bullet and the ropes by which drones hold them."""

import math

from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet_bodies import bullet, make_load
from goldentime.envs.ropes import Rope, make_rope, rope_pull_n
from goldentime.envs.scenario import LoadSpec, Scenario
from goldentime.errors import ConfigError
from goldentime.types import LoadState

__all__ = ["Sling", "add_slings"]


class Sling:
    """One load's body and the ropes that hold it. Each rope leads from a drone's centre of mass to the load's middle.

    Args:
        body: of the load.
        ropes: by drone.
        carriers: bodies of all drones, in their order.
    """

    def __init__(self, client: int, body: int, ropes: dict[int, Rope], carriers: list[int]) -> None:
        self._client, self.body = client, body
        self._ropes, self._carriers = ropes, carriers

    def let_go(self, drone: int) -> bool:
        """Take a drone's rope off; whether there was one."""
        return self._ropes.pop(drone, None) is not None

    def pull(self) -> None:
        """Let all taut ropes pull at both of their ends during the next step."""
        if not self._ropes:
            return
        client, body = self._client, self.body
        place, motion, push = bullet.getBasePositionAndOrientation, bullet.getBaseVelocity, bullet.applyExternalForce
        end, speed = place(body, client)[0], motion(body, client)[0]
        all_x = all_y = all_z = 0.0
        for drone, rope in self._ropes.items():
            carrier = self._carriers[drone]
            start = place(carrier, client)[0]
            if math.dist(start, end) <= rope.length_m:
                continue
            x, y, z = force = rope_pull_n(rope, start, end, motion(carrier, client)[0], speed)
            push(carrier, -1, force, start, bullet.WORLD_FRAME, client)
            all_x, all_y, all_z = all_x - x, all_y - y, all_z - z
        push(body, -1, (all_x, all_y, all_z), end, bullet.WORLD_FRAME, client)

    def read(self) -> LoadState:
        """The load's present state."""
        position, _ = bullet.getBasePositionAndOrientation(self.body, self._client)
        velocity, _ = bullet.getBaseVelocity(self.body, self._client)
        return LoadState(position, velocity, tuple(self._ropes))


def add_slings(client: int, scenario: Scenario, carriers: list[int]) -> list[Sling]:
    """Put a scenario's loads into the world, in its order.

    Raises:
        ConfigError: a rope that can't be; see `_check`.
    """
    slings = []
    for number, load in enumerate(scenario.loads):
        ropes = {}
        for drone in load.drones:
            _check(scenario, f"loads[{number}]", load, drone)
            airframe = load_airframe(scenario.drones[drone].airframe)
            ropes[drone] = make_rope(load.rope_m, airframe.mass_kg, load.mass_kg, len(load.drones))
        slings.append(Sling(client, make_load(client, load), ropes, carriers))
    return slings


def _check(scenario: Scenario, where: str, load: LoadSpec, drone: int) -> None:
    """Refuse ropes of no drone, two of one drone, those on which the load would hang inside the hull, and torn ones."""
    count = len(scenario.drones)
    if not 0 <= drone < count or load.drones.count(drone) > 1:
        raise ConfigError(f"{where}.drones: expected different drones in 0..{count - 1}, got {list(load.drones)}")
    spec = scenario.drones[drone]
    least_m = 0.5 * (load_airframe(spec.airframe).hull_height_m + load.size[2])
    if load.rope_m <= least_m:
        raise ConfigError(
            f"{where}.rope_m: expected more than {least_m:g} m, or the load would hang inside drone {drone}, "
            f"got {load.rope_m:g} m"
        )
    apart_m = math.dist(spec.position, load.position)
    if apart_m > load.rope_m:
        raise ConfigError(f"{where}.rope_m: drone {drone} is {apart_m:.2f} m from the load, got {load.rope_m:g} m")
