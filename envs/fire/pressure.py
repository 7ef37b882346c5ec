"""Pressures in rooms: so stiff that they are solved for, not stepped."""

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.vents import Flows, Slabs, Vents, flows

__all__ = ["solve"]

Array = NDArray[np.float64]

_CLOSE_M3_S = 2e-5
_TRIES = 40


def solve(
    vents: Vents, stretches: Slabs, before_pa: Array, store_m3_s_pa: Array, made_m3_s: Array, guess_pa: Array
) -> tuple[Array, Flows]:
    """Pressures at which what is made in each room is what leaves it and what compression stores.

    Newton's method on the balance of volumes, backward Euler in the pressures. A step that makes the balance worse is
    halved.

    Args:
        vents: the openings.
        stretches: their profiles.
        before_pa: (rooms,) pressure at the floor against that outside at the same height, at the last step.
        store_m3_s_pa: (rooms,) volume that a rise of 1 Pa takes, per step.
        made_m3_s: (rooms,) by heat and burning.
        guess_pa: (rooms,) where to begin.

    Returns:
        (rooms,) pressures and the flows they drive.
    """
    push = vents.incidence
    pressure, moved = guess_pa, flows(stretches, push @ guess_pa)
    lacks = store_m3_s_pa * (pressure - before_pa) + moved.net @ push - made_m3_s
    error = np.abs(lacks).max(initial=0.0)
    tries = 0
    while error > _CLOSE_M3_S and tries < _TRIES:
        slope = push.T @ (moved.slope[:, None] * push)
        slope.flat[:: len(slope) + 1] += store_m3_s_pa
        change = np.linalg.solve(slope, lacks)
        worse = True
        while worse and tries < _TRIES:
            tries += 1
            trial = pressure - change
            moved = flows(stretches, push @ trial)
            left = store_m3_s_pa * (trial - before_pa) + moved.net @ push - made_m3_s
            worse = np.abs(left).max() > error
            change = 0.5 * change
        pressure, lacks, error = trial, left, np.abs(left).max()
    return pressure, moved
