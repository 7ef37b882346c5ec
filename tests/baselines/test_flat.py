import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import goldentime  # noqa: F401 - registers the ids
from goldentime.baselines.features import ViewConfig, make_features
from goldentime.baselines.flat import ActionMap, FlatEnv
from goldentime.errors import ConfigError, InvalidActionError

MODES = ("rate", "rotor", "velocity", "waypoint")


def hover(mode: str = "rate") -> Any:
    return gymnasium.make("goldentime/Hover-v0", action_mode=mode, disable_env_checker=True).unwrapped


@pytest.fixture(scope="module", params=MODES)
def described(request):
    """An action map and the space that it has to fit."""
    env = hover(request.param)
    env.reset(seed=0)
    yield ActionMap.of(env.brief), env.action_space
    env.close()


flats = arrays(np.float32, 4, elements=st.floats(-1, 1, width=32))


@given(flat=flats)
def test_an_action_lies_in_the_space_and_comes_back(described, flat):
    mapping, space = described
    action = mapping.to_action(flat)
    assert space.contains(action)
    # Thousands of metres of waypoint leave a float32 with a tenth of a millimetre.
    np.testing.assert_allclose(mapping.to_flat(action), flat, atol=2e-6)


@given(flat=arrays(np.float32, 4, elements=st.floats(-1e6, 1e6, width=32)))
def test_beyond_one_is_clipped(described, flat):
    mapping, space = described
    action = mapping.to_action(flat)
    assert space.contains(action)
    np.testing.assert_array_equal(action["motion"], mapping.to_action(np.clip(flat, -1, 1))["motion"])


@given(shares=arrays(np.float64, 4, elements=st.floats(0, 1)))
def test_a_physical_action_survives_the_way_there_and_back(described, shares):
    mapping, space = described
    box = space["motion"]
    motion = np.clip((box.low + shares * (box.high.astype(np.float64) - box.low)), box.low, box.high).astype(np.float32)
    back = mapping.to_action(mapping.to_flat({"motion": motion}))["motion"]
    np.testing.assert_allclose(back, motion, atol=1e-6 * float((box.high - box.low).max()))


def test_corners_are_the_bounds_and_zero_carries_the_weight():
    env = hover()
    env.reset(seed=0)
    mapping = ActionMap.of(env.brief)
    motion = env.action_space["motion"]
    np.testing.assert_array_equal(mapping.to_action(-np.ones(4))["motion"], motion.low)
    np.testing.assert_array_equal(mapping.to_action(np.ones(4))["motion"], motion.high)
    np.testing.assert_allclose(mapping.to_action(np.zeros(4))["motion"], [9.81, 0, 0, 0], rtol=1e-6)
    env.close()


@pytest.mark.parametrize(("last", "release"), [(-1.0, 0), (0.0, 0), (0.01, 1), (1.0, 1)])
def test_a_last_number_above_zero_lets_go(last, release):
    motion = {"names": ["a", "b", "c", "d"], "low": [-1.0] * 4, "high": [1.0] * 4}
    mapping = ActionMap.of({"action": {"motion": motion, "release": [0, 1]}})
    assert mapping.size == 5
    action = mapping.to_action(np.array([0.1, 0.2, 0.3, 0.4, last], np.float32))
    assert action["release"] == release
    assert mapping.to_flat(action)[-1] == (1.0 if release else -1.0)


def test_nan_is_left_for_the_environment_to_refuse():
    env = FlatEnv(hover(), ViewConfig(features="flat"))
    env.reset(seed=0)
    with pytest.raises(InvalidActionError, match="thrust"):
        env.step(np.full(4, np.nan, np.float32))
    env.close()


def test_flat_features_are_in_alphabetical_order_with_bounds_kept_and_scaled():
    space = spaces.Dict({"b": spaces.Box(0, 8, (2, 2), np.float32), "a": spaces.Box(-1e4, 1e4, (1,), np.float32)})
    features = make_features(ViewConfig(features="flat", options={"scale": {"b": 0.5}}))
    box = features.space(space)
    np.testing.assert_array_equal(box.low, [-1e4, 0, 0, 0, 0])
    np.testing.assert_array_equal(box.high, [1e4, 4, 4, 4, 4])
    reading = {"b": np.array([[1, 2], [3, 4]], np.float32), "a": np.array([7], np.float32)}
    np.testing.assert_array_equal(features.read(reading), np.array([7, 0.5, 1, 1.5, 2], np.float32))


@given(
    parts=st.dictionaries(
        st.sampled_from("abcd"), st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=5), min_size=1
    )
)
def test_flat_features_lose_nothing(parts):
    reading = {key: np.array(values, np.float32) for key, values in parts.items()}
    vector = make_features(ViewConfig(features="flat")).read(reading)
    ends = np.cumsum([len(parts[key]) for key in sorted(parts)])
    for key, part in zip(sorted(parts), np.split(vector, ends[:-1]), strict=True):
        np.testing.assert_array_equal(part, reading[key])


@pytest.mark.parametrize("scale", [{"nothing": 1.0}, {"a": 0.0}, {"a": float("inf")}])
def test_a_scale_that_does_not_fit_is_refused(scale):
    with pytest.raises(ConfigError, match=r"view\.options\.scale"):
        make_features(ViewConfig(features="flat", options={"scale": scale})).space(
            spaces.Dict({"a": spaces.Box(-1, 1, (1,), np.float32)})
        )


def test_an_unknown_feature_set_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="course, flat, hover, got 'nothing'"):
        make_features(ViewConfig(features="nothing"))


@pytest.mark.parametrize(("name", "mode"), [("flat", "rate"), ("hover", "rate"), ("flat", "velocity"), ("hover", "rotor")])
def test_gymnasium_finds_no_fault(name, mode):
    env = FlatEnv(hover(mode), ViewConfig(features=name))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # The checker says of every wrapper that it is one.
        warnings.filterwarnings("ignore", message=".*is different from the unwrapped version.*")
        check_env(env, skip_render_check=True)
    env.close()


def test_the_flat_course_takes_flat_actions():
    made = gymnasium.make("goldentime/Course2020-v0", disable_env_checker=True).unwrapped
    env = FlatEnv(made, ViewConfig(features="course"))
    observation, info = env.reset(seed=3)
    for _ in range(4):
        assert env.observation_space.contains(observation)
        observation, reward, _, _, info = env.step(np.zeros(5, np.float32))
        assert isinstance(reward, float)
    assert info == {}
    env.close()


BLIND = dict.fromkeys(("camera", "depth", "thermal", "microphones", "lidar"))
"""Stage 4 in a second rather than in ten."""


def test_one_brain_for_a_team_passes_gymnasiums_check():
    env = FlatEnv(
        gymnasium.make("goldentime/HoverTeam-v0", disable_env_checker=True).unwrapped, ViewConfig(features="hover")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*is different from the unwrapped version.*")
        check_env(env, skip_render_check=True)
    env.close()


def test_drones_come_one_after_another_each_by_its_own_brief():
    world: Any = gymnasium.make("goldentime/Stage4-v0", disable_env_checker=True, sensors=BLIND).unwrapped
    env, single = FlatEnv(world, ViewConfig(features="flat")), make_features(ViewConfig(features="flat"))
    assert env.drones == ("drone_0", "drone_1", "drone_2", "drone_3")
    passed: list[Any] = []
    inner, reset = world.step, world.reset

    def watched_reset(**settings):
        passed.append(reset(**settings))
        return passed[-1]

    def watched_step(action):
        passed.append(action)
        return inner(action)

    world.reset, world.step = watched_reset, watched_step
    features, _ = env.reset(seed=1)
    observation = passed.pop()[0]
    np.testing.assert_array_equal(features, np.concatenate([single.read(observation[name]) for name in env.drones]))
    assert env.observation_space.contains(features)
    maps = [ActionMap.of(world.brief_of(name)) for name in env.drones]
    assert len({seat.size for seat in maps}) == 2  # scouts have nothing to let go of
    flat = np.linspace(-0.9, 0.9, sum(seat.size for seat in maps)).astype(np.float32)
    env.step(flat)
    for name, seat in zip(env.drones, maps, strict=True):
        own, flat = flat[: seat.size], flat[seat.size :]
        np.testing.assert_array_equal(passed[-1][name]["motion"], seat.to_action(own)["motion"])
        assert passed[-1][name].get("release", 0) == int(seat.release and own[-1] > 0.0)
    assert not len(flat)
    env.close()


def test_each_drone_of_a_team_sees_its_own_target():
    env = FlatEnv(
        gymnasium.make("goldentime/HoverTeam-v0", disable_env_checker=True).unwrapped, ViewConfig(features="hover")
    )
    features, _ = env.reset(seed=0)
    # They start within 0.4 m of their targets along each axis, which lie 1.5 m apart.
    assert np.abs(features.reshape(4, 22)[:, :3]).max() <= 0.4 + 1e-6
    env.close()
