"""Postures of a rigged figure: where limbs point, and linear blend skinning."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.assets.makehuman import Rig

__all__ = ["pose"]

Floats = NDArray[np.float64]
Vector = tuple[float, float, float]

_LIMBS = {
    "standing": {
        "upperarm": (0.02, 0.20, -1.0), "lowerarm": (0.20, 0.10, -1.0), "hand": (0.15, 0.0, -1.0),
        "thigh": (0.03, 0.06, -1.0), "calf": (-0.05, 0.03, -1.0),
    },
    "walking": {
        "upperarm": (0.02, 0.18, -1.0), "lowerarm": (0.30, 0.05, -1.0), "hand": (0.3, 0.0, -1.0),
        "thigh": (0.03, 0.03, -1.0), "calf": (-0.1, 0.02, -1.0),
        "thigh_l": (0.47, 0.03, -1.0), "calf_l": (0.22, 0.02, -1.0), "foot_l": (1.0, 0.08, -0.12),
        "thigh_r": (-0.28, -0.03, -1.0), "calf_r": (-0.80, -0.02, -1.0), "foot_r": (0.75, -0.05, -1.0),
        "upperarm_l": (-0.45, 0.20, -1.0), "lowerarm_l": (-0.05, 0.10, -1.0),
        "upperarm_r": (0.42, -0.18, -1.0), "lowerarm_r": (1.0, -0.02, -0.75),
    },
    "waving": {
        "thigh": (0.02, 0.14, -1.0), "calf": (-0.04, 0.08, -1.0),
        "upperarm": (0.02, 0.20, -1.0), "lowerarm": (0.25, 0.10, -1.0), "hand": (0.15, 0.0, -1.0),
        "clavicle_l": (-0.02, 1.0, 0.38), "upperarm_l": (0.12, 1.0, 0.62), "lowerarm_l": (0.12, 0.28, 1.0),
        "hand_l": (0.1, 0.40, 1.0),
    },
    "sitting": {
        "spine_01": (-0.18, 0.0, 1.0), "spine_02": (-0.02, 0.0, 1.0), "spine_03": (0.12, 0.0, 1.0),
        "neck_01": (0.30, 0.0, 1.0), "head": (0.1, 0.0, 1.0),
        "thigh": (1.0, 0.20, 0.62), "calf": (0.62, 0.0, -1.0), "foot": (1.0, 0.1, -0.25),
        "upperarm": (0.62, 0.14, -1.0), "lowerarm": (1.0, -0.12, -0.10), "hand": (1.0, -0.05, -0.45),
    },
    "seated": {
        "spine_01": (-0.10, 0.0, 1.0), "spine_02": (0.0, 0.0, 1.0), "spine_03": (0.06, 0.0, 1.0),
        "neck_01": (0.16, 0.0, 1.0), "head": (0.06, 0.0, 1.0),
        "thigh": (1.0, 0.16, 0.02), "calf": (0.10, 0.02, -1.0), "foot": (1.0, 0.14, -0.22),
        "upperarm": (0.30, 0.14, -1.0), "lowerarm": (1.0, -0.16, -0.30), "hand": (1.0, -0.10, -0.25),
    },
    "crouching": {
        "spine_01": (0.45, 0.0, 1.0), "spine_02": (0.60, 0.0, 1.0), "spine_03": (0.70, 0.0, 1.0),
        "neck_01": (0.70, 0.0, 1.0), "head": (0.25, 0.0, 1.0),
        "thigh": (1.0, 0.30, 0.12), "calf": (-0.72, 0.0, -1.0), "foot": (1.0, 0.16, -0.42),
        "upperarm": (0.62, 0.16, -1.0), "lowerarm": (1.0, -0.28, -0.05), "hand": (1.0, -0.35, -0.15),
    },
    "lying_back": {
        "upperarm": (-0.05, 0.55, -1.0), "lowerarm": (0.08, 0.32, -1.0), "hand": (0.05, 0.2, -1.0),
        "thigh": (0.02, 0.14, -1.0), "calf": (-0.02, 0.10, -1.0), "foot": (0.75, 0.40, -1.0),
        "thigh_r": (0.28, -0.26, -1.0), "calf_r": (-0.30, 0.02, -1.0),
    },
    "lying_side": {
        "spine_03": (0.12, 0.0, 1.0), "neck_01": (0.25, -0.16, 1.0), "head": (0.15, -0.12, 1.0),
        "clavicle_r": (0.35, -1.0, 0.10), "upperarm_r": (1.0, -0.30, -0.15), "lowerarm_r": (0.75, 0.06, 0.75),
        "hand_r": (0.6, 0.1, 1.0),
        "upperarm_l": (0.65, 0.12, -1.0), "lowerarm_l": (1.0, -0.38, -0.35), "hand_l": (1.0, -0.45, -0.5),
        "thigh_r": (0.42, -0.02, -1.0), "calf_r": (-0.72, 0.0, -1.0), "foot_r": (0.5, 0.0, -1.0),
        "thigh_l": (1.0, -0.16, -0.75), "calf_l": (-0.55, -0.14, -1.0), "foot_l": (0.6, 0.0, -1.0),
    },
}  # fmt: skip
"""Direction of each bone: x forward, y to the left, z up, any length; a name without a side holds for both, mirrored."""

_WHOLE = {
    "lying_back": np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
    "lying_side": np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
}
"""Turns of the whole figure: on the back the feet point to +x, on the side too, and the face to -y."""

_SETTLING = {"sitting": (1,), "lying_back": (1, 0, 1), "lying_side": (1, 0, 1)}
"""Axes about which a figure is tipped until it rests on the ground: 0 the x axis, 1 the y axis."""

_MOST_TIP = 0.3
"""Steepest slope that settling may take out."""

_SHARED = {
    "waving": {"upperarm_r": "upperarm_l", "lowerarm_r": "lowerarm_l", "hand_r": "hand_l", "clavicle_r": "clavicle_l"}
}
"""Limbs that copy the other side's in the two-handed form of a posture."""


def pose(vertices: Floats, weights: Floats, rig: Rig, posture: str, both_arms: bool = False) -> Floats:
    """Vertices (n, 3) in a posture, resting on the ground and centred over the origin.

    Args:
        vertices: (n, 3) in rest posture.
        weights: (n, b) skin weights.
        rig: the bones in rest posture.
        posture: a name of `POSTURES`.
        both_arms: wave with both.
    """
    limbs: dict[str, Vector] = {}
    for name, (x, y, z) in _LIMBS[posture].items():
        if name[-2:] in ("_l", "_r") or name.startswith(("spine", "neck", "head")):
            limbs[name] = (x, y, z)
        else:
            limbs = {f"{name}_l": (x, y, z), f"{name}_r": (x, -y, z)} | limbs
    if both_arms:
        for right, left in _SHARED.get(posture, {}).items():
            limbs[right] = (limbs[left][0], -limbs[left][1], limbs[left][2])
    turn, shift = _bones(rig, limbs)
    moved: Floats = np.einsum("nb,bij,nj->ni", weights, turn, vertices) + weights @ shift
    moved = moved @ _WHOLE.get(posture, np.eye(3)).T
    for axis in _SETTLING.get(posture, ()):
        moved = _settle(moved, axis)
    middle = (moved.min(axis=0) + moved.max(axis=0)) / 2
    middle[2] = moved[:, 2].min()
    placed: Floats = moved - middle
    return placed


def _settle(points: Floats, axis: int) -> Floats:
    """Tip the figure about x (0) or y (1) until it lies on the two lowest points around its centre."""
    along = 1 - axis
    lowest = points[:, [along, 2]]
    hull: list[Floats] = []
    for p in lowest[np.lexsort((lowest[:, 1], lowest[:, 0]))]:
        while len(hull) > 1 and _left_turn(hull[-2], hull[-1], p) <= 0:
            hull.pop()
        hull.append(p)
    centre = float(np.median(lowest[:, 0]))
    for (x0, z0), (x1, z1) in pairwise(hull):
        if x0 <= centre <= x1:
            slope = float(np.clip((z1 - z0) / (x1 - x0), -_MOST_TIP, _MOST_TIP))
            level, up = np.array([1.0, slope]), np.array([-slope, 1.0])
            tipped = points.copy()
            tipped[:, along] = lowest @ level / np.hypot(1.0, slope)
            tipped[:, 2] = lowest @ up / np.hypot(1.0, slope)
            return tipped
    return points


def _left_turn(a: Floats, b: Floats, c: Floats) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _bones(rig: Rig, limbs: Mapping[str, Vector]) -> tuple[Floats, Floats]:
    """Rotation (b, 3, 3) and shift (b, 3) of each bone in the figure's frame."""
    turn, shift = np.tile(np.eye(3), (len(rig.names), 1, 1)), np.zeros((len(rig.names), 3))
    for i, name in enumerate(rig.names):
        parent = int(rig.parent[i])
        above, moved = (turn[parent], shift[parent]) if parent >= 0 else (np.eye(3), np.zeros(3))
        turn[i] = above
        if name in limbs:
            now = above @ (_tip(rig, i) - rig.head[i])
            turn[i] = _least_turn(now, np.array(limbs[name])) @ above
        # The head of the bone stays where its parent carries it.
        shift[i] = above @ rig.head[i] + moved - turn[i] @ rig.head[i]
    return turn, shift


def _tip(rig: Rig, bone: int) -> Floats:
    """Where a bone points to; the spine and the neck are meant to be upright in the rest posture."""
    if rig.names[bone].startswith(("spine", "neck", "head")):
        up: Floats = rig.head[bone] + np.array([0.0, 0.0, 1.0])
        return up
    tail: Floats = rig.tail[bone]
    return tail


def _least_turn(a: Floats, b: Floats) -> Floats:
    """The smallest rotation that takes direction a to direction b."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis, cos = np.cross(a, b), float(a @ b)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn: Floats = np.eye(3) + skew + skew @ skew / (1 + max(cos, -0.999))
    return turn
