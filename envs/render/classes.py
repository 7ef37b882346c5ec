"""The semantic classes of a picture and the colours of materials."""

import re
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
    "load",
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
    # Of buildings.
    "white_render": (0.90, 0.90, 0.88),
    "ivory_render": (0.91, 0.87, 0.76),
    "cream_render": (0.88, 0.80, 0.62),
    "sand_render": (0.76, 0.66, 0.50),
    "salmon_render": (0.86, 0.62, 0.52),
    "mint_render": (0.66, 0.80, 0.70),
    "sky_render": (0.66, 0.77, 0.88),
    "lilac_render": (0.74, 0.70, 0.82),
    "pale_render": (0.80, 0.84, 0.87),
    "grey_render": (0.62, 0.63, 0.65),
    "slate_render": (0.38, 0.42, 0.47),
    "brown_brick": (0.44, 0.29, 0.22),
    "yellow_brick": (0.74, 0.58, 0.36),
    "red_paint": (0.80, 0.09, 0.08),
    "crimson_paint": (0.66, 0.05, 0.12),
    "orange_paint": (0.90, 0.45, 0.08),
    "yellow_paint": (0.93, 0.78, 0.12),
    "green_paint": (0.06, 0.52, 0.26),
    "teal_paint": (0.05, 0.45, 0.50),
    "blue_paint": (0.08, 0.26, 0.66),
    "navy_paint": (0.07, 0.13, 0.34),
    "purple_paint": (0.38, 0.20, 0.48),
    "white_paint": (0.95, 0.95, 0.95),
    "black_paint": (0.09, 0.09, 0.10),
    "window_dark": (0.16, 0.19, 0.23),
    "window_blue": (0.24, 0.34, 0.46),
    "window_green": (0.20, 0.32, 0.31),
    "window_brown": (0.26, 0.22, 0.18),
}
_PAINT = re.compile("paint_[0-9a-f]{6}")
_CLASS_COLOURS: dict[str, Rgb] = {
    "drone": (0.16, 0.17, 0.19),
    "kit": (0.80, 0.14, 0.12),
    "load": (0.88, 0.58, 0.10),
    "mover": (0.82, 0.34, 0.20),
    "pole": (0.70, 0.22, 0.20),
    "rope": (0.85, 0.85, 0.80),
}


def semantic_id(semantic: str) -> int:
    """The number of a class in semantic pictures."""
    return _IDS.get(semantic, OTHER)


def colour_of(semantic: str, material: str) -> Rgb:
    """The colour of a primitive: its class's own, or its material's; a material unknown here has a grey of its own.

    `paint_` and six hexadecimal digits are a material of that colour, `paint_c83232` a red.
    """
    own = _CLASS_COLOURS.get(semantic) or _MATERIALS.get(material)
    if own is not None:
        return own
    if _PAINT.fullmatch(material):
        red, green, blue = bytes.fromhex(material.removeprefix("paint_"))
        return red / 255.0, green / 255.0, blue / 255.0
    grey = 0.35 + 0.4 * (crc32(material.encode()) % 256) / 255.0
    return grey, grey, grey
