"""Distortion, vignette, exposure, shadows, blur and the thermal camera as sensors."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime import ConfigError, make_env
from goldentime.envs.render.classes import semantic_id
from goldentime.envs.sensors.camera import CameraOptions, _opened
from goldentime.envs.sensors.camera_exposure import AutoExposure, Meter, develop
from goldentime.envs.sensors.camera_optics import make_lens, vignette
from goldentime.types import DroneState

SMALL = {"width": 64, "height": 48}
SIZE = (64, 48)
FOV = math.radians(80.0)


@pytest.fixture
def make():
    made = []

    def build(**more):
        made.append(make_env("hover", **more))
        return made[-1]

    yield build
    for env in made:
        env.close()


def hz():
    from goldentime.missions.registry import load_config

    return load_config("hover").action_hz


def camera(kind="camera_rgb", noise_std=0.0, **options):
    return {"kind": kind, "hz": hz(), "noise_std": noise_std, "options": {**SMALL, **options}}


@given(k1=st.floats(-0.1, 0.4), row=st.integers(0, 47), column=st.integers(0, 63))
def test_a_distorted_pixel_shows_what_brown_s_model_says(k1, row, column):
    lens = make_lens(SIZE, FOV, k1)
    shown = divmod(int(lens.nearest[row * 64 + column]), lens.width)
    pixel = 2.0 * math.tan(0.5 * FOV) / 64
    x, y = (shown[1] + 0.5 - 0.5 * lens.width) * pixel, (shown[0] + 0.5 - 0.5 * lens.height) * pixel
    grown = 1.0 + k1 * (x * x + y * y)
    stretch = 1.0 + 3.0 * abs(k1) * (x * x + y * y)
    assert x * grown == pytest.approx((column + 0.5 - 32) * pixel, abs=0.51 * math.sqrt(2.0) * pixel * stretch)
    assert y * grown == pytest.approx((row + 0.5 - 24) * pixel, abs=0.51 * math.sqrt(2.0) * pixel * stretch)


def test_almost_no_distortion_is_the_pinhole_s_picture():
    lens = make_lens(SIZE, FOV, 1e-9)
    source = np.random.default_rng(0).integers(0, 256, (lens.height, lens.width, 3), dtype=np.uint8)
    mixed, picked = np.zeros((48, 64, 3), np.uint8), np.zeros((48, 64), np.uint8)
    lens.mix_colour(source, mixed)
    lens.pick(source[..., 0], picked)
    rows, columns = (slice((big - small) // 2, (big + small) // 2) for big, small in ((lens.height, 48), (lens.width, 64)))
    assert (mixed == source[rows, columns]).all()
    assert (picked == source[rows, columns, 0]).all()


def test_mixing_is_bilinear_and_picking_invents_no_value():
    lens = make_lens(SIZE, FOV, -0.08)
    rng = np.random.default_rng(1)
    source = rng.integers(0, 256, (lens.height, lens.width, 3), dtype=np.uint8)
    mixed = np.zeros((48, 64, 3), np.uint8)
    lens.mix_colour(source, mixed)
    numbers = np.zeros((48, 64), np.float32)
    lens.mix(source[..., 1].astype(np.float32), numbers)
    assert np.abs(mixed[..., 1] - numbers).max() <= 0.51
    ids = rng.integers(0, 2**31, (lens.height, lens.width), dtype=np.uint32)
    picked = np.zeros((48, 64), np.uint32)
    lens.pick(ids, picked)
    assert set(picked.ravel()) <= set(ids.ravel())


def test_a_lens_that_never_sees_the_corners_is_refused():
    with pytest.raises(ConfigError, match=r"sensors\.eye\.options.*expected distortion_k1 of at least -0\.1"):
        make_env("hover", sensors={"eye": camera(distortion_k1=-0.3)})


def test_truth_is_distorted_like_colour(make):
    kinds = ("camera_rgb", "camera_depth", "camera_semantic")
    options = {"distortion_k1": -0.1, "pitch_deg": -20.0}
    env = make(sensors={kind: camera(kind, **options) for kind in kinds})
    bent = env.reset(seed=1)[0]
    assert all(bent[kind] in env.observation_space[kind] for kind in kinds)
    sky = bent["camera_semantic"] == 0
    assert (bent["camera_depth"][sky] == 100.0).all()
    assert (bent["camera_depth"][~sky] < 100.0).all()
    # A barrel: the horizon, a straight line above the middle, sinks towards the sides.
    horizon = sky.sum(0)
    assert horizon[0] > horizon[32] < horizon[-1]
    blue = bent["camera_rgb"][..., 2].astype(int) - bent["camera_rgb"][..., 0]
    assert blue[sky].mean() > blue[~sky].mean() + 10


def test_a_vignette_darkens_by_the_fourth_power_of_the_cosine():
    falloff = vignette(SIZE, FOV, 1.0)[..., 0]
    angle = math.atan(math.hypot(31.5, 23.5) / 32 * math.tan(0.5 * FOV))
    assert falloff[0, 0] == pytest.approx(math.cos(angle) ** 4, rel=1e-5)
    assert falloff[24, 32] > 0.998
    assert (vignette(SIZE, FOV, 0.0) == 1.0).all()
    rgb = np.full((48, 64, 3), 200, np.uint8)
    develop(rgb, np.zeros((48, 64), np.uint8), vignette(SIZE, FOV, 1.0), None, 0.0)
    assert rgb[0, 0, 0] == round(200 * math.cos(angle) ** 2)  # bytes go with the root of light
    assert rgb[24, 32, 0] == 200


def grey(level, flames=0):
    rgb, semantic = np.full((40, 40, 3), level, np.uint8), np.zeros((40, 40), np.uint8)
    rgb[:flames], semantic[:flames] = 250, semantic_id("fire")
    return rgb, semantic


def test_exposure_comes_to_its_target_with_its_time_constant():
    meter = Meter(AutoExposure(target=0.5, time_constant_s=0.4))
    rgb, semantic = grey(180)
    develop(rgb, semantic, None, meter, 0.0)
    assert rgb.mean() == pytest.approx(127.5, abs=1.0)  # the first picture is exposed as it should be
    values = []
    for step in range(1, 101):
        rgb, semantic = grey(90)
        develop(rgb, semantic, None, meter, 0.04 * step)
        values.append(float(rgb.mean()))
    assert values == sorted(values)
    assert values[-1] == pytest.approx(127.5, abs=1.0)
    start = 2.0 * math.log2(127.5 / 180.0)
    end = 2.0 * math.log2(127.5 / 90.0)
    after = 2.0 * math.log2(values[9] / 90.0)
    assert (after - start) / (end - start) == pytest.approx(1.0 - math.exp(-1.0), abs=0.02)


def test_exposure_depends_on_time_not_on_the_number_of_pictures():
    brightness = []
    for steps in (4, 32):
        meter = Meter(AutoExposure())
        rgb, semantic = grey(200)
        develop(rgb, semantic, None, meter, 0.0)
        for step in range(1, steps + 1):
            rgb, semantic = grey(60)
            develop(rgb, semantic, None, meter, 0.5 * step / steps)
        brightness.append(float(rgb.mean()))
    assert brightness[0] == pytest.approx(brightness[1], abs=1.0)


def test_flames_dazzle():
    dark = []
    for flames in (0, 10):
        meter = Meter(AutoExposure())
        rgb, semantic = grey(100, flames)
        develop(rgb, semantic, None, meter, 0.0)
        dark.append(float(rgb[20:].mean()))
        if flames:
            assert rgb[:flames].min() > 200  # and stay bright themselves
    assert dark[1] < 0.6 * dark[0]


def test_exposure_has_its_limits():
    rgb, semantic = grey(4)
    develop(rgb, semantic, None, Meter(AutoExposure(stops=2.0)), 0.0)
    assert rgb.max() == 8  # four times the light, twice the bytes


def test_episodes_do_not_inherit_an_exposure(make):
    env = make(sensors={"eye": camera(exposure={"time_constant_s": 0.5}, vignette=0.5)})
    first = env.reset(seed=1)[0]["eye"]
    motion = env.action_space["motion"]
    for _ in range(10):
        env.step({"motion": (0.5 * (motion.low + motion.high)).astype(np.float32)})
    assert (env.reset(seed=1)[0]["eye"] == first).all()


def drone(**more):
    zero = (0.0, 0.0, 0.0)
    held = {"position_m": (1.0, 2.0, 3.0), "quaternion_xyzw": (0.0, 0.0, 0.0, 1.0), "velocity_m_s": zero,
            "angular_velocity_rad_s": zero, "acceleration_m_s2": zero, "rotor_speed_rad_s": (0.0,) * 4,
            "state_of_charge": 1.0, "voltage_v": 12.0, "contacts": (), "contact_s": 0.0}  # fmt: skip
    return DroneState(**{**held, **more})


def opened(view, moving, shutter_s):
    found = _opened(view, moving, shutter_s)
    assert found is not None
    return found


def test_the_shutter_opened_where_the_drone_was():
    from goldentime.envs.render.frame import View

    view = View((1.1, 2.0, 3.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 64, 48, FOV, 50.0, 0)
    assert _opened(view, drone(), 0.02) is None
    eye, forward, up = opened(view, drone(velocity_m_s=(2.0, 0.0, -1.0)), 0.02)
    assert eye == pytest.approx((1.06, 2.0, 3.02))
    assert forward == view.forward
    eye, forward, up = opened(view, drone(angular_velocity_rad_s=(0.0, 0.0, 1.0)), 0.1)
    assert forward == pytest.approx((math.cos(0.1), -math.sin(0.1), 0.0))
    assert eye == pytest.approx((1.0 + 0.1 * math.cos(0.1), 2.0 - 0.1 * math.sin(0.1), 3.0))
    assert up == pytest.approx((0.0, 0.0, 1.0))


def test_blur_and_shadows_reach_the_sensor(make):
    plain, shaded, blurred = (
        make(sensors={"eye": camera(pitch_deg=-40.0, **more)}) for more in ({}, {"shadows": True}, {"motion_blur_s": 0.05})
    )
    pictures = []
    for env in (plain, shaded, blurred):
        first = env.reset(seed=2)[0]["eye"]
        high = env.action_space["motion"].high.astype(np.float32)
        for _ in range(8):
            last = env.step({"motion": high})[0]["eye"]
        pictures.append((first, last))
    assert (pictures[0][0] == pictures[2][0]).all()  # it starts at rest
    assert (pictures[0][1] != pictures[2][1]).any()
    assert (pictures[0][1] != pictures[1][1]).any()


def test_the_thermal_camera_is_a_sensor_that_a_contestant_may_have(make):
    options = {"distortion_k1": -0.05, "pitch_deg": -20.0}
    sensors = {"state": None, "heat": camera("camera_thermal", noise_std=0.05, **options)}
    env = make(contest=True, nav={"kind": "onboard"}, sensors=sensors)
    kelvin = env.reset(seed=1)[0]["heat"]
    assert kelvin in env.observation_space["heat"]
    assert kelvin.dtype == np.float32
    assert kelvin.shape == (48, 64)
    ground = kelvin[40:]
    assert ground.mean() == pytest.approx(293.15, abs=0.05)
    assert ground.std() == pytest.approx(0.05, rel=0.2)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("camera_rgb", {"backend": "tiny", "shadows": True}, "expected the backend gl for shadows"),
        ("camera_rgb", {"backend": "tiny", "motion_blur_s": 0.01}, "expected the backend gl for shadows and motion_blur_s"),
        ("camera_thermal", {"backend": "tiny"}, "'tiny' draws no thermal picture"),
        ("camera_rgb", {"vignette": 2.0}, r"vignette and motion_blur_s in \[0, 1\]"),
        ("camera_rgb", {"exposure": {"target": 0.0}}, r"target in \(0, 1\)"),
        ("camera_rgb", {"exposure": {"gamma": 2.0}}, "unknown key"),
    ],
)
def test_options_that_make_no_sense_or_that_the_backend_lacks_are_refused(kind, options, message):
    with pytest.raises(ConfigError, match=message):
        make_env("hover", sensors={"eye": camera(kind, **options)})


def test_all_is_off_unless_asked_for():
    options = CameraOptions()
    assert not options.shadows
    assert options.motion_blur_s == options.distortion_k1 == options.vignette == 0.0
    assert options.exposure is None
