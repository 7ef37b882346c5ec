"""Arrays are read from data files: the shipped ones are what their sources say, and a new one is one file."""

import math
from itertools import combinations

import numpy as np
import pytest
import yaml

from goldentime.envs.acoustics.arrays import array_names, load_array
from goldentime.errors import ConfigError


def written(tmp_path, **data):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"name": "mine", "source": "a test"} | data), "utf-8")
    return str(path)


def test_shipped_arrays_have_their_microphones():
    counts = {name: load_array(name).count for name in array_names()}
    assert counts == {"ring8": 8, "spcup2019": 8, "stereo": 2, "tetrahedron": 4, "wide_tetrahedron": 4}


def test_every_file_is_named_after_its_array():
    assert all(load_array(name).name == name for name in array_names())


def test_the_cup_s_cube_has_two_microphones_on_each_upright_face_of_123_mm():
    at = np.array(load_array("spcup2019").position_m)
    assert at.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    assert (np.isclose(np.abs(at[:, :2]), 0.0615).sum(axis=1) == 1).all()
    for axis, side in ((0, 1), (0, -1), (1, 1), (1, -1)):
        assert np.isclose(at[:, axis], side * 0.0615).sum() == 2
    assert load_array("spcup2019").mount_m[2] == pytest.approx(-0.0615 - 0.130)  # below the rotors


def test_radii_and_directions():
    ring, ball = (np.array(load_array(name).position_m) for name in ("ring8", "tetrahedron"))
    assert np.linalg.norm(ring, axis=1) == pytest.approx(np.full(8, 0.10), abs=1e-6)
    assert np.linalg.norm(ball, axis=1) == pytest.approx(np.full(4, 0.042), abs=1e-6)
    azimuth, elevation = np.arctan2(ball[:, 1], ball[:, 0]), np.arcsin(ball[:, 2] / 0.042)
    assert np.rad2deg(azimuth) == pytest.approx([45, -45, 135, -135], abs=1e-3)
    assert np.rad2deg(elevation) == pytest.approx([35, -35, -35, 35], abs=1e-2)


def test_the_wide_tetrahedron_has_corners_of_the_cup_s_cube():
    at = np.array(load_array("wide_tetrahedron").position_m)
    assert (np.abs(at) == 0.0615).all()
    edges_m = [np.linalg.norm(a - b) for a, b in combinations(at, 2)]
    assert edges_m == pytest.approx([0.0615 * 2.0 * math.sqrt(2.0)] * 6)
    assert load_array("wide_tetrahedron").mount_m[2] == load_array("spcup2019").mount_m[2]


def test_a_new_array_is_one_new_file(tmp_path):
    array = load_array(written(tmp_path, position_m=[[0.1, 0.0, 0.0], [-0.1, 0.0, 0.0]], mount_m=[0.0, 0.0, 0.2]))
    assert array.body_m(0.0) == pytest.approx(np.array([[0.1, 0.0, 0.2], [-0.1, 0.0, 0.2]]))


@pytest.mark.parametrize(
    ("position_m", "message"),
    [
        ([], "at least one microphone, got none"),
        ([[0.0, 0.0, 0.1], [0.1, 0.0, 0.0], [0.0, 0.0, 0.1]], "microphones apart, got 0 and 2 in one place"),
        ([[0.0, 0.0, 5.0]], "within 2 m of the drone, got 5 m"),
        ([[0.0, 0.0]], "position_m"),
    ],
)
def test_what_can_not_be_is_refused(tmp_path, position_m, message):
    with pytest.raises(ConfigError, match=message):
        load_array(written(tmp_path, position_m=position_m))


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ConfigError, match=r"ring8, spcup2019, stereo, tetrahedron, wide_tetrahedron or a \.yaml file, got 'cube'"
    ):
        load_array("cube")
