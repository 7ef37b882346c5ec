"""Two carriers that haul together: each begins a step when both have done the one before."""

from typing import Any

import numpy as np
import pytest

from goldentime.baselines.team_haul import Haul

DT_S = 0.1
STARTS = ((-2.25, -1.0, 0.1), (-0.75, -1.0, 0.1))
BRIEF: dict[str, Any] = {
    "action_hz": 10,
    "team": [{"start_m": [0.0, 0.0, 0.1]}, *({"start_m": list(start)} for start in STARTS)],
    "load": {"drones": [1, 2], "at_m": [-1.5, -1.0, 0.1], "goal_m": [-9.0, -5.0, 0.0], "rope_m": 1.5, "mass_kg": 2.8},
    "anchors_m": [[2.5, -5.5, 0.0], [5.0, -2.5, 0.0]],
}


def haul_together(speeds=(1.0, 1.0), hears=True, lasts_s=200.0):
    """What each let go of when, where they were then, and the ways that they flew; a speed below 1 lags behind."""
    hauls = [Haul({**BRIEF, "drone": number}) for number in (1, 2)]
    places = [np.array(start) for start in STARTS]
    let_go, ways = [], []
    for step in range(int(lasts_s / DT_S)):
        ready = [haul.ready if hears else 0 for haul in hauls]
        for i, haul in enumerate(hauls):
            if haul.done:
                continue
            velocity, release = haul.fly(places[i], ready[1 - i])
            if release:
                let_go.append((i, step * DT_S, places[i].copy()))
            places[i] = places[i] + velocity * DT_S * speeds[i]
        ways.append(np.array(places))
        if all(haul.done for haul in hauls):
            return let_go, np.array(ways), hauls
    return let_go, np.array(ways), hauls


@pytest.mark.parametrize("speeds", [(1.0, 1.0), (1.0, 0.6), (0.7, 1.0)])
def test_both_let_go_of_load_and_anchors_together(speeds):
    let_go, _, hauls = haul_together(speeds)
    assert all(haul.done for haul in hauls)
    assert [i for i, _, _ in let_go[:2]] in ([0, 1], [1, 0])
    (_, first_s, a), (_, second_s, b), (_, third_s, c), (_, fourth_s, d) = let_go
    assert abs(first_s - second_s) <= 0.5
    assert abs(third_s - fourth_s) <= 0.5
    middle = 0.5 * (a + b)
    assert np.hypot(*(middle - BRIEF["load"]["goal_m"])[:2]) < 0.5
    marks = [np.array(mark)[:2] for mark in BRIEF["anchors_m"]]
    assert all(min(np.hypot(*(place[:2] - mark)) for mark in marks) < 0.5 for place in (c, d))
    assert np.hypot(*(c - d)[:2]) > 2.0, "one at each mark"


def test_they_keep_their_distance_all_the_way():
    _, ways, _ = haul_together()
    apart = np.abs(ways[:, 0] - ways[:, 1])
    assert (np.hypot(apart[:, 0], apart[:, 1])[apart[:, 2] < 0.8] > 1.0).all()


def test_they_end_over_the_marks_at_flight_height():
    _, ways, _ = haul_together()
    for place in ways[-1]:
        assert min(np.hypot(*(place - mark)[:2]) for mark in np.array(BRIEF["anchors_m"])) < 0.5
        assert 1.0 < place[2] < 2.0


def test_who_hears_nothing_waits_and_goes_on_alone():
    let_go, _, hauls = haul_together(hears=False, lasts_s=300.0)
    assert all(haul.done for haul in hauls)
    assert len(let_go) == 4
