"""The detection set: whole, resumable, the same bytes however it is made."""

import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest

from goldentime.envs.render.photos import FAR_M
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.errors import ConfigError
from goldentime.eval.dataset.detection import DETECTION, DetectionConfig
from goldentime.eval.dataset.load import load
from goldentime.eval.dataset.masks import decode_mask
from goldentime.eval.dataset.shards import Made, make_shards

SCENE = SceneConfig(people=(2, 3), objects=(2, 3), signs=(1, 2))
CONFIG = DetectionConfig(n=13, views=2, width=160, height=120, yolo=True, visdrone=True, scene=SCENE, seed=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("detection") / "set"
    make_shards(DETECTION, CONFIG, path)
    return path


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# pycocotools 2.0.10 hands arrays to NumPy in the way of version 1.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_the_coco_tools_read_boxes_and_masks(folder):
    COCO = pytest.importorskip("pycocotools.coco").COCO
    coco = COCO(str(folder / "annotations.json"))
    assert len(coco.getImgIds()) == CONFIG.n
    rows = coco.loadAnns(coco.getAnnIds())
    assert rows
    for row in rows:
        assert (coco.annToMask(row) == decode_mask(row["segmentation"]["counts"], 120, 160)).all()


def test_samples_have_their_picture_and_boxes_within_it(folder):
    data = load(folder)
    assert len(data) == CONFIG.n
    for place in range(len(data)):
        sample = data[place]
        assert sample.image.shape == (120, 160, 3)
        assert (sample.boxes[:, 2:] > sample.boxes[:, :2]).all()
        assert (sample.boxes >= 0).all() and (sample.boxes <= (160, 120, 160, 120)).all()
        assert set(sample.labels.tolist()) <= data.categories.keys()


@pytest.mark.train
def test_a_torch_loader_takes_it_in_one_line(folder):
    data = pytest.importorskip("torch.utils.data")
    batches = list(data.DataLoader(load(folder), batch_size=4, collate_fn=list))
    assert [len(batch) for batch in batches] == [4, 4, 4, 1]
    (first, *_) = data.DataLoader(load(folder), batch_size=None)
    assert first.image.shape == (120, 160, 3)


def test_annotations_keep_to_what_the_card_says(folder):
    data = json.loads((folder / "annotations.json").read_bytes())
    for row in data["annotations"]:
        assert row["area"] >= 12 and min(row["bbox"][2:]) >= 4
        assert 0.0 <= row["visibility"] <= 1.0 and 0.0 <= row["occlusion"] <= 1.0
        assert 0.0 <= row["transmittance"] <= 1.0 and 0.0 < row["distance_m"] <= 2 * FAR_M
    for image in data["images"]:
        assert (image["width"], image["height"], image["place"] in ("street", "floor")) == (160, 120, True)


def test_yolo_labels_are_the_same_boxes(folder):
    data = load(folder)
    for place in range(len(data)):
        text = (folder / "labels" / f"{place:06d}.txt").read_text()
        rows = np.array([line.split() for line in text.splitlines()], float).reshape(-1, 5)
        centre, size = rows[:, 1:3] * (160, 120), rows[:, 3:] * (160, 120)
        np.testing.assert_allclose(np.hstack([centre - size / 2, centre + size / 2]), data[place].boxes, atol=1e-3)
        assert (rows[:, 0] + 1 == data[place].labels).all()


def test_visdrone_lines_have_eight_numbers_and_its_categories(folder):
    rows = [line for path in (folder / "visdrone").iterdir() for line in path.read_text().splitlines()]
    numbers = np.array([row.split(",") for row in rows], int)
    assert numbers.shape[1] == 8
    assert set(numbers[:, 5].tolist()) <= {1, 2, 3, 4, 10, 11}


def test_sums_and_catalogue_name_every_file(folder):
    result = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    listed = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert listed == content(folder).keys() - {"SHA256SUMS"}
    entry = json.loads((folder / "dcat.jsonld").read_bytes())
    parts = {part["dct:title"].split(" ")[0]: part for part in entry["dcat:distribution"]}
    assert parts.keys() == {"annotations.json", "card.md", "dataset.json", "images/", "labels/", "visdrone/", "yolo.yaml"}
    file = (folder / "annotations.json").read_bytes()
    assert parts["annotations.json"]["spdx:checksum"]["spdx:checksumValue"] == hashlib.sha256(file).hexdigest()
    assert int(parts["annotations.json"]["dcat:byteSize"]["@value"]) == len(file)


def test_a_run_that_was_stopped_ends_with_the_same_bytes(folder, tmp_path):
    def stop(made):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_shards(DETECTION, CONFIG, tmp_path, watch=stop)
    assert not (tmp_path / "annotations.json").exists()
    (tmp_path / "images" / "000012.jpg").write_bytes(b"half a pict")
    kept = (tmp_path / "images" / "000000.jpg").stat().st_mtime_ns
    make_shards(DETECTION, CONFIG, tmp_path)
    assert content(tmp_path) == content(folder)
    assert (tmp_path / "images" / "000000.jpg").stat().st_mtime_ns == kept


@pytest.mark.slow
def test_two_processes_give_the_same_bytes(folder, tmp_path):
    make_shards(DETECTION, CONFIG, tmp_path, workers=2)
    assert content(tmp_path) == content(folder)


def test_a_whole_set_is_left_alone(folder):
    before = content(folder)
    told: list[Made] = []
    make_shards(DETECTION, CONFIG, folder, watch=told.append)
    assert sum(made.items for made in told) == CONFIG.n
    assert content(folder) == before


def test_a_folder_of_another_configuration_is_refused(folder):
    other = DetectionConfig(n=13, views=2, width=160, height=120, yolo=True, visdrone=True, scene=SCENE, seed=4)
    with pytest.raises(ConfigError, match=r"holds another data set \(config\.seed: there 3, asked 4\)"):
        make_shards(DETECTION, other, folder)


def test_a_folder_of_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="holds other files"):
        make_shards(DETECTION, CONFIG, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_command_makes_a_set_from_settings(tmp_path):
    settings = ["n=2", "views=2", "width=160", "height=120", "seed=3", "workers=1", f"out={tmp_path / 'set'}"]
    run = [sys.executable, "-m", "goldentime.cli", "dataset", "make", "detection", *settings, "scene.people=[2,3]"]
    result = subprocess.run(run, capture_output=True, text=True, timeout=100, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "[2/2]" in result.stdout
    assert len(load(tmp_path / "set")) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["make", "paintings"], "expected 'make' and one of detection, signs, contest2019-track1, "),
        (["make"], "got 'make'"),
        (["make", "detection", "n=0"], "expected n and views of at least 1"),
        (["make", "detection", "scene.peopel=[1,2]"], "peopel"),
        (["make", "detection", "workers=0"], "workers: expected a number of processes"),
    ],
)
def test_mistakes_are_told_in_one_message(arguments, message, tmp_path, capsys, monkeypatch):
    from goldentime.cli import main

    monkeypatch.chdir(tmp_path)
    assert main(["dataset", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
