"""The semantic classes of a picture and the colours of materials."""

from zlib import crc32

__all__ = ["CLASSES", "OTHER", "Rgb", "colour_of", "semantic_id"]

Rgb = tuple[float, float, float]
"""Red, green and blue as the picture's bytes have them, in [0, 1]."""

CLASSES = (
    "sky", "ground", "obstacle", "wall", "net", "pole", "tree", "tunnel", "window", "pad", "box", "glass",
    "drone", "kit", "mover", "person", "firefighter", "medic", "mannequin", "poster", "fire", "smoke", "sign",
    "fire_extinguisher", "hydrant", "car", "bicycle", "motorcycle", "backpack", "suitcase", "door", "wheelchair",
    "furniture", "gas_cylinder", "cone", "relief_kit", "building", "floor", "ceiling", "stairs",
    "bed", "chair", "shelf", "sofa", "table",
    "triage_tag_black", "triage_tag_green", "triage_tag_red", "triage_tag_yellow",
)  # fmt: skip
"""A class's place is its number in a semantic picture. Append only: stored pictures depend on the order."""

OTHER = 255
"""The number of every class that is not in the list."""

_IDS = {name: number for number, name in enumerate(CLASSES)}

_MATERIALS: dict[str, Rgb] = {
    "asphalt": (0.25, 0.25, 0.26),
    "brick": (0.58, 0.32, 0.25),
    "concrete": (0.66, 0.65, 0.62),
    "foliage": (0.25, 0.45, 0.20),
    "glass": (0.62, 0.78, 0.82),
    "ground": (0.48, 0.47, 0.44),
    "nylon": (0.85, 0.55, 0.18),
    "plaster": (0.83, 0.81, 0.76),
    "plastic": (0.55, 0.55, 0.56),
    "plywood": (0.70, 0.54, 0.34),
    "rubber": (0.80, 0.68, 0.14),
    "steel": (0.52, 0.56, 0.60),
    "wood": (0.46, 0.34, 0.23),
}
_CLASS_COLOURS: dict[str, Rgb] = {
    "drone": (0.16, 0.17, 0.19),
    "kit": (0.80, 0.14, 0.12),
    "mover": (0.82, 0.34, 0.20),
    "pole": (0.70, 0.22, 0.20),
}


def semantic_id(semantic: str) -> int:
    """The number of a class in semantic pictures."""
    return _IDS.get(semantic, OTHER)


def colour_of(semantic: str, material: str) -> Rgb:
    """The colour of a primitive: its class's own, or its material's; a material unknown here has a grey of its own."""
    own = _CLASS_COLOURS.get(semantic) or _MATERIALS.get(material)
    if own is not None:
        return own
    grey = 0.35 + 0.4 * (crc32(material.encode()) % 256) / 255.0
    return grey, grey, grey
