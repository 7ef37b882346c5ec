"""`SignReader`: plays the sign mission with on-board sensing and a trained reader.

It patrols the route, looks around, reads what it sees, puts it on a map by the depth camera, and flies up to what it could
not read well. A sign is reported with the text that most looks at it agreed on.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.patrol import Patrol
from goldentime.baselines.reporting import no_report, report_sheet
from goldentime.baselines.sign_kinds import likely_kinds
from goldentime.errors import ConfigError
from goldentime.perception.landmarks import Landmark, LandmarkMap, Sighting
from goldentime.perception.reading import Reading
from goldentime.perception.sighting import Look, depth_in, eye_of
from goldentime.types import Brief

__all__ = ["Reads", "SignReader"]

_SIGN = "sign"
_GATE_M, _REACH_M = 0.8, 9.0
_LEAST, _SURE, _ENOUGH = 0.15, 0.9, 0.45
"""Confidence below which a reading is no sighting; from which a sign is not looked at again; from which it is reported."""
_BEHIND_M, _SETTLED_S = 4.0, 3.0
"""A sign so far away, or so long out of view once surely read, is reported."""
_VISIT_M, _VISIT_FROM_M, _VISIT_S, _GAZE_S = 1.7, 5.5, 9.0, 1.2
"""How near a visit goes, from how far away it is begun, how long it may last, and how long it looks."""


_LANDING_S = 10.0
_EDGE_PX = 8.0


class Reads(Protocol):
    """What the agent reads with; `perception.reading.Reader` is one."""

    def read(self, rgb: NDArray[np.uint8]) -> Sequence[Reading]:
        """All signs in a picture."""


class _Visit(NamedTuple):
    """A detour to a sign."""

    mark: Landmark
    back_m: NDArray[np.float64]
    begun_s: float
    arrived_s: float = math.inf


class SignReader:
    """The reference agent of the sign mission.

    Args:
        speed_m_s: along the route.
        turn_rad_s: how fast it looks around.
        read_hz: how often a picture is read, at most as often as there is one.
        checkpoint: weights of the reader, the shipped ones if not given.
        reader: another way to read, instead.
    """

    def __init__(
        self,
        speed_m_s: float = 0.7,
        turn_rad_s: float = 0.7,
        read_hz: float = 5.0,
        checkpoint: str | None = None,
        reader: Reads | None = None,
    ) -> None:
        self._speed_m_s, self._turn_rad_s, self._read_hz = speed_m_s, turn_rad_s, read_hz
        self._reader = reader if reader is not None else _load(checkpoint)

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: the mission has no reports, or lacks a sensor.
        """
        sheet, sensors = report_sheet(brief), brief["sensors"]
        missing = sorted({"camera", "depth", "attitude", "flow", "rangefinder", "barometer", "lidar"} - sensors.keys())
        if sheet is None or "text" not in sheet or missing:
            raise ConfigError(f"agent sign_reader, mission {brief['mission']}: expected reports of text, lacks {missing}")
        self._sheet, self._kinds = sheet, list(sheet["kinds"])
        self._asked = set(brief["asked"])
        self._left, self._limit_s = int(brief["reports"]["budget"]), float(brief["time_limit_s"])
        self._patrol = Patrol(brief, self._speed_m_s, self._turn_rad_s)
        self._eye, self._depth_eye = (eye_of(sensors[name]["options"]) for name in ("camera", "depth"))
        self._every = max(round(brief["action_hz"] / min(sensors["camera"]["hz"], self._read_hz)), 1)
        self._map = LandmarkMap({}, _GATE_M)
        self._told: set[int] = set()
        self._visited: set[int] = set()
        self._visit: _Visit | None = None
        self._steps = 0

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step of the patrol or of a visit, and a report if there is one to make."""
        look = self._patrol.sense(observation)
        if self._steps % self._every == 0:
            self._map.add(self._sightings(observation, look), self._patrol.time_s)
        self._steps += 1
        motion = self._move(look)
        report = self._report(look) if self._left else None
        if report is not None:
            self._left -= 1
        elif self._visit is None and self._patrol.arrived:
            motion = self._patrol.motion(land=True)
        return {"motion": motion, "report": report or no_report(self._sheet)}

    def _sightings(self, observation: Mapping[str, NDArray[Any]], look: Look) -> list[Sighting]:
        found = []
        for reading in self._reader.read(observation["camera"]):
            text = _plain(reading.text)[: self._sheet["text"]["max_length"]]
            quad = np.array(reading.quad, np.float64)
            if not text or reading.confidence < _LEAST or not self._whole(quad):
                continue
            place = self._place(quad, observation["depth"], look)
            if place is not None and (away_m := float(np.linalg.norm(place - look.position_m))) <= _REACH_M:
                votes = {"text": {text: reading.confidence**2}, "seen": {text: 1.0}}
                score = reading.confidence
                found.append(Sighting(category=_SIGN, position_m=place, distance_m=away_m, score=score, votes=votes))
        return found

    def _whole(self, quad: NDArray[np.float64]) -> bool:
        """Whether a sign does not go on beside the picture: half a word is read as surely as a whole one."""
        low, high = np.full(2, _EDGE_PX), np.array([self._eye.width, self._eye.height]) - _EDGE_PX
        return bool((quad > low).all() and (quad < high).all())

    def _place(self, quad: NDArray[np.float64], depth_m: NDArray[np.float32], look: Look) -> NDArray[np.float64] | None:
        """Where a face is: its middle, at the depth that the depth camera has there."""
        inside = np.clip(quad, 0.0, (self._eye.width, self._eye.height))
        rays = self._eye.rays(np.vstack([inside.mean(axis=0), inside]))
        pixels, _ = self._depth_eye.pixels(self._depth_eye.position_m + rays)
        (left, upper), (right, lower) = pixels[1:].min(axis=0), pixels[1:].max(axis=0)
        away_m = depth_in(depth_m, (left, upper, max(right - left, 2.0), max(lower - upper, 2.0)), share=0.5)
        if away_m is None or away_m >= self._depth_eye.far_m:
            return None
        place: NDArray[np.float64] = look.place(self._eye.position_m + away_m * rays[:1])[0]
        return place

    def _move(self, look: Look) -> NDArray[np.float32]:
        now = self._patrol.time_s
        if self._visit is None and self._patrol.airborne and self._spare_s() > 2.0 * _VISIT_S:
            mark = next((mark for mark in self._near(look) if self._worth(mark, look)), None)
            if mark is not None:
                self._visited.add(mark.number)
                self._visit = _Visit(mark, look.position_m.copy(), now)
        visit = self._visit
        if visit is None:
            return self._patrol.motion()
        if now - visit.begun_s > _VISIT_S or now - visit.arrived_s > _GAZE_S:
            home = visit.back_m - look.position_m
            if np.linalg.norm(home) < 0.3 or now - visit.begun_s > 2.0 * _VISIT_S:
                self._visit = None
            return self._patrol.go(visit.back_m, math.atan2(home[1], home[0]))
        sight = visit.mark.position_m - look.position_m
        flat = math.hypot(sight[0], sight[1])
        stand = visit.mark.position_m - sight * (_VISIT_M / max(flat, 0.1))
        stand[2] = np.clip(visit.mark.position_m[2], visit.back_m[2] - 0.5, visit.back_m[2] + 0.4)
        if flat < _VISIT_M + 0.2 or self._patrol.blocked(stand):
            self._visit = visit._replace(arrived_s=min(visit.arrived_s, now))
            stand = look.position_m
        return self._patrol.go(stand, math.atan2(sight[1], sight[0]))

    def _spare_s(self) -> float:
        """What is left of the time when the rest of the patrol is flown."""
        rest_s = 1.3 * self._patrol.left_m / self._speed_m_s + _LANDING_S
        spare_s: float = self._limit_s - self._patrol.time_s - rest_s
        return spare_s

    def _near(self, look: Look) -> list[Landmark]:
        return self._map.near(look.position_m, [_SIGN], _VISIT_FROM_M)

    def _worth(self, mark: Landmark, look: Look) -> bool:
        """Whether a sign was seen just now, is not surely read, and is not too near for a visit to help."""
        fresh = self._patrol.time_s - mark.last_s < 0.5
        far = math.dist(mark.position_m[:2].tolist(), look.position_m[:2].tolist()) > _VISIT_M + 0.3
        known = mark.number in self._visited or mark.number in self._told
        return fresh and far and not known and _best(mark)[1] < _SURE

    def _report(self, look: Look) -> dict[str, Any] | None:
        arrived = self._visit is None and self._patrol.arrived
        for mark in self._map.landmarks:
            if mark.number in self._told or not self._ready(mark, look, arrived):
                continue
            self._told.add(mark.number)
            text, confidence = _best(mark)
            place = mark.position_m.astype(np.float32)
            if self._asked & likely_kinds(text) and not self._known(mark):
                if confidence >= _ENOUGH:
                    return {"kind": self._kinds.index("text"), "position_m": place, "text": text}
                if mark.sightings > 2:
                    return {"kind": self._kinds.index("unclear"), "position_m": place, "text": ""}
        return None

    def _ready(self, mark: Landmark, look: Look, arrived: bool) -> bool:
        if arrived:
            return True
        if self._visit is not None and self._visit.mark is mark:
            return False
        gone_s = self._patrol.time_s - mark.last_s
        sure = _best(mark)[1] >= _SURE and mark.sightings >= 2
        behind = float(np.linalg.norm(mark.position_m - look.position_m)) > _BEHIND_M and gone_s > 2.0 * _SETTLED_S
        return (sure and gone_s > _SETTLED_S) or behind

    def _known(self, mark: Landmark) -> bool:
        """Whether the same text was told before from about the same place."""
        others = self._map.near(mark.position_m, [_SIGN], 1.5)
        told = [other for other in others if other is not mark and other.number in self._told]
        return any(_best(other)[0] == _best(mark)[0] for other in told)


def _best(mark: Landmark) -> tuple[str, float]:
    """The text that most looks agree on, and how sure they are: one sure look outweighs several doubtful ones."""
    text = mark.choice("text")
    # Votes are multiplied by the confidence: these are the sums of its third and of its first power.
    return text, math.sqrt(mark.votes["text"][text] / max(mark.votes["seen"][text], 1e-9))


def _plain(text: str) -> str:
    """Without what a report can't hold, such as the mark of a covered character."""
    return " ".join("".join(c for c in text if " " <= c <= "~" or "가" <= c <= "힣").split())


def _load(checkpoint: str | None) -> Reads:
    from pathlib import Path

    from goldentime.perception.reading import load_reader

    return load_reader(Path(checkpoint) if checkpoint else None)
