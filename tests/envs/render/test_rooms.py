"""Smoke that rooms hold: against integration, in pictures and as temperatures, and as the state of a fire makes it."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers, transmittance
from goldentime.envs.hazards.smoke_boxes import boxes_in_rooms, boxes_of, room_shapes, smoke_of
from goldentime.envs.hazards.thermal import AMBIENT_K, SOAKED, apparent, soaked
from goldentime.envs.level import Box, Level, Room
from goldentime.envs.render.air import MAX_BOXES, in_sight
from goldentime.types import FireState

places = st.tuples(*(st.floats(-4.0, 9.0) for _ in range(2)), st.floats(0.1, 2.9))
HAZE = SmokeLayer(bottom_m=0.0, top_m=1.2, extinction_per_m=0.1, colour=(0.1, 0.5, 0.1))


def held(bottom, top, extinction, x, y, grey=0.42, kelvin=AMBIENT_K):
    span, colour = (x, y), (grey, 0.5 * grey, 0.3)
    return SmokeLayer(
        bottom_m=bottom, top_m=top, extinction_per_m=extinction, colour=colour, temperature_k=kelvin, span=span
    )


ROOMS = (
    held(0.0, 1.4, 0.05, (-1.0, 5.0), (-2.0, 2.0), 0.6),
    held(1.4, 3.0, 0.4, (-1.0, 5.0), (-2.0, 2.0), 0.2, 520.0),
    held(0.5, 2.5, 0.8, (5.5, 7.0), (-3.0, 3.0), 0.9, 400.0),
)
EYES = ((0.0, 0.0, 1.5), (-4.0, 0.5, 1.0), (4.985, 1.0, 1.3), (5.485, 1.0, 1.3))
"""Inside, outside, and just before and behind the ends of rooms, nearer than the near plane."""


@given(places, places)
def test_transmittance_is_the_integral_along_the_ray(eye, point):
    eye, point = np.array(eye), np.array(point)
    along = (np.arange(4000) + 0.5)[:, None] / 4000
    at = eye + along * (point - eye)
    total = np.zeros(4000)
    for layer in ROOMS:
        lower, upper = (np.array([*(s[i] for s in layer.span), z]) for i, z in enumerate((layer.bottom_m, layer.top_m)))
        total += layer.extinction_per_m * ((at > lower) & (at < upper)).all(-1)
    through, _ = transmittance(SmokeLayers(layers=ROOMS), eye, point)
    assert through == pytest.approx(np.exp(-total.mean() * np.linalg.norm(point - eye)), abs=5e-3)


def test_a_layer_without_a_span_is_one_whose_span_never_ends(scenes):
    far = tuple(dataclasses.replace(layer, span=((-1e5, 1e5),) * 2) for layer in scenes.smoke((1.0, 2.0, 0.3)).layers)
    points = np.random.default_rng(0).uniform((-9, -9, 0), (9, 9, 4), (50, 3))
    smokes = scenes.smoke((1.0, 2.0, 0.3)), SmokeLayers(layers=far)
    one, other = (transmittance(smoke, np.array(EYES[0]), points)[0] for smoke in smokes)
    assert one == pytest.approx(other, abs=1e-9)


def test_spans_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="span from lower to higher"):
        held(0.0, 1.0, 0.1, (2.0, 1.0), (0.0, 1.0))


@pytest.mark.parametrize("backend", ["gl", "tiny"])
@pytest.mark.parametrize("more", [(), (HAZE,)], ids=["rooms", "rooms and haze"])
def test_a_picture_is_dimmed_as_the_formula_says(scenes, make, backend, more):
    renderer = make(backend)
    smoke = SmokeLayers(layers=ROOMS + more)
    clear_scene = scenes.scene(scenes.block(4.0), scenes.block(8.0, 3.0))
    for eye in EYES:
        at = scenes.view(eye=eye)
        clear, dim = (scenes.picture(renderer, dataclasses.replace(clear_scene, smoke=s), at) for s in (None, smoke))
        assert (clear.depth == dim.depth).all()
        assert (clear.ids == dim.ids).all()
        through, colour = transmittance(smoke, np.array(eye), scenes.points_of(at, clear.depth))
        expected = clear.rgb * through[..., None] + 255.0 * colour * (1.0 - through[..., None])
        near = clear.depth < 40.0  # the sky is drawn at a distance, not at a depth
        assert np.abs(dim.rgb[near] - expected[near]).max() < 2.0
        assert np.abs(dim.rgb[near].astype(float) - clear.rgb[near]).max() > 30.0


def test_the_order_of_layers_does_not_matter(scenes, gl):
    one, other = (
        scenes.picture(gl, scenes.scene(scenes.block(4.0), smoke=SmokeLayers(layers=layers)))
        for layers in (ROOMS, ROOMS[::-1])
    )
    assert np.abs(one.rgb.astype(int) - other.rgb).max() <= 1


def test_what_a_wall_hides_is_not_seen(scenes, gl):
    wall = Box(centre=(3.0, 0.0, 2.0), size=(0.2, 20.0, 4.0), semantic="wall", material="plaster")
    behind = SmokeLayers(layers=(held(0.0, 3.0, 2.0, (3.2, 8.0), (-4.0, 4.0)),))
    clear, dim = (scenes.picture(gl, scenes.scene(wall, smoke=s)) for s in (None, behind))
    assert (clear.rgb[clear.depth < 4.0] == dim.rgb[clear.depth < 4.0]).all()


def test_glass_mirrors_less_through_the_smoke_before_it(scenes, gl):
    pane = Box(centre=(4.0, 0.0, 1.5), size=(0.02, 3.0, 3.0), semantic="glass", material="glass")
    wall = Box(centre=(8.0, 0.0, 2.0), size=(0.2, 20.0, 4.0), material="plaster")
    smoke = {
        "before": held(0.0, 3.0, 0.6, (0.5, 3.5), (-9.0, 9.0)),
        "behind": held(0.0, 3.0, 0.6, (4.5, 7.5), (-9.0, 9.0)),
    }
    shine = {}
    for name, layer in smoke.items():
        field = SmokeLayers(layers=(layer,))
        bare, glazed = (scenes.picture(gl, scenes.scene(wall, glass=glass, smoke=field)) for glass in ((), (pane,)))
        shine[name] = np.abs(bare.rgb[50:70, 70:90].astype(int) - glazed.rgb[50:70, 70:90]).mean()
    assert 0.0 < shine["before"] < 0.7 * shine["behind"]


def test_a_thermal_picture_is_what_the_formula_says(scenes, gl):
    wall = Box(centre=(8.0, 0.0, 2.0), size=(0.2, 12.0, 4.0))
    scenario, smoke = scenes.scene(wall, scenes.block(4.0, 1.5)), SmokeLayers(layers=(*ROOMS, HAZE))
    for eye in EYES:
        at = scenes.view(eye=eye)
        frame = scenes.picture(gl, scenario, at)
        clear, dim = (feel(gl, dataclasses.replace(scenario, smoke=s), at, scenes.state()) for s in (None, smoke))
        points = scenes.points_of(at, frame.depth)
        own = soaked(boxes_of(smoke.layers), np.array(eye), clear.astype(float), points)
        expected = apparent(smoke, np.array(eye), points, own)
        off = np.abs(dim - expected)[frame.depth < 40.0]
        assert np.quantile(off, 0.99) < 0.3  # at the layers' borders it is a matter of taste how warm a surface is
        assert np.abs(dim - clear).max() > 20.0


def test_surfaces_in_a_hot_layer_are_warm(scenes, gl):
    ceiling = Box(centre=(3.0, 0.0, 2.6), size=(6.0, 6.0, 0.2), material="plaster")
    faint = SmokeLayers(layers=(held(1.5, 2.52, 0.01, (0.0, 6.0), (-3.0, 3.0), kelvin=600.0),))
    kelvin = feel(gl, scenes.scene(ceiling, smoke=faint), scenes.view(eye=(1.0, 0.0, 1.0), pitch=0.6), scenes.state())
    assert kelvin[60, 80] == pytest.approx(AMBIENT_K + SOAKED * (600.0 - AMBIENT_K), abs=3.0)


def feel(renderer, scenario, at, now):
    kelvin = np.zeros((at.height, at.width), np.float32)
    renderer.load(scenario)
    renderer.thermal(at, now, kelvin)
    return kelvin


def burning(upper, lower=(0.0, 0.0), layer=(1.5, 1.5), watts=(0.0,)):
    zero = np.zeros(2)
    hot = np.full(2, 500.0)
    return FireState(
        np.array(layer), hot, np.full(2, 300.0), np.array(upper), np.array(lower), *(zero,) * 6, np.array(watts, float)
    )


LEVEL = Level(rooms=tuple(Room(lower=(x, -2.0, 0.0), upper=(x + 3.0, 2.0, 2.8), materials=("",) * 6) for x in (1.0, 5.0)))
PLAN = FirePlan(
    fuels=(Fuel(room=1, position=(6.0, 0.0, 0.5), growth="fast", peak_w=1e6, energy_j=1e8),), ignitions=(Ignition(fuel=0),)
)


def test_rooms_hold_the_smoke_of_the_fire():
    layers = smoke_of(LEVEL.rooms, burning((0.5, 2.0), (0.0, 0.1))).layers
    assert [(layer.extinction_per_m, layer.temperature_k) for layer in layers] == [(0.5, 500.0), (2.0, 500.0), (0.1, 300.0)]
    assert layers[0].bottom_m == layers[2].top_m == 1.5
    assert np.array(layers[0].span) == pytest.approx(np.array([(0.98, 4.02), (-2.02, 2.02)]))
    assert layers[0].colour[0] > layers[1].colour[0]
    assert smoke_of(LEVEL.rooms, burning((5e-4, 0.0))).layers == ()
    assert len(smoke_of(LEVEL.rooms, burning((1.0, 1.0), layer=(2.82, 2.0))).layers) == 1


def test_a_camera_sees_the_smoke_of_the_fire_and_not_that_of_the_scenario(scenes, gl):
    scenario = scenes.scene(scenes.block(8.5), fire=PLAN, smoke=scenes.smoke((0.0, 3.0, 3.0)))
    scenario = dataclasses.replace(scenario, level=dataclasses.replace(LEVEL, solids=scenario.level.solids))
    fire = burning((0.0, 1.0), (0.0, 1.0))
    told = scenes.picture(gl, dataclasses.replace(scenario, fire=None, smoke=smoke_of(LEVEL.rooms, fire)))
    assert (scenes.picture(gl, scenario, of=scenes.state()._replace(fire=fire)).rgb == told.rgb).all()
    none = scenes.picture(gl, scenario, of=scenes.state()._replace(fire=burning((0.0, 0.0))))
    assert (none.rgb == scenes.picture(gl, dataclasses.replace(scenario, smoke=None, fire=None)).rgb).all()


def test_of_many_layers_the_nearest_in_view_are_drawn(scenes):
    shapes = room_shapes(tuple(
        Room(lower=(x, -1.0, 0.0), upper=(x + 1.0, 1.0, 3.0), materials=("",) * 6) for x in np.arange(-20.0, 100.0, 1.0)
    ))  # fmt: skip
    count = len(shapes.lower)
    fire = burning((0.0, 0.0))._replace(
        layer_m=np.full(count, 1.5), upper_k=np.full(count, 500.0), lower_k=np.full(count, 300.0),
        upper_extinction_per_m=np.full(count, 1.0), lower_extinction_per_m=np.full(count, 0.002),
    )  # fmt: skip
    boxes = boxes_in_rooms(shapes, fire)
    assert len(boxes.kelvin) == 2 * count
    chosen = in_sight(boxes, scenes.view(far_m=100.0))
    assert 90 < len(chosen.kelvin) <= MAX_BOXES
    assert (chosen.extinction_per_m == 1.0).all()  # what takes a hundredth of the light does not matter
    assert chosen.upper[:, 0].min() > 0.0
    assert (np.diff(chosen.lower[1:, 0]) > 0.0).all()
