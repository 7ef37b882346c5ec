"""Rooms and openings of a floor agree with its walls."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from goldentime.envs.level import OUTSIDE, UNSEEN
from goldentime.envs.scenes import draw
from goldentime.envs.scenes.draft import solid_bounds
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.records import digest
from goldentime.rng import stream

SEEDS = range(2)


@cache
def scene_of(seed):
    return draw.draw_scene(SceneConfig(place="floor"), stream(seed, "scenario"))


def test_rooms_change_nothing_else_of_a_scene(monkeypatch):
    scene, rng = scene_of(0), stream(0, "scenario")
    monkeypatch.setattr(draw, "rooms_of", lambda *_: ())
    monkeypatch.setattr(draw, "openings_of", lambda *_: ())
    without = draw.draw_scene(SceneConfig(place="floor"), rng)
    assert digest(replace(scene, level=replace(scene.level, rooms=(), openings=()))) == digest(without)
    assert scene.level.rooms and scene.level.openings


@pytest.mark.parametrize("seed", SEEDS)
def test_rooms_are_empty_of_walls_and_touch_them(seed):
    level = scene_of(seed).level
    solids = [solid_bounds(s) for s in level.solids if s.semantic in ("wall", "floor", "ceiling") and s.material != UNSEEN]
    low, high = np.array([box.low for box in solids]), np.array([box.high for box in solids])
    thick = (high - low).min(1) > 0.07  # Not frames, boards and lamps.
    for room in level.rooms:
        lower, upper = np.array(room.lower), np.array(room.upper)
        inside = ((low < upper - 0.025) & (high > lower + 0.025)).all(1)
        assert not (inside & thick).any()
        for axis in range(3):
            for face, side in ((lower, -1.0), (upper, 1.0)):
                beyond = 0.5 * (lower + upper)
                beyond[axis] = face[axis] + side * 0.01
                beyond[(axis + 1) % 2 if axis < 2 else 0] += 0.37
                solid = ((low <= beyond) & (high >= beyond)).all(1).any()
                opened = any((np.abs(beyond - o.centre) <= 0.5 * np.array(o.size) + 0.02).all() for o in level.openings)
                there = bool(room.materials[2 * axis + (side > 0)])
                assert solid == there or opened


@pytest.mark.parametrize("seed", SEEDS)
def test_openings_lie_between_their_rooms_where_no_wall_is(seed):
    level = scene_of(seed).level
    walls = [solid_bounds(s) for s in level.solids if s.semantic == "wall" and min(solid_bounds(s).size) > 0.045]
    doors = [o for o in level.openings if not o.leaf]
    assert {o.rooms[1] for o in doors} == set(range(1, len(level.rooms)))
    for opening in level.openings:
        centre, axis = np.array(opening.centre), int(np.argmin(opening.size[:2]))
        if opening.leaf:
            assert opening.rooms[1] == OUTSIDE and opening.open == 0.0
            assert any((np.abs(centre - pane.centre) < 1e-6).all() for pane in level.glass)
        else:
            off = centre + np.array([0.1, 0.0, 0.0])
            assert not any((np.array(w.low) < off).all() and (off < np.array(w.high)).all() for w in walls)
        for place, room in enumerate(level.rooms):
            beside = all(
                room.lower[i] - 1e-6 <= centre[i] - 0.5 * opening.size[i] + 1e-6
                and centre[i] + 0.5 * opening.size[i] <= room.upper[i] + 2e-6
                for i in (1 - axis, 2)
            )
            reach = 0.5 * opening.size[axis] + 1e-3
            near = room.lower[axis] - reach <= centre[axis] <= room.upper[axis] + reach
            assert (beside and near) == (place in opening.rooms)


def test_what_stands_in_a_room_dampens_it():
    rooms = scene_of(0).level.rooms
    assert sum(room.absorption_m2 > 0.1 for room in rooms) >= len(rooms) // 2
