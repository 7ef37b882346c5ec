"""Beer-Lambert through layers, against numerical integration and in pictures."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime import ConfigError
from goldentime.envs.hazards.smoke import MAX_LAYERS, SmokeLayer, SmokeLayers, transmittance
from goldentime.envs.scenario import scenario_from_json
from goldentime.records import dump

heights = st.floats(-1.0, 6.0)


def optical_depth(smoke, eye, point, steps=20_000):
    """The integral of the extinction along a ray by midpoints."""
    along = (np.arange(steps) + 0.5) / steps
    z = eye[2] + along * (point[2] - eye[2])
    extinction = sum(layer.extinction_per_m * ((z >= layer.bottom_m) & (z < layer.top_m)) for layer in smoke.layers)
    return np.mean(extinction) * np.linalg.norm(point - eye)


@given(eye=heights, point=heights, far=st.floats(0.5, 30.0))
def test_transmittance_is_the_integral_along_the_ray(eye, point, far):
    layers = ((0.0, 1.0, 0.05), (1.0, 2.5, 0.3), (2.5, 4.0, 1.0))
    smoke = SmokeLayers(layers=tuple(SmokeLayer(bottom_m=a, top_m=b, extinction_per_m=k) for a, b, k in layers))
    start, end = np.array([0.0, 0.0, eye]), np.array([far, 0.0, point])
    through, _ = transmittance(smoke, start, end)
    if abs(eye - point) > 0.01:  # flatter rays may run along a border, where the sum over steps is a matter of taste
        assert through == pytest.approx(np.exp(-optical_depth(smoke, start, end)), abs=2e-3)


def test_level_rays_lose_what_their_layer_takes(scenes):
    smoke = scenes.smoke((1.0, 2.0, 0.25))
    points = np.array([[4.0, 0.0, 1.5], [4.0, 0.0, 0.5]])
    through, colour = transmittance(smoke, np.array([0.0, 0.0, 1.5]), points)
    assert through[0] == pytest.approx(np.exp(-1.0))
    assert colour[0] == pytest.approx(smoke.layers[0].colour)
    assert transmittance(smoke, np.array([0.0, 0.0, 0.5]), points[1:])[0] == 1.0


def test_layers_that_make_no_sense_are_refused(scenes):
    with pytest.raises(ValueError, match="bottom_m < top_m"):
        scenes.smoke((2.0, 1.0, 0.1))
    with pytest.raises(ValueError, match=f"at most {MAX_LAYERS}"):
        scenes.smoke(*[(i, i + 1.0, 0.1) for i in range(MAX_LAYERS + 1)])
    data = dump(dataclasses.replace(scenes.scene(), smoke=scenes.smoke((0.0, 1.0, 0.1))))
    data["smoke"]["layers"][0]["extinction_per_m"] = -1.0
    with pytest.raises(ConfigError, match=r"smoke\.layers\.0.*at least 0"):
        scenario_from_json(data)


@pytest.mark.parametrize("backend", ["gl", "tiny"])
def test_a_picture_is_dimmed_as_the_formula_says(scenes, make, backend):
    renderer = make(backend)
    clear_scene = scenes.scene(scenes.block(4.0), scenes.block(8.0, 3.0))
    smoke = scenes.smoke((0.0, 1.4, 0.05), (1.4, 3.0, 0.4))
    clear = scenes.picture(renderer, clear_scene)
    dim = scenes.picture(renderer, dataclasses.replace(clear_scene, smoke=smoke))
    assert (clear.depth == dim.depth).all()
    assert (clear.ids == dim.ids).all()
    points = scenes.points_of(scenes.view(), clear.depth)
    through, colour = transmittance(smoke, np.array(scenes.view().eye), points)
    expected = clear.rgb * through[..., None] + 255.0 * colour * (1.0 - through[..., None])
    near = clear.depth < 40.0  # the sky is drawn at a distance, not at a depth
    assert np.abs(dim.rgb[near] - expected[near]).max() < 3.0


def test_layered_smoke_is_dark_above_and_clear_below(scenes, gl):
    wall = scenes.block(6.0)
    layered = scenes.scene(wall, smoke=scenes.smoke((1.8, 4.0, 2.0)))
    clear, dim = scenes.picture(gl, scenes.scene(wall)), scenes.picture(gl, layered)
    rows = np.abs(clear.rgb.astype(int) - dim.rgb).mean((1, 2))
    assert (rows[80:] == 0).all()
    assert rows[:40].min() > 20
