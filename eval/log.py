"""The log of one episode: the only thing that scores and reports are made from.

An `EpisodeLog` is the `Recorder` that an environment writes to. It keeps the header, the events, the state at every
environment step and the mission's end reason; `digest()` covers exactly these, so that equal flights have equal digests
on any machine and in any process. How long the agent took is kept beside them, outside the digest.

Kinds that occur at nearly every step (`DENSE_KINDS`) are kept as a count and a sum only. People, air, kits and radio
contact are kept once a simulated second (`eval.log_tracks`).
"""

import hashlib
import json
import statistics
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import LogError
from goldentime.eval.log_tracks import Tracks
from goldentime.records import canonical_json
from goldentime.types import Event, WorldState

__all__ = ["DENSE_KINDS", "DRONE_COLUMNS", "FORMAT", "EpisodeLog", "Samples", "Total", "versions"]

FORMAT = 1
"""Version of the log; raised when a stored log of the version before can't be read any more."""

DENSE_KINDS = frozenset({"progress", "collision_s", "hold_s"})

DRONE_COLUMNS = 12
"""Numbers per drone and sample: position 3, velocity 3, quaternion 4, contact seconds, state of charge."""


class Total(NamedTuple):
    """All events of one kind together."""

    times: int = 0
    value: float = 0.0


class Samples:
    """The states of an episode as views into one (n, 1 + 12 * drones) float64 array.

    Args:
        table: column 0 the time [s], then per drone position [m], velocity [m/s], quaternion (x, y, z, w), seconds of
            contact since the sample before, state of charge.
    """

    def __init__(self, table: NDArray[np.float64]) -> None:
        self.table = table
        drones = table[:, 1:].reshape(len(table), table.shape[1] // DRONE_COLUMNS, DRONE_COLUMNS)
        self.time_s = table[:, 0]
        """(n,) [s] since the start."""
        self.position_m = drones[:, :, 0:3]
        """(n, drones, 3) [m] world ENU."""
        self.velocity_m_s = drones[:, :, 3:6]
        """(n, drones, 3) [m/s] world ENU."""
        self.quaternion_xyzw = drones[:, :, 6:10]
        """(n, drones, 4) body to world."""
        self.contact_s = drones[:, :, 10]
        """(n, drones) [s] of any touch, the ground included, since the sample before."""
        self.state_of_charge = drones[:, :, 11]
        """(n, drones) in [0, 1]."""


class EpisodeLog:
    """Append-only record of one episode.

    Args:
        labels: JSON-able facts about the run that the environment does not know, such as the agent's name.
    """

    def __init__(self, labels: Mapping[str, Any] | None = None) -> None:
        self.labels = dict(labels or {})
        self.header: dict[str, Any] = {}
        self.events: list[Event] = []
        self.totals: dict[str, Total] = {}
        """Count and sum of every kind of event, dense or not."""
        self.reward_terms: dict[str, float] = {}
        """Sum of each reward term over the episode, for the report."""
        self.reason: str | None = None
        """Why the episode ended; None while it runs."""
        self.error: str | None = None
        """Traceback of an agent that failed; outside the digest."""
        self._numbers = array("d")
        self._width = 0
        self._tracks = Tracks()
        self._act_s = array("d")
        self._timing: dict[str, float] | None = None

    # What an environment calls.

    def begin(self, header: Mapping[str, Any]) -> None:
        """Start the log.

        Raises:
            LogError: it was started before, or the header holds something that JSON can't.
        """
        if self.header:
            raise LogError("an EpisodeLog holds one episode: make a new one for the next")
        self.header = _plain({**header, "versions": versions(), "labels": self.labels}, "header")

    def record(self, state: WorldState, events: Sequence[Event], reward_terms: Any = None) -> None:
        """Add one instant and what happened since the one before."""
        if self.reason is not None:
            raise LogError(f"the episode has ended ({self.reason!r}): nothing can be recorded after that")
        numbers = self._numbers
        numbers.append(state.time_s)
        for drone in state.drones:
            numbers.extend(drone.position_m)
            numbers.extend(drone.velocity_m_s)
            numbers.extend(drone.quaternion_xyzw)
            numbers.append(drone.contact_s)
            numbers.append(drone.state_of_charge)
        self._width = 1 + DRONE_COLUMNS * len(state.drones)
        if state.people or state.kits or state.loads or state.fire is not None or state.radio is not None:
            self._tracks.add(state)
        if events:
            self.add_events(events)
        if reward_terms:
            for name, value in reward_terms.items():
                self.reward_terms[name] = self.reward_terms.get(name, 0.0) + float(value)

    def end(self, reason: str) -> None:
        """Close the log; the first reason stays."""
        if self.reason is None:
            self.reason = str(reason)
            self._tracks.close()

    # What a runner calls.

    def add_events(self, events: Iterable[Event]) -> None:
        """Add events; those of a dense kind only count."""
        for event in events:
            kind = str(event.kind)
            before = self.totals.get(kind, Total())
            self.totals[kind] = Total(times=before.times + 1, value=before.value + float(event.value))
            if kind not in DENSE_KINDS:
                self.events.append(event._replace(kind=kind, detail=_plain(event.detail, f"event {kind!r}")))

    def timed(self, act_s: float) -> None:
        """Note how long the agent took for one action."""
        self._act_s.append(act_s)

    # What scores and reports read.

    @property
    def timing(self) -> dict[str, float]:
        """How long the agent took: number of actions, median and largest time [ms]; outside the digest."""
        if self._timing is not None or not self._act_s:
            return self._timing or {"acts": 0, "act_median_ms": 0.0, "act_max_ms": 0.0}
        median, largest = statistics.median(self._act_s), max(self._act_s)
        return {"acts": len(self._act_s), "act_median_ms": 1e3 * median, "act_max_ms": 1e3 * largest}

    @property
    def facts(self) -> dict[str, Any]:
        """The numbers that the mission published for scoring."""
        facts: dict[str, Any] = self.header.get("facts", {})
        return facts

    def samples(self) -> Samples:
        """The states so far."""
        return Samples(np.array(self._numbers, dtype=np.float64).reshape(-1, max(self._width, 1)))

    def tracks(self) -> Mapping[str, NDArray[np.float64]]:
        """The tables of people, air, fuels, kits, radio, once a second; only those the world has (`eval.log_tracks`)."""
        return self._tracks.tables()

    @property
    def postures(self) -> tuple[str, ...]:
        """What the numbers of posture in the table of people mean."""
        return tuple(self._tracks.postures)

    def digest(self) -> str:
        """SHA-256 over header, events, samples, tracks and end reason, as 64 hexadecimal digits."""
        table = self.samples().table
        sha = hashlib.sha256(canonical_json(self.content()))
        sha.update(canonical_json(list(table.shape)))
        sha.update(table.astype("<f8").tobytes())
        # A log without tracks has the digest that it had before there were any.
        for name, track in self.tracks().items():
            sha.update(canonical_json([name, list(track.shape)]))
            sha.update(track.astype("<f8").tobytes())
        return sha.hexdigest()

    def content(self) -> dict[str, Any]:
        """Everything but the samples, the tracks and the timing, JSON-able."""
        named = {"postures": list(self._tracks.postures)} if self._tracks.postures else {}
        return {
            **named,
            "header": self.header,
            "events": [event._asdict() for event in self.events],
            "totals": {kind: [total.times, total.value] for kind, total in self.totals.items()},
            "reward_terms": self.reward_terms,
            "reason": self.reason,
        }

    @classmethod
    def restore(
        cls,
        content: Mapping[str, Any],
        table: NDArray[np.float64],
        tracks: Mapping[str, NDArray[np.float64]],
        timing: dict[str, float],
        error: str | None,
    ) -> "EpisodeLog":
        """The inverse of `content`, `samples().table`, `tracks`, `timing` and `error`."""
        log = cls(content["header"]["labels"])
        log.header = dict(content["header"])
        log.events = [Event(**event) for event in content["events"]]
        log.totals = {kind: Total(times, value) for kind, (times, value) in content["totals"].items()}
        log.reward_terms = dict(content["reward_terms"])
        log.reason, log.error = content["reason"], error
        log._numbers, log._width, log._timing = array("d", table.astype("=f8").tobytes()), table.shape[1], timing
        log._tracks = Tracks.restore(tracks, content.get("postures", ()))
        return log


def _plain(data: Mapping[str, Any], what: str) -> dict[str, Any]:
    """A copy made of JSON's own types, so that a stored log and a fresh one are equal."""
    if not data:
        return {}
    try:
        copy: dict[str, Any] = json.loads(canonical_json(dict(data)))
    except (TypeError, ValueError) as error:
        raise LogError(f"{what}: must be JSON-able with finite numbers: {error}") from None
    return copy


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """What a trajectory depends on besides the seed; read from the metadata, since scoring loads no simulator."""
    return {name: _version(name) for name in ("goldentime", "numpy", "pybullet")}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
