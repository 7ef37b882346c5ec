"""The message that a victim sent: where they think they are, in Korean or English."""

from collections.abc import Sequence

import numpy as np

from goldentime.envs.buildings.building import Building
from goldentime.envs.people.person import Person
from goldentime.envs.people.triage import SENSELESS

__all__ = ["message_of"]

_ROOM = {
    "en": ("Please help! I am in {room}. There is smoke coming in.", "Fire! We are in room {room}, we can't get out."),
    "ko": ("도와주세요! {room}에 있어요. 연기가 들어와요.", "불이 났어요. {room}인데 나갈 수가 없어요."),
}
_STOREY = {
    "en": ("Help! I don't know the room, it is on floor {storey}.", "There is smoke everywhere. I am on floor {storey}."),
    "ko": ("살려주세요! {storey}층이에요. 몇 호인지 모르겠어요.", "연기 때문에 안 보여요. {storey}층에 있어요."),
}


def message_of(building: Building, people: Sequence[Person], rng: np.random.Generator) -> tuple[int, str]:
    """Who sent it, by number, -1 if nobody can; and what it says."""
    able = [i for i, person in enumerate(people) if person.victim and person.injury <= SENSELESS]
    draw, language, which = rng.random(), ("ko", "en")[int(rng.integers(2))], int(rng.integers(2))
    if not able:
        return -1, ""
    sender = able[int(draw * len(able))]
    room = building.level.rooms[people[sender].room].name
    if room:
        return sender, _ROOM[language][which].format(room=room)
    storey = building.storeys[building.compartments[people[sender].room].storey].number
    return sender, _STOREY[language][which].format(storey=storey)
