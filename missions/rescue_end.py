"""The end of a rescue: what was told of each person, the order of urgency, the numbers, and who was saved.

The chance that somebody of a fractional effective dose is incapacitated is log-normal around 1 with a standard deviation
of 1 in the logarithm: 11 % at a dose of 0.3 (ISO 13571:2012). For injuries it is log-normal around the severity at which
nobody reacts any more, with a standard deviation of 0.3, which is our choice.
"""

import math
from itertools import combinations

from goldentime.envs.people.triage import SENSELESS
from goldentime.missions.rescue_rules import Book, Facts, RescueEvent, Statement, plate_text
from goldentime.types import TEAM, Event, PersonState, WorldState

__all__ = ["chance", "close", "rank_agreement", "urgency"]

_URGENCY = {"immediate": 3.0, "urgent": 2.0, "non_urgent": 1.0, "dead": 0.0}
"""Whom to help first: those who die without help soon, then those who can wait; the dead are past help (START)."""

_INJURY_SPREAD = 0.3
_LITTLE = 0.05
"""Fewer people at stake than this are too few to measure what a kit gained."""


def chance(person: PersonState) -> float:
    """Of being incapacitated or dead, in [0, 1], by gas, heat and injury together; 1 of the dead."""
    if person.condition == "dead":
        return 1.0
    clear = 1.0
    for dose, spread in ((person.fed, 1.0), (person.fed_heat, 1.0), (person.injury / SENSELESS, _INJURY_SPREAD)):
        if dose > 0.0:
            clear *= 0.5 * math.erfc(math.log(dose) / (spread * math.sqrt(2.0)))
    return 1.0 - clear


def urgency(condition: str) -> float:
    """Weight of a triage category, larger for those to be helped first."""
    return _URGENCY[condition]


def rank_agreement(statements: list[Statement | None], true: list[str]) -> float:
    """How well an order of urgency was told: Kendall's rank correlation over all pairs of unlike urgency, each weighing as
    much as the two differ; pairs in which a rank is missing or equal count as wrong halfway, so that silence earns nothing.

    Args:
        statements: of each victim, None where nothing was said.
        true: their conditions.

    Returns:
        The correlation, held to [0, 1]; 1 where there is nothing to order and all were ranked.
    """
    total = agreed = 0.0
    for a, b in combinations(range(len(true)), 2):
        weight = urgency(true[a]) - urgency(true[b])
        if weight == 0.0:
            continue
        total += abs(weight)
        ranks = [s.rank if s is not None else 0 for s in (statements[a], statements[b])]
        if 0 in ranks or ranks[0] == ranks[1]:
            continue
        agreed += abs(weight) if (ranks[0] < ranks[1]) == (weight > 0.0) else -abs(weight)
    if total == 0.0:
        return float(all(s is not None and s.rank > 0 for s in statements)) if statements else 0.0
    return max(agreed / total, 0.0)


def close(facts: Facts, book: Book, state: WorldState) -> list[Event]:
    """The events of the end.

    Args:
        facts: the instance.
        book: what was reported.
        state: of the world at the time limit, with `alone` and `best`.
    """
    now, events = state.time_s, []
    statements = [book.said.get(number) for number in facts.victims]
    for number, statement in zip(facts.victims, statements, strict=True):
        right, detail = _told_right(facts, number, statement)
        detail |= {"chance": round(chance(state.people[number]), 4), "alone": round(chance(state.alone[number]), 4)}
        events.append(Event(now, RescueEvent.PERSON, TEAM, right, detail))
    true = [
        s.true_condition if s is not None else state.people[number].condition
        for number, s in zip(facts.victims, statements, strict=True)
    ]
    events.append(Event(now, RescueEvent.RANKED, TEAM, rank_agreement(statements, true)))
    events.append(Event(now, RescueEvent.COUNTED, TEAM, _counted(facts, book)))
    return events + _saved(facts, state)


def _saved(facts: Facts, state: WorldState) -> list[Event]:
    now = state.time_s
    gained = sum(chance(state.alone[n]) - chance(state.people[n]) for n in facts.victims)
    stake = sum(chance(state.alone[n]) - chance(state.best[n]) for n in facts.victims)
    if stake >= _LITTLE:
        share = min(max(gained / stake, 0.0), 1.0)
    else:
        meant = sum(facts.people[n].help_s is not None for n in facts.victims)
        share = min(sum(state.people[n].hooded for n in facts.victims) / max(meant, 1), 1.0)
    return [
        Event(now, RescueEvent.AT_STAKE, TEAM, stake),
        Event(now, RescueEvent.GAINED, TEAM, gained),
        Event(now, RescueEvent.SAVED, TEAM, share),
    ]


def _told_right(facts: Facts, number: int, statement: Statement | None) -> tuple[float, dict[str, object]]:
    person = facts.people[number]
    room = plate_text(facts.rooms[person.room])
    motion = "stays" if person.behaviour == "stays" else "moves"
    detail: dict[str, object] = {"person": number, "kind": person.kind, "room": room, "motion": motion}
    if statement is None:
        return 0.0, detail
    answers = {
        "kind_right": statement.kind == person.kind,
        "condition_right": statement.condition == statement.true_condition,
        "motion_right": statement.motion == motion,
    }
    if room:
        answers["room_right"] = statement.room == room
    return sum(answers.values()) / len(answers), detail | {"condition": statement.true_condition, **answers}


def _counted(facts: Facts, book: Book) -> float:
    """Half for each number, less a share of it for each one too many or too few."""
    if book.counted is None:
        return 0.0
    moving = sum(facts.people[number].behaviour != "stays" for number in facts.victims)
    true = (moving, len(facts.victims) - moving)
    return sum(0.5 * max(1.0 - abs(a - b) / max(b, 1), 0.0) for a, b in zip(book.counted, true, strict=True))
