"""What can be seen from a scene's route, and a draft without what can't."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.proof import Boxes, boxes_of, sees
from goldentime.envs.signs import face_corners

__all__ = ["drop", "unseen"]

Floats = NDArray[np.float64]

_ROUNDS = (2, 6, 24, 64)
"""So many looks at a thing are tried at once, as long as none succeeds."""
_SLANT = 0.35
"""Cosine of the flattest angle at which a sign counts as seen."""
_SPOTS = np.array([(0.5, 0.5, 0.5), (0.5, 0.5, 0.9), (0.2, 0.5, 0.7), (0.8, 0.5, 0.7), (0.5, 0.2, 0.7), (0.5, 0.8, 0.7)])
"""Where one looks at a thing, as shares of the box around it."""
_BUILDING_M = 12.0
"""From here buildings and their signs, which are large, must be seen."""


class _Aim(NamedTuple):
    """What one looks for."""

    points: Floats
    """(p, 3) [m]; one of them seen is enough."""
    reach_m: float
    normals: Floats
    """(f, 3) of a sign's faces; (0, 3) for what can be seen from anywhere."""


def unseen(draft: Draft, eyes: Floats, reach_m: float) -> tuple[set[int], set[int]]:
    """The places of the things and of the signs that none of the eyes (n, 3) sees from within a distance."""
    aims = _aims(draft, eyes, reach_m)
    boxes, owner = boxes_of(draft.solids), _owners(draft)
    # The box around who sits on a chair hides all of the chair, and the chair's most of them; they themselves do not.
    other = np.full(len(aims), -2, np.int64)
    for pair in draft.sitters:
        other[list(pair)] = pair[::-1]
    left = list(range(len(aims)))
    looks = [_looks(aim, eyes) for aim in aims]
    for count in _ROUNDS:
        tried = [(number, look) for number in left for look in _spread(looks[number], count)]
        if tried:
            found = _seen(tried, boxes, owner, other)
            left = [number for number in left if number not in found]
    things = len(draft.things)
    return {i for i in left if i < things}, {i - things for i in left if i >= things}


def _aims(draft: Draft, eyes: Floats, reach_m: float) -> list[_Aim]:
    aims = []
    large = {number for thing in draft.things if thing.solids for number in thing.signs}
    none = np.zeros((0, 3))
    for thing in draft.things:
        room = draft.room_of(thing)
        low, high = np.array(room.low), np.array(room.high)
        if thing.solids:
            aims.append(_Aim(np.clip(eyes[::4], low, high), _BUILDING_M, none))
            continue
        aims.append(_Aim(low + _SPOTS * (high - low), reach_m, none))
    for number, sign in enumerate(draft.signs):
        faces = face_corners(sign)
        normals = np.cross(faces[:, 3] - faces[:, 0], faces[:, 1] - faces[:, 0])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        aims.append(_Aim(faces.mean(1) + 0.02 * normals, _BUILDING_M if number in large else reach_m, normals))
    return aims


def _owners(draft: Draft) -> NDArray[np.int64]:
    """For each solid the number of the thing or, after these, of the sign that it belongs to; -1 for none."""
    owner = np.full(len(draft.solids), -1, np.int64)
    for number, thing in enumerate(draft.things):
        owner[list(thing.solids)] = number
        owner[[draft.prop_hulls[prop] for prop in thing.props]] = number
    owner[draft.sign_bodies] = len(draft.things) + np.arange(len(draft.signs))
    return owner


_Look = tuple[Floats, Floats]
"""An eye and a point to look at."""


def _looks(aim: _Aim, eyes: Floats) -> list[_Look]:
    """All that are near enough and, for signs, not too flat, nearest first."""
    away = np.linalg.norm(eyes[:, None] - aim.points, axis=-1)
    good = away < aim.reach_m
    if len(aim.normals):
        facing = ((eyes[:, None] - aim.points) * aim.normals).sum(-1)
        good &= facing > _SLANT * away
    eye, point = np.nonzero(good)
    order = np.argsort(away[eye, point], kind="stable").tolist()
    return [(eyes[eye[i]], aim.points[point[i]]) for i in order]


def _spread(looks: Sequence[_Look], count: int) -> Sequence[_Look]:
    """So many of them, spread evenly."""
    return looks[:: max(len(looks) // count, 1)][:count]


def _seen(tried: list[tuple[int, _Look]], boxes: Boxes, owner: NDArray[np.int64], other: NDArray[np.int64]) -> set[int]:
    numbers = np.array([number for number, _ in tried])
    eyes, points = (np.stack([look[i] for _, look in tried]) for i in range(2))
    clear = sees(eyes, points, boxes, (owner != numbers[:, None]) & (owner != other[numbers][:, None]))
    return set(numbers[clear].tolist())


def drop(draft: Draft, things: set[int], signs: set[int]) -> None:
    """Take things, with all their parts, and signs out of a draft; buildings stay."""
    for pair in draft.sitters:
        # Nobody sits on what is not there.
        things = things | set(pair) if things & set(pair) else things
    gone = [thing for number, thing in enumerate(draft.things) if number in things and not thing.solids]
    props = {i for thing in gone for i in thing.props}
    flames = {i for thing in gone for i in thing.flames}
    solids = {draft.prop_hulls[i] for i in props} | {draft.sign_bodies[i] for i in signs}
    new_prop, new_sign = _numbering(len(draft.props), props), _numbering(len(draft.signs), signs)
    new_flame, new_solid = _numbering(len(draft.flames), flames), _numbering(len(draft.solids), solids)
    draft.props = [prop for i, prop in enumerate(draft.props) if i not in props]
    draft.signs = [sign for i, sign in enumerate(draft.signs) if i not in signs]
    draft.flames = [flame for i, flame in enumerate(draft.flames) if i not in flames]
    draft.solids = [solid for i, solid in enumerate(draft.solids) if i not in solids]
    draft.prop_hulls = [new_solid[hull] for i, hull in enumerate(draft.prop_hulls) if i not in props]
    draft.sign_bodies = [new_solid[body] for i, body in enumerate(draft.sign_bodies) if i not in signs]
    draft.things = [
        replace(
            thing,
            props=tuple(new_prop[i] for i in thing.props),
            solids=tuple(new_solid[i] for i in thing.solids),
            flames=tuple(new_flame[i] for i in thing.flames),
            signs=tuple(new_sign[i] for i in thing.signs if i in new_sign),
        )
        for thing in draft.things
        if thing not in gone
    ]


def _numbering(count: int, gone: set[int]) -> dict[int, int]:
    """The new place of each that stays."""
    return {old: new for new, old in enumerate(i for i in range(count) if i not in gone)}
