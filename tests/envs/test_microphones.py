"""Microphones as sensors: chunks of sound aligned with the steps, what is told of them, and what the log gets."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Level
from goldentime.envs.pointmass import PointMassPhysics
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.sensors.base import Mount, SensorConfig, SensorSuite, Stage
from goldentime.envs.speech.bank import load_bank
from goldentime.errors import ClosedError, ConfigError
from goldentime.missions.registry import make_env
from goldentime.perception.calibration import read_calibration
from goldentime.types import DroneState, WorldState

RATE, HZ = 16_000, 10.0
SCOUT = load_airframe("scout")
SILENT = {"rotors": False, "wind": None, "calibration_s": 0.0, "capsule": {"self_noise_db": -100.0}}


def sounding(start_s, **more):
    return Sounding(start_s=start_s, duration_s=more.pop("duration_s", 20.0), **more)


def scene(*sounds):
    return Scenario(
        mission="", level=Level(), drones=(DroneSpec(airframe="scout", position=(0.0, 0.0, 2.0)),), sounds=sounds,
        time_limit_s=60.0, task={},
    )  # fmt: skip


def alarm(at=(3.0, 0.0, 2.0), level_db=90.0, start_s=0.0):
    path = (Waypoint(time_s=0.0, position=at),)
    return Source(kind="alarm", path=path, soundings=(sounding(start_s, level_db=level_db),))


def call(start_s=0.25, level_db=90.0):
    clip = next(clip for clip in load_bank().clips if clip.kind == "call" and clip.voice == "woman")
    path = (Waypoint(time_s=0.0, position=(3.0, 2.0, 1.0)),)
    said = sounding(start_s, duration_s=clip.duration_s, clip=clip.id, level_db=level_db)
    return Source(kind="woman", path=path, soundings=(said,), calls=True, speaker=clip.speaker), clip


def world_at(time_s, speeds=(SCOUT.hover_rotor_speed_rad_s,) * 4):
    zero = (0.0, 0.0, 0.0)
    drone = DroneState((0.0, 0.0, 2.0), (0.0, 0.0, 0.0, 1.0), zero, zero, zero, speeds, 1.0, 16.0, (), 0.0)
    return WorldState(time_s, (drone,), ())


class Ears:
    """A suite with microphones, and the stage on which its episodes begin."""

    def __init__(self, options=None, hz=HZ, action_hz=HZ, kind="microphones", **faults):
        self.stage = Stage()
        config = SensorConfig(kind=kind, hz=hz, options=options or {}, **faults)
        mount = Mount(0, SCOUT, PointMassPhysics(), self.stage)
        self.suite = SensorSuite({"ears": config}, mount, action_hz, contest=True)
        self.dt = 1.0 / action_hz

    def begin(self, scenario, seed=0):
        self.stage.begin(scenario)
        self.suite.reset(seed, 0)

    def run(self, scenario, count, seed=0):
        self.begin(scenario, seed)
        return np.array([self.suite.read(world_at(i * self.dt))["ears"] for i in range(count)])


def test_a_reading_is_the_sound_of_one_step():
    ears = Ears()
    got = ears.run(scene(alarm()), 3)
    assert got.shape == (3, 8, 1_600)
    assert got.dtype == np.float32
    assert all(ears.suite.space["ears"].contains(chunk) for chunk in got)


def test_the_first_reading_is_of_the_time_before_the_start():
    got = Ears(SILENT).run(scene(alarm()), 2)
    assert np.abs(got[0]).max() == 0.0
    heard = np.flatnonzero(np.abs(got[1]).max(axis=0))
    late = heard[0] / RATE - (3.0 - 0.0615 + 0.0115) / 343.2
    assert -1e-3 < late < 4e-3  # of the sound's way, the microphones' millisecond and the alarm's own ramp


def test_the_own_rotors_are_heard_from_the_beginning():
    got = Ears().run(scene(), 2)
    assert 0.5 < got[0].std() / got[1].std() < 2.0


@pytest.mark.parametrize(("rate", "hz", "samples"), [(48_000, 10.0, 4_800), (16_000, 50.0, 320), (24_000, 10.0, 2_400)])
def test_other_rates(rate, hz, samples):
    got = Ears({"sample_rate_hz": rate, "array": "tetrahedron", **SILENT}, hz, hz).run(scene(alarm()), 4)
    assert got.shape == (4, 4, samples)
    assert np.abs(got[-1]).max() > 0.0


def test_slower_readings_than_actions_hold_the_last_one_and_lose_no_sound():
    spreads = dict.fromkeys(("gain_std_db", "corner_std_hz", "delay_std_s", "position_std_m"), 0.0)
    alike = SILENT | {"capsule": {"self_noise_db": -100.0, **spreads}}
    ears = Ears(alike, hz=10.0, action_hz=30.0)
    got = ears.run(scene(alarm()), 10)
    assert (got[0:3] == got[0]).all()
    assert (got[3:6] == got[3]).all()
    joined = np.concatenate([got[0], got[3], got[6], got[9]], axis=1)
    whole = np.concatenate(list(Ears(alike).run(scene(alarm()), 4)), axis=1)
    assert np.abs(joined - whole).max() < 1.5 / 32_768


def test_a_rate_that_does_not_divide_into_steps_is_refused():
    with pytest.raises(ConfigError, match="multiple of hz, got 16000 and 30"):
        Ears(hz=30.0, action_hz=30.0)


def test_an_unknown_array_is_refused():
    with pytest.raises(ConfigError, match="expected one of"):
        Ears({"array": "cubes"})


def test_before_the_first_reset_there_is_nothing_to_hear():
    with pytest.raises(ClosedError, match="before the first reset"):
        Ears().suite.read(world_at(0.0))


def test_each_episode_has_other_microphones_and_the_same_seed_has_the_same():
    ears = Ears({**SILENT, "capsule": {"gain_std_db": 3.0, "self_noise_db": -100.0}})
    loud = [ears.run(scene(alarm()), 3, seed)[2].std(axis=1) for seed in (0, 1, 0)]
    assert (loud[0] == loud[2]).all()
    assert np.abs(loud[0] - loud[1]).max() > 0.05 * loud[0].max()


def test_the_calibration_clip_comes_with_what_is_told():
    ears = Ears({"calibration_s": 0.5})
    ears.run(scene(), 1)
    told = ears.suite.told()["ears"]
    clip = read_calibration(told)
    assert clip.samples.shape == (8, RATE // 2)
    assert clip.samples.dtype == np.float32
    assert clip.rotor_speed_rad_s == pytest.approx(np.full((6, 4), SCOUT.hover_rotor_speed_rad_s), rel=0.15)
    assert (clip.sample_rate_hz, clip.rotor_speed_s) == (RATE, 0.1)
    assert np.array(told["microphone_m"])[:, 2] == pytest.approx(0.06 - 0.1915 + np.array([-1, 1] * 4) * 0.041)
    heard = np.concatenate(list(ears.run(scene(), 4)), axis=1)
    assert clip.samples.std(axis=1) == pytest.approx(heard.std(axis=1), rel=0.3)


def test_without_calibration_none_is_told():
    ears = Ears(SILENT)
    ears.run(scene(), 1)
    with pytest.raises(ConfigError, match="the brief has none"):
        read_calibration(ears.suite.told()["ears"])


def test_a_call_is_logged_once_with_its_snr():
    source, clip = call()
    ears = Ears({"calibration_s": 0.0})
    ears.begin(scene(source))
    events = []
    for i in range(int(10 * clip.duration_s) + 8):
        ears.suite.read(world_at(i / HZ))
        events += ears.suite.events(final=False)
    (event,) = events
    assert (event.kind, event.drone) == ("heard", 0)
    assert event.value == event.detail["snr_db"]
    assert -30.0 < event.value < 5.0
    assert event.detail["kind"] == "woman"
    assert event.detail["onset_s"] == pytest.approx(0.25 + math.dist((3.0, 2.0, 1.0), (0.0, 0.0, 1.87)) / 343.2, abs=2e-3)
    assert event.detail["level_db"] == pytest.approx(90.0 - 20.0 * math.log10(event.detail["distance_m"]), abs=3.0)


def test_a_call_cut_off_by_the_end_is_logged_then():
    source, _ = call()
    ears = Ears({"calibration_s": 0.0})
    ears.begin(scene(source))
    for i in range(6):
        ears.suite.read(world_at(i / HZ))
    assert ears.suite.events(final=False) == []
    assert len(ears.suite.events(final=True)) == 1


def test_rotor_speeds_are_the_rotors():
    got = Ears(kind="rotor_speeds")
    got.begin(scene())
    assert got.suite.read(world_at(0.0, (1.0, 20.0, 300.0, 4000.0)))["ears"].tolist() == [1.0, 20.0, 300.0, 4000.0]


SENSORS = {
    "ears": {"kind": "microphones", "hz": 30.0, "options": {"sample_rate_hz": 24_000, "calibration_s": 0.5}},
    "rotors": {"kind": "rotor_speeds", "hz": 30.0},
}


def test_an_environment_with_ears_passes_gymnasium_s_check(recwarn):
    env = make_env("hover", sensors=SENSORS)
    check_env(env, skip_render_check=True)
    assert [str(w.message) for w in recwarn if "symmetric and normalized" not in str(w.message)] == []
    assert set(env.brief["told"]) == {"ears"}
    assert read_calibration(env.brief["told"]["ears"]).samples.shape == (8, 12_000)
    env.close()


FLIGHT = f"""
import sys
from hashlib import sha256
from goldentime.missions.registry import make_env
env = make_env("hover", sensors={SENSORS!r})
seen = sha256()
env.action_space.seed(0)
for seed in (3, 4):
    seen.update(env.reset(seed=seed)[0]["ears"].tobytes())
    seen.update(repr(env.brief["told"]).encode())
    for _ in range(12):
        seen.update(env.step(env.action_space.sample())[0]["ears"].tobytes())
heavy = [name for name in ("torch", "librosa", "pyroomacoustics", "scipy.signal", "soundfile") if name in sys.modules]
print(seen.hexdigest(), heavy)
"""


def test_two_processes_hear_the_same_and_load_nothing_heavy():
    runs = []
    for hash_seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run([sys.executable, "-c", FLIGHT], capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stderr
        runs.append(done.stdout.strip().splitlines()[-1])
    assert runs[0] == runs[1]
    assert runs[0].endswith("[]")
