"""The renderer: geometry, ids, culling, glass, props, signs, determinism and memory."""

import dataclasses
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.level import UNSEEN, Box, Cylinder
from goldentime.envs.render import content, gl_batches
from goldentime.envs.render.classes import CLASSES, OTHER, semantic_id
from goldentime.envs.render.culling import frustum, sees_boxes, sees_spheres
from goldentime.envs.scenario import DroneSpec, KitSpec, Mover, Prop
from goldentime.errors import ClosedError, ConfigError

CENTRE = (60, 80)
"""Row and column of the middle of the small picture."""


def test_depth_is_along_the_axis_and_ids_name_the_block(scenes, gl):
    frame = scenes.picture(gl, scenes.scene(scenes.block(4.0, semantic="wall"), scenes.block(7.0, 4.0)))
    assert frame.depth[CENTRE] == pytest.approx(3.5, abs=1e-4)
    assert frame.depth[CENTRE[0], CENTRE[1] + 8] == pytest.approx(3.5, abs=1e-4)  # off the axis: depth, not distance
    assert frame.instance[CENTRE] == content.FIRST_SOLID
    assert frame.semantic[CENTRE] == semantic_id("wall")
    assert (frame.instance == content.FIRST_SOLID + 1).any()
    assert frame.depth[0, 0] == 50.0
    assert frame.instance[0, 0] == frame.semantic[0, 0] == 0
    assert frame.instance[-1, 0] == 1


def test_left_is_left_and_up_is_up(scenes, gl):
    frame = scenes.picture(gl, scenes.scene(scenes.block(4.0, 2.0), scenes.block(4.0, -2.0), scenes.block(4.0, 0.0, 3.5)))
    rows, columns = (
        [float(np.mean(np.nonzero(frame.instance == content.FIRST_SOLID + i)[axis])) for i in range(3)] for axis in (0, 1)
    )
    assert columns[0] < 60 < 100 < columns[1]
    assert rows[2] < 40 < rows[0]


def test_depth_agrees_with_rays_through_bullet(scenes, gl):
    """From the same level: the collision object and the picture."""
    rng = np.random.default_rng(3)
    solids = [
        Box(centre=(x, y, 1.0), size=(0.5, 0.8, 2.0), yaw=yaw)
        for x, y, yaw in rng.uniform((3.0, -6.0, 0.0), (14.0, 6.0, 3.0), (25, 3)).tolist()
    ]
    scenario = scenes.scene(*solids, Cylinder(base=(4.0, 0.5, 0.0), radius=0.2, height=2.5))
    at = scenes.view()
    frame = scenes.picture(gl, scenario, at)
    world = BulletPhysics(240.0)
    world.reset(scenario)
    rows, columns = (values.ravel() for values in np.mgrid[5:115:7, 5:155:7])
    right, down, forward = at.axes
    pixel = 2.0 * at.half_width / at.width
    rays = forward + np.outer((columns - 79.5) * pixel, right) + np.outer((rows - 59.5) * pixel, down)
    start = np.tile(at.eye, (len(rays), 1))
    fraction = world.cast(start, start + at.far_m * rays, 0.0)
    world.close()
    off = np.abs(fraction * at.far_m - frame.depth[rows, columns])
    assert np.mean(off < 0.01 + 0.01 * frame.depth[rows, columns]) > 0.98  # the rest sees past an edge


def test_the_same_picture_comes_from_both_renderers(scenes, make):
    scenario = scenes.scene(
        scenes.block(4.0), scenes.block(9.0, 3.0, semantic="wall"), Cylinder(base=(5.0, -2.0, 0.0), radius=0.3, height=2.0),
        drones=(DroneSpec(airframe="scout", position=(2.0, 0.8, 1.5)),),
    )  # fmt: skip
    of = scenes.state((2.0, 0.8, 1.5))
    first, second = (scenes.picture(make(name), scenario, of=of) for name in ("gl", "tiny"))
    alike = first.ids == second.ids
    assert alike.mean() > 0.97
    near = alike & (first.instance > 1)  # TinyRenderer's depth is coarse on huge triangles such as the ground's
    assert np.percentile(np.abs(first.depth - second.depth)[near], 95) < 0.05
    assert np.abs(first.rgb[near].astype(int) - second.rgb[near]).mean() < 60


def test_things_outside_the_view_are_left_out_and_no_others(scenes):
    rng = np.random.default_rng(0)
    at = scenes.view(yaw=0.7, pitch=-0.3)
    planes = frustum(at)
    points = rng.uniform(-60.0, 60.0, (4000, 3))
    right, down, forward = ((points - at.eye) @ axis for axis in at.axes)
    inside = (forward > 0.03) & (forward < at.far_m) & (np.abs(right) < forward) & (np.abs(down) < 0.75 * forward)
    assert inside.any()
    assert (sees_spheres(planes, points, np.zeros(len(points))) == inside).all()
    assert sees_boxes(planes, points, np.full((len(points), 3), 0.5))[inside].all()
    assert sees_boxes(planes, points, np.full((len(points), 3), 0.5)).mean() < 0.3


def test_culling_changes_no_pixel(scenes, gl, monkeypatch):
    rng = np.random.default_rng(1)
    blocks = [scenes.block(*rng.uniform((-20.0, -20.0, 0.5), (20.0, 20.0, 3.0))) for _ in range(150)]
    scenario = scenes.scene(*blocks)
    views = [scenes.view(yaw=yaw, pitch=pitch) for yaw, pitch in rng.uniform((-3.0, -0.6), (3.0, 0.6), (8, 2))]
    culled = [scenes.picture(gl, scenario, at) for at in views]
    monkeypatch.setattr(
        "goldentime.envs.render.gl_batches.sees_boxes", lambda planes, centre, half: np.ones(len(centre), bool)
    )
    for at, frame in zip(views, culled, strict=True):
        every = scenes.picture(gl, scenario, at)
        assert all((one == other).all() for one, other in zip(frame, every, strict=True))


def test_glass_tints_but_hides_neither_depth_nor_ids(scenes, gl):
    pane = Box(centre=(2.0, 0.0, 1.5), size=(0.02, 1.0, 1.0), semantic="glass", material="glass")
    wall = scenes.block(4.0)
    bare, glazed = scenes.picture(gl, scenes.scene(wall)), scenes.picture(gl, scenes.scene(wall, glass=(pane,)))
    assert (bare.depth == glazed.depth).all()
    assert (bare.ids == glazed.ids).all()
    change = np.abs(bare.rgb.astype(int) - glazed.rgb).sum(2)
    assert 3 < change[CENTRE] < 150
    assert change[0, 0] == 0


def test_a_drone_does_not_see_itself_nor_its_kit_but_others(scenes, gl):
    drones = (DroneSpec(airframe="scout", position=(0.0, 0.0, 1.5)), DroneSpec(airframe="scout", position=(2.0, 0.0, 1.5)))
    scenario = scenes.scene(drones=drones, kits=(KitSpec(carrier=0),))
    table = content.instances(scenario)
    of = scenes.state((0.0, 0.0, 1.5), (2.0, 0.0, 1.5), kits=(((0.0, 0.0, 1.5), 0),))
    down = scenes.view(pitch=-0.4, hidden_drone=0)
    seen = {table[number][:2] for number in np.unique(scenes.picture(gl, scenario, down, of).instance)}
    assert ("drone", 1) in seen
    assert not {("drone", 0), ("kit", 0)} & seen
    behind = scenes.view(eye=(-1.5, 0.0, 1.4))
    seen = {table[number][:2] for number in np.unique(scenes.picture(gl, scenario, behind, of).instance)}
    assert {("drone", 0), ("kit", 0)} <= seen


def test_movers_swing(scenes, gl):
    mover = Mover(centre=(4.0, 0.0, 1.5), size=(1.0, 1.0, 1.0), amplitude=(0.0, 1.5, 0.0), period_s=4.0)
    scenario = scenes.scene(movers=(mover,))
    places = []
    for time_s in (0.0, 1.0, 3.0):
        frame = scenes.picture(gl, scenario, of=scenes.state(time_s=time_s))
        places.append(np.nonzero(frame.semantic == semantic_id("mover"))[1].mean())
    assert places[1] < places[0] < places[2]


def test_props_show_their_regions_in_their_colours(scenes, gl, small_asset):
    plain = Prop(asset="post", position=(3.0, 0.0, 0.0))
    other = Prop(asset="post", position=(3.0, 1.5, 0.0), colours={"top": (0.0, 0.0, 1.0)}, semantic="cone", scale=0.9)
    frame = scenes.picture(gl, scenes.scene(props=(plain, other)))
    first, second = (frame.instance == 2 + i for i in range(2))
    assert set(frame.semantic[first]) == {semantic_id("person")}
    assert set(frame.semantic[second]) == {semantic_id("cone")}
    rows = np.nonzero(first)[0]
    top, foot = frame.rgb[first][rows == rows.min()].mean(0), frame.rgb[first][rows == rows.max()].mean(0)
    assert top[0] > 3 * top[1]
    assert foot[1] > 3 * foot[0]
    assert frame.rgb[second][:3].mean(0)[2] > 100
    assert np.nonzero(second)[0].min() > rows.min()


def test_a_region_that_the_asset_lacks_is_refused(scenes, gl, small_asset):
    with pytest.raises(ConfigError, match=r"props\[0\]\.colours: post has the regions foot, top, got 'hat'"):
        gl.load(scenes.scene(props=(Prop(asset="post", position=(3.0, 0.0, 0.0), colours={"hat": (1.0, 0.0, 0.0)}),)))


def test_coarse_models_look_alike_from_afar(scenes, gl):
    props = tuple(Prop(asset=name, position=(8.0, 2.0 * i - 3.0, 0.0), yaw=0.5) for i, name in enumerate(people()))
    at = scenes.view(size=(640, 480))
    coarse = scenes.picture(gl, scenes.scene(props=props), at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gl_batches, "_CELL_PIXELS", 0.0)
        fine = scenes.picture(gl, scenes.scene(props=props), at)
    for number in range(2, 2 + len(props)):
        first, second = coarse.instance == number, fine.instance == number
        assert (first & second).sum() / (first | second).sum() > 0.85


def people():
    from goldentime.envs.assets.library import people_names

    return people_names()[::5][:4]


@pytest.fixture
def small_asset(monkeypatch):
    """A square post of two storeys, each a region."""
    from goldentime.envs.assets.library import make_asset

    ring = [(-0.2, -0.2), (0.2, -0.2), (0.2, 0.2), (-0.2, 0.2)]
    vertices: list[Any] = []
    faces: list[Any] = []
    region: list[int] = []
    for part, (low, high) in enumerate(((0.0, 0.9), (0.9, 1.8))):
        base = len(vertices)
        vertices += [(x, y, z) for z in (low, high) for x, y in ring]
        for i in range(4):
            j = (i + 1) % 4
            faces += [(base + i, base + j, base + 4 + j), (base + i, base + 4 + j, base + 4 + i)]
            region += [part, part]
    regions = (("foot", (0.0, 1.0, 0.0)), ("top", (1.0, 0.0, 0.0)))
    asset = make_asset(np.array(vertices), np.array(faces), np.array(region), regions, ("person", "post", ""))
    content._asset_model.cache_clear()
    monkeypatch.setattr(content, "load_asset", lambda name: asset)
    yield asset
    content._asset_model.cache_clear()


def test_hulls_of_props_are_not_drawn(scenes, gl):
    hull = dataclasses.replace(scenes.block(2.0), material=UNSEEN)
    frame = scenes.picture(gl, scenes.scene(hull, scenes.block(4.0)))
    assert frame.instance[CENTRE] == content.FIRST_SOLID + 1


def test_signs_are_legible_and_have_one_number(scenes, gl):
    from goldentime.envs.signs import PlacedSign, SignKind, draw_sign

    spec = draw_sign(SignKind.EXIT, np.random.default_rng(0))
    spec = dataclasses.replace(spec, height_m=1.5, backlight=1.0)
    sign = PlacedSign(spec=spec, anchor=(1.2, 0.0, 0.0), yaw=math.pi)
    frame = scenes.picture(gl, scenes.scene(signs=(sign,)))
    shown = frame.semantic == semantic_id("sign")
    assert set(frame.instance[shown]) == {2}
    assert frame.rgb[shown].std(0).max() > 15  # ink on a face
    turned = dataclasses.replace(sign, yaw=0.0)
    if spec.mounting == "flat":
        assert scenes.picture(gl, scenes.scene(signs=(turned,))).rgb[shown].std(0).max() < 15


def test_every_asset_has_a_class_of_the_list():
    from goldentime.envs.assets.library import asset_names, load_asset

    assert {load_asset(name).semantic for name in asset_names()} <= set(CLASSES)


def test_unknown_classes_share_a_number():
    assert semantic_id("no such thing") == OTHER
    assert len(set(CLASSES)) == len(CLASSES) < OTHER


PIXELS = """
import sys; sys.path.insert(0, sys.argv[1])
from hashlib import sha256
import scenes
from goldentime.envs.render.frame import make_renderer
frame = scenes.picture(make_renderer("gl"), scenes.scene(*[scenes.block(3.0 + i, (i % 5) - 2.0) for i in range(20)],
    smoke=scenes.smoke((1.0, 2.0, 0.2))))
print(*[sha256(part.tobytes()).hexdigest() for part in frame])
"""


def test_two_processes_draw_equal_bytes():
    command = [sys.executable, "-c", PIXELS, str(Path(__file__).parent)]
    first, second = (subprocess.run(command, capture_output=True, text=True) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert len(set(first.stdout.split())) == 3
    assert first.stdout == second.stdout


def test_renderers_in_one_process_do_not_disturb_each_other(scenes, make):
    one, two = make(), make()
    near, far = scenes.scene(scenes.block(3.0)), scenes.scene(scenes.block(8.0))
    first = scenes.picture(one, near)
    scenes.picture(two, far, scenes.view(size=(64, 48)))
    again = scenes.picture(one, near)
    two.close()
    third = scenes.picture(one, near)
    for other in (again, third):
        assert all((a == b).all() for a, b in zip(first, other, strict=True))


def test_pictures_and_scenes_do_not_gather_memory(scenes, gl):
    scenario = scenes.scene(*[scenes.block(3.0 + i) for i in range(50)])
    frame = scenes.make_frame(*scenes.SIZE)
    gl.load(scenario)

    def draw(times):
        for _ in range(times):
            gl.render(scenes.view(), scenes.state(), frame)
        for number in range(times // 20):
            gl.load(scenes.scene(*[scenes.block(3.0 + i + 0.001 * number) for i in range(50)]))
        return psutil.Process().memory_info().rss / 2**20

    before = draw(400)
    assert draw(1000) - before < 4.0


def test_use_after_close_is_refused(scenes, make):
    for backend in ("gl", "tiny"):
        renderer = make(backend)
        with pytest.raises(ClosedError):
            renderer.render(scenes.view(), scenes.state(), scenes.make_frame(*scenes.SIZE))
        renderer.close()
        renderer.close()
        with pytest.raises(ClosedError):
            renderer.load(scenes.scene())


def test_without_a_driver_the_error_says_what_to_install(monkeypatch, scenes, make):
    def refuse(**options):
        raise Exception("libEGL.so not loaded")

    monkeypatch.setattr("goldentime.envs.render.gl_device._devices", {})
    monkeypatch.setattr("moderngl.create_context", refuse)
    with pytest.raises(ConfigError, match=r"libEGL\.so not loaded.*apt-get install libegl1 libgl1-mesa-dri.*'tiny'"):
        make().load(scenes.scene())


FORKED = """
import os, sys
sys.path.insert(0, sys.argv[1])
import scenes
from goldentime.envs.render.frame import make_renderer
make_renderer("gl").load(scenes.scene())
child = os.fork()
if child == 0:
    try:
        make_renderer("gl").load(scenes.scene())
    except Exception as error:
        print(type(error).__name__, error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""


def test_a_forked_child_is_told_instead_of_waiting_for_ever():
    command = [sys.executable, "-c", FORKED, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "ConfigError camera: forked from a process that draws; start workers with 'spawn'" in done.stdout, done.stderr


def test_flames_shine_flicker_and_are_told_by_class(scenes, gl):
    scenario = scenes.scene(scenes.block(6.0), flames=(Flame(position=(3.0, 0.0, 0.5), radius_m=0.5, height_m=1.5),))
    frames = [scenes.picture(gl, scenario, of=scenes.state(time_s=t)) for t in (0.0, 0.0, 0.4)]
    assert all((a == b).all() for a, b in zip(frames[0], frames[1], strict=True))
    assert (frames[0].rgb != frames[2].rgb).any()
    burning = frames[0].semantic == semantic_id("fire")
    assert set(frames[0].instance[burning]) == {3}
    red, _, blue = frames[0].rgb[burning].mean(0)
    assert red > 180
    assert red > blue + 80
    assert frames[0].depth[burning] == pytest.approx(3.0, abs=0.05)
    dark = scenes.picture(gl, dataclasses.replace(scenario, flames=()))
    glow = frames[0].rgb.astype(int).sum(2) - dark.rgb.astype(int).sum(2)
    assert glow[(frames[0].semantic != semantic_id("fire"))].max() > 10
    assert (glow >= 0)[~burning].all()


@pytest.mark.parametrize("wrong", [{"radius_m": 0.0}, {"height_m": -1.0}, {"seed": -1}, {"seed": 2**16}])
def test_flames_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="expected radius_m"):
        Flame(position=(0.0, 0.0, 0.0), **wrong)
