"""Radios that repeat what they hear: who reaches whom over how many hops, and messages on their way.

Nodes are the drones in their order, then the base. Each node repeats every message, so that it goes as far as links
connect; the base only repeats.
"""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Level, Point
from goldentime.envs.radio.barriers import barriers_of
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.radio.link import received_dbm
from goldentime.types import RadioState, WorldState

__all__ = ["Radio", "hops_of"]

Floats = NDArray[np.float64]
_ROUND_S = 1e-6


def hops_of(linked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n, n) Fewest hops between nodes; 0 on the diagonal, -1 where there is no way.

    Args:
        linked: (n, n) whether there is a link, in both directions alike.
    """
    count = len(linked)
    hops = np.where(np.eye(count, dtype=np.bool_), 0, -1)
    reached = np.eye(count, dtype=np.bool_)
    for hop in range(1, count):
        wider = reached | (reached @ linked)
        hops[wider & ~reached] = hop
        reached = wider
    return hops


class _Queued(NamedTuple):
    """A message that waits for its turn, or is being sent."""

    start_s: float
    end_s: float
    content: bytes


class Radio:
    """The radios of one scenario: what they receive of each other now, and the messages that are under way.

    Args:
        config: equal radios for all.
        level: what weakens them.
        drones: how many there are.
        base: [m] where the radio of those outside stands; None for none, which then nobody receives.
    """

    def __init__(self, config: RadioConfig, level: Level, drones: int, base: Point | None) -> None:
        self._config, self._drones, self._base = config, drones, base
        self._barriers = barriers_of(level, config.frequency_hz)
        self._pairs = np.triu_indices(drones + (base is not None), 1)
        self._queues: list[deque[_Queued]] = [deque() for _ in range(drones)]
        self._coming: list[list[deque[tuple[float, bytes]]]] = [[deque() for _ in range(drones)] for _ in range(drones)]
        """By receiver and sender: when it arrives, and what."""
        self._free_s = [0.0] * drones
        self._time_s = 0.0
        self._hops = hops_of(np.zeros((drones + 1, drones + 1), np.bool_))

    def follow(self, state: WorldState, messages: Sequence[bytes] = ()) -> WorldState:
        """Let time pass up to a state's.

        Args:
            state: where the drones are by now.
            messages: what each drone has begun to send at the state before; empty for silence.

        Returns:
            The state with what the radios hear.
        """
        for sender, content in enumerate(messages):
            if content:
                self._queue(sender, content)
        self._launch(state.time_s)
        power = self._powers([drone.position_m for drone in state.drones])
        self._hops = hops_of(power >= self._config.sensitivity_dbm)
        self._time_s = state.time_s
        inbox = tuple(self._arrived(receiver) for receiver in range(self._drones))
        return state._replace(radio=RadioState(power, self._hops, inbox))

    def _queue(self, sender: int, content: bytes) -> None:
        """Put a message behind those of its sender that are not out yet, unless it would wait too long."""
        start_s = max(self._time_s, self._free_s[sender])
        if start_s - self._time_s <= self._config.queue_s + _ROUND_S:
            self._free_s[sender] = start_s + len(content) / self._config.bytes_per_s
            self._queues[sender].append(_Queued(start_s, self._free_s[sender], content))

    def _launch(self, until_s: float) -> None:
        """Send what begins to be sent before a time to all whom the sender reaches now."""
        delay_s = self._config.hop_delay_s
        for sender, queue in enumerate(self._queues):
            while queue and queue[0].start_s < until_s - _ROUND_S:
                message = queue.popleft()
                for receiver, hops in enumerate(self._hops[sender, : self._drones].tolist()):
                    if hops > 0:
                        arrival = (message.end_s + hops * delay_s, message.content)
                        self._coming[receiver][sender].append(arrival)

    def _arrived(self, receiver: int) -> tuple[tuple[int, bytes], ...]:
        """At most one message of each sender, the oldest: the others wait."""
        found = []
        for sender, line in enumerate(self._coming[receiver]):
            if line and line[0][0] <= self._time_s + _ROUND_S:
                found.append((sender, line.popleft()[1]))
        return tuple(found)

    def _powers(self, places: Sequence[Point]) -> Floats:
        """(drones + 1, drones + 1) [dBm], with -inf on the diagonal and to and from a base that does not exist."""
        nodes = np.array([*places, *(() if self._base is None else (self._base,))], np.float64)
        power = np.full((self._drones + 1, self._drones + 1), -np.inf)
        first, second = self._pairs
        power[first, second] = received_dbm(self._config, self._barriers, nodes[first], nodes[second])
        power[second, first] = power[first, second]
        return power
