"""Thermal pictures: temperatures of things, the formula through smoke, and what flames warm."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers, transmittance
from goldentime.envs.hazards.thermal import AMBIENT_K, apparent, kelvin_of, radiance, temperature_of
from goldentime.envs.level import Box
from goldentime.envs.scenario import Prop


def thermal(scenes, renderer, scenario, at=None, time_s=0.0):
    at = at or scenes.view()
    kelvin = np.zeros((at.height, at.width), np.float32)
    renderer.load(scenario)
    renderer.thermal(at, scenes.state(time_s=time_s), kelvin)
    return kelvin


@given(st.floats(200.0, 1500.0))
def test_radiance_turns_back_into_temperature(kelvin):
    assert kelvin_of(radiance(np.array(kelvin))) == pytest.approx(kelvin, rel=1e-9)


def test_people_are_warmer_than_their_surroundings_and_mannequins_are_not(scenes, gl):
    from goldentime.envs.assets.library import people_names

    name = next(name for name in people_names() if name.startswith("man-"))
    props = (
        Prop(asset=name, position=(3.0, 1.0, 0.0), yaw=3.1),
        Prop(asset=name, position=(3.0, -1.0, 0.0), yaw=3.1, semantic="mannequin"),
    )
    scenario = scenes.scene(props=props)
    frame, kelvin = scenes.picture(gl, scenario), thermal(scenes, gl, scenario)
    person, puppet = (kelvin[frame.instance == 2 + i] for i in range(2))
    assert {round(float(k), 1) for k in np.unique(person)} == {297.0, 300.0, 305.0}
    assert np.abs(puppet - AMBIENT_K).max() < 0.01
    assert np.abs(kelvin[frame.instance == 1] - AMBIENT_K).max() < 0.01
    assert kelvin[0].max() < AMBIENT_K


def test_only_the_living_and_drones_have_a_temperature_of_their_own():
    assert temperature_of("person", "skin") > temperature_of("person", "top") > AMBIENT_K
    assert temperature_of("firefighter", "top") < temperature_of("medic", "top")
    assert temperature_of("car", "skin") == temperature_of("poster", "skin") == AMBIENT_K


def test_flames_are_hot_and_warm_what_faces_them(scenes, gl):
    wall = Box(centre=(6.0, 0.0, 2.0), size=(0.2, 10.0, 4.0))
    flame = Flame(position=(4.5, 0.0, 0.0), radius_m=0.5, height_m=1.6)
    scenario = scenes.scene(wall, flames=(flame,))
    frame, kelvin = scenes.picture(gl, scenario), thermal(scenes, gl, scenario)
    burning = frame.instance == 3
    assert 900.0 <= kelvin[burning].min() < kelvin[burning].max() <= 1300.0
    behind = frame.instance == 2
    middle, edge = (kelvin[40:80, columns][behind[40:80, columns]].mean() for columns in (slice(60, 100), slice(130, 150)))
    assert AMBIENT_K + 20.0 < middle < 600.0
    assert AMBIENT_K < edge < middle - 15.0


def layers(kelvin=AMBIENT_K, extinction=1.5):
    return SmokeLayers(
        layers=(
            SmokeLayer(bottom_m=0.0, top_m=1.6, extinction_per_m=0.3 * extinction),
            SmokeLayer(bottom_m=1.6, top_m=4.0, extinction_per_m=extinction, temperature_k=kelvin),
        )
    )


def test_a_picture_is_what_the_formula_says(scenes, gl):
    """The NumPy twin on the clear picture and its depth."""
    wall = Box(centre=(7.0, 0.0, 2.0), size=(0.2, 12.0, 4.0))
    clear_scene = scenes.scene(wall, scenes.block(4.0, 1.5), flames=(Flame(position=(5.0, -1.0, 0.0)),))
    smoke = layers(520.0)
    frame, clear = scenes.picture(gl, clear_scene), thermal(scenes, gl, clear_scene)
    dim = thermal(scenes, gl, dataclasses.replace(clear_scene, smoke=smoke))
    at = scenes.view()
    right, down, forward = at.axes
    x = (np.arange(at.width) + 0.5 - at.width / 2) * 2 * at.half_width / at.width
    y = (np.arange(at.height) + 0.5 - at.height / 2) * 2 * at.half_width / at.width
    rays = forward + x[None, :, None] * right + y[:, None, None] * down
    points = np.array(at.eye) + frame.depth[..., None] * rays
    expected = apparent(smoke, np.array(at.eye), points, clear.astype(float))
    near = frame.depth < 40.0
    assert np.abs(dim - expected)[near].max() < 0.2
    assert np.abs(dim - clear)[near].max() > 20.0


def test_smoke_that_hides_a_person_from_the_eye_does_not_from_a_thermal_camera(scenes, gl):
    from goldentime.envs.assets.library import people_names

    name = next(name for name in people_names() if name.startswith("woman-"))
    smoke = layers(extinction=2.5)
    scenario = scenes.scene(props=(Prop(asset=name, position=(4.0, 0.0, 0.0), yaw=3.1),), smoke=smoke)
    frame, kelvin = scenes.picture(gl, scenario), thermal(scenes, gl, scenario)
    person = frame.instance == 2
    through, _ = transmittance(smoke, np.array((0.0, 0.0, 1.5)), np.array((4.0, 0.0, 1.2)))
    assert through < 0.1
    assert kelvin[person].mean() > AMBIENT_K + 3.0


def test_a_hot_layer_shines(scenes, gl):
    cold, hot = (thermal(scenes, gl, scenes.scene(scenes.block(6.0), smoke=layers(k))) for k in (AMBIENT_K, 600.0))
    assert (hot[:40] - cold[:40]).min() > 20.0
    assert np.abs(hot[100:] - cold[100:]).max() < 0.01  # looking down, below the layer


def test_glass_is_opaque_to_a_thermal_camera(scenes, gl):
    pane = Box(centre=(2.0, 0.0, 1.5), size=(0.02, 1.0, 1.0), semantic="glass", material="glass")
    flame = Flame(position=(4.0, 0.0, 0.7), radius_m=0.6, height_m=1.6)
    bare, glazed = (thermal(scenes, gl, scenes.scene(flames=(flame,), glass=glass)) for glass in ((), (pane,)))
    assert bare[60, 80] > 900.0
    assert glazed[60, 80] < 350.0
