"""Temperatures, and what of them a thermal camera sees through smoke.

A camera for 8-14 um measures radiance. Planck's law at 10 um turns temperature into radiance and back, up to a factor:
B(T) = 1 / (exp(c2 / (10 um * T)) - 1) with c2 = 14,388 um K. Along a ray smoke takes its share of what comes from behind
and adds its own (Beer-Lambert with emission, scattering left out: M. F. Modest, Radiative Heat Transfer, chapter on
participating media). A reading is the temperature of a black surface that would shine as much.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.flames import Burning
from goldentime.envs.hazards.smoke import SmokeLayers, optical_depths
from goldentime.envs.hazards.smoke_boxes import SmokeBoxes

__all__ = [
    "AMBIENT_K",
    "SKIN_M",
    "SMOKE_SHARE",
    "SOAKED",
    "apparent",
    "heaters",
    "kelvin_of",
    "radiance",
    "soaked",
    "soaking",
    "temperature_of",
]

AMBIENT_K = 293.15
_SKIN_K, _CLOTHES_K, _GEAR_K = 305.0, 300.0, 297.0
_FLAME_K = 1200.0

WAVE_K = 1438.8
"""c2 / 10 um."""

SMOKE_SHARE = 0.1
"""Extinction at 10 um over that of visible light. Soot particles are small against the wavelength, and absorption then goes
with its inverse (Rayleigh limit; Hottel and Sarofim, Radiative Transfer, 1967: k = C f_v / wavelength), which alone would
give 1/18 from 0.55 um; agglomerates, ash and water droplets, which real smoke has too, lose less."""

_ABSORBED = 0.08
"""Of a flame's radiation that a surface keeps; the rest goes on into the wall and the air."""

SOAKED = 0.4
"""By how much of a smoky layer's excess over the air a surface within it is warmer. Our choice: plaster lags behind the gas
by minutes, and half of the excess is about what it has reached when a room has burnt for five."""
SKIN_M = 0.05
"""How far before a surface the air is asked, towards the eye: walls themselves lie outside rooms."""

_PEOPLE = ("person", "medic", "firefighter")


def temperature_of(semantic: str, region: str) -> float:
    """[K] of a region of a thing that no fire warms; what does not live is as warm as the air."""
    if semantic == "drone":
        return 303.0
    if semantic not in _PEOPLE:
        return AMBIENT_K
    if region in ("skin", "eyes"):
        return _SKIN_K
    return _GEAR_K if semantic == "firefighter" or region in ("shoes", "helmet", "tank") else _CLOTHES_K


def heaters(burning: Burning) -> NDArray[np.float64]:
    """(h, 4): the middle of each hearth [m], and by how much it raises T^4 of a surface 1 m away that faces it [K^4 m^2]; 0
    where nothing burns.

    A flame of area A shines like a black body of 1200 K whose light spreads over a sphere: A / (4 pi d^2) of it arrives.
    """
    flames = burning.flames
    rows = np.zeros((len(flames), 4))
    for row, flame, share in zip(rows, flames, burning.shares.tolist(), strict=True):
        x, y, z = flame.position
        area = 2.0 * flame.radius_m * flame.height_m * share**2
        row[:] = x, y, z + 0.5 * flame.height_m * share, _ABSORBED * area / (4.0 * math.pi) * (_FLAME_K**4 - AMBIENT_K**4)
    found = np.zeros((len(burning.hearths), 4))
    for row, hearth in zip(found, burning.hearths, strict=True):
        parts = rows[list(hearth)]
        row[:] = parts[0]
        if len(hearth) > 1 and parts[:, 3].any():
            row[:3], row[3] = parts[:, 3] @ parts[:, :3] / parts[:, 3].sum(), parts[:, 3].sum()
    return found


def soaking(layer_k: NDArray[Any]) -> NDArray[Any]:
    """How warm smoke of a temperature makes surfaces within it [K]."""
    return np.asarray(AMBIENT_K + SOAKED * (layer_k - AMBIENT_K))


def soaked(boxes: SmokeBoxes, eye: NDArray[Any], kelvin: NDArray[Any], points: NDArray[Any]) -> NDArray[Any]:
    """(...) [K] of surfaces at points (..., 3) whose own temperature is `kelvin` (...): at least as warm as the smoke
    before them makes them, on the way to an eye (3,). The twin of the thermal shader."""
    way = points - eye
    before = points - SKIN_M * way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-9)
    warm = np.array(kelvin, float)
    for lower, upper, layer_k in zip(boxes.lower, boxes.upper, soaking(boxes.kelvin), strict=True):
        within = ((before > lower) & (before < upper)).all(-1)
        warm = np.where(within, np.maximum(warm, layer_k), warm)
    return warm


def radiance(kelvin: NDArray[Any]) -> NDArray[Any]:
    """What a black surface sends out at 10 um, in units of 2 h c^2 / wavelength^5."""
    return np.asarray(1.0 / np.expm1(WAVE_K / kelvin))


def kelvin_of(shine: NDArray[Any]) -> NDArray[Any]:
    """The inverse of `radiance` [K]."""
    return np.asarray(WAVE_K / np.log1p(1.0 / shine))


def apparent(smoke: SmokeLayers, eye: NDArray[Any], points: NDArray[Any], kelvin: NDArray[Any]) -> NDArray[Any]:
    """What a thermal camera at `eye` (3,) reads of points (..., 3) of temperature `kelvin` (...) through smoke [K].

    The twin of the thermal shader, for tests and labels.
    """
    depths = SMOKE_SHARE * optical_depths(smoke, eye, points)
    total = depths.sum(0)
    own = np.array([radiance(np.array(layer.temperature_k)) for layer in smoke.layers])
    shine = np.tensordot(own, depths, 1) / np.maximum(total, 1e-12)
    through = np.exp(-total)
    return kelvin_of(through * radiance(kelvin) + (1.0 - through) * shine)
