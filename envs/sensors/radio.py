"""What a drone's radio tells: messages of the others, and how well each is received."""

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.sensors.base import Mount, sensor
from goldentime.errors import ConfigError
from goldentime.records import record
from goldentime.types import WorldState

__all__ = ["Inbox", "Links", "TeamOptions"]

_NONE_DBM, _MOST_DBM = -200.0, 100.0


@record
class TeamOptions:
    """For how many drones there is room, so that teams of any size have the same observation."""

    team: int = 6


@sensor("inbox", TeamOptions)
class Inbox:
    """Messages that have arrived in this step, uint8 of shape (team, message_bytes): row i is that of drone i, filled up
    with zeros, and zeros where there is none.

    It is read at every step; loss, delay and rate are those of the radio.
    """

    faultless = True

    def __init__(self, options: TeamOptions, mount: Mount) -> None:
        _check("inbox", options, mount)
        assert mount.radio is not None
        self._drone, self._shape = mount.drone, (options.team, mount.radio.message_bytes)
        self.space = spaces.Box(0, 255, self._shape, np.uint8)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.uint8]:
        """See class."""
        assert state.radio is not None
        rows = np.zeros(self._shape, np.uint8)
        for sender, content in state.radio.inbox[self._drone]:
            rows[sender, : len(content)] = np.frombuffer(content, np.uint8)
        return rows


@sensor("links", TeamOptions)
class Links:
    """Received power [dBm] from each drone and, after them, from the base, then the number of hops to the base, shape
    (team + 2,). -200 stands for oneself, for drones that do not exist and for whatever is weaker; 0 hops for no contact."""

    def __init__(self, options: TeamOptions, mount: Mount) -> None:
        _check("links", options, mount)
        self._drone, self._drones, team = mount.drone, mount.drones, options.team
        low, high = np.full(team + 2, _NONE_DBM), np.full(team + 2, _MOST_DBM)
        low[-1], high[-1] = 0.0, team
        self.space = spaces.Box(low.astype(np.float32), high.astype(np.float32), dtype=np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        assert state.radio is not None
        power, hops = state.radio.power_dbm[:, self._drone], state.radio.hops[self._drone]
        reading = np.full(self.space.shape, _NONE_DBM, np.float32)
        reading[: self._drones], reading[-2] = power[:-1], power[-1]
        np.clip(reading, _NONE_DBM, _MOST_DBM, out=reading)
        reading[-1] = max(hops[-1], 0)
        return reading


def _check(kind: str, options: TeamOptions, mount: Mount) -> None:
    """Refuse what does not fit the environment."""
    if mount.radio is None:
        raise ConfigError(f"{kind}: expected an environment with radios, its `radio` is not set")
    if options.team < mount.drones:
        raise ConfigError(f"{kind}: team: expected room for {mount.drones} drones, got {options.team}")
