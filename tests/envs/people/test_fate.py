"""The golden time: computed from the air, earlier near the fire, never worse with help."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.envs.people.crowd import Crowd
from goldentime.envs.people.fate import fate, spared
from goldentime.errors import ConfigError
from tests.envs.people.places import LEVEL, ROOMS, fire, person

NEVER = float("inf")
GRADED = [(-60.0, None), (0.0, fire(1.0, co=(0.02, 0.006, 0.0), smoke=1.0)), (900.0, fire())]


def test_golden_time_is_earlier_nearer_the_fire():
    found = fate([person(room) for room in range(ROOMS)], LEVEL, GRADED)
    assert found.incapacitated_s[0] < found.incapacitated_s[1] < found.incapacitated_s[2] == NEVER
    # 2.76e-5 x 20000^1.036 x 1.041 = 0.822 a minute: one in the nearest room falls after 73 s, below the smoke, and lives.
    assert found.incapacitated_s[0] == pytest.approx(73.0, abs=1.0)
    assert found.dead_s[0] == NEVER


def test_air_holds_until_the_next_sample_and_the_last_to_the_horizon():
    air = [(-10.0, fire()), (30.0, fire(0.1, co=0.002)), (90.0, fire())]
    found = fate([person()], LEVEL, air, horizon_s=200.5)
    assert found.time_s[-1] == 200.5
    fed = found.fed[:, 0]
    assert fed[30] == 0.0 < fed[31]
    assert fed[90] == fed[-1] > fed[89]


def test_one_who_is_dead_or_unconscious_at_the_start_is_so_at_once():
    found = fate([person(injury=0.8, posture="lying_back"), person(injury=0.95, posture="lying_back")], LEVEL, [])
    assert found.incapacitated_s.tolist() == [0.0, 0.0]
    assert found.dead_s[1] == 0.0 < found.dead_s[0] < NEVER


def test_the_fate_is_what_the_crowd_lives_through():
    people, state = [person(room) for room in range(ROOMS)], GRADED[1][1]
    crowd = Crowd(people, LEVEL)
    for _ in range(600):
        states = crowd.step(0.1, state)
    found = fate(people, LEVEL, GRADED, horizon_s=60.0)
    assert np.allclose(found.fed[-1], [s.fed for s in states])
    assert np.allclose(spared(found, states, 60.0), 0.0, atol=1e-9)


def test_a_hood_in_time_saves_and_one_too_late_does_not():
    people = [person(1, mobility="trapped")]
    air = [(0.0, fire(0.2, co=0.006, smoke=1.0))]
    alone = fate(people, LEVEL, air)
    saved = fate(people, LEVEL, air, hoods_s=[60.0])
    assert alone.dead_s[0] < 900.0
    assert saved.incapacitated_s[0] == saved.dead_s[0] == NEVER
    late = fate(people, LEVEL, air, hoods_s=[alone.incapacitated_s[0] + 1.0])
    assert late.dead_s[0] == alone.dead_s[0]


def test_spared_is_the_dose_that_help_kept_off():
    people, bad = [person(mobility="trapped"), person(mobility="trapped")], fire(0.2, co=0.004)
    alone = fate(people, LEVEL, [(0.0, bad)], horizon_s=300.0)
    crowd = Crowd(people, LEVEL)
    crowd.give(0)
    for _ in range(300):
        states = crowd.step(1.0, bad)
    first, second = spared(alone, states, 300.0)
    assert first == pytest.approx(alone.fed[-1, 0] - states[0].fed)
    assert first > 0.6
    assert second == 0.0


def test_one_who_bled_to_death_alone_is_spared_that():
    people = [person(injury=0.74, posture="lying_back")]
    alone = fate(people, LEVEL, [], horizon_s=700.0)
    crowd = Crowd(people, LEVEL)
    crowd.give(0)
    states = [crowd.step(1.0) for _ in range(700)][-1]
    assert alone.dead_s[0] < 700.0
    assert spared(alone, states, 700.0)[0] == pytest.approx(5.0 / 3.0)


def test_a_hood_time_for_each_or_none():
    with pytest.raises(ConfigError, match="expected 2 hoods_s, one a person, got 1"):
        fate([person(), person()], LEVEL, [], hoods_s=[1.0])


@st.composite
def histories(draw):
    """Fires whose smoke is never better than the air below it."""
    samples, time_s = [], 0.0
    for _ in range(draw(st.integers(1, 4))):
        lower_co, lower_k = draw(st.floats(0.0, 0.005)), draw(st.floats(290.0, 400.0))
        state = fire(
            draw(st.floats(0.0, 3.0)), co=lower_co + draw(st.floats(0.0, 0.03)), lower_co=lower_co,
            kelvin=lower_k + draw(st.floats(0.0, 250.0)), lower_k=lower_k, smoke=draw(st.floats(0.0, 5.0)),
            co2=draw(st.floats(0.0, 0.1)), o2=draw(st.floats(0.08, 0.209)),
        )  # fmt: skip
        samples.append((time_s, state))
        time_s += draw(st.floats(5.0, 60.0))
    return samples


@settings(max_examples=30, deadline=None)
@given(
    histories(),
    st.sampled_from(["standing", "waving", "sitting", "crouching", "lying_back", "lying_side"]),
    st.sampled_from(["walks", "crawls", "trapped"]),
    st.sampled_from(["man", "child"]),
    st.floats(0.0, 1.0),
    st.floats(0.0, 150.0),
)
def test_help_never_worsens_the_fate_of_somebody_who_stays(air, posture, mobility, kind, injury, hood_s):
    people = [person(posture=posture, mobility=mobility, kind=kind, injury=injury)]
    alone = fate(people, LEVEL, air, horizon_s=150.0)
    helped = fate(people, LEVEL, air, hoods_s=[hood_s], horizon_s=150.0)
    assert (helped.incapacitated_s >= alone.incapacitated_s).all()
    assert (helped.dead_s >= alone.dead_s).all()
    # Whoever is dead suffers nothing more.
    living = alone.time_s <= alone.dead_s[0]
    for ours, theirs in ((helped.fed, alone.fed), (helped.fed_heat, alone.fed_heat), (helped.injury, alone.injury)):
        assert (ours[living] <= theirs[living] + 1e-9).all()
    for dose in (alone.fed, alone.fed_heat, alone.injury):
        assert (np.diff(dose, axis=0) >= 0.0).all()
