from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from goldentime.baselines.features import ViewConfig, make_features
from goldentime.errors import ConfigError

number = st.floats(-2.0, 2.0)


@given(angles=st.tuples(number, number, number), place=st.tuples(number, number, number))
def test_hover_features_are_the_state_seen_from_the_target(angles, place):
    features = make_features(ViewConfig(features="hover"))
    features.start({"sensors": {"state": {}}, "target_m": [0.5, -1.0, 1.0], "mission": "hover"})
    rotation = Rotation.from_euler("zyx", angles)
    rotors = [0.1, 0.2, 0.3, 0.4]
    state = np.array([*place, *rotation.as_quat(), 1, 2, 3, 4, 5, 6, *rotors], np.float32)
    vector = features.read({"state": state})
    expected = [
        *(np.array(place) - [0.5, -1.0, 1.0]),
        *rotation.as_matrix().ravel(),
        *(0.5, 1.0, 1.5),
        *(0.8, 1.0, 1.2),
        *rotors,
    ]
    np.testing.assert_allclose(vector, expected, atol=1e-5)
    assert vector.dtype == np.float32


def test_hover_features_need_the_state():
    with pytest.raises(ConfigError, match="needs the sensor state"):
        make_features(ViewConfig(features="hover")).start({"sensors": {"imu": {}}, "mission": "course"})


BRIEF: dict[str, Any] = {
    "mission": "course",
    "action_hz": 10.0,
    "sensors": dict.fromkeys(("attitude", "barometer", "flow", "imu", "lidar", "rangefinder")),
    "start": {"position": [0.0, 0.0], "yaw_rad": 0.0},
    # Two gates on the way along x, passed eastwards, left post in the north.
    "sections": [{"exit": [[1.0, 1.0], [1.0, -1.0]]}, {"exit": [[2.0, 1.0], [2.0, -1.0]]}],
    "delivery": {"position": [3.0, 0.0, 0.5]},
    "landing": {"position": [4.0, 0.0]},
}


def observation(flow=(0.0, 0.0, 0.0), near=None):
    lidar = np.full((9, 120), 15.0, np.float32)
    if near is not None:
        lidar[near] = 1.5
    return {
        "attitude": np.zeros(3, np.float32),
        "barometer": np.zeros(1, np.float32),
        "flow": np.array(flow, np.float32),
        "imu": np.zeros(6, np.float32),
        "lidar": lidar,
        "rangefinder": np.zeros(1, np.float32),
    }


def course(brief=BRIEF):
    features = make_features(ViewConfig(features="course"))
    features.start(brief)
    return features


def test_the_course_is_reckoned_gate_by_gate():
    features = course()
    shares = [features.read(observation((2.0, 0.0, 0.0)))[-2] for _ in range(17)]
    # 0.2 m a step: the gates at 1 m and 2 m, then the delivery's surroundings from 2 m on.
    assert shares[3] == 0.0
    assert shares[5] == 0.25
    assert shares[10] == pytest.approx(0.5)
    assert shares[-1] == pytest.approx(0.75)


def test_a_gate_flown_backwards_or_far_aside_does_not_count():
    for yaw, place in ((np.pi, [1.5, 0.0]), (0.0, [0.0, 5.0])):
        features = course({**BRIEF, "start": {"position": place, "yaw_rad": yaw}})
        assert {features.read(observation((2.0, 0.0, 0.0)))[-2] for _ in range(10)} == {0.0}


def test_the_lidar_is_pooled_by_band_and_sector():
    vector = course().read(observation(near=(4, 30)))  # level, to the left
    pooled = vector[:72].reshape(3, 24)
    assert np.argwhere(pooled > 0).tolist() == [[1, 6]]
    assert pooled[1, 6] == pytest.approx(0.9)
    ahead = course().read(observation(near=(0, [-2, -1, 0, 1, 2])))[:72].reshape(3, 24)
    assert np.argwhere(ahead > 0).tolist() == [[0, 0]]


def test_a_brief_without_the_plan_is_refused():
    with pytest.raises(ConfigError, match="lacks sections"):
        course({key: value for key, value in BRIEF.items() if key != "sections"})
    with pytest.raises(ConfigError, match="needs the sensors lidar"):
        course({**BRIEF, "sensors": {key: None for key in BRIEF["sensors"] if key != "lidar"}})
