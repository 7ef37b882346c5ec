"""What surfaces swallow and let through, by material and octave band (`air.BANDS_HZ`, 125 Hz to 8 kHz)."""

import re

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import BANDS_HZ

__all__ = ["FURNITURE_M2", "absorption_of", "transmission_loss_db"]

Floats = NDArray[np.float64]

# Sound absorption coefficients for diffuse incidence: M. Vorlaender, Auralization (Springer 2008), annex, which for most of
# them agrees with H. Kuttruff, Room Acoustics, table 9.1. Where the annex ends at 4 kHz, that value stands for 8 kHz too.
# Marked with a star: no such entry, and the nearest taken or estimated.
_ABSORPTION: dict[str, tuple[float, ...]] = {
    "plaster": (0.02, 0.02, 0.03, 0.03, 0.04, 0.05, 0.05),  # hard surfaces on average: brick walls, plaster
    "render": (0.03, 0.03, 0.03, 0.04, 0.05, 0.07, 0.07),  # brick wall, stuccoed with a rough finish
    "brick": (0.03, 0.03, 0.03, 0.04, 0.05, 0.07, 0.07),
    "concrete": (0.01, 0.01, 0.02, 0.02, 0.02, 0.05, 0.05),  # smooth, unpainted
    "plasterboard": (0.15, 0.10, 0.06, 0.04, 0.04, 0.05, 0.05),  # two boards on a steel frame, painted
    "plasterboard_ceiling": (0.20, 0.15, 0.10, 0.08, 0.04, 0.02, 0.02),  # on battens with a large space above
    "mineral_tile": (0.49, 0.53, 0.53, 0.75, 0.92, 0.99, 0.99),  # fissured ceiling tile
    "linoleum": (0.02, 0.03, 0.03, 0.03, 0.03, 0.02, 0.02),  # on concrete
    "glass": (0.10, 0.05, 0.04, 0.03, 0.03, 0.03, 0.03),  # window
    "wood": (0.14, 0.10, 0.06, 0.08, 0.10, 0.10, 0.10),  # solid door
    "plywood": (0.42, 0.21, 0.10, 0.08, 0.06, 0.06, 0.06),  # thin panelling
    "steel": (0.05, 0.05, 0.05, 0.05, 0.05, 0.02, 0.02),  # *
    "asphalt": (0.02, 0.03, 0.03, 0.03, 0.03, 0.02, 0.02),  # as tiles on concrete
    "ground": (0.15, 0.25, 0.40, 0.55, 0.60, 0.60, 0.60),  # * rough soil
    "foliage": (0.11, 0.26, 0.60, 0.69, 0.92, 0.99, 0.99),  # * as grass, 50 mm high
    "nylon": (0.03, 0.04, 0.11, 0.17, 0.24, 0.35, 0.35),  # * light cloth before a hard wall
    "plastic": (0.02, 0.02, 0.03, 0.03, 0.03, 0.02, 0.02),  # * as linoleum
    "rubber": (0.02, 0.03, 0.03, 0.03, 0.03, 0.02, 0.02),
}

# Sound transmission loss [dB] of whole partitions: C. Salter and others in T. D. Rossing (editor), Springer Handbook of
# Acoustics (2007), table 11.4; 8 kHz extended by the last slope, at most 3 dB. Others count as 4 inches of brick.
_LOSS: dict[str, tuple[float, ...]] = {
    "wood": (14.0, 19.0, 23.0, 18.0, 17.0, 21.0, 24.0),  # hollow wooden door
    "solid_wood": (29.0, 31.0, 31.0, 31.0, 39.0, 43.0, 46.0),
    "steel": (24.0, 23.0, 29.0, 31.0, 24.0, 40.0, 43.0),  # hollow metal door
    "glass": (18.0, 21.0, 26.0, 31.0, 33.0, 22.0, 25.0),  # single pane, 1/8 inch
    "plasterboard": (17.0, 31.0, 33.0, 40.0, 38.0, 36.0, 36.0),  # 1/2 inch on both sides of wooden studs
    "brick": (32.0, 34.0, 40.0, 47.0, 55.0, 61.0, 64.0),
    "concrete": (36.0, 44.0, 50.0, 54.0, 58.0, 56.0, 56.0),  # 8 inches of concrete masonry units
}

FURNITURE_M2: dict[str, float] = {
    "bed": 1.0, "sofa": 1.0, "chair": 0.1, "table": 0.15, "shelf": 0.4, "person": 0.45, "backpack": 0.1, "suitcase": 0.1,
    "firefighter": 0.45, "medic": 0.45, "mannequin": 0.2, "door": 0.1,
}  # fmt: skip
"""Equivalent absorption area of a piece at middle frequencies [m2], estimated from the seats, chairs and audience of the
annex by their surface; whatever is not here counts nothing."""

_PAINTED = ("plaster", "linoleum", "plasterboard_ceiling")
"""What a surface in paint is beneath it: wall, floor, ceiling."""
_ALIKE = (
    (re.compile(r".*_render"), "render"),
    (re.compile(r".*_brick"), "brick"),
    (re.compile(r"window_.*"), "glass"),
)


def absorption_of(material: str, place: int = 0) -> Floats:
    """(7,) Share of the energy that a surface does not send back, in [0, 1], by octave band.

    Args:
        material: as `Primitive.material` has it; empty for no surface at all, which swallows everything. One that is not
            known, such as a paint, counts as what is usual at its place: plaster, linoleum, plasterboard.
        place: 0 for a wall, 1 for a floor, 2 for a ceiling.
    """
    if not material:
        return np.ones(len(BANDS_HZ))
    name = next((kind for pattern, kind in _ALIKE if pattern.fullmatch(material)), material)
    return np.array(_ABSORPTION.get(name) or _ABSORPTION[_PAINTED[place]])


def transmission_loss_db(material: str) -> Floats:
    """(7,) Sound transmission loss [dB] of a wall, door leaf or pane of a material, by octave band."""
    name = next((kind for pattern, kind in _ALIKE if pattern.fullmatch(material)), material)
    name = {"plywood": "wood", "plastic": "wood", "plaster": "plasterboard"}.get(name, name)
    return np.array(_LOSS.get(name) or _LOSS["brick"])
