"""What is true of a rescue's rooms in the form of 2022, and whom the victims' photos show.

Ours: rooms count from 1 in the order of the level's rooms that have a plate; photos count from 1; of a room at most one
person is on a photo; men, women and children are the victims in a room when the flight begins, rescuers are none.
"""

import numpy as np

from goldentime.envs.scenario import Scenario
from goldentime.eval.contest.rooms2022 import NONE, Room, Truth2022
from goldentime.eval.contest.sheet2021 import plain_text

__all__ = ["named_rooms", "sought_people", "truth_of"]

_KINDS = {"man": 0, "elderly_man": 0, "woman": 1, "elderly_woman": 1, "child": 2}
_MOST_PHOTOS = 3


def named_rooms(scenario: Scenario) -> list[int]:
    """Places in `Level.rooms` of the rooms that answers are about, in the order of their ids."""
    return [place for place, room in enumerate(scenario.level.rooms) if room.name]


def sought_people(scenario: Scenario, rng: np.random.Generator) -> tuple[int, ...]:
    """Places in `Scenario.people` of those whom photos show, in the photos' order."""
    first: dict[int, int] = {}
    rooms = named_rooms(scenario)
    for place, person in enumerate(scenario.people):
        if person.victim and person.room in rooms:
            first.setdefault(person.room, place)
    return tuple(rng.permutation([*first.values()]).tolist()[:_MOST_PHOTOS])


def truth_of(scenario: Scenario, sought: tuple[int, ...]) -> Truth2022:
    """The truth, by the rooms' ids."""
    found = {}
    for number, place in enumerate(named_rooms(scenario), 1):
        there = [i for i, person in enumerate(scenario.people) if person.room == place and person.victim]
        counts = [0, 0, 0]
        for i in there:
            counts[_KINDS[scenario.people[i].kind]] += 1
        photo = next((str(sought.index(i) + 1) for i in there if i in sought), NONE)
        found[str(number)] = Room(photo, (counts[0], counts[1], counts[2]), plain_text(scenario.level.rooms[place].name))
    return found
