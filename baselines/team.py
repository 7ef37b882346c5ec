"""`Team`: plays the team's mission; every drone flies one of its own, and they talk by radio.

Each explores, maps and reports as `Rescuer` does. They tell each other where they are, where they look next and what they
have found: nobody looks at what another has seen or reports what another has told. Who needs a kit is brought one by the
carrier that an assignment of least cost gives them, which every drone works out for itself from the same news. Carriers
first haul the load and drop the anchors; one that has nothing left to do flies to where a drone fell silent, to relay what
it says.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.reporting import no_report
from goldentime.baselines.rescuer import Motion, Rescuer
from goldentime.baselines.rescuer_findings import CYLINDER, FIRE, PERSON, Detects, Reads
from goldentime.baselines.rescuer_help import FOREIGN, wants_kit
from goldentime.baselines.rescuer_people import condition_of
from goldentime.baselines.team_haul import Haul
from goldentime.baselines.team_share import Carrier, Patient, share_out
from goldentime.baselines.team_talk import KIT, STAIRS, Find, State, pack, unpack
from goldentime.errors import ConfigError
from goldentime.perception.landmarks import Landmark
from goldentime.types import Brief

__all__ = ["Team"]

Floats = NDArray[np.float64]

_TELLS_S, _SHARES_S, _SPEAKS_S = 0.5, 0.5, 1.2
"""How often a drone tells of itself, how often it thinks over what is left to whom, and for how long it is its turn to
report: what two have seen at once only one of them reports."""
_SEEN_M, _AIM_M = 1.8, 2.5
"""Around where another drone has been there is nothing more to see; around where it flies to it will be seen."""
_SILENT_S, _POST_M, _SERVED_M = 6.0, 1.0, 1.5
"""Who is not heard for so long is looked for; how near to a post is there; and how near somebody served is the same one."""
_VOICE, _HEARD_S = "voice", 5.0
"""A bearing of a call is told no later than that."""
_TURNS_S = 6.0
"""So much later than the one before it each flies in, and so much earlier it comes home."""
_BERTH_M, _BACKS_M_S, _AIRBORNE_M = 1.3, 0.4, 0.6
"""How near another may come, how fast one gets out of its way, and above what height."""
_LEVEL_M, _THERE_M = 0.3, 0.4
_MATES_M = 2.4
"""What is nearer while it hauls is the other carrier."""
_POSTURES = {"immediate": "lying_back", "urgent": "sitting", "non_urgent": "standing"}
_NUMBERS = 100_000
"""Landmarks of drone i get numbers from so many times i + 1."""


class Team:
    """One drone of the reference team.

    Args:
        speed_m_s: in open space.
        talks: whether it sends messages and listens to them.
        detector: how it sees; the shipped detector if not given.
        reader: how it reads; the shipped reader if not given.
    """

    def __init__(
        self, speed_m_s: float = 1.1, talks: bool = True, detector: Detects | None = None, reader: Reads | None = None
    ) -> None:
        self._mind = Rescuer(speed_m_s=speed_m_s, detector=detector, reader=reader)
        self._talks = talks

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: it is no team's mission, or a sensor is missing.
        """
        if "team" not in brief or "load" not in brief:
            raise ConfigError(
                f"agent team, mission {brief['mission']}: expected a team's rescue, the brief tells of no team"
            )
        self._brief, self._me = brief, int(brief["drone"])
        # They come home one after another.
        self._mind.reset({**brief, "time_limit_s": brief["time_limit_s"] - _TURNS_S * self._me})
        self._entered = False
        self._haul = Haul(brief) if self._me in brief["load"]["drones"] else None
        self._starts = [np.array(one["start_m"]) for one in brief["team"]]
        self._length = brief["action"]["message"]["bytes"] if "message" in brief["action"] else 0
        self._peers: dict[int, State] = {}
        self._heard_s: dict[int, float] = {}
        self._finds: dict[tuple[str, int], Find] = {}
        self._told_s = self._shared_s = -math.inf
        self._turn = self._bearings = 0
        self._relays_at: Floats | None = None

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step of the flight, a report if there is one to make, and a message."""
        mind = self._mind
        # One that is not heard of stands where it started, or nobody knows where it is.
        mates_m = [np.array(peer.place_m) for peer in self._peers.values()]
        mind.others.mates_m, mind.flight.mates_m = self._starts + mates_m, mates_m
        mind.perceive(observation)
        if self._talks and "inbox" in observation:
            self._listen(observation["inbox"])
        if mind.flight.time_s - self._shared_s >= _SHARES_S:
            self._shared_s = mind.flight.time_s
            self._share()
        heard = self._may_report(observation)
        action = mind.answer(self._motion(observation), heard=heard)
        if heard and not action["report"]["kind"]:
            action["report"] = self._bearing() or action["report"]
        if self._length:
            action["message"] = self._message()
        return action

    def _may_report(self, observation: Mapping[str, NDArray[Any]]) -> bool:
        """Whether it is its turn, and the base would hear it."""
        turn = int(self._mind.flight.time_s / _SPEAKS_S) % len(self._starts)
        return turn == self._me and ("links" not in observation or bool(observation["links"][-1] > 0))

    def _bearing(self) -> dict[str, Any] | None:
        """A report of the next call of somebody who was found, while it is of any use: where they are is known better than
        from where they were heard."""
        sheet, mind = self._brief["action"]["report"], self._mind
        calls = mind.ears.calls if mind.ears is not None and _VOICE in sheet["kinds"] else []
        while self._bearings < len(calls):
            call = calls[self._bearings]
            self._bearings += 1
            if mind.flight.time_s - call.over_s < _HEARD_S:
                x, y, _ = (call.caller.position_m - mind.flight.fix.position_m).tolist()
                kind = {"kind": list(sheet["kinds"]).index(_VOICE), "azimuth_rad": np.float32(math.atan2(y, x))}
                return no_report(sheet) | kind
        return None

    def _motion(self, observation: Mapping[str, NDArray[Any]]) -> Motion:
        if self._haul is None or self._haul.done:
            return self._give_way() or self._enter() or self._rescue(observation)
        flight, partner = self._mind.flight, self._peers.get(self._haul.partner)
        velocity, release = self._haul.fly(flight.fix.position_m, partner.phase if partner else 0)
        flight.beside(0.0 if self._haul.done else _MATES_M)
        return Motion(velocity, release=release)

    def _give_way(self) -> Motion | None:
        """Off from a drone with a smaller number that comes near."""
        flight = self._mind.flight
        here = flight.fix.position_m
        for drone, peer in self._peers.items():
            off = here - np.array(peer.place_m)
            away_m = float(np.hypot(*off[:2]))
            if drone < self._me and away_m < _BERTH_M and abs(off[2]) < _BERTH_M and self._airborne():
                velocity = flight.hold()
                velocity[:2] += _BACKS_M_S * off[:2] / max(away_m, 0.1)
                return Motion(velocity)
        return None

    def _airborne(self) -> bool:
        return bool(self._mind.flight.fix.position_m[2] > _AIRBORNE_M)

    def _enter(self) -> Motion | None:
        """To before the door, one after another, for from beside it there is nothing to be seen of the inside."""
        flight = self._mind.flight
        gap = -flight.fix.position_m[:2]
        level = abs(float(flight.fix.position_m[2]) - flight.level_m) < _LEVEL_M
        if self._entered:
            return None
        if level and float(np.hypot(*gap)) < _THERE_M:
            self._entered = True
            self._mind.look_afresh()
            return None
        if self._haul is None and flight.time_s < _TURNS_S * self._me:
            return Motion(np.zeros(3))
        # The straight way may lead into a parked car.
        return Motion(flight.towards(np.zeros(2)) if level else flight.hold())

    def _rescue(self, observation: Mapping[str, NDArray[Any]]) -> Motion:
        post_m = self._post(observation)
        return self._mind.decide(observation) if post_m is None else self._stand_at(post_m)

    def _post(self, observation: Mapping[str, NDArray[Any]]) -> Floats | None:
        """Where it is to stand as a relay: once it has nothing else to do, the last place of a drone that fell silent."""
        mind, flight = self._mind, self._mind.flight
        if not mind.finished or mind.must_return(observation):
            self._relays_at = None
        elif self._relays_at is None:
            for drone, peer in self._peers.items():
                place = np.array(peer.place_m)
                near = flight.storey_of(place) == flight.storey and math.isfinite(flight.cost_m(place[:2]))
                if near and flight.time_s - self._heard_s[drone] > _SILENT_S:
                    self._relays_at = place[:2]
                    break
        return self._relays_at

    def _stand_at(self, post_m: Floats) -> Motion:
        flight = self._mind.flight
        away_m = float(np.hypot(*(post_m - flight.fix.position_m[:2])))
        return Motion(flight.hold() if away_m < _POST_M or flight.stuck else flight.go(post_m))

    def _listen(self, inbox: NDArray[np.uint8]) -> None:
        now_s = self._mind.flight.time_s
        for drone, row in enumerate(inbox):
            for record in unpack(row.tobytes()):
                self._heard_s[drone] = now_s
                if isinstance(record, State):
                    self._peers[drone] = record
                else:
                    key = record.category, (drone + 1) * _NUMBERS + record.number
                    if key not in self._finds:
                        self._shared_s = -math.inf
                    self._finds[key] = record

    def _share(self) -> None:
        """What is left to others: what they have found, where they look, and whom they help."""
        mind, others = self._mind, self._mind.others
        for (_, number), find in self._finds.items():
            if find.category == STAIRS:
                others.shafts[find.number] = np.array(find.place_m[:2])
            elif find.category == PERSON:
                others.people[number] = _landmark(number, find)
            elif find.category != KIT:
                others.things.setdefault(find.category, [np.array(find.place_m)])
        others.aims = []
        for peer in self._peers.values():
            place = np.array(peer.place_m)
            storey = min(max(peer.storey, 0), len(mind.flight.maps) - 1)
            plan = mind.flight.maps[storey]
            if not mind.looks:
                # Two pairs of eyes see more than one: later what others have seen as well.
                plan.done |= plan.disc(place, _SEEN_M)
            others.aims.append((storey, np.array(peer.goal_m), _AIM_M))
        others.mine = self._whom_to_help()

    def _whom_to_help(self) -> frozenset[int]:
        """Of those who need a kit, whom the assignment gives to this drone."""
        mind, flight = self._mind, self._mind.flight
        served = [np.array(find.place_m) for find in self._finds.values() if find.served]
        served += [np.array(peer.goal_m) for peer in self._peers.values() if peer.serving]
        patients = [
            Patient(number, mark.position_m, flight.storey_of(mark.position_m), condition_of(mark) == "urgent")
            for number, mark in {**mind.others.people, **mind.teller.told}.items()
            if wants_kit(mark) and number not in mind.helper.served and not _near(mark.position_m, served)
        ]
        carriers = {self._me: Carrier(flight.fix.position_m, flight.storey, mind.helper.kits)}
        carriers |= {i: Carrier(np.array(p.place_m), p.storey, p.kits) for i, p in self._peers.items()}
        return share_out(patients, carriers).get(self._me, frozenset())

    def _message(self) -> NDArray[np.uint8]:
        flight, message = self._mind.flight, np.zeros(self._length, np.uint8)
        if not self._talks or flight.time_s - self._told_s < _TELLS_S - 1e-6:
            return message
        self._told_s = flight.time_s
        own = self._own_finds()
        # They take turns where not all fit.
        self._turn += 1
        turned = own[self._turn % len(own) :] + own[: self._turn % len(own)] if own else []
        content = pack([self._state(), *turned], self._length)
        message[: len(content)] = np.frombuffer(content, np.uint8)
        return message

    def _state(self) -> State:
        mind, flight = self._mind, self._mind.flight
        x, y, z = flight.fix.position_m.tolist()
        patient_m = mind.helper.patient_m
        goal = patient_m if patient_m is not None else mind.goal_m
        aim = (x, y) if goal is None else (float(goal[0]), float(goal[1]))
        phase = self._haul.ready if self._haul is not None else 0
        return State(phase, flight.storey, mind.helper.kits, (x, y, z), aim, patient_m is not None)

    def _own_finds(self) -> list[Find]:
        mind = self._mind
        found = [
            Find(PERSON, number, _point(mark.position_m), condition_of(mark), number in mind.helper.served)
            for number, mark in mind.teller.told.items()
        ]
        served = [mind.others.people[number] for number in mind.helper.served if number in mind.others.people]
        found += [Find(KIT, mark.number % _NUMBERS, _point(mark.position_m), "", True) for mark in served]
        for storey, (x, y) in mind.storeys.shafts.items():
            if storey < mind.flight.storey:
                found.append(Find(STAIRS, storey, (float(x), float(y), mind.flight.floors_m[storey]), "", False))
        for category in (FIRE, CYLINDER):
            found += [Find(category, m.number, _point(m.position_m), "", False) for m in mind.told_things(category)]
        return found


def _landmark(number: int, find: Find) -> Landmark:
    """What another drone has found, as if seen."""
    postures = {_POSTURES[find.condition]: 1.0} if find.condition in _POSTURES else {}
    return Landmark(number, PERSON, np.array(find.place_m), FOREIGN, 0.0, 0.0, 99, 99.0, {"posture": postures})


def _near(place: Floats, others: list[Floats]) -> bool:
    return any(float(np.hypot(*(place[:2] - other[:2]))) < _SERVED_M for other in others)


def _point(place: Floats) -> tuple[float, float, float]:
    x, y, z = place.tolist()
    return x, y, z
