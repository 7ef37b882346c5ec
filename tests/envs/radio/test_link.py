"""What a wall costs, that a doorway is free, and what holds for all links."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.envs.level import Box, Cylinder, Level, Mesh, triangulate
from goldentime.envs.radio.barriers import barriers_of
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.radio.link import barrier_loss_db, path_loss_db, received_dbm
from goldentime.envs.radio.materials import loss_db_m
from goldentime.errors import ConfigError
from goldentime.records import load

CONFIG = RadioConfig()
HZ = CONFIG.frequency_hz
WALL = Box(centre=(0.0, 0.0, 1.5), size=(0.2, 10.0, 3.0), material="concrete")
WEST, EAST = (-4.0, 0.0, 1.5), (4.0, 0.0, 1.5)
places = st.tuples(*(st.floats(-6.0, 6.0),) * 3)


def lost_db(level, *ways):
    starts, ends = np.array(ways).swapaxes(0, 1)
    return barrier_loss_db(barriers_of(level, HZ), starts, ends)


def received(level, starts, ends, config=CONFIG):
    return received_dbm(config, barriers_of(level, HZ), np.array(starts, float), np.array(ends, float))


def test_in_the_open_it_is_what_friis_says():
    # 20 log10(4 pi 10 m / 0.12491 m) = 60.05 dB.
    assert received(Level(), [(0, 0, 5)], [(10, 0, 5)]) == pytest.approx([-60.05], abs=0.01)
    slope = replace(CONFIG, path_loss_exponent=3.0, reference_loss_db=40.0, tx_dbm=10.0)
    assert received(Level(), [(0, 0, 5)], [(10, 0, 5)], slope) == pytest.approx([10.0 - 40.0 - 30.0])


@pytest.mark.parametrize(
    ("material", "db_m"),
    [("concrete", 65.4), ("brick", 22.6), ("plasterboard", 19.2), ("wood", 13.9), ("glass", 7.6), ("sky_render", 22.6)],
)
def test_materials_lose_what_the_recommendation_s_approximation_says(material, db_m):
    """1636 times conductivity over the root of the permittivity, with table 3 worked out by hand."""
    assert loss_db_m(replace(WALL, material=material), HZ) == pytest.approx(db_m, rel=0.01)


def test_paint_is_on_concrete_in_slabs_and_on_brick_in_walls():
    slab, wall = (loss_db_m(replace(WALL, material="paint_c0c0c0", semantic=s), HZ) for s in ("ceiling", "wall"))
    assert (slab, wall) == tuple(loss_db_m(replace(WALL, material=m), HZ) for m in ("concrete", "brick"))


def test_a_wall_costs_its_thickness_along_the_line():
    per_m = loss_db_m(WALL, HZ)
    straight, slanted, beside, inside = lost_db(
        Level(solids=(WALL,)), (WEST, EAST), (WEST, (4.0, 4.0, 1.5)), (WEST, (-1.0, 5.0, 1.5)), (WEST, (0.0, 0.0, 1.5))
    )
    assert straight == pytest.approx(0.2 * per_m)
    assert slanted == pytest.approx(0.2 * per_m * math.hypot(8.0, 4.0) / 8.0)
    assert beside == 0.0
    assert inside == pytest.approx(0.1 * per_m)


def test_a_doorway_is_free_and_a_door_in_it_is_not():
    parts = (
        Box(centre=(0.0, -3.0, 1.5), size=(0.2, 5.1, 3.0)),
        Box(centre=(0.0, 3.0, 1.5), size=(0.2, 5.1, 3.0)),
        Box(centre=(0.0, 0.0, 2.55), size=(0.2, 0.9, 0.9)),
    )
    leaf = Box(centre=(0.0, 0.0, 1.05), size=(0.045, 0.9, 2.1), semantic="door", material="wood")
    low = ((-4.0, 0.0, 1.5), (4.0, 0.2, 1.2))
    assert lost_db(Level(solids=parts), low, (WEST, (4.0, 3.0, 1.5))).round(3).tolist() == [0.0, 13.959]
    assert lost_db(Level(solids=(*parts, leaf)), low) == pytest.approx([0.045 * loss_db_m(leaf, HZ)], rel=0.01)


def test_glass_counts_and_lets_most_through():
    pane = Box(centre=(0.0, 0.0, 1.5), size=(0.02, 2.0, 2.0), semantic="glass", material="glass")
    assert 0.0 < lost_db(Level(glass=(pane,)), (WEST, EAST))[0] < 0.5


def test_a_steel_door_shields_but_does_not_end_all_contact():
    leaf = Box(centre=(0.0, 0.0, 1.5), size=(0.045, 2.0, 3.0), semantic="door", material="steel")
    assert lost_db(Level(solids=(leaf,)), (WEST, EAST)) == pytest.approx([18.0])


def test_waves_go_round_poles():
    pole = Cylinder(base=(0.0, 0.0, 0.0), radius=0.04, height=3.0)
    bar = Box(centre=(0.0, 0.0, 1.5), size=(0.08, 0.08, 3.0), material="steel")
    assert lost_db(Level(solids=(pole, bar)), (WEST, EAST)).tolist() == [0.0]


def test_a_column_costs_its_chord():
    column = Cylinder(base=(0.0, 0.0, 0.0), radius=0.5, height=3.0, material="concrete")
    middle, aside, above, upwards = lost_db(
        Level(solids=(column,)),
        (WEST, EAST),
        ((-4, 0.3, 1), (4, 0.3, 1)),
        ((-4, 0, 3.1), (4, 0, 3.1)),
        ((0, 0, 1), (0, 0, 9)),
    ) / loss_db_m(column, HZ)
    assert (middle, aside, above, upwards) == pytest.approx((1.0, 0.8, 0.0, 2.0))


def box_mesh(box):
    """The same box as triangles."""
    soup = triangulate((box,))
    return Mesh(vertices=tuple(map(tuple, soup.vertices.tolist())), faces=tuple(map(tuple, soup.faces.tolist())))


@given(st.lists(st.tuples(places, places), min_size=1, max_size=6), st.floats(-3.0, 3.0))
@settings(max_examples=60, deadline=None)
def test_a_box_costs_the_same_however_it_is_described(ways, yaw):
    box = Box(centre=(0.3, -0.2, 0.5), size=(1.0, 2.0, 3.0), yaw=yaw)
    near = Box(centre=(0.3, -0.2, 0.5), size=(1.0, 2.0, 3.0), yaw=yaw + 1e-7)
    as_box, as_mesh = (lost_db(Level(solids=(part,)), *ways) for part in (box, box_mesh(box)))
    assert as_mesh == pytest.approx(as_box, abs=0.01)
    assert lost_db(Level(solids=(near,)), *ways) == pytest.approx(as_box, abs=0.01)


def test_a_box_by_a_quarter_turn_is_the_one_with_its_sides_exchanged():
    turned = Box(centre=(0.5, 1.0, 1.0), size=(1.0, 4.0, 2.0), yaw=0.5 * math.pi)
    plain = replace(turned, size=(4.0, 1.0, 2.0), yaw=0.0)
    ways = ((-5.0, 1.0, 1.0), (5.0, 1.2, 1.1)), ((0.5, -5.0, 1.0), (0.6, 5.0, 1.0))
    assert lost_db(Level(solids=(turned,)), *ways) == pytest.approx(lost_db(Level(solids=(plain,)), *ways))


SCENE = (
    WALL,
    Box(centre=(1.0, 1.0, 1.0), size=(0.5, 3.0, 2.0), yaw=0.7),
    Cylinder(base=(-2.0, 1.0, 0.0), radius=0.6, radius_top=0.2, height=3.0, material="foliage"),
    box_mesh(Box(centre=(-1.0, -2.0, 1.0), size=(2.0, 0.5, 1.0), yaw=-0.4)),
)


@given(places, places)
@settings(max_examples=100, deadline=None)
def test_links_are_the_same_both_ways_and_never_gain(a, b):
    level = Level(solids=SCENE)
    there, back = received(level, [a, b], [b, a])
    assert there == pytest.approx(back, abs=1e-3)
    assert there <= received(Level(), [a], [b])[0] + 1e-9


@given(places, places, st.floats(0.0, 1.0))
@settings(max_examples=100, deadline=None)
def test_the_parts_of_a_way_lose_what_the_whole_does(a, b, share):
    middle = tuple(x + share * (y - x) for x, y in zip(a, b, strict=True))
    whole, first, second = lost_db(Level(solids=SCENE), (a, b), (a, middle), (middle, b))
    assert whole == pytest.approx(first + second, abs=1e-3)


@given(st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_farther_is_never_louder(near, far):
    near, far = sorted((near, far))
    losses = path_loss_db(CONFIG, np.array([near, far]))
    assert np.isfinite(losses).all() and losses[0] <= losses[1]


@pytest.mark.parametrize("bad", [{"frequency_hz": 1e8}, {"bytes_per_s": 0.0}, {"queue_s": -1.0}, {"message_bytes": 0}])
def test_impossible_radios_are_refused_by_field(bad):
    with pytest.raises(ConfigError, match=rf"radio\.?.*{next(iter(bad))}: expected"):
        load(RadioConfig, bad, "radio")
