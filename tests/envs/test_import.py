"""Importing furniture: a catalogue's sizes, directions and licences are kept, its faults are repaired or named."""

import io
import zipfile

import numpy as np
import pytest

from goldentime.cli import main
from goldentime.envs.assets.imported import imported_names
from goldentime.envs.assets.importing import MOST_FACES
from goldentime.envs.assets.library import load_asset
from goldentime.envs.assets.shapes import Shape, box, volume
from goldentime.envs.render.meshes import model_of
from goldentime.envs.scenario import Prop
from goldentime.errors import ConfigError

HEAD = "id=Test#Models\nname=Test catalogue\nlicense=CC-BY 3.0\n"
RED = "newmtl red\nKd 0.8 0.1 0.1\nd 1.0\nnewmtl gone\nKd 0 0 1\nd 0.0\nnewmtl painted\nKd 1 1 1\nmap_Kd wood.png\n"


def obj_of(vertices, faces, material="red"):
    lines = ["mtllib model.mtl", *(f"v {x} {y} {z}" for x, y, z in vertices), f"usemtl {material}"]
    return "\n".join([*lines, *(f"f {' '.join(f'{i + 1}/1/1' for i in face)}" for face in faces)])


def entry(number, name, size="50", **more):
    keys = {
        "id": f"Test#{name}",
        "name": name,
        "model": f"/models/{name}.obj",
        "width": size,
        "depth": "100",
        "height": "200",
    }
    keys |= {"creator": "Somebody", **more}
    return "".join(f"{key}#{number}={value}\n" for key, value in keys.items())


def catalogue(path, entries, models, head=HEAD):
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (4, 4), (100, 60, 20)).save(picture, "PNG")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("PluginFurnitureCatalog.properties", head + "".join(entries))
        archive.writestr("models/model.mtl", RED)
        archive.writestr("models/wood.png", picture.getvalue())
        for name, text in models.items():
            archive.writestr(f"models/{name}.obj", text)
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLDENTIME_ASSETS", str(tmp_path / "assets"))
    return tmp_path / "assets"


def bring(path, *more):
    return main(["assets", "import", "--sweethome3d", str(path), *more])


CUBE = box((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
# Higher than wide, with a nose at the front (+z in an OBJ file).
NOSED = np.concatenate([CUBE.vertices, [(0.0, 0.0, 1.5), (0.1, 0.0, 0.5), (0.0, 0.1, 0.5)]])
NOSE = len(CUBE.vertices)


def test_a_model_gets_its_size_in_metres_and_looks_towards_x(tmp_path, folder):
    faces = [*CUBE.faces.tolist(), (NOSE, NOSE + 1, NOSE + 2)]
    path = catalogue(tmp_path / "c.sh3f", [entry(1, "Chair")], {"Chair": obj_of(NOSED, faces)})
    assert bring(path) == 0
    mesh = load_asset("import:test-chair")
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    # 50 wide along y, 100 deep along x, 200 high.
    np.testing.assert_allclose(high - low, (1.0, 0.5, 2.0), atol=2e-4)
    np.testing.assert_allclose((low[:2] + high[:2]) / 2, 0.0, atol=2e-4)
    assert low[2] == pytest.approx(0.0, abs=1e-4)
    tip = mesh.vertices[mesh.vertices[:, 0].argmax()]
    assert tip[0] == pytest.approx(0.5, abs=1e-3) and tip[2] == pytest.approx(1.0, abs=0.05)
    assert mesh.semantic == "chair"
    assert mesh.regions[0][1] == pytest.approx((0.8, 0.1, 0.1), abs=0.01)
    assert imported_names() == ("import:test-chair",)
    assert load_asset(Prop(asset="import:test-chair", position=(0, 0, 0)).asset) is mesh


def test_licences_stand_beside_the_models(tmp_path, folder, capsys):
    models = {"A": obj_of(CUBE.vertices, CUBE.faces), "B": obj_of(CUBE.vertices, CUBE.faces)}
    bring(catalogue(tmp_path / "c.zip", [entry(1, "A"), entry(2, "B", creator="Someone else")], models))
    text = (folder / "LICENSES.md").read_text()
    assert "| `import:test-a` | A | Somebody | Test catalogue | CC-BY 3.0 |" in text
    assert "| `import:test-b` | B | Someone else | Test catalogue | CC-BY 3.0 |" in text
    assert "2 assets" in capsys.readouterr().out


def test_surfaces_turned_inside_out_or_doubled_have_normals_outwards(tmp_path, folder):
    inside_out = CUBE.faces[:, ::-1].tolist()
    doubled = CUBE.faces.tolist() + inside_out
    models = {"In": obj_of(CUBE.vertices, inside_out), "Twice": obj_of(CUBE.vertices, doubled)}
    bring(catalogue(tmp_path / "c.jar", [entry(1, "In"), entry(2, "Twice")], models))
    for name in ("import:test-in", "import:test-twice"):
        mesh = load_asset(name)
        assert volume(Shape(mesh.vertices.astype(float), mesh.faces.astype(np.int64))) == pytest.approx(1.0, rel=1e-3)
        assert len(mesh.faces) == len(CUBE.faces)
        outwards = mesh.vertices - [0.0, 0.0, 1.0]
        assert ((mesh.normals * outwards).sum(axis=1) > 0.0).all()


def test_an_open_surface_is_seen_from_both_sides(tmp_path, folder):
    square = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
    bring(catalogue(tmp_path / "c.sh3f", [entry(1, "Sheet")], {"Sheet": obj_of(square, [(0, 1, 2, 3)], "painted")}))
    mesh = load_asset("import:test-sheet")
    assert len(mesh.faces) == 4
    assert sorted(mesh.normals[:, 0].round(3).tolist()) == [-1.0] * 4 + [1.0] * 4
    assert [name for name, _ in mesh.regions] == ["painted", "painted_back"]
    for _, colour in mesh.regions:
        assert colour == pytest.approx((100 / 255, 60 / 255, 20 / 255), abs=0.01)
    # Nor do the two sides cancel where a renderer merges what is near.
    model = model_of(mesh.vertices, mesh.normals, mesh.faces, mesh.region, mesh.regions, mesh.semantic)
    for detail in model.details:
        np.testing.assert_allclose(np.linalg.norm(detail.vertices[:, 3:6], axis=1), 1.0, atol=1e-3)


def test_many_triangles_become_few(tmp_path, folder):
    steps = 65
    u, v = np.meshgrid(np.linspace(0.0, 1.0, steps), np.linspace(0.0, 1.0, steps))
    points = np.stack([u.ravel(), 0.1 * np.sin(6.0 * u * v).ravel(), v.ravel()], -1)
    at = np.arange(steps * steps).reshape(steps, steps)
    quads = np.stack([at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]], -1).reshape(-1, 4)
    bring(catalogue(tmp_path / "c.sh3f", [entry(1, "Cloth")], {"Cloth": obj_of(points, quads)}))
    mesh = load_asset("import:test-cloth")
    assert MOST_FACES / 4 < len(mesh.faces) <= MOST_FACES
    np.testing.assert_allclose(np.ptp(mesh.vertices, axis=0), (1.0, 0.5, 2.0), atol=0.02)


def test_a_rotation_comes_before_the_size(tmp_path, folder):
    # Onto its side: what was up becomes the front.
    more = {"modelRotation": "1 0 0 0 0 -1 0 1 0"}
    tall = CUBE.vertices * [1.0, 3.0, 1.0]
    bring(catalogue(tmp_path / "c.sh3f", [entry(1, "Box", **more)], {"Box": obj_of(tall, CUBE.faces)}))
    np.testing.assert_allclose(np.ptp(load_asset("import:test-box").vertices, axis=0), (1.0, 0.5, 2.0), atol=2e-4)


def test_what_cannot_be_imported_is_named_and_the_rest_is(tmp_path, folder, capsys):
    entries = [
        entry(1, "Good"), entry(2, "Lost"), entry(3, "Broken"), entry(4, "Sizeless", size="wide"),
        entry(5, "Hidden"), entry(6, "Wrong"),
    ]  # fmt: skip
    models = {
        "Good": obj_of(CUBE.vertices, CUBE.faces),
        "Broken": "v 0 0\nv 1 x 0\n",
        "Hidden": obj_of(CUBE.vertices, CUBE.faces, "gone"),
        "Wrong": obj_of(CUBE.vertices[:3], CUBE.faces),
    }
    assert bring(catalogue(tmp_path / "c.sh3f", entries, models)) == 0
    said = capsys.readouterr().out
    assert imported_names() == ("import:test-good",)
    for name, reason in {
        "test-lost": "no such file", "test-broken": "line 2: expected a vertex",
        "test-sizeless": "expected numbers as width",
        "test-hidden": "no face to be seen", "test-wrong": "vertices that are not there",
    }.items():  # fmt: skip
        assert any(name in line and reason in line for line in said.splitlines() if line.startswith("refused")), said


def test_only_some_into_another_folder(tmp_path, folder, capsys):
    models = {"Bed": obj_of(CUBE.vertices, CUBE.faces), "Lamp": obj_of(CUBE.vertices, CUBE.faces)}
    path = catalogue(tmp_path / "c.sh3f", [entry(1, "Bed"), entry(2, "Lamp")], models)
    other = tmp_path / "other"
    assert bring(path, str(other), "--only", "lamp") == 0
    assert [file.name for file in sorted(other.iterdir())] == ["LICENSES.md", "test-lamp.npz"]
    assert f"GOLDENTIME_ASSETS={other}" in capsys.readouterr().out
    assert not folder.exists()


def test_what_was_imported_before_an_interruption_has_its_licence(tmp_path, folder, monkeypatch):
    from goldentime.envs.assets import importing

    models = {"A": obj_of(CUBE.vertices, CUBE.faces), "B": obj_of(CUBE.vertices, CUBE.faces)}
    path = catalogue(tmp_path / "c.sh3f", [entry(1, "A"), entry(2, "B")], models)
    made = importing.imported_mesh

    def interrupted(model, source):
        if model.name == "test-b":
            raise KeyboardInterrupt
        return made(model, source)

    monkeypatch.setattr(importing, "imported_mesh", interrupted)
    with pytest.raises(KeyboardInterrupt):
        importing.import_assets(path, None)
    assert "`import:test-a` | A | Somebody" in (folder / "LICENSES.md").read_text()


def test_importing_again_gives_the_same_bytes(tmp_path, folder):
    path = catalogue(tmp_path / "c.sh3f", [entry(1, "A")], {"A": obj_of(NOSED, [*CUBE.faces.tolist(), (8, 9, 10)])})
    bring(path)
    first = (folder / "test-a.npz").read_bytes()
    bring(path)
    assert (folder / "test-a.npz").read_bytes() == first


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "expected a furniture catalogue"),
        (lambda path: path.write_bytes(b"no archive"), "can't be read as a catalogue"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "holds no PluginFurnitureCatalog.properties"),
        (lambda path: catalogue(path, [], {}, head="name=x\n"), "names no licence"),
        (lambda path: catalogue(path, [], {}), "no model imported, 0 refused"),
    ],
)
def test_what_is_no_catalogue_is_refused(tmp_path, folder, capsys, make, message):
    path = tmp_path / "c.sh3f"
    make(path)
    assert bring(path) != 0
    assert message in capsys.readouterr().err
    assert not folder.exists()


def test_an_asset_that_was_not_imported_says_how_to(folder):
    with pytest.raises(ConfigError, match="'goldentime assets import' brings such assets"):
        load_asset("import:nothing")
    with pytest.raises(ConfigError, match="not in"):
        load_asset("import:../../etc/passwd")
