"""What an array hears: all of a scene's sound, each part at its level, and how loud each call was."""

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.envs.acoustics.capsules import CapsuleSpec
from goldentime.envs.acoustics.clip import render_clip, sound_scene
from goldentime.envs.acoustics.ear import Ear, HearingSpec
from goldentime.envs.acoustics.hover import hover_flight
from goldentime.envs.acoustics.snr import active_power, frame_powers, signal_to_noise_db
from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Level, Room
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.errors import ConfigError
from goldentime.types import DroneState, WorldState

RATE = 16_000
OPEN = Level()
ALIKE = CapsuleSpec(gain_std_db=0.0, corner_std_hz=0.0, delay_std_s=0.0, position_std_m=0.0)
QUIET = HearingSpec(rotors=False, wind=None, order=0, tail=False, calibration_s=0.0, capsule=ALIKE)
SCOUT = load_airframe("scout")


def audio(clip, sample_rate_hz):
    """A stand-in for the bank: a second of noise in the band of speech, of RMS 1, another for each name."""
    hz = np.fft.rfftfreq(sample_rate_hz, 1.0 / sample_rate_hz)
    noise = np.random.default_rng(list(clip.encode())).standard_normal(sample_rate_hz)
    wave = np.fft.irfft(np.fft.rfft(noise) * ((hz > 200.0) & (hz < 4_000.0)))
    return (wave / wave.std()).astype(np.float32)


def caller(at, start_s=0.5, level_db=80.0, clip="help", kind="man", **more):
    sounding = Sounding(start_s=start_s, duration_s=1.0, clip=clip, level_db=level_db)
    return Source(kind=kind, path=(Waypoint(time_s=0.0, position=at),), soundings=(sounding,), calls=True, **more)


def burning(at, level_db=70.0):
    sounding = Sounding(start_s=0.0, duration_s=30.0, level_db=level_db)
    return Source(kind="fire", path=(Waypoint(time_s=0.0, position=at),), soundings=(sounding,))


def still(at=(0.0, 0.0, 20.0), seconds=2.0, speeds=(SCOUT.hover_rotor_speed_rad_s,) * 4, step_s=0.1):
    count = round(seconds / step_s)
    zero = (0.0, 0.0, 0.0)
    drone = DroneState(at, (0.0, 0.0, 0.0, 1.0), zero, zero, zero, speeds, 1.0, 16.0, (), 0.0)
    return [WorldState(i * step_s, (drone,), ()) for i in range(count + 1)]


def clip(sounds, spec=QUIET, seed=0, states=None, level=OPEN):
    return render_clip(sound_scene(level, tuple(sounds)), states or still(), spec, audio, np.random.default_rng(seed))


def test_a_call_arrives_after_its_way_at_the_level_of_its_distance():
    got = clip([caller((10.0, 0.0, 20.0))])
    (call,) = got.heard
    assert call.distance_m == pytest.approx(10.0, abs=0.05)
    assert call.onset_s == pytest.approx(0.5 + 10.0 / 343.2, abs=1e-3)
    assert call.level_db == pytest.approx(60.0, abs=0.7)  # 80 dB at 1 m; the reflection off the ground is 40 m away
    loud = np.abs(got.stems.calls).max(axis=0) > 1e-3
    assert np.flatnonzero(loud)[0] / RATE == pytest.approx(call.onset_s, abs=3e-3)


def test_nearer_microphones_hear_first_and_channels_keep_their_order():
    got = clip([caller((10.0, 0.0, 19.87))])
    sound = got.stems.calls[:, 8_000:26_000]
    at = np.array(got.ear.array.position_m)
    lags = []
    for mic in range(8):
        cross = np.fft.irfft(np.fft.rfft(sound[mic], 32_768) * np.fft.rfft(sound[0], 32_768).conj(), 262_144)
        lags.append((np.argmax(np.roll(cross, 400)) - 400) / (8 * RATE))
    assert lags == pytest.approx((at[0, 0] - at[:, 0]) / 343.2, abs=1.2e-5)


def test_the_snr_of_a_call_is_that_of_its_stems():
    spec = HearingSpec(calibration_s=0.0, order=0, tail=False, capsule=ALIKE)
    got = clip([caller((4.0, 1.0, 20.0), level_db=95.0)], spec)
    (call,) = got.heard
    window = slice(round(call.onset_s * RATE), round(call.offset_s * RATE))
    powers = [frame_powers(part[:, window], RATE) for part in (got.stems.calls, got.stems.ego + got.stems.other)]
    assert call.snr_db == pytest.approx(signal_to_noise_db(*powers), abs=0.5)


@settings(max_examples=5, deadline=None)
@given(st.floats(-20.0, 20.0), st.integers(0, 1000))
def test_a_pinned_snr_is_met(snr_db, seed):
    rng = np.random.default_rng(seed)
    flight = hover_flight(SCOUT, (0.0, 0.0, 20.0), 0.5, 2.0, rng)
    spec = HearingSpec(snr_db=snr_db, calibration_s=0.0, order=0, tail=False)
    got = clip([caller((5.0, 3.0, 18.0))], spec, seed, flight)
    assert got.heard[0].snr_db == pytest.approx(snr_db, abs=1e-6)
    window = slice(round(got.heard[0].onset_s * RATE), round(got.heard[0].offset_s * RATE))
    powers = [frame_powers(part[:, window], RATE) for part in (got.stems.calls, got.stems.ego)]
    assert signal_to_noise_db(*powers) == pytest.approx(snr_db, abs=1.0)


def test_a_pinned_call_comes_near_its_snr_step_by_step_too():
    room = Level(rooms=(Room(lower=(-4.0, -4.0, 0.0), upper=(4.0, 4.0, 3.0), materials=("concrete",) * 6),))
    spec = HearingSpec(snr_db=3.0)
    states = still((0.0, 0.0, 1.5), 2.4)
    scene = sound_scene(room, (caller((3.0, 2.0, 1.5)), caller((-3.0, 2.0, 1.0), 0.9, clip="here", kind="child")))
    ear = Ear(spec, scene, 0, audio, np.random.default_rng(1))
    for before, after in pairwise(states):
        ear.hear(before, after, 1_600)
    heard = ear.heard(final=True)
    assert [call.source for call in heard] == [0, 1]
    assert [call.snr_db for call in heard] == pytest.approx([3.0, 3.0], abs=1.5)
    assert ear.heard(final=True) == []


def test_parts_add_up_to_the_clip():
    got = clip([caller((4.0, 1.0, 20.0)), burning((-3.0, 0.0, 18.0))], HearingSpec(calibration_s=0.0))
    total = sum(got.stems)
    assert np.abs(got.samples - total / 20.0).max() <= 0.51 / 32_768
    assert all(np.abs(part).max() > 0.0 for part in got.stems)


def test_the_sensor_s_way_and_the_clip_s_give_the_same_samples():
    spec, states = HearingSpec(calibration_s=0.0), still(seconds=1.5)
    scene = sound_scene(OPEN, (caller((4.0, 1.0, 20.0)), burning((-3.0, 0.0, 18.0))))
    ear = Ear(spec, scene, 0, audio, np.random.default_rng(3))
    steps = [ear.mix(ear.hear(a, b, 1_600)) for a, b in pairwise(states)]
    whole = render_clip(scene, states, spec, audio, np.random.default_rng(3))
    assert np.abs(np.concatenate(steps, axis=1) - whole.samples).max() < 1.5 / 32_768


def test_steps_of_other_lengths_hear_the_same_call():
    far = [caller((10.0, 0.0, 20.0))]
    coarse, fine = (clip(far, states=still(step_s=step_s)).stems.calls for step_s in (0.1, 0.04))
    assert np.abs(coarse - fine).max() < 0.01 * np.abs(coarse).max()


def test_a_turned_drone_turns_its_array():
    at, spec = (0.0, 0.0, 20.0), QUIET
    turned = [
        state._replace(drones=(state.drones[0]._replace(quaternion_xyzw=(0.0, 0.0, math.sqrt(0.5), math.sqrt(0.5))),))
        for state in still(at)
    ]
    ahead = clip([caller((10.0, 0.0, 20.0))], spec).stems.calls
    left = clip([caller((0.0, 10.0, 20.0))], spec, states=turned).stems.calls
    assert np.abs(ahead - left).max() < 1e-3 * np.abs(ahead).max()


def test_a_room_returns_the_rotors_sound_where_that_is_wanted():
    room = Level(rooms=(Room(lower=(-3.0, -3.0, 0.0), upper=(3.0, 3.0, 3.0), materials=("plaster",) * 6),))
    states = still((0.0, 0.0, 1.5), 2.0)
    spec = HearingSpec(wind=None, calibration_s=0.0, echo=True)
    closed, opened = (clip([], spec, states=states, level=level).stems.ego[:, 16_000:] for level in (room, OPEN))
    dry = clip([], dataclasses.replace(spec, echo=False), states=states, level=room).stems.ego[:, 16_000:]
    echo_db = 10.0 * np.log10(np.mean(np.square(closed - dry)) / np.mean(np.square(dry)))
    assert -9.0 < echo_db < 1.0  # a diffuse field of 4 / A below the sound power, with some 3 m2 of absorption
    # In the open there is the ground 20 m below, or here 1.5 m.
    assert np.mean(np.square(opened - dry)) < 0.1 * np.mean(np.square(closed - dry))


def test_other_drones_are_heard_by_their_rotors():
    def flown(speed):
        one, other = still()[0].drones[0], still((3.0, 0.0, 20.0), speeds=(speed,) * 4)[0].drones[0]
        return [WorldState(0.1 * i, (one._replace(rotor_speed_rad_s=(0.0,) * 4), other), ()) for i in range(11)]

    drones = tuple(DroneSpec(airframe="scout", position=(3.0 * i, 0.0, 20.0)) for i in range(2))
    scene = Scenario(mission="", level=OPEN, drones=drones, time_limit_s=10.0, task={})
    spec = HearingSpec(wind=None, calibration_s=0.0)
    flying, standing = (render_clip(scene, flown(speed), spec, audio, np.random.default_rng(0)) for speed in (534.0, 0.0))
    level_db = 20.0 * np.log10(np.sqrt(np.mean(np.square(flying.stems.other[:, 3_200:]))) / 20e-6)
    assert 65.0 < level_db < 80.0  # some 80 dB at 1 m
    assert np.abs(standing.stems.other).max() == 0.0


def test_a_faster_flight_is_windier():
    states = still(seconds=1.0)
    fast = [state._replace(drones=(state.drones[0]._replace(velocity_m_s=(6.0, 0.0, 0.0)),)) for state in states]
    spec = HearingSpec(calibration_s=0.0)

    def wind(states):
        ear = Ear(spec, sound_scene(OPEN, ()), 0, audio, np.random.default_rng(0))
        return [ear.hear(a, b, 1_600).wind for a, b in pairwise(states)][-1].std()

    assert wind(fast) > 3.0 * wind(states)


def test_the_calibration_is_the_rotors_alone_by_the_same_microphones():
    spec = HearingSpec(calibration_s=1.0, capsule=CapsuleSpec(gain_std_db=6.0))
    got = clip([caller((2.0, 0.0, 20.0), level_db=120.0)], spec)
    assert got.calibration.samples.shape == (8, RATE)
    assert got.calibration.rotor_speed_rad_s.shape == (11, 4)
    levels = [20.0 * np.log10(part.std(axis=1)) for part in (got.calibration.samples, got.stems.ego / 20.0)]
    assert np.ptp(levels[0]) > 5.0
    assert levels[0] == pytest.approx(levels[1], abs=1.5)
    assert clip([], QUIET).calibration is None


def test_what_is_silent_is_silence():
    spec = HearingSpec(
        rotors=False, wind=None, calibration_s=0.0, capsule=CapsuleSpec(self_noise_db=-100.0, full_scale_pa=20.0)
    )
    assert np.abs(clip([], spec, states=still(seconds=0.5)).samples).max() == 0.0


def test_active_power_counts_only_what_sounds():
    powers = np.array([1e-9] * 50 + [1.0, 2.0, 1.0, 0.001] * 10)
    assert active_power(powers) == pytest.approx(4.0 / 3.0, rel=1e-6)
    assert active_power(np.zeros(5)) == 0.0
    assert signal_to_noise_db(np.zeros(5), np.ones(5)) == pytest.approx(-200.0)


@pytest.mark.parametrize("states", [still()[:1], [still()[0]] * 2])
def test_too_few_states_are_refused(states):
    with pytest.raises(ConfigError, match="at least two states at growing times"):
        clip([], QUIET, states=states)


@pytest.mark.parametrize("wrong", [{"sample_rate_hz": 100}, {"order": 12}, {"calibration_s": -1.0}])
def test_an_impossible_ear_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        HearingSpec(**wrong)
