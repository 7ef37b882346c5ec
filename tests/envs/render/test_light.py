"""Shadows, lamps, light of flames, embers and motion blur."""

import dataclasses
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime import ConfigError
from goldentime.envs.hazards.flames import MAX_EMBERS, Burning, Flame
from goldentime.envs.hazards.lights import MAX_LIGHTS, Lamp, Lighting, brightest, flicker
from goldentime.envs.level import Box
from goldentime.envs.scenario import DroneSpec

SUN = np.array((0.36, -0.48, 0.80))


def luma(frame):
    return frame.rgb.astype(float).mean(2)


def ground_points(at, frame):
    """(h, w, 2) where each pixel's ray meets the ground."""
    right, down, forward = at.axes
    x = (np.arange(at.width) + 0.5 - at.width / 2) * 2 * at.half_width / at.width
    y = (np.arange(at.height) + 0.5 - at.height / 2) * 2 * at.half_width / at.width
    rays = forward + x[None, :, None] * right + y[:, None, None] * down
    return (np.array(at.eye) + frame.depth[..., None] * rays)[..., :2]


def test_a_box_darkens_the_ground_behind_it_and_nothing_else(scenes, gl):
    box = Box(centre=(6.0, 0.0, 1.0), size=(1.0, 1.0, 2.0))
    scenario = scenes.scene(box)
    at = scenes.view(eye=(0.0, 0.0, 6.0), pitch=-0.6)
    plain, shaded = (scenes.picture(gl, scenario, at._replace(shadows=s)) for s in (False, True))
    assert (plain.depth == shaded.depth).all()
    assert (plain.ids == shaded.ids).all()
    ground = plain.instance == 1
    points = ground_points(at, plain)
    # A point lies in the shadow where its ray to the sun passes through the box.
    inside = np.zeros(ground.shape, bool)
    near = np.zeros(ground.shape, bool)
    for height in np.linspace(0.0, 2.0, 81):
        off = np.abs(points + height * SUN[:2] / SUN[2] - np.array(box.centre[:2])).max(-1)
        inside |= off < 0.5 - 0.1
        near |= off < 0.5 + 0.15
    share = luma(shaded) / luma(plain)
    assert (inside & ground).sum() > 100
    assert share[inside & ground].max() < 0.75
    assert share[ground & ~near].min() > 0.98
    sky = plain.instance == 0
    assert (plain.rgb == shaded.rgb)[sky].all()


def test_a_roof_takes_the_sun_away_but_not_the_sky(scenes, gl):
    roof = Box(centre=(6.0, 0.0, 4.0), size=(16.0, 16.0, 0.2))
    at = scenes.view(pitch=-0.8)
    plain, shaded = (scenes.picture(gl, scenes.scene(roof), at._replace(shadows=s)) for s in (False, True))
    # The sun comes from the south-east, so that the shadow lies a little to the north-west.
    off = np.abs(ground_points(at, plain) + 4.0 * SUN[:2] / SUN[2] - np.array(roof.centre[:2])).max(-1)
    below = (plain.instance == 1) & (off < 7.7)
    assert below.mean() > 0.5
    share = (luma(shaded) / luma(plain))[below]
    assert 0.4 < share.min()
    assert share.max() < 0.75


def test_the_camera_s_own_drone_casts_a_shadow(scenes, gl):
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, 1.5))
    at = scenes.view(pitch=-1.5, hidden_drone=0)
    scenario = scenes.scene(drones=(drone,))
    of = scenes.state((0.0, 0.0, 1.5))
    plain, shaded = (scenes.picture(gl, scenario, at._replace(shadows=s), of) for s in (False, True))
    assert (plain.ids == shaded.ids).all()
    darker = luma(plain) - luma(shaded) > 25
    assert 0.001 < darker.mean() < 0.2


def test_a_lamp_lights_what_faces_it_by_the_inverse_square(scenes, gl):
    """On a wall in the dark, squared brightness goes with cos / (d^2 + 0.05)."""
    wall = Box(centre=(4.5, 0.0, 3.0), size=(1.0, 12.0, 6.0), material="plaster")
    lamp = Lamp(position=(3.0, 0.0, 1.5), power=0.6, colour=(1.0, 1.0, 1.0))
    dark, lamped = (
        scenes.picture(gl, scenes.scene(wall, light=Lighting(daylight=0.0, lamps=lamps))) for lamps in ((), (lamp,))
    )
    assert dark.rgb.max() == 0
    right = np.array([(c + 0.5 - 80.0) / 80.0 * 4.0 for c in range(80, 150, 10)])
    expected = np.sqrt(1.0 / np.hypot(right, 1.0) / (right**2 + 1.05))
    row = lamped.rgb[55:65, 80:150:10].astype(float).mean((0, 2))
    assert row / row[0] == pytest.approx(expected / expected[0], abs=0.12)  # the wall has some grain
    assert row[0] > 3 * row[-1]


def test_flames_light_their_room_and_flicker(scenes, gl):
    wall = scenes.block(5.0)
    flame = Flame(position=(3.5, 1.2, 0.0), radius_m=0.4, height_m=1.4)
    lit, unlit = (scenes.scene(wall, flames=(flame,), light=Lighting(daylight=0.2, firelight=on)) for on in (True, False))
    first, later = (scenes.picture(gl, lit, of=scenes.state(time_s=t)) for t in (0.0, 0.3))
    dim = scenes.picture(gl, unlit)
    on_wall = (first.instance == 2) & (later.instance == 2)
    gain = first.rgb[on_wall].mean(0) - dim.rgb[on_wall].mean(0)
    assert gain[0] > 15
    assert gain[0] > 1.3 * gain[2]
    assert (first.rgb != later.rgb)[on_wall].any()


def test_dusk_darkens_everything_alike_but_flames(scenes, gl):
    flame = Flame(position=(4.0, -1.5, 0.0))
    scenario = scenes.scene(scenes.block(4.0), flames=(flame,))
    day = scenes.picture(gl, scenario)
    dusk = scenes.picture(gl, dataclasses.replace(scenario, light=Lighting(daylight=0.5)))
    still = (day.instance == 2) | (day.instance == 0)
    glow = np.abs(dusk.rgb - 0.5 * day.rgb)[still].max(1)
    assert np.median(glow) <= 1.0
    burning = day.instance == 3
    assert (day.rgb == dusk.rgb)[burning].mean() > 0.9


@given(time_s=st.floats(0.0, 1e4), seed=st.integers(0, 2**16 - 1))
def test_flicker_stays_near_its_mean(time_s, seed):
    assert 0.75 <= flicker(seed, time_s) <= 1.25


def test_the_strongest_lights_are_taken():
    lamps = tuple(Lamp(position=(float(i), 0.0, 2.0)) for i in range(20))
    at, squared, _ = brightest(
        Lighting(lamps=lamps), Burning((), np.zeros(0), (), np.zeros((0, 6, 3))), np.array((12.0, 0.0, 2.0)), 0.0
    )
    assert at.shape == squared.shape == (MAX_LIGHTS, 3)
    assert set(at[:, 0]) <= set(range(8, 17))
    assert at[0, 0] == 12.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Lamp(position=(0.0, 0.0, 0.0), power=0.0), "power above 0"),
        (lambda: Lighting(daylight=1.5), r"daylight in \[0, 1\]"),
        (lambda: Flame(position=(0.0, 0.0, 0.0), embers=MAX_EMBERS + 1), "expected embers"),
    ],
)
def test_lights_that_make_no_sense_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_embers_rise_shine_and_have_no_ids(scenes, gl):
    flame = Flame(position=(3.0, 0.0, 0.2), radius_m=0.4, height_m=1.2)
    scenario = scenes.scene(flames=(flame,), light=Lighting(daylight=0.1))
    sparks = dataclasses.replace(scenario, flames=(dataclasses.replace(flame, embers=40),))
    without, with_them = scenes.picture(gl, scenario), scenes.picture(gl, sparks)
    assert (without.ids == with_them.ids).all()
    assert (without.depth == with_them.depth).all()
    change = with_them.rgb.astype(int) - without.rgb
    assert change.min() >= 0
    shining = (change.sum(2) > 30).sum()
    assert 5 < shining < 400
    again = scenes.picture(gl, sparks, of=scenes.state(time_s=0.25))
    assert (again.rgb != with_them.rgb).any()


def test_blur_of_a_still_camera_is_identity(scenes, gl):
    scenario, at = scenes.scene(*[scenes.block(3.0 + i, (i % 3) - 1.0) for i in range(6)]), scenes.view()
    sharp = scenes.picture(gl, scenario, at)
    still = scenes.picture(gl, scenario, at._replace(opened=(at.eye, at.forward, at.up)))
    assert all((one == other).all() for one, other in zip(sharp, still, strict=True))
    # Through the shader itself: a move too small to see.
    moved = scenes.picture(gl, scenario, at._replace(opened=((1e-6, 0.0, 1.5), at.forward, at.up)))
    assert np.abs(sharp.rgb.astype(int) - moved.rgb).max() <= 1


def test_blur_is_the_mean_of_the_pictures_seen_meanwhile(scenes, gl):
    """Turning on the spot hides and bares nothing: there the average of one picture is that of many."""
    scenario = scenes.scene(*[scenes.block(4.0, y) for y in (-3.0, -1.0, 1.0, 3.0)])
    turn = 0.08
    end = scenes.view()
    blurred = scenes.picture(gl, scenario, end._replace(opened=(end.eye, scenes.view(yaw=-turn).forward, end.up)))
    sharp = scenes.picture(gl, scenario, end)
    many = [scenes.picture(gl, scenario, scenes.view(yaw=-turn * (i + 0.5) / 16)).rgb for i in range(16)]
    mean = np.sqrt(np.mean([picture.astype(float) ** 2 for picture in many], 0))
    inner = np.s_[:, 10:-10]
    assert np.abs(blurred.rgb - mean)[inner].mean() < 3.0
    assert np.abs(sharp.rgb - mean)[inner].mean() > 2.0 * np.abs(blurred.rgb - mean)[inner].mean()
    assert (blurred.depth == sharp.depth).all()
    assert (blurred.ids == sharp.ids).all()


def test_the_tiny_backend_refuses_what_it_cannot_draw(scenes, make):
    tiny, at = make("tiny"), scenes.view()
    for wish in ({"shadows": True}, {"opened": (at.eye, at.forward, at.up)}):
        with pytest.raises(ConfigError, match="'tiny' draws neither soft shadows nor motion blur"):
            scenes.picture(tiny, scenes.scene(), at._replace(**wish))
    with pytest.raises(ConfigError, match="'tiny' draws no thermal picture"):
        tiny.thermal(at, scenes.state(), np.zeros((at.height, at.width), np.float32))


def test_options_of_one_camera_do_not_disturb_another(scenes, gl):
    flame = Flame(position=(3.0, 0.5, 0.2), embers=20)
    scenario = scenes.scene(scenes.block(4.0), flames=(flame,), light=Lighting(lamps=(Lamp(position=(2.0, 0.0, 3.0)),)))
    at = scenes.view()
    first = scenes.picture(gl, scenario, at)
    scenes.picture(gl, scenario, at._replace(shadows=True, opened=((0.1, 0.0, 1.5), at.forward, at.up)))
    gl.thermal(at, scenes.state(), np.zeros((at.height, at.width), np.float32))
    again = scenes.picture(gl, scenario, at)
    assert all((one == other).all() for one, other in zip(first, again, strict=True))


PIXELS = """
import sys; sys.path.insert(0, sys.argv[1])
from hashlib import sha256
import numpy as np
import scenes
from goldentime.envs.hazards.flames import Burning, Flame
from goldentime.envs.hazards.lights import Lamp, Lighting
from goldentime.envs.render.frame import make_renderer
flames = tuple(Flame(position=(4.0 + i, 1.5, 0.0), seed=i, embers=30) for i in range(3))
light = Lighting(daylight=0.4, lamps=(Lamp(position=(3.0, 0.0, 3.0)),), firelight=True)
scenario = scenes.scene(*[scenes.block(3.0 + i, (i % 5) - 2.0) for i in range(20)], flames=flames, light=light,
                        smoke=scenes.smoke((1.0, 2.0, 0.2)))
at = scenes.view()._replace(shadows=True, opened=((-0.1, 0.05, 1.5), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
renderer, of = make_renderer("gl"), scenes.state(time_s=1.3)
frame = scenes.picture(renderer, scenario, at, of)
kelvin = np.zeros(frame.depth.shape, np.float32)
renderer.thermal(at, of, kelvin)
print(*[sha256(part.tobytes()).hexdigest() for part in (*frame, kelvin)])
"""


@pytest.mark.slow
def test_two_processes_draw_equal_bytes_with_everything_on():
    command = [sys.executable, "-c", PIXELS, str(Path(__file__).parent)]
    first, second = (subprocess.run(command, capture_output=True, text=True) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert len(set(first.stdout.split())) == 4
    assert first.stdout == second.stdout


def test_shadows_and_thermal_pictures_do_not_gather_memory(scenes, gl):
    import psutil

    at = scenes.view()._replace(shadows=True, opened=((0.1, 0.0, 1.5), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    kelvin = np.zeros((at.height, at.width), np.float32)

    def draw(times):
        for number in range(times):
            scenario = scenes.scene(*[scenes.block(3.0 + i + 0.001 * number) for i in range(20)])
            scenes.picture(gl, scenario, at)
            gl.thermal(at, scenes.state(), kelvin)
        return psutil.Process().memory_info().rss / 2**20

    before = draw(30)
    assert draw(60) - before < 6.0


def test_a_light_comes_back_from_json():
    from goldentime.records import dump, load

    light = Lighting(daylight=0.3, lamps=(Lamp(position=(1.0, 2.0, 3.0), power=math.pi),), firelight=True)
    assert load(Lighting, dump(light), "light") == light
