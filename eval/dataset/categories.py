"""The categories of our detection data sets, in an order that stays."""

__all__ = ["BUILDINGS", "CATEGORIES", "CONTEST", "FURNITURE", "PERSON_KINDS", "category_id", "category_of"]

PERSON_KINDS = ("man", "woman", "child", "elderly_man", "elderly_woman", "firefighter", "medic")
"""What a person can be; `kind` of an annotation."""

FURNITURE = ("chair", "table", "sofa", "bed", "shelf")
"""What counts as furniture."""

BUILDINGS = ("fire_station", "hospital", "school", "police_box", "apartment", "shop_row")
"""Each a category of its own; the box holds what is visible of its walls and roof."""

CONTEST = ("person", "fire_extinguisher", "hydrant", "car", "bicycle", "motorcycle")
"""The six classes of the real contest's counting track, in its order."""

CATEGORIES = (
    *CONTEST, "fire", "mannequin", "poster", "backpack", "suitcase", "wheelchair", "gas_cylinder", "cone", "relief_kit",
    "door", "furniture", "sign", *BUILDINGS,
)  # fmt: skip
"""A category's id is its place here plus 1. Append only: stored data sets and trained detectors depend on the order."""

_IDS = {name: number for number, name in enumerate(CATEGORIES, 1)}
_GROUPS = dict.fromkeys(PERSON_KINDS, "person") | dict.fromkeys(FURNITURE, "furniture")


def category_of(kind: str) -> str | None:
    """The category that a kind of thing belongs to; None for what has none, such as a triage tag."""
    name = _GROUPS.get(kind, kind)
    return name if name in _IDS else None


def category_id(name: str) -> int:
    """The id of a category in COCO files, from 1."""
    return _IDS[name]
