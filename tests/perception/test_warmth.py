"""What thermal pictures tell of people and flames."""

import numpy as np
import pytest

from goldentime.perception.sighting import eye_of
from goldentime.perception.warmth import carried, excess_k, flames, skin_k


def eye(width, height, fov):
    options = {"width": width, "height": height, "fov_deg": fov, "pitch_deg": -10.0, "yaw_deg": 0.0}
    return eye_of(options | {"position_m": [0.1, 0.0, 0.0], "far_m": 100.0})


EYES = (eye(320, 240, 80.0), eye(80, 60, 57.0))
THERE = (36.0, 20.0, 10.0, 25.0)
"""A box in the thermal picture."""


def picture(kelvin: float = 293.0) -> np.ndarray:
    return np.full((60, 80), kelvin, np.float32)


def test_somebody_warm_stands_out_and_a_thing_does_not():
    thermal = picture()
    thermal[20:45, 36:46] = 300.0
    box = carried(THERE, EYES[1], EYES[0])
    more = excess_k(thermal, EYES, box)
    assert more is not None
    assert more > 5.0
    other = excess_k(picture(), EYES, box)
    assert other == pytest.approx(0.0)


def test_a_box_is_carried_to_where_the_other_camera_sees_it_and_back():
    left, upper, width, height = box = carried((35.0, 25.0, 10.0, 10.0), EYES[1], EYES[0])
    assert left + 0.5 * width == pytest.approx(160.0)
    assert upper + 0.5 * height == pytest.approx(120.0)
    assert width == pytest.approx(10.0 * EYES[0].focal_px / EYES[1].focal_px)
    assert carried(box, *EYES) == pytest.approx((35.0, 25.0, 10.0, 10.0))


def test_how_hot_what_fills_most_of_a_box_is():
    thermal = picture()
    thermal[20:45, 36:46] = 304.0
    assert skin_k(thermal, (34.0, 18.0, 14.0, 29.0)) == pytest.approx(304.0)
    assert skin_k(thermal, (0.0, 0.0, 10.0, 10.0)) == pytest.approx(293.0)


def test_beside_the_thermal_picture_nothing_is_known():
    assert excess_k(picture(), EYES, (0.0, 100.0, 20.0, 40.0)) is None


def test_in_a_hot_room_warmth_tells_nothing():
    thermal = picture(330.0)
    thermal[20:45, 36:46] = 345.0
    assert excess_k(thermal, EYES, (140.0, 80.0, 40.0, 80.0)) is None


def test_flames_are_found_and_hot_walls_are_none():
    thermal = picture(400.0)
    assert flames(thermal, EYES) is None
    thermal[30:34, 20:24] = 1100.0
    assert flames(thermal, EYES) is not None
