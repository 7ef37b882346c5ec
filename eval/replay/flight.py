"""Drones, people, air, fuels and kits over time, thinned to what an eye can follow."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.airframe import load_airframe
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_tracks import CONDITIONS
from goldentime.eval.replay.packing import pack

__all__ = ["flight_data", "thin"]

_LEAST_S = 0.1
"""Between two poses of a drone; the page goes smoothly from one to the next."""
_HULL_M = 0.25
"""Radius of a drone whose airframe is not installed here."""


def flight_data(log: EpisodeLog) -> dict[str, Any]:
    """All that moves, JSON-able. Drones: per drone position 3, quaternion 4 and state of charge."""
    samples = log.samples()
    rows = thin(samples.time_s)
    drones = np.concatenate(
        [samples.position_m[rows], samples.quaternion_xyzw[rows], samples.state_of_charge[rows, :, None]], axis=-1
    )
    return {
        "time": pack(samples.time_s[rows]),
        "drones": pack(drones),
        "hulls": [_hull(drone["airframe"]) for drone in log.header["scenario"]["drones"]],
        "tracks": {name: pack(np.nan_to_num(table, neginf=-999.0)) for name, table in log.tracks().items()},
        "postures": list(log.postures),
        "conditions": list(CONDITIONS),
    }


def thin(time_s: NDArray[np.float64]) -> NDArray[np.intp]:
    """The first and the last sample, and in between those that are at least so far apart."""
    if not len(time_s):
        return np.zeros(0, np.intp)
    slot = np.floor((time_s - time_s[0]) / _LEAST_S + 1e-6)
    keep = np.r_[True, slot[1:] != slot[:-1]]
    keep[-1] = True
    return np.flatnonzero(keep)


def _hull(airframe: str) -> list[float]:
    """Radius and height [m] of a drone's body."""
    try:
        known = load_airframe(airframe)
    except ConfigError:
        return [_HULL_M, 0.1]
    return [known.hull_radius_m, known.hull_height_m]
