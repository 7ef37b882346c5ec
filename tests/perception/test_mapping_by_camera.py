"""From pixels to places, from places to things, and where the drone itself is."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.perception.colours import NAMED, colour_shares
from goldentime.perception.landmarks import LandmarkMap, Sighting
from goldentime.perception.odometry import Odometer
from goldentime.perception.scan import beam_directions
from goldentime.perception.sighting import depth_in, eye_of, look_from

OPTICS = {
    "width": 320, "height": 240, "fov_deg": 80.0, "pitch_deg": -10.0, "yaw_deg": 20.0, "position_m": [0.1, 0.0, 0.0],
    "far_m": 100.0,
}  # fmt: skip


def test_the_middle_of_the_picture_lies_ahead():
    eye = eye_of({**OPTICS, "pitch_deg": 0.0, "yaw_deg": 0.0})
    np.testing.assert_allclose(eye.rays(np.array([[160.0, 120.0]])), [[1.0, 0.0, 0.0]], atol=1e-12)
    right_edge, upper_edge = eye.rays(np.array([[320.0, 120.0], [160.0, 0.0]]))
    assert math.degrees(math.atan2(-right_edge[1], right_edge[0])) == pytest.approx(40.0)
    assert upper_edge[2] == pytest.approx(0.75 * math.tan(math.radians(40.0)))


@given(st.floats(0, 320), st.floats(0, 240), st.floats(0.5, 50))
def test_pixel_and_depth_give_a_point_that_is_seen_there(x, y, depth):
    eye = eye_of(OPTICS)
    point = eye.position_m + depth * eye.rays(np.array([[x, y]]))
    pixels, away = eye.pixels(point)
    np.testing.assert_allclose(pixels, [[x, y]], atol=1e-6)
    assert away[0] == pytest.approx(depth)


def test_a_look_turns_with_the_body():
    look = look_from(np.array([1.0, 2.0, 3.0]), math.pi / 2, 0.0, 0.0)
    np.testing.assert_allclose(look.place(np.array([[2.0, 0.0, 0.5]])), [[1.0, 4.0, 3.5]], atol=1e-12)
    nose_down = look_from(np.zeros(3), 0.0, 0.0, 0.3)
    assert nose_down.place(np.array([[1.0, 0.0, 0.0]]))[0, 2] == pytest.approx(-math.sin(0.3))


def test_depth_is_that_of_the_thing_and_not_of_what_is_behind():
    depth = np.full((240, 320), 20.0, np.float32)
    depth[80:160, 110:140] = 5.0
    assert depth_in(depth, (100.0, 70.0, 60.0, 100.0)) == 5.0
    assert depth_in(depth, (400.0, 70.0, 60.0, 100.0)) is None


def seen(x, y=0.0, category="car", score=0.9, **votes):
    place = np.array([x, y, 0.5])
    return Sighting(category=category, position_m=place, distance_m=4.0, score=score, votes=votes)


def test_sightings_of_one_thing_become_one_landmark_with_the_mean_place():
    marks = LandmarkMap({"car": 2.0}, 1.0)
    for number, x in enumerate((10.0, 10.6, 9.8, 10.4)):
        marks.add([seen(x)], float(number))
    (mark,) = marks.landmarks
    assert mark.sightings == 4
    assert mark.position_m[0] == pytest.approx(10.2)
    assert (mark.first_s, mark.last_s) == (0.0, 3.0)


def test_two_things_in_one_picture_are_two():
    marks = LandmarkMap({}, 1.0)
    for number in range(3):
        marks.add([seen(5.0), seen(5.4)], float(number))
    assert [mark.sightings for mark in marks.landmarks] == [3, 3]
    marks.add([seen(5.0, category="person"), seen(8.0)], 4.0)
    assert len(marks.landmarks) == 4


def test_a_landmark_goes_by_the_votes_of_all_sightings():
    marks = LandmarkMap({}, 1.0)
    for score, kind in ((0.9, "man"), (0.3, "woman"), (0.3, "woman")):
        marks.add([seen(5.0, category="person", score=score, kind={kind: 1.0})], 0.0)
    (mark,) = marks.landmarks
    assert mark.choice("kind") == "man"
    assert mark.share("kind", "woman") == pytest.approx(0.4)
    assert mark.choice("top") == ""


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_named_colour_is_called_so_in_some_shade_too(name):
    for light in (1.0, 0.85):
        cloth = np.full((20, 3), np.array(NAMED[name]) * 255 * light).astype(np.uint8)
        shares = colour_shares(cloth)
        assert sum(shares.values()) == pytest.approx(1.0)
        assert shares[name] > 1.0 / len(NAMED)
    assert max(shares, key=lambda key: shares[key]) == name or name in ("white", "grey", "light blue", "orange", "red")


LIDAR = {"columns": 120, "elevations_deg": [-10.0, 0.0, 10.0], "azimuth_span_deg": 360.0, "max_range_m": 15.0}
START_YAW_RAD = 0.3
BRIEF = {"sensors": {"lidar": {"options": LIDAR}}, "action_hz": 10.0, "start_yaw_rad": START_YAW_RAD}
CLEARANCE_M = 0.1


def room_scan(x, y, yaw, z):
    """Ranges in a room of 12 x 8 m, 3 m high, with its origin 2 m from the west wall and in the middle."""
    beams = beam_directions(LIDAR).reshape(-1, 3)
    c, s = math.cos(yaw), math.sin(yaw)
    world = np.column_stack([c * beams[:, 0] - s * beams[:, 1], s * beams[:, 0] + c * beams[:, 1], beams[:, 2]])
    with np.errstate(divide="ignore"):
        walls = (
            [((10.0 if d > 0 else -2.0) - x) / d for d in world[:, 0]],
            [((4.0 if d > 0 else -4.0) - y) / d for d in world[:, 1]],
        )
        heights = np.where(world[:, 2] > 0, 3.0 - z, -z) / np.where(world[:, 2] == 0, 1e-9, world[:, 2])
    ranges = np.minimum(np.minimum(*map(np.array, walls)), np.where(world[:, 2] == 0, np.inf, heights))
    return np.minimum(ranges, 15.0).astype(np.float32).reshape(3, 120)


def test_scans_keep_a_biased_flow_from_drifting():
    rng = np.random.default_rng(0)
    odometer, dt = Odometer(BRIEF, CLEARANCE_M), 0.1
    x = y = flow_x = flow_y = 0.0
    yaw, z = START_YAW_RAD, 1.0
    for step in range(150):
        forward, turn = 0.3 * math.sin(0.02 * step), 0.05
        x, y, yaw = x + dt * forward * math.cos(yaw), y + dt * forward * math.sin(yaw), yaw + dt * turn
        measured = np.array([forward + 0.1, 0.1, 0.0]) + 0.05 * rng.standard_normal(3)
        ahead, left = measured[:2]
        flow_x += dt * (ahead * math.cos(yaw) - left * math.sin(yaw))
        flow_y += dt * (ahead * math.sin(yaw) + left * math.cos(yaw))
        fix = odometer.update(
            {
                "attitude": np.array([0.0, 0.0, math.remainder(yaw - 0.3 + 1e-4 * step, 2 * math.pi)], np.float32),
                "flow": measured.astype(np.float32),
                "rangefinder": np.array([z - CLEARANCE_M], np.float32),
                "barometer": np.array([z - CLEARANCE_M + 0.1], np.float32),
                "lidar": room_scan(x, y, yaw, z) + rng.normal(0.0, 0.01, (3, 120)).astype(np.float32),
            }
        )
    assert math.dist((flow_x, flow_y), (x, y)) > 1.0
    assert math.dist(fix.position_m[:2], (x, y)) < 0.25
    assert abs(math.remainder(fix.yaw_rad - yaw, 2 * math.pi)) < 0.02
    assert fix.position_m[2] == pytest.approx(z, abs=0.1)
