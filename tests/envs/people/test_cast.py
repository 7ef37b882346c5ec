"""Who is drawn for a building, and what is heard of them."""

import json
import math

import numpy as np
import pytest

from goldentime.envs.assets.library import load_asset
from goldentime.envs.level import Box, Level
from goldentime.envs.people.cast import PeopleConfig, Spot, draw_people
from goldentime.envs.people.crowd import Crowd
from goldentime.envs.people.person import Person
from goldentime.envs.people.triage import SENSELESS
from goldentime.envs.people.voices import VoicesConfig, draw_voices
from goldentime.envs.scenes.catalogue import asset_pool
from goldentime.errors import ScenarioError
from goldentime.records import canonical_json, dump, load
from tests.envs.people.places import LEVEL, ROOMS

SPOTS = [Spot(room, (6.0 * room + x, y, 0.0)) for room in range(ROOMS) for x in (0.7, 2.9, 5.1) for y in (1.0, 3.0, 5.0)]


def cast(seed=0, level=LEVEL, **config):
    return draw_people(SPOTS, level, PeopleConfig(**{"count": (12, 12)} | config), np.random.default_rng(seed))


def many(**config):
    return [person for seed in range(12) for person in cast(seed, **config)]


def test_people_stand_on_spots_of_their_own_and_fit_a_crowd():
    people = cast()
    places = [(person.room, person.position) for person in people]
    assert len({*places}) == 12
    assert {*places} <= {*SPOTS}
    assert Crowd(people, LEVEL).rooms == tuple(person.room for person in people)


def test_the_same_draws_give_the_same_people_which_survive_json():
    people = cast(3)
    assert people == cast(3) != cast(4)
    assert all(load(Person, json.loads(canonical_json(dump(person))), "person") == person for person in people)


def test_figures_exist_in_every_posture_and_are_of_the_pool():
    for pool in ("train", "test"):
        for person in cast(pool=pool):
            for posture, asset in person.assets.items():
                assert load_asset(asset).posture == posture
                assert asset_pool(asset) == pool


def test_rescuers_are_no_victims_and_are_unhurt():
    people = many()
    rescuers = [person for person in people if person.kind in ("firefighter", "medic")]
    assert rescuers
    assert all(not person.victim and person.injury == 0.0 for person in rescuers)
    assert all(person.victim for person in people if person not in rescuers)


def test_those_who_are_unconscious_lie_and_only_those_who_walk_move():
    people = many(rescuers=0.0)
    assert all(person.posture.startswith("lying") for person in people if person.injury > SENSELESS)
    assert all(person.mobility == "walks" and person.injury < 0.3 for person in people if person.behaviour != "stays")
    states = {
        state.condition
        for seed in range(12)
        for state in Crowd(cast(seed, rescuers=0.0), LEVEL).read()
    }  # fmt: skip
    assert states == {"non_urgent", "urgent", "immediate", "dead"}


def test_who_wanders_has_a_free_way_to_walk():
    config = {"states": {"well": 1.0}, "behaviours": {"wanders": 1.0}, "rescuers": 0.0}
    moving = [person for person in cast(**config) if person.behaviour == "wanders"]
    assert moving
    for person in moving:
        assert person.path[0] == person.position
        assert math.dist(*person.path) >= 1.5
        assert all(6.0 * person.room <= x <= 6.0 * person.room + 5.8 for x, _, _ in person.path)
    walls = tuple(
        Box(centre=(x + dx, y + dy, 1.0), size=size)
        for _, (x, y, _) in SPOTS
        for dx, dy, size in (
            (0.5, 0, (0.1, 1.1, 2)),
            (-0.5, 0, (0.1, 1.1, 2)),
            (0, 0.5, (1.1, 0.1, 2)),
            (0, -0.5, (1.1, 0.1, 2)),
        )
    )
    walled = Level(rooms=LEVEL.rooms, solids=walls)
    assert all(person.behaviour == "stays" for person in cast(level=walled, **config))


def test_too_few_spots_are_an_error():
    with pytest.raises(ScenarioError, match="expected a spot for each of 3, got 1"):
        draw_people(SPOTS[:1], LEVEL, PeopleConfig(count=(3, 3)), np.random.default_rng(0))


def test_those_who_are_awake_call_in_a_voice_that_suits_them():
    people, sources = draw_voices(many(), VoicesConfig(), 60.0, np.random.default_rng(0), first=5)
    voiced = [person for person in people if person.sound >= 0]
    assert [person.sound for person in voiced] == list(range(5, 5 + len(sources)))
    for person in voiced:
        source = sources[person.sound - 5]
        assert source.calls == person.victim
        assert person.injury <= SENSELESS
        if source.kind in ("man", "woman", "child") and person.victim:
            assert source.kind in person.kind
        ends = [part.start_s + part.duration_s for part in source.soundings]
        assert ends[-1] <= 60.0
        assert all(end < part.start_s for end, part in zip(ends, source.soundings[1:], strict=False))
    assert {source.kind for source in sources} >= {"man", "woman", "child", "knock", "cough"}
