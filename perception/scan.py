"""Beam geometry of a scanning lidar, from its published configuration."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["beam_directions", "levelled"]


def beam_directions(options: Mapping[str, Any]) -> NDArray[np.float64]:
    """Unit vectors of the beams in the body frame (FLU).

    Args:
        options: the lidar's `columns`, `elevations_deg` and `azimuth_span_deg`, as the brief lists them.

    Returns:
        (rings, columns, 3); column 0 looks ahead when the scan is a full turn, else the span is centred ahead.
    """
    columns, span = int(options["columns"]), math.radians(options["azimuth_span_deg"])
    if options["azimuth_span_deg"] >= 360.0:
        azimuth = np.arange(columns) * span / columns
    else:
        azimuth = np.linspace(-0.5 * span, 0.5 * span, columns)
    elevation = np.radians(np.array(options["elevations_deg"], dtype=np.float64))[:, None]
    level = np.cos(elevation)
    parts = (
        level * np.cos(azimuth),
        level * np.sin(azimuth),
        np.broadcast_to(np.sin(elevation), (len(elevation), columns)),
    )
    return np.stack(parts, -1)


def levelled(directions: NDArray[np.float64], roll_rad: float, pitch_rad: float) -> NDArray[np.float64]:
    """Body-frame directions (..., 3) in the heading frame: Ry(pitch) Rx(roll)."""
    cr, sr, cp, sp = math.cos(roll_rad), math.sin(roll_rad), math.cos(pitch_rad), math.sin(pitch_rad)
    rotation = np.array([[cp, sp * sr, sp * cr], [0.0, cr, -sr], [-sp, cp * sr, cp * cr]])
    turned: NDArray[np.float64] = directions @ rotation.T
    return turned
