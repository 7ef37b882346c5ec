"""Buildings: each kind stands on the ground behind its front wall, names itself, and costs little."""

import math
import time

import numpy as np
import pytest

from goldentime.envs.level import Box, triangulate
from goldentime.envs.render.classes import CLASSES
from goldentime.envs.scenes.buildings import BUILDINGS, Building, draw_building, place_building
from goldentime.envs.scenes.scene import Pool
from goldentime.envs.signs import Language, SignKind, face_corners
from goldentime.errors import ConfigError
from goldentime.records import dump
from goldentime.rng import stream

KINDS = pytest.mark.parametrize("kind", BUILDINGS)
SEEDS = range(8)
NAMES = {
    "fire_station": ("소방서", "119안전센터", "FIRE STATION"),
    "hospital": ("병원", "HOSPITAL"),
    "school": ("학교", "SCHOOL"),
    "police_box": ("파출소", "지구대", "POLICE"),
    "apartment": ("아파트", "APARTMENTS"),
}


def some(kind: str, pool: Pool = "train") -> list[Building]:
    return [draw_building(kind, stream(seed, "test.buildings"), pool=pool) for seed in SEEDS]


@KINDS
def test_a_stream_decides_a_building(kind):
    again = draw_building(kind, stream(3, "test.buildings"))
    assert dump(draw_building(kind, stream(3, "test.buildings"))) == dump(again)
    assert len({building.size for building in some(kind)}) == len(SEEDS)


@KINDS
def test_it_stands_on_the_ground_within_its_size(kind):
    for building in some(kind) + some(kind, "test"):
        points = triangulate(building.solids).vertices
        width, depth, height = building.size
        assert points[:, 2].min() == pytest.approx(0.0)
        assert points[:, 2].max() == pytest.approx(height, abs=1e-3)
        assert -points[:, 0].min() == pytest.approx(depth, abs=1e-3)
        assert points[:, 0].max() <= building.overhang_m + 1e-3
        # A flag pole's corners lie a little outside of its circle.
        assert np.ptp(points[:, 1]) == pytest.approx(width, abs=0.02)
        assert abs(points[:, 1].max() - width / 2) < 0.02


@KINDS
def test_it_is_cheap_and_of_one_class(kind):
    for building in some(kind) + some(kind, "test"):
        assert len(building.solids) + len(building.glass) <= 300
        assert {part.semantic for part in building.solids} == {"building"}
    assert "building" in CLASSES
    times = []
    for seed in SEEDS:
        start = time.process_time()
        draw_building(kind, stream(seed, "test.buildings"))
        times.append(time.process_time() - start)
    assert min(times) < 0.010


@pytest.mark.parametrize("kind", list(NAMES))
def test_a_sign_says_what_it_is(kind):
    for building in some(kind) + some(kind, "test"):
        texts = [sign.spec.text for sign in building.signs]
        assert any(name in text for name in NAMES[kind] for text in texts), texts
        assert all(sign.spec.kind is SignKind.BUILDING for sign in building.signs)


def test_each_shop_has_a_sign_of_its_own():
    for building in some("shop_row"):
        texts = [sign.spec.text for sign in building.signs if sign.spec.kind is SignKind.SHOP]
        assert len(texts) >= 3
        assert len(set(texts)) == len(texts)
        assert len(building.glass) >= 3


@KINDS
def test_no_sign_is_behind_a_part_of_its_building(kind):
    for building in some(kind) + some(kind, "test"):
        boxes = [part for part in building.solids if isinstance(part, Box)]
        low = np.array([np.subtract(box.centre, np.multiply(box.size, 0.5)) for box in boxes])
        high = np.array([np.add(box.centre, np.multiply(box.size, 0.5)) for box in boxes])
        for sign in building.signs:
            corners = face_corners(sign)[0]
            middle = corners.mean(0)
            # The middle, and points near the corners: a face's edge may touch what it hangs on.
            for point in [middle, *(middle + 0.9 * (corners - middle))]:
                inside = ((point > low) & (point < high)).all(1)
                assert not inside.any(), (building.kind, sign.spec.text)


def test_the_pools_share_no_material_but_paints_and_metal():
    def walls(pool):
        return {
            part.material for kind in BUILDINGS for building in some(kind, pool) for part in building.solids
            if part.material.endswith(("_render", "brick", "plaster")) or part.material.startswith("window")
        }  # fmt: skip

    assert walls("train") and walls("test")
    assert not walls("train") & walls("test")


def test_placing_turns_and_moves_everything():
    building = draw_building("school", stream(1, "test.buildings"))
    placed = place_building(building, (10.0, -4.0, 0.0), math.pi / 2)
    before, after = triangulate(building.solids).vertices, triangulate(placed.solids).vertices
    boxes = [isinstance(part, Box) for part in building.solids]
    assert [part.shape for part in placed.solids] == [part.shape for part in building.solids]
    assert sum(boxes) > 20
    low, high = before.min(0), before.max(0)
    # East becomes north, north becomes west; a cylinder's facets do not turn with it.
    assert after[:, 1].max() == pytest.approx(high[0] - 4.0, abs=0.02)
    assert after[:, 0].min() == pytest.approx(10.0 - high[1], abs=0.02)
    assert after[:, 0].max() == pytest.approx(10.0 - low[1], abs=0.02)
    for old, new in zip(building.signs, placed.signs, strict=True):
        assert new.yaw == pytest.approx(old.yaw + math.pi / 2)
        a, b = face_corners(old).mean((0, 1)), face_corners(new).mean((0, 1))
        assert b == pytest.approx([10.0 - a[1], a[0] - 4.0, a[2]])


def test_unknown_kinds_are_refused():
    with pytest.raises(ConfigError, match="fire_station"):
        draw_building("castle", stream(0, "x"))


def test_both_languages_occur():
    spoken = {sign.spec.language for kind in NAMES for building in some(kind) for sign in building.signs}
    assert spoken == set(Language)
