"""Further figures for training, so that kinds of people are told from more than one or two bodies and outfits each.

Their builds follow those of `people.py`, which keeps the last of each kind for the test pool.
"""

from typing import Literal

from goldentime.envs.assets.library import Colour
from goldentime.envs.assets.makehuman import Physique
from goldentime.envs.assets.people import PEOPLE, REGIONS, Outfit, Person

__all__ = ["FURTHER"]

_Row = tuple[Physique, Outfit, tuple[tuple[str, Colour], ...]]

_ASIAN, _EUROPEAN, _AFRICAN = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
_SKINS: dict[tuple[float, float, float], Colour] = {
    _ASIAN: (0.87, 0.70, 0.58), _EUROPEAN: (0.92, 0.76, 0.66), _AFRICAN: (0.36, 0.23, 0.16),
}  # fmt: skip
_GREY: Colour = (0.74, 0.74, 0.73)
_RECEDING = (0.05, 0.26, 0.46, 0.76, 0.92, 1.05)
_FALLING = (-0.1, 0.12, 0.38, 0.60, 0.80, 0.86)
"""Lower ends of hair, as in `Outfit.hairline`."""
_TEE, _ROLLED = 0.75, 1.3
"""Sleeves."""


def _row(physique: Physique, outfit: Outfit, top: Colour, bottom: Colour, *further: tuple[str, Colour]) -> _Row:
    hair = _GREY if physique.age > 0.8 else (0.08, 0.06, 0.05)
    own = (("top", top), ("bottom", bottom), ("skin", _SKINS[physique.origin]), ("hair", hair))
    return physique, outfit, (*own, *further)


def _gear(
    kind: Literal["firefighter", "medic"], bulk: float, hair: Literal["short", "bob", "bun"] = "short", sleeve: float = 1.9
) -> Outfit:
    if kind == "firefighter":
        return Outfit(gear=kind, stripes=True, hem=-0.35, bulk=bulk, sleeve=2.0, leg=2.0, shoe=1.72)
    return Outfit(gear=kind, stripes=True, hem=0.0, bulk=bulk, hair=hair, sleeve=sleeve)


_BLUE, _DARK, _RED = (0.24, 0.38, 0.62), (0.16, 0.17, 0.20), (0.70, 0.18, 0.16)
_GREEN, _WHITE, _SAND = (0.22, 0.48, 0.30), (0.92, 0.91, 0.88), (0.66, 0.60, 0.46)
_NAVY, _LIME, _TEAL = (0.10, 0.14, 0.30), (0.78, 0.86, 0.18), (0.20, 0.52, 0.54)
_BLACK_HAT, _RED_HAT, _WHITE_HAT = ("helmet", (0.10, 0.10, 0.11)), ("helmet", (0.72, 0.10, 0.10)), ("helmet", _WHITE)

_ROWS: dict[str, tuple[_Row, ...]] = {
    "man": (
        _row(Physique(male=1, age=0.68, weight=0.65, height=0.58), Outfit(sleeve=_ROLLED), _WHITE, _DARK),
        _row(Physique(male=1, age=0.4, height=0.66, origin=_EUROPEAN), Outfit(sleeve=_TEE, leg=0.9), _RED, _SAND),
        _row(Physique(male=1, age=0.55, muscle=0.7, height=0.6), Outfit(hem=-0.15, bulk=1.9), _DARK, _BLUE),
    ),
    "woman": (
        _row(
            Physique(male=0, age=0.42, weight=0.3, height=0.6),
            Outfit(hair="long", hairline=_FALLING, leg=0.95, sleeve=_TEE),
            _LIME,
            _BLUE,
        ),
        _row(
            Physique(male=0, age=0.65, weight=0.65, height=0.55),
            Outfit(hair="bob", hairline=_FALLING, skirt=0.85, leg=0.05, hem=0.4),
            _NAVY,
            _RED,
        ),
        _row(Physique(male=0, age=0.5, height=0.6, origin=_EUROPEAN), Outfit(hair="bob", hem=-0.1, bulk=1.6), _SAND, _DARK),
        _row(
            Physique(male=0, age=0.5, weight=0.55, height=0.58, origin=_AFRICAN),
            Outfit(hair="bun", sleeve=1.6),
            _TEAL,
            _DARK,
        ),
    ),
    "child": (
        _row(Physique(male=1, age=0.15, height=0.5), Outfit(bulk=1.5), _LIME, _NAVY),
        _row(
            Physique(male=0, age=0.21, height=0.5, origin=_AFRICAN), Outfit(hair="bun", sleeve=_TEE, leg=0.95), _RED, _BLUE
        ),
        _row(
            Physique(male=0, age=0.17, weight=0.6, height=0.45),
            Outfit(hair="bob", hairline=_FALLING, skirt=0.7, leg=0.05, sleeve=_ROLLED, hem=0.4),
            _WHITE,
            _TEAL,
        ),
    ),
    "elderly_man": (
        _row(
            Physique(male=1, age=0.9, weight=0.35, height=0.55),
            Outfit(hairline=_RECEDING, hem=-0.1, bulk=1.4),
            _DARK,
            _SAND,
        ),
        _row(Physique(male=1, age=0.97, height=0.5, origin=_AFRICAN), Outfit(sleeve=_ROLLED), _WHITE, _BLUE),
        _row(Physique(male=1, age=0.88, weight=0.7, height=0.58), Outfit(hairline=_RECEDING, sleeve=1.6), _GREEN, _DARK),
        _row(Physique(male=1, age=0.93, muscle=0.35, height=0.52, origin=_EUROPEAN), Outfit(bulk=1.7), _NAVY, _DARK),
    ),
    "elderly_woman": (
        _row(Physique(male=0, age=0.92, weight=0.6, height=0.54), Outfit(hair="bun", bulk=1.5), _RED, _DARK),
        _row(
            Physique(male=0, age=0.88, weight=0.4, height=0.56, origin=_AFRICAN),
            Outfit(hair="bob", skirt=1.0, leg=0.05, hem=0.4),
            _SAND,
            _NAVY,
        ),
        _row(Physique(male=0, age=0.97, height=0.5), Outfit(sleeve=_ROLLED, hem=-0.1), _TEAL, _DARK),
        _row(
            Physique(male=0, age=0.9, weight=0.65, height=0.55),
            Outfit(hair="bob", hairline=_FALLING, skirt=0.9, leg=0.05, sleeve=1.9, hem=0.3),
            _GREEN,
            _SAND,
        ),
    ),
    "firefighter": (
        _row(
            Physique(male=1, age=0.55, height=0.6),
            _gear("firefighter", 2.0),
            (0.72, 0.64, 0.42),
            (0.72, 0.64, 0.42),
            _BLACK_HAT,
        ),
        _row(
            Physique(male=1, age=0.45, muscle=0.6, height=0.66),
            _gear("firefighter", 2.4),
            (0.62, 0.16, 0.10),
            _DARK,
            _WHITE_HAT,
        ),
        _row(
            Physique(male=0, age=0.5, height=0.62),
            _gear("firefighter", 2.2),
            (0.14, 0.20, 0.42),
            (0.14, 0.20, 0.42),
            _RED_HAT,
        ),
    ),
    "medic": (
        _row(Physique(male=1, age=0.5, height=0.6, origin=_EUROPEAN), _gear("medic", 1.6), _LIME, _NAVY),
        _row(Physique(male=0, age=0.5, height=0.6), _gear("medic", 1.3, "bob"), _RED, _DARK),
        _row(Physique(male=0, age=0.6, weight=0.6, height=0.57), _gear("medic", 1.2, "bun", _TEE), _TEAL, _TEAL),
        _row(
            Physique(male=1, age=0.6, weight=0.65, height=0.58, origin=_AFRICAN),
            _gear("medic", 1.3, sleeve=_TEE),
            _NAVY,
            _NAVY,
        ),
        _row(Physique(male=1, age=0.45, height=0.63), _gear("medic", 1.5), _GREEN, _GREEN),
    ),
    "mannequin": ((Physique(male=0, age=0.5, height=0.62), Outfit(bulk=0.1), tuple((name, _SAND) for name in REGIONS)),),
}

FURTHER: tuple[Person, ...] = tuple(
    Person(kind=kind, build=build, physique=physique, outfit=outfit, paint=paint, both_arms=build % 2 == 1)
    for kind, rows in _ROWS.items()
    for build, (physique, outfit, paint) in enumerate(rows, sum(person.kind == kind for person in PEOPLE))
)
"""All of the train pool."""
