"""Cameras as sensors: spaces, faults, shared pictures, contest mode, and environments without one."""

import math
import subprocess
import sys

import numpy as np
import pytest

from goldentime import ConfigError, make_env
from goldentime.envs.render.frame import NEAR_M
from goldentime.envs.render.gl import GlRenderer
from goldentime.errors import ClosedError

SMALL = {"width": 64, "height": 48}
KINDS = ("camera_rgb", "camera_depth", "camera_instance", "camera_semantic")


def cameras(*kinds, hz=30.0, **more):
    return {kind: {"kind": kind, "hz": hz, "options": SMALL, **more} for kind in kinds}


@pytest.fixture
def make():
    made = []

    def build(mission="hover", **more):
        made.append(make_env(mission, **more))
        return made[-1]

    yield build
    for env in made:
        env.close()


def still(env):
    motion = env.action_space["motion"]
    return {"motion": (0.5 * (motion.low + motion.high)).astype(np.float32)}


def fly(env, steps=6, seed=1):
    first = env.reset(seed=seed)[0]
    return [first, *(env.step(still(env))[0] for _ in range(steps))]


def hz():
    from goldentime.missions.registry import load_config

    return load_config("hover").action_hz


def test_pictures_lie_in_their_space(make):
    env = make(sensors=cameras(*KINDS, hz=hz()))
    for observation in fly(env, 3):
        assert observation in env.observation_space
    assert observation["camera_rgb"].dtype == np.uint8
    assert observation["camera_rgb"].shape == (48, 64, 3)
    assert observation["camera_instance"].dtype == np.uint16
    assert observation["camera_depth"].min() > NEAR_M
    assert set(np.unique(observation["camera_semantic"])) == {0, 1}  # sky and ground


def test_sensors_of_one_camera_share_each_picture(make, monkeypatch):
    drawn = []
    render = GlRenderer.render

    def count(self, view, state, frame):
        drawn.append(view)
        render(self, view, state, frame)

    monkeypatch.setattr(GlRenderer, "render", count)
    fly(make(sensors=cameras(*KINDS, hz=hz())), 3)
    assert len(drawn) == 4
    other = {"kind": "camera_rgb", "hz": hz(), "options": {**SMALL, "pitch_deg": -90.0}}
    drawn.clear()
    fly(make(sensors={**cameras(*KINDS, hz=hz()), "down": other}), 3)
    assert len(drawn) == 8


def test_an_observation_is_not_overwritten_by_the_next(make):
    env = make(sensors=cameras("camera_rgb", "camera_depth", hz=hz()))
    first = env.reset(seed=1)[0]
    kept = {key: value.copy() for key, value in first.items()}
    for _ in range(5):
        env.step(still(env))
    assert all((first[key] == kept[key]).all() for key in first)


def test_a_camera_looks_where_it_is_mounted(make):
    down = {"kind": "camera_semantic", "hz": hz(), "options": {**SMALL, "pitch_deg": -90.0}}
    up = {"kind": "camera_semantic", "hz": hz(), "options": {**SMALL, "pitch_deg": 90.0}}
    observation = make(sensors={"down": down, "up": up}).reset(seed=1)[0]
    assert (observation["down"] == 1).all()
    assert (observation["up"] == 0).all()


def test_pictures_may_come_slowly_late_and_lost(make):
    rate = hz()
    slow = cameras("camera_rgb", hz=rate / 3)
    frames = [observation["camera_rgb"] for observation in fly(make(sensors=slow), 6)]
    assert (frames[0] == frames[2]).all()
    assert (frames[0] != frames[3]).any()
    late = cameras("camera_rgb", hz=rate, delay_s=2.0 / rate, dropout=0.3)
    assert all(f["camera_rgb"].dtype == np.uint8 for f in fly(make(sensors=late), 6))


def test_grain_is_whole_numbers_within_the_space(make):
    clean, noisy = (
        fly(make(sensors=cameras("camera_rgb", hz=hz(), noise_std=std)), 1)[0]["camera_rgb"] for std in (0.0, 8.0)
    )
    assert noisy.dtype == np.uint8
    middle = (clean > 40) & (clean < 215)
    assert np.std((noisy.astype(float) - clean)[middle]) == pytest.approx(8.0, rel=0.1)


@pytest.mark.parametrize(("kind", "std"), [("camera_rgb", 8.0), ("camera_depth", 0.05)])
def test_grain_is_white_in_a_picture_and_other_in_the_next(make, kind, std):
    clean, noisy = (
        [picture[kind].astype(float) for picture in fly(make(sensors=cameras(kind, hz=hz(), noise_std=value)), 4)]
        for value in (0.0, std)
    )
    inside = np.all([(c > 40) & (c < 215) if kind == "camera_rgb" else (c > 1.0) & (c < 90.0) for c in clean], axis=0)
    grains = np.array([(n - c)[inside] for c, n in zip(clean, noisy, strict=True)])
    few = 4.0 / math.sqrt(grains.shape[1])
    assert np.abs(grains.mean(1)).max() < few * std
    np.testing.assert_allclose(grains.std(1), std, rtol=2.0 * few)
    assert np.abs(np.corrcoef(grains) - np.eye(len(grains))).max() < few
    for grain in grains:
        assert abs(np.corrcoef(grain[1:], grain[:-1])[0, 1]) < few


def test_grain_differs_between_cameras_and_comes_back_with_the_seed(make):
    pair = {name: cameras("camera_rgb", hz=hz(), noise_std=8.0)["camera_rgb"] for name in ("left", "right")}
    first, again = (fly(make(sensors=pair), 2) for _ in range(2))
    assert (first[1]["left"] == again[1]["left"]).all()
    assert (first[1]["left"] != first[1]["right"]).any()


@pytest.mark.parametrize(
    ("fault", "message"),
    [({"bias_std": 1.0}, "no drift"), ({"walk_std": 1.0}, "no drift"), ({"noise_std": [1.0, 2.0]}, "one number")],
)
def test_faults_that_pictures_lack_are_refused(fault, message):
    with pytest.raises(ConfigError, match=message):
        make_env("hover", sensors=cameras("camera_rgb", hz=hz(), **fault))


@pytest.mark.parametrize("wrong", [{"width": 0}, {"fov_deg": 180.0}, {"far_m": 0.5}, {"backend": "vulkan"}, {"lens": 1}])
def test_wrong_options_are_refused_with_their_path(wrong):
    with pytest.raises(ConfigError, match=r"sensors\.eye\.options"):
        make_env("hover", sensors={"eye": {"kind": "camera_rgb", "hz": hz(), "options": wrong}})


@pytest.mark.parametrize(("kind", "allowed"), [("camera_rgb", 1), ("camera_depth", 1), ("camera_instance", 0)])
def test_contest_mode_refuses_ids(kind, allowed):
    more = {"contest": True, "nav": {"kind": "onboard"}, "sensors": {"state": None, **cameras(kind, hz=hz())}}
    if allowed:
        make_env("hover", **more).close()
    else:
        with pytest.raises(ConfigError, match="ground truth"):
            make_env("hover", **more)


def test_the_backend_stands_in_the_brief_and_the_tiny_one_sees_the_same(make):
    options = {**SMALL, "backend": "tiny"}
    kinds = {kind: {"kind": kind, "hz": hz(), "options": options} for kind in KINDS}
    env, twin = make(sensors=kinds), make(sensors=cameras(*KINDS, hz=hz()))
    tiny, main = env.reset(seed=1)[0], twin.reset(seed=1)[0]
    assert env.brief["sensors"]["camera_rgb"]["options"]["backend"] == "tiny"
    assert twin.brief["sensors"]["camera_rgb"]["options"]["backend"] == "gl"
    assert (tiny["camera_instance"] == main["camera_instance"]).mean() > 0.95


def test_each_drone_of_a_team_has_its_own_picture():
    from goldentime.missions.registry import load_config, make_team_env

    rate = load_config("hover_team").action_hz
    env = make_team_env("hover_team", sensors=cameras("camera_rgb", "camera_instance", hz=rate))
    observations, _ = env.reset(seed=1)
    pictures = [observation["camera_rgb"].tobytes() for observation in observations.values()]
    assert len(set(pictures)) == len(pictures)
    env.close()


def test_use_after_close_is_refused(make):
    env = make(sensors=cameras("camera_rgb", hz=hz()))
    env.reset(seed=1)
    env.close()
    env.close()
    with pytest.raises(ClosedError):
        env.step(still(env))


WITHOUT = """
import sys
from goldentime import make_env
env = make_env("course2020")
env.reset(seed=0)
print("moderngl" in sys.modules, "goldentime.envs.render.gl" in sys.modules)
"""


def test_an_environment_without_a_camera_loads_no_opengl():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.stdout.split()[-2:] == ["False", "False"], done.stderr


def test_environments_with_cameras_give_their_memory_back():
    import psutil

    def cycle(times):
        for seed in range(times):
            env = make_env("course2020", sensors=cameras("camera_rgb", hz=20.0))
            env.reset(seed=seed)
            env.close()
        return psutil.Process().memory_info().rss / 2**20

    before = cycle(8)
    assert cycle(12) - before < 8.0
