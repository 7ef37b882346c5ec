"""The mission server of 2022 without its network: when a run may start, what it takes, and how it ends.

Known: the team posts `{"team_id", "command": "MISSION_START"}` once the drone is armed and above 0.5 m for 2 s, posts
answers as it goes, and ends with `{"team_id", "secret", "end_of_mission": "true"}`; a run has eight minutes; a reply says
OK or ERROR. Participants' public code wraps an answer as `{"team_id", "secret", "answer_sheet": {...}}` and reads `status`
and `msg` of a reply. Ours: the messages' texts, that the eight minutes begin with the start, and what is refused.
"""

import hmac
import threading
from typing import Any, NamedTuple

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import told
from goldentime.eval.contest.rooms2022 import Run2022, Said, parse_answer
from goldentime.records import record

__all__ = ["Desk", "DeskRules", "FlightState", "Reply"]


class FlightState(NamedTuple):
    """What a team may watch of the flight."""

    time_s: float
    armed: bool
    height_m: float
    """Above the ground at the start."""
    position_m: tuple[float, float, float]
    """In the mission frame."""
    quaternion_xyzw: tuple[float, float, float, float]


class Reply(NamedTuple):
    """What a post is answered with."""

    status: str
    """`OK` or `ERROR`."""
    msg: str


@record
class DeskRules:
    """When a run may start and how long it may last."""

    above_m: float = 0.5
    for_s: float = 2.0
    limit_s: float = 480.0
    """After the start, in the time of the flight."""
    most_answers: int = 500
    """Posted answers, right or wrong."""


class Desk:
    """One run of one team. Posts and the flight come from different threads.

    Args:
        team_id: who may post.
        secret: what proves it.
        rooms: ids of the rooms that there are.
        rules: see there.
    """

    def __init__(self, team_id: str, secret: str, rooms: frozenset[str], rules: DeskRules | None = None) -> None:
        self._team_id, self._secret, self._rooms = team_id, secret, rooms
        self._rules = rules if rules is not None else DeskRules()
        self._lock = threading.Lock()
        self._flight: FlightState | None = None
        self._aloft_s: float | None = None
        self._started_s: float | None = None
        self._ended = False
        self._answers: Said = {}
        self._posts = 0

    def observe(self, flight: FlightState) -> None:
        """The flight goes on."""
        with self._lock:
            aloft = flight.armed and flight.height_m > self._rules.above_m
            if not aloft:
                self._aloft_s = None
            elif self._aloft_s is None:
                self._aloft_s = flight.time_s
            self._flight = flight

    @property
    def ended(self) -> bool:
        """Whether the team has ended its run."""
        with self._lock:
            return self._ended

    def run(self) -> Run2022:
        """What the team has told so far."""
        with self._lock:
            return Run2022(dict(self._answers), self._ended)

    def state(self) -> dict[str, Any]:
        """What a team may watch, JSON-able."""
        with self._lock:
            flight = self._flight
            left = None if self._started_s is None or flight is None else self._left_s(flight)
            seen = {} if flight is None else flight._asdict()
            return {**seen, "started": self._started_s is not None, "ended": self._ended, "time_left_s": left}

    def mission(self, data: Any) -> Reply:
        """A post that starts the run."""
        with self._lock:
            if not isinstance(data, dict) or data.keys() - {"secret"} != {"team_id", "command"}:
                return _refused(f"expected team_id and command, got {_keys(data)}")
            if not self._is_team(data["team_id"]) or not _equal(data.get("secret", self._secret), self._secret):
                return _refused("team_id or secret: unknown")
            if data["command"] != "MISSION_START":
                return _refused(f"command: expected 'MISSION_START', got {told([data['command']])}")
            if self._started_s is not None:
                return _refused("the mission was started before")
            flight, rules = self._flight, self._rules
            held_s = flight.time_s - self._aloft_s if flight is not None and self._aloft_s is not None else 0.0
            if flight is None or held_s < rules.for_s - 1e-6:
                wanted = f"armed and above {rules.above_m:g} m for {rules.for_s:g} s"
                return _refused(f"the mission starts once the drone is {wanted}, it was so for {held_s:.1f} s")
            self._started_s = flight.time_s
            return Reply("OK", f"mission started at {flight.time_s:.1f} s")

    def answer(self, data: Any) -> Reply:
        """A post with an answer, or the one that ends the run."""
        with self._lock:
            what = {"team_id", "secret", "answer_sheet"}, {"team_id", "secret", "end_of_mission"}
            if not isinstance(data, dict) or data.keys() not in what:
                return _refused(f"expected team_id, secret and answer_sheet or end_of_mission, got {_keys(data)}")
            if not self._is_team(data["team_id"]) or not _equal(data["secret"], self._secret):
                return _refused("team_id or secret: unknown")
            if self._ended:
                return _refused("the mission was ended before")
            if self._started_s is None or self._flight is None:
                return _refused("the mission has not been started")
            if "end_of_mission" in data:
                return self._end(data["end_of_mission"])
            return self._take(data["answer_sheet"], self._flight)

    def _end(self, word: Any) -> Reply:
        if word != "true":
            return _refused(f"end_of_mission: expected 'true', got {told([word])}")
        self._ended = True
        return Reply("OK", f"mission ended with {len(self._answers)} answers")

    def _take(self, sheet: Any, flight: FlightState) -> Reply:
        self._posts += 1
        if self._posts > self._rules.most_answers:
            return _refused(f"expected at most {self._rules.most_answers} answers")
        if self._left_s(flight) <= 0.0:
            return _refused(f"the time of {self._rules.limit_s:g} s is over")
        try:
            (room, mission), said = parse_answer(sheet, "answer_sheet")
        except ConfigError as error:
            return _refused(str(error))
        if room not in self._rooms:
            return _refused(f"answer_sheet.room_id: expected one of {', '.join(sorted(self._rooms))}, got {told([room])}")
        self._answers[room, mission] = said
        return Reply("OK", f"answer to mission {mission} in room {room}")

    def _left_s(self, flight: FlightState) -> float:
        assert self._started_s is not None
        return max(self._started_s + self._rules.limit_s - flight.time_s, 0.0)

    def _is_team(self, name: Any) -> bool:
        return _equal(name, self._team_id)


def _equal(given: Any, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _refused(why: str) -> Reply:
    return Reply("ERROR", why)


def _keys(data: Any) -> str:
    return told([*data]) if isinstance(data, dict) else told([data])
