"""Who of a team brings whom a kit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from goldentime.baselines.team_share import Carrier, Patient, share_out

places = st.tuples(st.integers(-20, 20), st.integers(-20, 20)).map(lambda p: np.array((*p, 0.0), np.float64))


def patient(number, x, *, storey=0, urgent=True):
    return Patient(number, np.array((x, 0.0, 0.5)), storey, urgent)


def carrier(x, kits=1, storey=0):
    return Carrier(np.array((x, 0.0, 1.0)), storey, kits)


def test_each_goes_to_whom_it_is_near():
    assert share_out([patient(7, 0.0), patient(8, 10.0)], {2: carrier(9.0), 3: carrier(1.0)}) == {
        2: frozenset({8}),
        3: frozenset({7}),
    }


def test_the_sum_of_ways_counts_and_not_who_is_first():
    """Both are nearer to the first; the second takes the one that costs less altogether."""
    shared = share_out([patient(0, 1.0), patient(1, 4.0)], {0: carrier(0.0), 1: carrier(7.0)})
    assert shared == {0: frozenset({0}), 1: frozenset({1})}


def test_with_one_kit_whoever_is_sure_to_use_it_comes_first():
    assert share_out([patient(0, 2.0, urgent=False), patient(1, 5.0)], {0: carrier(0.0)}) == {0: frozenset({1})}


def test_another_storey_is_far():
    assert share_out([patient(0, 2.0, storey=1), patient(1, 9.0)], {0: carrier(0.0)}) == {0: frozenset({1})}


def test_without_kits_or_patients_nobody_goes():
    assert share_out([patient(0, 1.0)], {0: carrier(0.0, kits=0)}) == {}
    assert share_out([], {0: carrier(0.0)}) == {}


@given(st.lists(places, max_size=6), st.lists(st.tuples(places, st.integers(0, 3)), max_size=4), st.randoms())
def test_nobody_gets_two_and_all_work_out_the_same(people, drones, random):
    patients = [Patient(i, place, 0, urgent=True) for i, place in enumerate(people)]
    carriers = {i: Carrier(place, 0, kits) for i, (place, kits) in enumerate(drones)}
    shared = share_out(patients, carriers)
    helped = [number for people in shared.values() for number in people]
    assert len(helped) == len(set(helped)) == min(len(people), sum(kits for _, kits in drones))
    assert all(len(people) <= carriers[drone].kits for drone, people in shared.items())
    # Every drone lists what it knows in an order of its own.
    random.shuffle(patients)
    again = share_out(patients, dict(sorted(carriers.items(), key=lambda _: random.random())))
    if len({tuple(place) for place in people}) == len(people):
        assert again == shared
