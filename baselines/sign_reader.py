"""`SignReader`: plays the sign mission with on-board sensing and a trained reader.

It patrols the route, looks around, reads what it sees, puts it on a map by the depth camera, and in passing keeps looking
at what it could not read well. A sign is reported with the text that all looks at it speak for most.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.patrol import SENSES, Patrol
from goldentime.baselines.reporting import no_message, no_report, report_sheet
from goldentime.baselines.sign_kinds import KINDS, likely_kinds
from goldentime.baselines.sign_votes import Verdict, alike, verdict
from goldentime.errors import ConfigError
from goldentime.perception.landmarks import Landmark, LandmarkMap, Sighting
from goldentime.perception.reading import Reading
from goldentime.perception.sighting import Look, depth_in, eye_of
from goldentime.types import Brief

__all__ = ["Reads", "SignReader"]

_SIGN = "sign"
_GATE_M, _REACH_M = 0.45, 9.0
_LEAST = 0.15
"""Confidence below which a reading is no sighting."""
_SURE, _SURE_SHARE = 2.5, 0.8
"""Weight and share of the readings that agree, from which a sign is not looked at again."""
_ENOUGH, _ENOUGH_SHARE = 0.3, 0.4
"""The same, from which it is reported when the patrol is over."""
_SETTLED_S, _TWICE_S = 4.0, 7.0
"""A sign so long out of view once surely read, in looks so far apart, is reported."""
_SAME_M, _SAME_SHARE = 1.0, 0.55
"""Landmarks no farther apart, with readings so much alike or one a part of the other, are one sign."""
_UNREAD = 4
"""Sightings of a sign that nobody could read, from which it is said to be there."""
_GAZE_FROM_M, _GAZE_S, _LOST_S = 5.0, 5.0, 1.2
"""From how far away the drone looks at a sign in passing, for how long in all, and for how long without seeing it."""
_PACE = 0.6
"""Share of the speed along the route while it does."""
_SPARE_S, _LANDING_S, _CLOSING_S = 3.0, 8.0, 5.0
"""Time left from which it does not; what landing takes; and time left from which all is reported."""
_EDGE_PX = 8.0


class Reads(Protocol):
    """What the agent reads with; `perception.reading.Reader` is one."""

    def read(self, rgb: NDArray[np.uint8]) -> Sequence[Reading]:
        """All signs in a picture."""


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
        speed_m_s: float = 0.5,
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
        missing = sorted({"camera", "depth", *SENSES} - sensors.keys())
        if sheet is None or "text" not in sheet or missing:
            raise ConfigError(f"agent sign_reader, mission {brief['mission']}: expected reports of text, lacks {missing}")
        self._sheet, self._kinds, self._silence = sheet, list(sheet["kinds"]), no_message(brief)
        self._asked = set(brief["asked"])
        self._left, self._limit_s = int(brief["reports"]["budget"]), float(brief["time_limit_s"])
        self._patrol = Patrol(brief, self._speed_m_s, self._turn_rad_s)
        self._eye, self._depth_eye = (eye_of(sensors[name]["options"]) for name in ("camera", "depth"))
        self._dt_s = 1.0 / brief["action_hz"]
        self._every = max(round(brief["action_hz"] / min(sensors["camera"]["hz"], self._read_hz)), 1)
        self._map = LandmarkMap({}, _GATE_M)
        self._told: set[int] = set()
        self._gaze: Landmark | None = None
        self._gazed_s: dict[int, float] = {}
        self._verdicts: dict[tuple[tuple[int, int], ...], Verdict] = {}
        self._steps = 0

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step of the patrol, and a report if there is one to make."""
        look = self._patrol.sense(observation)
        if self._steps % self._every == 0:
            self._map.add(self._sightings(observation, look), self._patrol.time_s)
        self._steps += 1
        motion = self._move(look)
        report = self._report() if self._left else None
        if report is not None:
            self._left -= 1
        elif self._patrol.arrived:
            motion = self._patrol.motion(land=True)
        return {"motion": motion, "report": report or no_report(self._sheet), **self._silence}

    def _sightings(self, observation: Mapping[str, NDArray[Any]], look: Look) -> list[Sighting]:
        found = []
        for reading in self._reader.read(observation["camera"]):
            text = _plain(reading.text)[: self._sheet["text"]["max_length"]]
            quad = np.array(reading.quad, np.float64)
            if not text or reading.confidence < _LEAST or not self._whole(quad):
                continue
            place = self._place(quad, observation["depth"], look)
            if place is not None and (away_m := float(np.linalg.norm(place - look.position_m))) <= _REACH_M:
                votes = {"text": {text: reading.confidence}}
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
        if self._gaze is not None and now - self._gaze.last_s > _LOST_S:
            self._gaze = None
        if self._gaze is None or not self._worth(self._gaze, look):
            wanting = [mark for mark in self._map.near(look.position_m, [_SIGN], _GAZE_FROM_M) if now - mark.last_s < 0.5]
            self._gaze = next((mark for mark in wanting if self._worth(mark, look)), None)
        if self._gaze is None or not self._patrol.airborne or self._spare_s() < _SPARE_S:
            return self._patrol.motion()
        self._gazed_s[self._gaze.number] = self._gazed_s.get(self._gaze.number, 0.0) + self._dt_s
        return self._patrol.gaze(self._gaze.position_m, _PACE)

    def _spare_s(self) -> float:
        """What is left of the time when the rest of the patrol is flown."""
        rest_s = 1.15 * self._patrol.left_m / self._speed_m_s + _LANDING_S
        spare_s: float = self._limit_s - self._patrol.time_s - rest_s
        return spare_s

    def _worth(self, mark: Landmark, look: Look) -> bool:
        """Whether a longer look at a sign may help: it is not surely read, and was not looked at for long."""
        same = self._same(mark)
        gazed_s = sum(self._gazed_s.get(one.number, 0.0) for one in same)
        away_m = math.dist(mark.position_m[:2].tolist(), look.position_m[:2].tolist())
        told = any(one.number in self._told for one in same)
        return not told and gazed_s < _GAZE_S and away_m < _GAZE_FROM_M and not _sure(self._said(same))

    def _report(self) -> dict[str, Any] | None:
        last = self._patrol.arrived or self._limit_s - self._patrol.time_s < _CLOSING_S
        for mark in self._map.landmarks:
            gone = self._patrol.time_s - mark.last_s > _SETTLED_S
            if mark.number not in self._told and (last or gone):
                report = self._told_of(mark, last)
                if report is not None:
                    return report
        return None

    def _told_of(self, mark: Landmark, last: bool) -> dict[str, Any] | None:
        """What there is to be said of a sign now; it is told then, even if nothing is said of it."""
        same = self._same(mark)
        said = self._said(same)
        gone = all(self._patrol.time_s - one.last_s > _SETTLED_S for one in same)
        # From one place a line may be hidden or above the picture each time.
        twice = max(one.last_s for one in same) - min(one.first_s for one in same) > _TWICE_S
        if not last and not (gone and twice and _sure(said)):
            return None
        again = any(one.number in self._told for one in same)
        self._told |= {one.number for one in same}
        if again:
            return None
        if said.weight >= _ENOUGH and said.share >= _ENOUGH_SHARE:
            if not self._asked & likely_kinds(said.text):
                return None
            place = max(same, key=lambda one: one.votes["text"].get(said.text, 0.0)).position_m
            return self._say("text", place, said.text)
        unread = self._asked >= {*KINDS} and mark.sightings >= _UNREAD
        return self._say("unclear", mark.position_m, "") if unread else None

    def _say(self, kind: str, position_m: NDArray[np.float64], text: str) -> dict[str, Any]:
        return {"kind": self._kinds.index(kind), "position_m": position_m.astype(np.float32), "text": text}

    def _same(self, mark: Landmark) -> list[Landmark]:
        """All landmarks that are this sign: parts of a long one are seen at different places."""
        text = self._text(mark)
        near = self._map.near(mark.position_m, [_SIGN], _SAME_M)
        return [one for one in near if one is mark or _compatible(text, self._text(one))]

    def _text(self, mark: Landmark) -> str:
        return self._said([mark]).text or mark.choice("text")

    def _said(self, marks: Sequence[Landmark]) -> Verdict:
        """What the readings of some landmarks come to; thought over only when there are new ones."""
        key = tuple((mark.number, mark.sightings) for mark in marks)
        if key not in self._verdicts:
            self._verdicts[key] = verdict(_pooled(marks))
        return self._verdicts[key]


def _compatible(a: str, b: str) -> bool:
    """Whether two texts are about the same, or one is a part of the other."""
    x, y = a.replace(" ", ""), b.replace(" ", "")
    return x in y or y in x or alike(a, b) >= _SAME_SHARE


def _pooled(marks: Sequence[Landmark]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for mark in marks:
        for text, weight in mark.votes["text"].items():
            weights[text] = weights.get(text, 0.0) + weight
    return weights


def _sure(said: Verdict) -> bool:
    return said.weight >= _SURE and said.share >= _SURE_SHARE


def _plain(text: str) -> str:
    """Without what a report can't hold, such as the mark of a covered character."""
    return " ".join("".join(c for c in text if " " <= c <= "~" or "가" <= c <= "힣").split())


def _load(checkpoint: str | None) -> Reads:
    from pathlib import Path

    from goldentime.perception.reading import load_reader

    return load_reader(Path(checkpoint) if checkpoint else None)
