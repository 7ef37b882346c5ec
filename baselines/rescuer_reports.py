"""What the rescuer says: each find once it is sure, and all people again at the end, in the order of their need."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.reporting import no_report
from goldentime.baselines.rescuer_findings import CYLINDER, FAKES, FIRE, PERSON, Findings
from goldentime.baselines.rescuer_others import Others
from goldentime.perception.landmarks import Landmark

__all__ = ["Teller", "condition_of", "victims"]

_SEEN, _SURE = {PERSON: 3, FIRE: 3, CYLINDER: 3}, 0.42
"""So many sightings with at least this mean score make a find,"""
_WEIGHT, _WEIGHT_WARM, _WEIGHT_ALONE, _WEIGHT_POST, _WEIGHT_UNFELT = 2.2, 1.1, 1.7, 4.5, 3.4
"""and of people, whom it is worth to guess, as many with at least this sum, less for those who are warm, but for those who
are nothing but warm, the more if they stand, as hot walls and lintels do, and for those at whom no thermal camera has
looked."""
_WARM_SHARE, _COLD_SHARE = 0.6, 0.6
"""Share of the looks that must say so; who is as cold as the room is a thing."""
_RESCUERS = ("firefighter", "medic", *FAKES)
_RESCUER_SHARE, _DOUBT = 0.4, 1.0
"""Who seems to be none to be rescued by so large a share of votes, to which so many for the contrary are added."""
_CERTAIN, _KIND_CERTAIN = 3.5, 2.0
"""With larger sums of scores, and of votes on the kind, somebody is told again; a wrong report costs each time."""
_SETTLED_S, _PLENTY = 1.5, 8
"""A find is told when it is out of view for so long, or was seen so often."""
_BESIDE_FIRE_M, _RISE_M = 3.3, 1.8
"""A cylinder so near to a fire, and no farther up or down, is a danger."""
_SAME_M = 1.8
"""People who were seen no farther apart may be one who moved."""
_LYING, _LOW = ("lying_back", "lying_side"), ("sitting", "crouching")
_ORDER = ("immediate", "urgent", "non_urgent", "dead")


def condition_of(mark: Landmark) -> str:
    """How somebody seems to be, by how they lie, sit or stand."""
    low, lying = (sum(mark.share("posture", name) for name in names) for names in (_LOW, _LYING))
    if lying > 0.5 or (lying >= low and lying > 0.34):
        return "immediate"
    return "urgent" if low > 0.4 else "non_urgent"


def victims(findings: Findings, time_s: float, *, last: bool = False) -> list[Landmark]:
    """People of whom it is sure enough that they are there and need help."""
    found: list[Landmark] = []
    for mark in findings.marks(PERSON, _SEEN[PERSON]):
        down = condition_of(mark) == "immediate"
        kinds = mark.votes.get("kind", {})
        other = sum(kinds.get(kind, 0.0) for kind in (FAKES if down else _RESCUERS))
        rescuer = other / (sum(kinds.values()) + _DOUBT)
        alone = _WEIGHT_POST if condition_of(mark) == "non_urgent" else _WEIGHT_ALONE
        warm = _WEIGHT_WARM if kinds else alone
        felt = _WEIGHT if mark.votes.get("warm") else _WEIGHT_UNFELT
        weight = warm if mark.share("warm", "yes") > _WARM_SHARE else felt
        rescuer = 1.0 if mark.share("warm", "no") > _COLD_SHARE else rescuer
        settled = last or mark.sightings >= _PLENTY or time_s - mark.last_s > _SETTLED_S
        sure = mark.score >= weight and rescuer < _RESCUER_SHARE
        if (
            sure
            and settled
            and all(
                np.linalg.norm(mark.position_m - other.position_m) > _SAME_M or mark.choice("kind") != other.choice("kind")
                for other in found
            )
        ):
            found.append(mark)
    return found


class Teller:
    """Makes the reports.

    Args:
        sheet: of the brief.
        budget: reports that may be made.
        plate_of: the text of the plate of the room in which a place is.
        others: what need not be told, since others did.
    """

    def __init__(
        self, sheet: Mapping[str, Any], budget: int, plate_of: Callable[[NDArray[np.float64]], str], others: Others
    ) -> None:
        self._sheet, self._left, self._plate_of, self._others = sheet, budget, plate_of, others
        self._kinds = list(sheet["kinds"])
        self._told: dict[int, Landmark] = {}
        self._said: dict[int, dict[str, Any]] = {}
        self._things: set[int] = set()
        self._final: list[dict[str, Any]] | None = None

    @property
    def things(self) -> set[int]:
        """Fires and cylinders that were reported, by number of the landmark."""
        return set(self._things)

    @property
    def told(self) -> dict[int, Landmark]:
        """People who were reported, by number of the landmark."""
        return dict(self._told)

    def next(self, findings: Findings, time_s: float, *, last: bool) -> dict[str, Any] | None:
        """The next report, None if there is nothing to say.

        Args:
            findings: what was seen.
            time_s: now.
            last: whether the flight is over, and all is to be said.
        """
        if not self._left:
            return None
        report = self._fresh(findings, time_s, last=last)
        if report is None and last:
            if self._final is None:
                self._final = self._summary()
            report = self._final.pop(0) if self._final else None
        self._left -= report is not None
        return report

    def _fresh(self, findings: Findings, time_s: float, *, last: bool) -> dict[str, Any] | None:
        for mark in victims(findings, time_s, last=last):
            if mark.number not in self._told and not self._others.knows_person(mark.position_m):
                self._told[mark.number] = mark
                self._said[mark.number] = self._person(mark, self._rank(mark))
                return self._said[mark.number]
        for mark in findings.marks(FIRE, _SEEN[FIRE])[:1]:
            known = self._others.things.get(FIRE)
            if not known and mark.number not in self._things and mark.score >= _SURE * mark.sightings:
                self._things.add(mark.number)
                return self._say(FIRE, mark.position_m)
        fires = findings.marks(FIRE, _SEEN[FIRE])
        for mark in findings.marks(CYLINDER, _SEEN[CYLINDER]) if CYLINDER not in self._others.things else ():
            if not any(self._things & {one.number} for one in findings.marks(CYLINDER)) and _endangered(mark, fires):
                self._things.add(mark.number)
                return self._say(CYLINDER, mark.position_m)
        return None

    def _rank(self, mark: Landmark) -> int:
        """In the order of need, with room between for those who are found later; of equals who was found first."""
        most = int(self._sheet["counts"]["rank"])
        state = condition_of(mark)
        same = [one.number for one in self._told.values() if condition_of(one) == state]
        return min(1 + _ORDER.index(state) * most // 3 + same.index(mark.number), most)

    def _summary(self) -> list[dict[str, Any]]:
        """Of whom something else is to be said than was said, if they are surely there; and how many there are."""
        people = []
        for number, mark in self._told.items():
            now = self._person(mark, self._rank(mark))
            changed = any(now[name] != self._said[number][name] for name in ("kind", "condition", "text", "rank"))
            clear = mark.score > _CERTAIN and sum(mark.votes.get("kind", {}).values()) > _KIND_CERTAIN
            if changed and clear:
                people.append(now)
        everybody = [*self._told.values(), *self._others.people.values()]
        moving = sum(_moves(mark) for mark in everybody)
        count = self._say("count", np.zeros(3)) | {"moving": moving, "staying": len(everybody) - moving}
        return [*people, count] if everybody else []

    def _person(self, mark: Landmark, rank: int) -> dict[str, Any]:
        answers = {"condition": condition_of(mark), "motion": "moves" if _moves(mark) else "stays"}
        chosen = {name: list(self._sheet["questions"][name]).index(answer) for name, answer in answers.items()}
        text = self._plate_of(mark.position_m)[: self._sheet["text"]["max_length"]]
        kind = mark.choice("kind")
        said = self._say(kind if kind in self._kinds else PERSON, mark.position_m)
        return said | chosen | {"text": text, "rank": min(rank, int(self._sheet["counts"]["rank"]))}

    def _say(self, kind: str, place_m: NDArray[np.float64]) -> dict[str, Any]:
        return no_report(self._sheet) | {"kind": self._kinds.index(kind), "position_m": place_m.astype(np.float32)}


def _moves(mark: Landmark) -> bool:
    return mark.share("posture", "walking") > 0.35


def _endangered(mark: Landmark, fires: list[Landmark]) -> bool:
    offsets = [mark.position_m - fire.position_m for fire in fires]
    return any(np.linalg.norm(step) < _BESIDE_FIRE_M and abs(step[2]) < _RISE_M for step in offsets)
