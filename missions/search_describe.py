"""The one that the brief describes: in words and as data, such that nothing else in the scene fits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from goldentime.envs.scenes.scene import Thing
from goldentime.missions.search_rules import BUILDINGS, PEOPLE
from goldentime.records import record

__all__ = ["Description", "describe", "draw_description", "fits", "told"]

_ADULTS = {"man": ("man", "elderly_man"), "woman": ("woman", "elderly_woman")}
_UNIFORMED = ("firefighter", "medic", "mannequin")
"""They can be taken for a man or a woman, so what is said of one must not fit them."""
_POSTURES = {
    "standing": "standing", "walking": "walking", "waving": "waving", "sitting": "sitting", "crouching": "crouching",
    "lying_back": "lying on the back", "lying_side": "lying on the side",
}  # fmt: skip
_SHARE_BUILDINGS = 0.3


@record
class Description:
    """What the brief says of the one to be found; empty fields are not said."""

    kind: str
    top: str = ""
    """Name of a colour."""
    bottom: str = ""
    carries: str = ""
    posture: str = ""


def fits(description: Description, thing: Thing) -> bool:
    """Whether someone who knows only the description could take this thing for it."""
    kinds: tuple[str, ...] = (description.kind,)
    if description.kind in _ADULTS:
        kinds = (*_ADULTS[description.kind], *_UNIFORMED)
    elif description.kind in PEOPLE:
        kinds = (description.kind, "mannequin")
    said = {"top": description.top, "bottom": description.bottom}
    return (
        thing.kind in kinds
        and all(thing.colours.get(region) == name for region, name in said.items() if name)
        and (not description.carries or thing.carries == description.carries)
        and (not description.posture or thing.posture == description.posture)
    )


def describe(description: Description) -> str:
    """In words."""
    if description.kind in BUILDINGS:
        return f"the {_plain(description.kind)}"
    words = _one(description.kind)
    clothes = [_one(f"{description.top} top")] if description.top else []
    clothes += [f"{description.bottom} trousers or skirt"] if description.bottom else []
    if clothes:
        words += f" in {' and '.join(clothes)}"
    if description.carries:
        words += f" with {_one(description.carries)}"
    if description.posture:
        words += f", {_POSTURES.get(description.posture, description.posture)}"
    return words


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _one(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {_plain(name)}"


def _sayings(thing: Thing) -> Iterator[Description]:
    """What can be said of a person, the shortest first; clothes before the posture, which changes."""
    colours: Mapping[str, str] = thing.colours
    top, bottom = colours.get("top", ""), colours.get("bottom", "")
    yield Description(kind=thing.kind, top=top, carries=thing.carries)
    yield Description(kind=thing.kind, top=top, bottom=bottom, carries=thing.carries)
    yield Description(kind=thing.kind, top=top, bottom=bottom, carries=thing.carries, posture=thing.posture)


def _unique(things: Sequence[Thing], number: int) -> Description | None:
    for saying in _sayings(things[number]):
        if [i for i, thing in enumerate(things) if fits(saying, thing)] == [number]:
            return saying
    return None


def draw_description(things: Sequence[Thing], rng: np.random.Generator) -> tuple[int, Description] | None:
    """Choose the one to be described.

    Returns:
        Its number and what is said of it; None where nothing in the scene can be told from all else.
    """
    people: list[tuple[int, Description]] = []
    for number, thing in enumerate(things):
        saying = _unique(things, number) if thing.kind in PEOPLE else None
        if saying is not None:
            people.append((number, saying))
    kinds = [thing.kind for thing in things]
    buildings = [
        (i, Description(kind=kind)) for i, kind in enumerate(kinds) if kind in BUILDINGS and kinds.count(kind) == 1
    ]
    chosen = buildings if buildings and (not people or rng.random() < _SHARE_BUILDINGS) else people
    return chosen[int(rng.integers(len(chosen)))] if chosen else None


def told(description: Description) -> dict[str, Any]:
    """For the brief: words, and what they say as data."""
    data = {key: value for key, value in vars(description).items() if value}
    return {"words": describe(description), **data}
