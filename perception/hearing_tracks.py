"""Following voices over time: bearings of one step after the other are joined to tracks with a beginning and an end."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from goldentime.errors import ConfigError
from goldentime.perception.hearing_directions import angle_between, bearing_of
from goldentime.records import record

__all__ = ["VoiceTrack", "VoiceTracker", "VoiceTrackerConfig"]

Floats = NDArray[np.float64]


@record
class VoiceTrackerConfig:
    """When bearings are of the same voice."""

    gate_rad: float = math.radians(25.0)
    """From a track's direction to a bearing that joins it."""
    sure: float = 0.5
    """Evidence in [0, 1] from here on begins a track ..."""
    least: float = 0.25
    """... and from here on continues one."""
    settled_steps: int = 2
    """A track of fewer bearings is not told of."""
    silent_s: float = 0.4
    """After so long without a bearing a track ends."""

    def __post_init__(self) -> None:
        """Refuse thresholds in the wrong order."""
        if not 0 <= self.least <= self.sure:
            raise ConfigError(f"voice tracker: expected 0 <= least <= sure, got {self.least} and {self.sure}")


@record
class VoiceTrack:
    """A voice that is or was heard."""

    number: int
    """The same in every step."""
    onset_s: float
    last_s: float
    """Of its last bearing."""
    unit: tuple[float, float, float]
    """Direction, smoothed, in the frame of the bearings given."""
    evidence: float
    """Mean over its bearings."""
    steps: int
    """How many bearings it has."""
    now: bool
    """Whether it has one in this step."""
    ended: bool = False


class _Live:
    def __init__(self, number: int, time_s: float, unit: Floats, evidence: float) -> None:
        self.number, self.onset_s, self.last_s = number, time_s, time_s
        self.sum = unit * evidence
        self.evidence, self.steps, self.now = evidence, 1, True

    @property
    def unit(self) -> Floats:
        return np.asarray(self.sum / max(float(np.linalg.norm(self.sum)), 1e-9))

    def join(self, time_s: float, unit: Floats, evidence: float) -> None:
        # Older bearings fade, for drone and caller move.
        self.sum = 0.85 * self.sum + unit * evidence
        self.evidence += evidence
        self.last_s, self.steps, self.now = time_s, self.steps + 1, True

    def told(self, ended: bool) -> VoiceTrack:
        x, y, z = self.unit.tolist()
        mean = self.evidence / self.steps
        return VoiceTrack(
            number=self.number,
            onset_s=self.onset_s,
            last_s=self.last_s,
            unit=(x, y, z),
            evidence=mean,
            steps=self.steps,
            now=self.now,
            ended=ended,
        )


class VoiceTracker:
    """Joins the bearings of each step to tracks, nearest in all (Kuhn 1955, the assignment problem)."""

    def __init__(self, config: VoiceTrackerConfig | None = None) -> None:
        self._config = config or VoiceTrackerConfig()
        self._live: list[_Live] = []
        self._begun = 0

    def update(self, time_s: float, units: Floats, evidence: Sequence[float]) -> list[VoiceTrack]:
        """One step.

        Args:
            time_s: of the step.
            units: (bearings, 3) unit vectors, in one frame for all steps.
            evidence: of each, in [0, 1].

        Returns:
            settled tracks that are heard or have just ended, oldest first.
        """
        config = self._config
        units = np.asarray(units, np.float64).reshape(-1, 3)
        for track in self._live:
            track.now = False
        free = self._join(time_s, units, evidence)
        ended = [track for track in self._live if time_s - track.last_s > config.silent_s]
        self._live = [track for track in self._live if track not in ended]
        for place in free:
            if evidence[place] >= config.sure:
                self._live.append(_Live(self._begun, time_s, units[place], evidence[place]))
                self._begun += 1
        settled = config.settled_steps
        told = [track.told(True) for track in ended if track.steps >= settled]
        told += [track.told(False) for track in self._live if track.now and track.steps >= settled]
        return sorted(told, key=lambda track: track.number)

    def _join(self, time_s: float, units: Floats, evidence: Sequence[float]) -> list[int]:
        """Give bearings to live tracks; the numbers of those that nobody took and nobody is near to."""
        config = self._config
        usable = [place for place, value in enumerate(evidence) if value >= config.least]
        if not self._live or not usable:
            return usable
        aims = np.array([track.unit for track in self._live])
        apart = angle_between(aims[:, None], units[usable][None])
        taken = set()
        for row, column in zip(*linear_sum_assignment(np.minimum(apart, 2 * config.gate_rad)), strict=True):
            if apart[row, column] <= config.gate_rad:
                self._live[row].join(time_s, units[usable[column]], evidence[usable[column]])
                taken.add(column)
        near = apart.min(0) <= config.gate_rad
        return [place for column, place in enumerate(usable) if column not in taken and not near[column]]


def bearing(track: VoiceTrack) -> tuple[float, float]:
    """Azimuth and elevation of a track [rad]."""
    return bearing_of(track.unit)
