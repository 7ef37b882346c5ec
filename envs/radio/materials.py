"""What radio waves lose on their way through materials."""

import cmath
import math
import re

from goldentime.envs.level import UNSEEN, Primitive

__all__ = ["LIGHT_M_S", "loss_db_m"]

LIGHT_M_S = 299_792_458.0
_VACUUM_F_M = 8.8541878128e-12

# Relative permittivity a f^b and conductivity c f^d [S/m] with f in GHz, as (a, b, c, d): Recommendation ITU-R P.2040-3
# (2023), Effects of building materials and structures on radiowave propagation above about 100 MHz, table 3.
_TABLE: dict[str, tuple[float, float, float, float]] = {
    "concrete": (5.24, 0.0, 0.0462, 0.7822),
    "brick": (3.91, 0.0, 0.0238, 0.16),
    "plasterboard": (2.73, 0.0, 0.0085, 0.9395),
    "wood": (1.99, 0.0, 0.0047, 1.0718),
    "glass": (6.31, 0.0, 0.0036, 1.3394),
    "ceiling_board": (1.48, 0.0, 0.0011, 1.0750),
    "metal": (1.0, 0.0, 1e7, 0.0),
    "ground": (15.0, -0.1, 0.035, 1.63),  # medium dry
}

# [dB/m] Not in the table, all our choice: hulls of props are mostly air, foliage weakens by some dB over a crown.
_OURS = {UNSEEN: 2.0, "foliage": 0.5, "nylon": 0.0, "plastic": 10.0, "rubber": 10.0}

# [dB/m] A millimetre of steel stops all that goes straight; what is received behind a door leaf or a locker came around it
# or through gaps, which a straight line does not know. Our choice: a leaf of 45 mm then costs 18 dB.
_MOST_DB_M = 400.0

# The level's materials in the words of the table. Plywood counts as wood: its own entry would make a panel a shield.
_ALIKE = (
    (re.compile(r"plaster|(.*_)?(render|brick)"), "brick"),
    (re.compile(r"plasterboard(_ceiling)?"), "plasterboard"),
    (re.compile(r"mineral_tile"), "ceiling_board"),
    (re.compile(r"window_.*|glass"), "glass"),
    (re.compile(r"wood|solid_wood|plywood|char"), "wood"),
    (re.compile(r"steel"), "metal"),
    (re.compile(r"concrete|linoleum"), "concrete"),
    (re.compile(r"asphalt|ground"), "ground"),
)
_SLABS = frozenset({"ceiling", "floor", "ground", "stairs"})
"""Semantic classes that are of concrete beneath their paint; walls are of brick."""


def loss_db_m(primitive: Primitive, frequency_hz: float) -> float:
    """What a wave loses per metre inside a primitive [dB/m].

    Attenuation of a plane wave, 20 log10(e) (2 pi f / c) |Im sqrt(eta)| with the complex permittivity eta of the
    material. What is reflected at the surfaces is not counted.

    Args:
        primitive: paints and unknown materials count as concrete in slabs and stairs, as brick elsewhere.
        frequency_hz: 1 to 40 GHz.
    """
    material = primitive.material
    if material in _OURS:
        return _OURS[material]
    painted = "concrete" if primitive.semantic in _SLABS else "brick"
    name = next((kind for pattern, kind in _ALIKE if pattern.fullmatch(material)), painted)
    a, b, c, d = _TABLE[name]
    f_ghz = 1e-9 * frequency_hz
    omega = 2.0 * math.pi * frequency_hz
    eta = complex(a * f_ghz**b, -c * f_ghz**d / (omega * _VACUUM_F_M))
    loss = 20.0 * math.log10(math.e) * omega / LIGHT_M_S * abs(cmath.sqrt(eta).imag)
    return min(loss, _MOST_DB_M)
