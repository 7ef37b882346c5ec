"""Annotations say what is in the picture."""

import math

import numpy as np
import pytest

from goldentime.envs.scenario import Prop
from goldentime.eval.dataset.categories import CATEGORIES
from goldentime.eval.dataset.masks import decode_mask
from tests.eval.dataset.small_scenes import flame, man, scene, seen, thing, wall


def names(rows):
    return [CATEGORIES[row["category_id"] - 1] for row in rows]


def test_box_area_and_mask_are_those_of_the_visible_pixels():
    rows, frame = seen(scene(props=[man(4.0)], things=[thing("man", props=(0,), posture="standing")]))
    (row,) = rows
    mask = decode_mask(row["segmentation"]["counts"], *row["segmentation"]["size"])
    assert (mask == (frame.instance == 2)).all()
    assert row["area"] == mask.sum()
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    assert row["bbox"] == [columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]]
    assert (row["kind"], row["posture"]) == ("man", "standing")


def test_what_stands_free_is_wholly_visible_and_as_far_as_it_is():
    ((row,), _) = seen(scene(props=[man(4.0)], things=[thing("man", props=(0,))]))
    assert row["visibility"] > 0.97
    assert row["occlusion"] < 0.03
    assert row["distance_m"] == pytest.approx(4.0, abs=0.3)


def test_half_behind_a_wall_is_half_visible():
    place = scene(props=[man(4.0)], solids=[wall(3.0, 1.0, 2.0)], things=[thing("man", props=(0,))])
    ((row,), _) = seen(place)
    assert row["visibility"] == pytest.approx(0.5, abs=0.1)
    assert row["occlusion"] == pytest.approx(0.5, abs=0.1)


def test_half_out_of_the_picture_is_half_visible_but_not_hidden():
    place = scene(props=[man(4.0)], things=[thing("man", props=(0,))])
    ((row,), _) = seen(place, yaw=math.radians(35.0))
    assert row["visibility"] == pytest.approx(0.5, abs=0.12)
    assert row["occlusion"] < 0.05


def test_behind_a_wall_there_is_no_annotation():
    rows, _ = seen(scene(props=[man(4.0)], solids=[wall(3.0, 0.0, 6.0)], things=[thing("man", props=(0,))]))
    assert rows == []


@pytest.mark.parametrize("extinction", [0.1, 0.6])
def test_smoke_dims_as_beer_and_lambert_say(extinction):
    ((row,), _) = seen(scene(props=[man(4.0)], things=[thing("man", props=(0,))], smoke=extinction))
    assert row["transmittance"] == pytest.approx(math.exp(-extinction * row["distance_m"]), rel=0.05)


def test_what_a_person_carries_has_an_annotation_of_its_own():
    pack = Prop(asset="backpack-0", position=(3.6, 0.0, 0.9), yaw=math.pi)
    place = scene(props=[man(4.0), pack], things=[thing("man", props=(0, 1), carries="backpack")])
    rows, _ = seen(place)
    assert names(rows) == ["person", "backpack"]
    assert [row["thing"] for row in rows] == [0, 1]


def test_all_flames_of_a_fire_and_all_solids_of_a_building_are_one_annotation_each():
    walls = [wall(9.0, -3.0, 2.0), wall(9.0, 3.0, 2.0)]
    things = [thing("fire", flames=(0, 1)), thing("school", solids=(0, 1))]
    rows, _ = seen(scene(flames=[flame(4.0, -0.6), flame(4.0, 0.6)], solids=walls, things=things))
    assert names(rows) == ["fire", "school"]
    assert all(row["bbox"][2] > 60 for row in rows)


def test_mannequins_are_no_persons():
    prop = Prop(asset="mannequin-0-standing", position=(4.0, 0.0, 0.0))
    rows, _ = seen(scene(props=[prop], things=[thing("mannequin", props=(0,))]))
    assert names(rows) == ["mannequin"]


def test_specks_are_left_out():
    rows, _ = seen(scene(props=[Prop(asset="cone-0", position=(60.0, 0.0, 0.0))], things=[thing("cone", props=(0,))]))
    assert rows == []
