"""Who is in the library: body, clothes and colours of each figure."""

from typing import Literal

from goldentime.envs.assets.library import Colour
from goldentime.envs.assets.makehuman import Physique
from goldentime.records import record

__all__ = ["PEOPLE", "REGIONS", "Outfit", "Person", "colours"]

REGIONS = ("skin", "eyes", "hair", "top", "bottom", "shoes", "stripes", "helmet", "tank", "emblem")

_SHORT = (0.05, 0.28, 0.42, 0.62, 0.80, 0.86)
_RECEDING = (0.08, 0.30, 0.50, 0.80, 0.95, 1.10)
_LONG = (-0.2, 0.10, 0.36, 0.58, 0.80, 0.86)


@record
class Outfit:
    """Clothes and hair; limbs are counted in bones, so 1.4 is 40 percent down the second."""

    sleeve: float = 1.9
    """Where the sleeves end, from the shoulder."""
    leg: float = 1.95
    """Where the trousers end, from the hip."""
    shoe: float = 1.90
    """Where the shoes begin, from the hip."""
    hem: float = 0.10
    """Where the top ends, from the hip (0) to the chest (1); below 0 towards the knee (-1)."""
    skirt: float = 0.0
    """Length of a skirt from the hip (0, none) to the knee (1)."""
    hair: Literal["short", "bob", "long", "bun"] = "short"
    hairline: tuple[float, ...] = _SHORT
    """Lower end of the hair as a share of the head's height, from the back of the head to the tip of the nose."""
    gear: Literal["none", "firefighter", "medic"] = "none"
    stripes: bool = False
    bulk: float = 1.0
    """Factor on the thickness of the clothes."""

    @property
    def thickness(self) -> dict[str, float]:
        """[m] how far each part stands off the body."""
        cloth = {"top": 0.016, "bottom": 0.024 if self.skirt else 0.012, "stripes": 0.018}
        return {name: depth * self.bulk for name, depth in cloth.items()} | {"hair": 0.012, "shoes": 0.009}


@record
class Person:
    """One figure of the library."""

    kind: str
    build: int
    physique: Physique
    outfit: Outfit
    paint: tuple[tuple[str, Colour], ...]
    both_arms: bool = False
    """Waves with both."""
    poster: bool = False
    """Also printed on a board."""

    @property
    def name(self) -> str:
        """Stem of the file."""
        return f"{self.kind}-{self.build}"

    @property
    def shape_key(self) -> str:
        """Figures with the same key share their triangles."""
        young = "child" if self.physique.age < 0.4 else "adult"
        return f"{young} {self.physique.male > 0.5} {self.outfit}"


def colours(person: Person) -> tuple[tuple[str, Colour], ...]:
    """A colour for each of `REGIONS`."""
    paint = dict(_PLAIN) | dict(person.paint)
    return tuple((name, paint[name]) for name in REGIONS)


_PLAIN: dict[str, Colour] = {
    "skin": (0.87, 0.70, 0.58),
    "eyes": (0.16, 0.13, 0.12),
    "hair": (0.10, 0.08, 0.07),
    "top": (0.5, 0.5, 0.5),
    "bottom": (0.2, 0.22, 0.3),
    "shoes": (0.15, 0.14, 0.14),
    "stripes": (0.93, 0.95, 0.72),
    "helmet": (0.93, 0.78, 0.12),
    "tank": (0.85, 0.80, 0.20),
    "emblem": (0.80, 0.06, 0.08),
}

_ASIAN, _EUROPEAN, _AFRICAN = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)
_DARK: Colour = (0.36, 0.23, 0.16)
_FAIR: Colour = (0.92, 0.76, 0.66)
_GREY: Colour = (0.72, 0.72, 0.71)


def _paint(
    top: Colour,
    bottom: Colour,
    skin: Colour = _PLAIN["skin"],
    hair: Colour = _PLAIN["hair"],
    shoes: Colour = _PLAIN["shoes"],
) -> tuple[tuple[str, Colour], ...]:
    return (("top", top), ("bottom", bottom), ("skin", skin), ("hair", hair), ("shoes", shoes))


_MAN = (
    (Physique(male=1, age=0.5, height=0.62), Outfit(), _paint((0.22, 0.36, 0.60), (0.16, 0.17, 0.22))),
    (
        Physique(male=1, age=0.6, weight=0.85, height=0.54, origin=_EUROPEAN),
        Outfit(sleeve=0.75),
        _paint((0.72, 0.18, 0.15), (0.35, 0.32, 0.26), _FAIR, (0.35, 0.22, 0.12)),
    ),
    (
        Physique(male=1, age=0.45, muscle=0.75, height=0.57, origin=_AFRICAN),
        Outfit(sleeve=0.75, leg=0.92),
        _paint((0.90, 0.88, 0.80), (0.20, 0.34, 0.28), _DARK, (0.05, 0.05, 0.05), (0.85, 0.85, 0.86)),
    ),
    (
        Physique(male=1, age=0.55, weight=0.25, height=0.58),
        Outfit(hem=-0.05, bulk=1.5),
        _paint((0.26, 0.27, 0.24), (0.28, 0.36, 0.50)),
    ),
)
_WOMAN = (
    (
        Physique(male=0, age=0.5, height=0.60),
        Outfit(hair="bob", hairline=_LONG),
        _paint((0.75, 0.20, 0.22), (0.20, 0.24, 0.36)),
    ),
    (
        Physique(male=0, age=0.5, weight=0.4, height=0.56),
        Outfit(hair="long", hairline=_LONG, skirt=0.95, leg=0.05, sleeve=0.7, hem=0.4),
        _paint((0.93, 0.90, 0.84), (0.30, 0.22, 0.45)),
    ),
    (
        Physique(male=0, age=0.6, weight=0.8, height=0.58, origin=_EUROPEAN),
        Outfit(sleeve=1.3, hair="bun"),
        _paint((0.16, 0.50, 0.48), (0.15, 0.15, 0.17), _FAIR, (0.55, 0.38, 0.20)),
    ),
    (
        Physique(male=0, age=0.45, height=0.56, origin=_AFRICAN),
        Outfit(hairline=_SHORT, skirt=0.75, leg=0.05, sleeve=0.4, hem=0.4),
        _paint((0.92, 0.66, 0.16), (0.92, 0.66, 0.16), _DARK, (0.06, 0.05, 0.05)),
    ),
)
_CHILD = (
    (
        Physique(male=1, age=0.1875, height=0.5),
        Outfit(sleeve=0.75, leg=0.9),
        _paint((0.20, 0.55, 0.85), (0.45, 0.40, 0.30), shoes=(0.85, 0.30, 0.20)),
    ),
    (
        Physique(male=0, age=0.1875, height=0.45),
        Outfit(hair="long", hairline=_LONG, skirt=0.8, leg=0.05, sleeve=0.7, hem=0.4),
        _paint((0.95, 0.75, 0.80), (0.80, 0.30, 0.50), shoes=(0.90, 0.88, 0.88)),
    ),
    (
        Physique(male=0, age=0.13, height=0.5, origin=_EUROPEAN),
        Outfit(hair="bob"),
        _paint((0.95, 0.80, 0.20), (0.25, 0.35, 0.60), _FAIR, (0.60, 0.42, 0.20)),
    ),
    (
        Physique(male=1, age=0.22, weight=0.7, height=0.4, origin=_AFRICAN),
        Outfit(),
        _paint((0.35, 0.65, 0.30), (0.22, 0.22, 0.26), _DARK, (0.06, 0.05, 0.05)),
    ),
)
_ELDERLY_MAN = (
    (
        Physique(male=1, age=0.95, height=0.55),
        Outfit(hairline=_RECEDING, hem=0.0),
        _paint((0.48, 0.42, 0.34), (0.30, 0.29, 0.28), hair=_GREY),
    ),
    (
        Physique(male=1, age=0.9, weight=0.8, height=0.51, origin=_EUROPEAN),
        Outfit(hairline=_RECEDING, sleeve=0.75),
        _paint((0.70, 0.75, 0.80), (0.42, 0.38, 0.32), _FAIR, (0.88, 0.88, 0.87)),
    ),
)
_ELDERLY_WOMAN = (
    (
        Physique(male=0, age=0.95, height=0.55),
        Outfit(bulk=1.3, hair="bob"),
        _paint((0.62, 0.38, 0.55), (0.30, 0.26, 0.32), hair=_GREY),
    ),
    (
        Physique(male=0, age=0.9, weight=0.75, height=0.57, origin=_EUROPEAN),
        Outfit(skirt=1.0, leg=0.05, sleeve=1.5, hem=0.4, hair="bun"),
        _paint((0.55, 0.65, 0.55), (0.36, 0.34, 0.40), _FAIR, (0.90, 0.90, 0.88)),
    ),
)

_COAT = Outfit(gear="firefighter", stripes=True, hem=-0.35, bulk=2.2, sleeve=2.0, leg=2.0, shoe=1.72)
_CREW = Outfit(gear="medic", stripes=True, hem=0.0, bulk=1.4)
_CREW_TIED = Outfit(gear="medic", stripes=True, hem=0.0, bulk=1.4, hair="bun")
_BUNKER: Colour = (0.30, 0.26, 0.17)
_FIREFIGHTER = (
    (Physique(male=1, age=0.5, muscle=0.7, height=0.64), _COAT, _paint(_BUNKER, _BUNKER)),
    (Physique(male=0, age=0.5, muscle=0.65, height=0.66), _COAT, _paint((0.12, 0.13, 0.18), (0.12, 0.13, 0.18))),
)
_MEDIC = (
    (Physique(male=1, age=0.55, height=0.62), _CREW, _paint((0.93, 0.93, 0.92), (0.12, 0.18, 0.36))),
    (
        Physique(male=0, age=0.5, height=0.60, origin=_EUROPEAN),
        _CREW_TIED,
        _paint((0.95, 0.50, 0.10), (0.95, 0.50, 0.10), _FAIR, (0.40, 0.25, 0.12)),
    ),
)
_CREAM: Colour = (0.86, 0.84, 0.80)
_MANNEQUIN = (
    (Physique(male=1, age=0.5, height=0.66), Outfit(bulk=0.1), tuple((name, _CREAM) for name in REGIONS)),
    (
        Physique(male=0, age=0.5, weight=0.3, height=0.66),
        Outfit(bulk=0.1),
        tuple((name, (0.2, 0.2, 0.21)) for name in REGIONS),
    ),
)

PEOPLE: tuple[Person, ...] = tuple(
    Person(
        kind=kind,
        build=build,
        physique=physique,
        outfit=outfit,
        paint=paint,
        both_arms=build % 2 == 1,
        poster=build == 0 and kind in ("man", "woman", "child", "firefighter"),
    )
    for kind, rows in (
        ("man", _MAN),
        ("woman", _WOMAN),
        ("child", _CHILD),
        ("elderly_man", _ELDERLY_MAN),
        ("elderly_woman", _ELDERLY_WOMAN),
        ("firefighter", _FIREFIGHTER),
        ("medic", _MEDIC),
        ("mannequin", _MANNEQUIN),
    )
    for build, (physique, outfit, paint) in enumerate(rows)
)
"""Everyone, kind by kind; the posture is a matter of the mesh."""
