"""Sound of what changes: voices go where people go and fail with them, fires are as loud as they burn."""

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest

from goldentime.envs.acoustics.capsules import CapsuleSpec
from goldentime.envs.acoustics.clip import sound_scene
from goldentime.envs.acoustics.ear import Ear, HearingSpec
from goldentime.envs.acoustics.player import Player
from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.level import Level
from goldentime.envs.people.looks import mouth_of, start_of
from goldentime.envs.people.person import Person
from goldentime.types import DroneState, FireState, WorldState

RATE, STEP_S = 16_000, 0.1
ALIKE = CapsuleSpec(gain_std_db=0.0, corner_std_hz=0.0, delay_std_s=0.0, position_std_m=0.0)
QUIET = HearingSpec(rotors=False, wind=None, order=0, tail=False, calibration_s=0.0, capsule=ALIKE)
ASSETS = {name: f"man-0-{name}" for name in ("standing", "lying_back", "lying_side")}
CALLER = Person(kind="man", assets=ASSETS, position=(4.0, 0.0, 18.0), posture="standing", room=0, sound=0)
PLAN = FirePlan(
    fuels=(Fuel(room=0, position=(0.0,) * 3, growth="fast", peak_w=1e6, energy_j=1e8),), ignitions=(Ignition(fuel=0),)
)
HERE = (Waypoint(time_s=0.0, position=(3.0, 0.0, 20.0)),)
VOICE = Source(
    kind="man", path=HERE, calls=True, soundings=(Sounding(start_s=0.3, duration_s=1.0, clip="help", level_db=80.0),)
)
CRACKLE = Source(kind="fire", path=HERE, soundings=(Sounding(start_s=0.0, duration_s=30.0, level_db=70.0),), fuel=0)


def audio(clip, sample_rate_hz):
    return np.random.default_rng(list(clip.encode())).standard_normal(sample_rate_hz).astype(np.float32)


def world(i, person=None, watts=None):
    zero = (0.0, 0.0, 0.0)
    drone = DroneState((0.0, 0.0, 20.0), (0.0, 0.0, 0.0, 1.0), zero, zero, zero, (0.0,) * 4, 1.0, 16.0, (), 0.0)
    fire = FireState(*(np.zeros(0),) * 11, np.array([watts])) if watts is not None else None
    return WorldState(i * STEP_S, (drone,), (), (person,) if person else (), fire)


def hear(scenario, states):
    """(samples,) of the first microphone, and the calls that were told."""
    ear = Ear(QUIET, scenario, 0, audio, np.random.default_rng(0))
    stems = [ear.hear(a, b, round(STEP_S * RATE)) for a, b in pairwise(states)]
    sound = [(part.other + sum(part.calls.values()))[0] for part in stems]
    return np.concatenate(sound), ear.heard(final=True)


def voice(*people, source=VOICE):
    scenario = dataclasses.replace(sound_scene(Level(), (source,)), people=(CALLER,))
    people = people if len(people) > 1 else people * 18
    return hear(scenario, [world(i, person) for i, person in enumerate(people)])


def loudness_db(sound):
    return 10.0 * math.log10(float(np.mean(sound**2)))


def test_a_voice_comes_from_the_mouth_where_the_person_is():
    well = start_of(CALLER)
    far = well._replace(position_m=(8.0, 0.0, 18.0))
    (near_sound, (near,)), (far_sound, (away,)) = voice(well), voice(far)
    for call, person in ((near, well), (away, far)):
        assert call.distance_m == pytest.approx(math.dist(mouth_of(CALLER, person), (0.0, 0.0, 20.0)), abs=0.2)
    expected = 20.0 * math.log10(near.distance_m / away.distance_m)
    assert loudness_db(far_sound) - loudness_db(near_sound) == pytest.approx(expected, abs=1.0)


def test_a_mouth_is_where_the_head_is():
    well = start_of(CALLER)._replace(position_m=(0.0, 0.0, 0.0), yaw_rad=0.5 * math.pi)
    assert mouth_of(CALLER, well) == pytest.approx((0.0, 0.1, 1.71), abs=0.06)
    x, y, z = mouth_of(CALLER, well._replace(posture="lying_back"))
    assert (x, y, z) == pytest.approx((0.0, -0.83, 0.25), abs=0.06)
    small = dataclasses.replace(CALLER, scale=0.5)
    assert mouth_of(small, well)[2] == pytest.approx(0.5 * mouth_of(CALLER, well)[2])


def test_a_voice_is_as_loud_as_they_can_still_call():
    well = start_of(CALLER)
    loud, weak = (loudness_db(voice(well._replace(voice_db=gain))[0]) for gain in (0.0, -12.0))
    assert loud - weak == pytest.approx(12.0, abs=0.01)
    silent, told = voice(well._replace(voice_db=-math.inf))
    assert not silent.any()
    assert told == []


def test_a_voice_fails_without_a_click():
    well = start_of(CALLER)
    gone = well._replace(voice_db=-math.inf)
    whole, broken = voice(well)[0], voice(*[well] * 8, *[gone] * 10)[0]
    same = round(0.7 * RATE)
    assert (broken[:same] == whole[:same]).all()
    assert np.abs(broken[round(0.85 * RATE) :]).max() < 1e-6 * np.abs(whole).max()
    fading = slice(same, round(0.85 * RATE))
    assert 0.0 < np.abs(broken[fading]).sum() < 0.8 * np.abs(whole[fading]).sum()


def test_a_fire_is_as_loud_as_it_burns():
    scenario = dataclasses.replace(sound_scene(Level(), (CRACKLE,)), fire=PLAN)
    heard = {watts: hear(scenario, [world(i, None, watts) for i in range(11)])[0] for watts in (0.0, 1e5, 1e6, None)}
    assert not heard[0.0].any()
    assert loudness_db(heard[1e6]) - loudness_db(heard[1e5]) == pytest.approx(10.0, abs=0.01)
    assert (heard[1e6] == heard[None]).all()


def test_what_is_tied_to_nothing_sounds_as_ever():
    free = dataclasses.replace(CRACKLE, fuel=-1)
    ways = [sound_scene(Level(), (free, VOICE)), dataclasses.replace(sound_scene(Level(), (free, VOICE)), fire=PLAN)]
    sounds = [
        hear(scenario, [world(i, None, watts) for i in range(11)])[0]
        for scenario, watts in zip(ways, (None, 1e3), strict=True)
    ]
    assert np.array_equal(*sounds)
    # The same crackle whether it is tied or not, and the same as before there were ties.
    one, other = (Player((source,), RATE, audio).samples(0, 0, 4000) for source in (free, CRACKLE))
    assert one is not None and other is not None
    assert np.array_equal(one, other)
