"""The signs set: corners, texts and crops agree with the pictures."""

import csv
import json
import math
from typing import Any

import cv2
import numpy as np
import pytest

from goldentime.envs.render.photos import look
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.envs.signs import (
    HIDDEN,
    Cover,
    Language,
    PlacedSign,
    SignKind,
    SignSpec,
    TextLine,
    font_names,
    line_box,
    sign_image,
)
from goldentime.eval.dataset.load import load
from goldentime.eval.dataset.masks import decode_mask
from goldentime.eval.dataset.shards import make_shards
from goldentime.eval.dataset.sign_labels import crop_of, cut, sign_truth
from goldentime.eval.dataset.signs import SIGNS, SignsConfig
from tests.eval.dataset.small_scenes import SIZE, scene, seen

CONFIG = SignsConfig(n=5, views=3, scene=SceneConfig(signs=(3, 4), people=(0, 0), objects=(0, 0), fires=(0, 0)), seed=1)


def plate(**changes):
    values: dict[str, Any] = {
        "kind": SignKind.ROOM_PLATE, "language": Language.MIXED, "font": font_names()[0],
        "lines": (TextLine(text="304호 자료실"), TextLine(text="Archive", scale=0.6)),
        "size_m": (0.9, 0.4), "height_m": 1.2,
        "face": (240, 240, 235), "ink": (20, 20, 30), "edge": (20, 20, 30), "border_m": 0.01,
    }  # fmt: skip
    return SignSpec(**(values | changes))


def before(spec, *, distance=2.0, aside_deg=30.0):
    """A sign on the wall that faces the eye's side, seen from an angle: what `seen` answers, the view and the sign."""
    sign = PlacedSign(spec=spec, anchor=(distance, 0.0, 0.0), yaw=math.pi)
    angle = math.radians(aside_deg)
    eye = np.array([distance - distance * math.cos(angle), -distance * math.sin(angle), 1.2])
    rows, frame = seen(scene(signs=[sign]), eye=eye, yaw=angle)
    return rows, frame, look(eye, angle, 0.0, math.radians(70.0), SIZE), sign


def test_the_face_lies_where_the_picture_shows_it():
    (row,), _, view, sign = before(plate())
    truth = sign_truth(view, sign)
    assert truth is not None
    mask = decode_mask(row["segmentation"]["counts"], *row["segmentation"]["size"])
    filled = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(filled, [np.round(np.array(truth["face_px"]) - 0.5).astype(np.int32)], (1,))
    drawn = filled > 0
    assert np.count_nonzero(mask & drawn) > 0.9 * np.count_nonzero(mask | drawn)
    assert truth["angle_deg"] == pytest.approx(30.0, abs=1.0)
    assert truth["face_distance_m"] == pytest.approx(2.0, abs=0.05)


def test_lines_have_their_own_texts_and_covered_characters_are_marked():
    spec = plate()
    box = line_box(spec, 0)
    cover = Cover(x_m=box.left, y_m=box.top, width_m=0.2, height_m=box.height, line=0, start=0, stop=2)
    _, _, view, sign = before(plate(covers=(cover,)))
    truth = sign_truth(view, sign)
    assert truth is not None
    assert [line["text"] for line in truth["lines"]] == ["304호 자료실", "Archive"]
    assert [line["visible_text"] for line in truth["lines"]] == [f"{HIDDEN * 2}4호 자료실", "Archive"]
    assert truth["visible_text"] == f"{HIDDEN * 2}4호 자료실 Archive"
    assert truth["covered"] == ["30"]


def test_a_sign_has_no_text_from_behind():
    _, _, view, sign = before(plate())
    away = PlacedSign(spec=sign.spec, anchor=sign.anchor, yaw=0.0)
    assert sign_truth(view, away) is None


@pytest.mark.parametrize("aside_deg", [0.0, 45.0])
def test_a_crop_shows_the_line_as_it_was_painted(aside_deg):
    _, frame, view, sign = before(plate(), aside_deg=aside_deg, distance=1.5)
    crop = cut(frame.rgb, crop_of(view, sign, 0, 40)).mean(-1)
    face = sign_image(sign.spec, 400.0)[..., :3].mean(-1)
    box = line_box(sign.spec, 0)
    edge = 0.12 * box.height
    left, top, right, bottom = (
        round(400.0 * side) for side in (box.left - edge, box.top - edge, box.right + edge, box.bottom + edge)
    )
    painted = cv2.resize(face[top:bottom, left:right], crop.shape[::-1], interpolation=cv2.INTER_AREA)
    likeness = {}
    for across in (-3, -2, -1, 0, 1, 2, 3):
        for down in (-3, -2, -1, 0, 1, 2, 3):
            moved = cv2.warpAffine(
                painted, np.array([[1.0, 0.0, across], [0.0, 1.0, down]]), crop.shape[::-1], borderMode=1
            )
            likeness[across, down] = np.corrcoef(crop.ravel(), moved.ravel())[0, 1]
    best = max(likeness, key=lambda shift: likeness[shift])
    assert max(np.abs(best)) <= 1
    assert likeness[0, 0] > 0.7


def test_a_set_lists_its_crops_with_the_text_of_their_lines(tmp_path):
    make_shards(SIGNS, CONFIG, tmp_path)
    data = json.loads((tmp_path / "annotations.json").read_bytes())
    assert len(load(tmp_path)) == 5
    by_sign = {(row["image_id"], row["thing"]): row for row in data["annotations"]}
    with (tmp_path / "crops.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {path.name for path in (tmp_path / "crops").iterdir()}
    assert rows
    for row in rows:
        line = by_sign[int(row["image_id"]), int(row["thing"])]["lines"][int(row["line"])]
        assert (row["text"], row["visible_text"]) == (line["text"], line["visible_text"])
        crop = cv2.imread(str(tmp_path / "crops" / row["file"]))
        assert crop is not None and min(crop.shape[:2]) == CONFIG.crop_px
