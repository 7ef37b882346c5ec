"""Victims of a burning building in slices: men, women and children, kind, posture, whether they move, how high they are.

Everything comes from the logs alone: their headers hold the victims, `found` says who was reported, and `person`, at the
end, whether as what they are.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from goldentime.eval.board.parts import Breakdown, Part
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.aggregate import wilson
from goldentime.eval.score.slices import GROUPS

__all__ = ["has_victims", "people_breakdown"]

_HEIGHTS_M = (-math.inf, 1.5, 4.5, 7.5, math.inf)
"""Where people lie or stand above the world's ground; a storey is about 3 m high."""


class _Victim(NamedTuple):
    names: dict[str, str]
    height_m: float
    found: bool
    right: bool
    """Told as the very kind at the end."""


def has_victims(log: EpisodeLog) -> bool:
    """Whether it is a log of a mission in which people are rescued."""
    return any(event.kind == "person" and "kind_right" in event.detail for event in log.events)


def people_breakdown(logs: Sequence[EpisodeLog]) -> Breakdown:
    """All slices, shares with Wilson's intervals; empty slices are left out."""
    victims = [victim for log in logs for victim in _victims(log)]
    groups = {name: [one for one in victims if one.names["kind"] in kinds] for name, kinds in GROUPS.items()}
    parts = [_part("group", name, some) for name, some in groups.items()]
    parts.append(_part("all", "all", victims))
    for by in ("kind", "posture", "behaviour"):
        for name in sorted({one.names[by] for one in victims}):
            parts.append(_part(by, name, [one for one in victims if one.names[by] == name]))
    for low, high in pairwise(_HEIGHTS_M):
        parts.append(_part("height_m", _span(low, high), [one for one in victims if low <= one.height_m < high]))
    recalls = [part.recall.mean for part in parts[: len(groups)] if part.recall]
    gap = round(max(recalls) - min(recalls), 6) if len(recalls) > 1 else None
    return Breakdown(parts=tuple(part for part in parts if part.n), gap=gap)


def _victims(log: EpisodeLog) -> Iterator[_Victim]:
    found = {event.detail["thing"] for event in log.events if event.kind == "found"}
    told = {event.detail["person"]: event.detail for event in log.events if event.kind == "person"}
    people: Sequence[dict[str, Any]] = log.header["scenario"]["people"]
    for number, person in enumerate(people):
        if person["victim"]:
            yield _Victim(
                names={key: str(person[key]) for key in ("kind", "posture", "behaviour")},
                height_m=float(person["position"][2]),
                found=number in found,
                right=bool(told.get(number, {}).get("kind_right")),
            )


def _part(by: str, name: str, victims: Sequence[_Victim]) -> Part:
    finds = [one for one in victims if one.found]
    return Part(
        by=by,
        name=name,
        n=len(victims),
        recall=wilson(len(finds), len(victims)) if victims else None,
        right=wilson(sum(one.right for one in finds), len(finds)) if finds else None,
    )


def _span(low: float, high: float) -> str:
    return f"below {high:g}" if low == -math.inf else f"{low:g} and more" if high == math.inf else f"{low:g} to {high:g}"
