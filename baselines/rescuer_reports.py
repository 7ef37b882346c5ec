"""What the rescuer says: each find once it is sure, and all people again at the end, in the order of their need."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.reporting import no_report
from goldentime.baselines.rescuer_findings import CYLINDER, FIRE, Findings
from goldentime.baselines.rescuer_others import Others
from goldentime.baselines.rescuer_people import condition_of, kind_of, moves, victims
from goldentime.perception.landmarks import Landmark

__all__ = ["Teller"]

_SEEN, _SURE = {FIRE: 3, CYLINDER: 3}, 0.42
"""So many sightings with at least this mean score make a find."""
_CERTAIN, _KIND_CERTAIN = 3.5, 2.0
"""With larger sums of scores, and of votes on the kind, somebody is told again; a wrong report costs each time."""
_BESIDE_FIRE_M, _RISE_M = 3.3, 1.8
"""A cylinder so near to a fire, and no farther up or down, is a danger."""
_ORDER = ("urgent", "immediate", "non_urgent", "dead")
"""Of ranks: a third of those who lie are dead, so that on the mean who sits is to be helped first."""


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
        moving = sum(moves(mark) for mark in everybody)
        count = self._say("count", np.zeros(3)) | {"moving": moving, "staying": len(everybody) - moving}
        return [*people, count] if everybody else []

    def _person(self, mark: Landmark, rank: int) -> dict[str, Any]:
        answers = {"condition": condition_of(mark), "motion": "moves" if moves(mark) else "stays"}
        chosen = {name: list(self._sheet["questions"][name]).index(answer) for name, answer in answers.items()}
        text = self._plate_of(mark.position_m)[: self._sheet["text"]["max_length"]]
        said = self._say(kind_of(mark), mark.position_m)
        return said | chosen | {"text": text, "rank": min(rank, int(self._sheet["counts"]["rank"]))}

    def _say(self, kind: str, place_m: NDArray[np.float64]) -> dict[str, Any]:
        return no_report(self._sheet) | {"kind": self._kinds.index(kind), "position_m": place_m.astype(np.float32)}


def _endangered(mark: Landmark, fires: list[Landmark]) -> bool:
    offsets = [mark.position_m - fire.position_m for fire in fires]
    return any(np.linalg.norm(step) < _BESIDE_FIRE_M and abs(step[2]) < _RISE_M for step in offsets)
