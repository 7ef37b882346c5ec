"""Who hears whom, when, and what is lost on the way."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.envs.level import Box, Level
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.radio.mesh import Radio, hops_of
from goldentime.types import DroneState, WorldState

STEP_S = 0.1
# Free space ends at about 25 m: 68 dB.
CONFIG = RadioConfig(sensitivity_dbm=-68.0, bytes_per_s=100.0, hop_delay_s=0.05, queue_s=1.0)
ZERO = (0.0, 0.0, 0.0)


def state_at(time_s, *places):
    drones = tuple(DroneState(at, (0, 0, 0, 1), ZERO, ZERO, ZERO, (), 1.0, 12.0, (), 0.0) for at in places)
    return WorldState(time_s, drones, ())


class Talk:
    """Radios in a row along x, and what each has heard with the time."""

    def __init__(self, *xs, base=None, config=CONFIG, level=None):
        self.xs, self.time_s, self.heard = list(xs), 0.0, []
        self.radio = Radio(config, level or Level(), len(xs), base)
        self.state = self._follow(())

    def _follow(self, messages):
        return self.radio.follow(state_at(self.time_s, *((x, 0.0, 2.0) for x in self.xs)), messages)

    def step(self, messages=None, count=1):
        for _ in range(count):
            said = [(messages or {}).get(i, b"") for i in range(len(self.xs))]
            self.time_s, messages = round(self.time_s + STEP_S, 6), None
            self.state = self._follow(said)
            for receiver, mail in enumerate(self.state.radio.inbox):
                self.heard += [(self.time_s, sender, receiver, content) for sender, content in mail]
        return self


def test_a_message_comes_after_its_airtime_and_one_hop():
    # 20 bytes take 0.2 s, the hop 0.05 s.
    assert Talk(0.0, 10.0).step({0: b"x" * 20}, 5).heard == [(0.3, 0, 1, b"x" * 20)]


def test_a_relay_reaches_whom_nobody_reaches_directly():
    apart = Talk(0.0, 40.0)
    assert apart.step({0: b"x"}, 9).heard == []
    assert apart.state.radio.hops.tolist() == [[0, -1, -1], [-1, 0, -1], [-1, -1, 0]]
    joined = Talk(0.0, 40.0, 20.0).step({0: b"x"}, 9)
    assert joined.state.radio.hops[:3, :3].tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    assert joined.heard == [(0.1, 0, 2, b"x"), (0.2, 0, 1, b"x")]


def test_the_base_repeats_and_is_the_last_node():
    talk = Talk(0.0, 40.0, base=(20.0, 0.0, 1.0)).step({0: b"x"}, 9)
    assert talk.state.radio.hops[:, -1].tolist() == [1, 1, 0]
    assert [receiver for _, _, receiver, _ in talk.heard] == [1]


def test_a_wall_breaks_a_link_and_a_drone_in_the_doorway_mends_it():
    wall = (Box(centre=(10.0, -6.0, 5.0), size=(0.3, 10.0, 10.0)), Box(centre=(10.0, 6.0, 5.0), size=(0.3, 10.0, 10.0)))

    def hops(*places):
        radio = Radio(CONFIG, Level(solids=wall), len(places), None)
        state = radio.follow(state_at(0.0, *places))
        assert state.radio is not None
        return state.radio.hops[0, 1]

    behind = (2.0, -5.0, 2.0), (18.0, -5.0, 2.0)
    assert hops(*behind) == -1
    assert hops(*behind, (10.0, 0.0, 2.0)) == 2


def test_messages_of_one_sender_wait_for_each_other():
    talk = Talk(0.0, 10.0)
    talk.step({0: b"a" * 40}).step({0: b"b" * 10}, 9)
    # The first is out at 0.4 s, the second, given at 0.1 s, at 0.5 s; each needs 0.05 s more.
    assert [(time_s, content[:1]) for time_s, _, _, content in talk.heard] == [(0.5, b"a"), (0.6, b"b")]


def test_a_message_that_would_wait_too_long_is_dropped():
    talk = Talk(0.0, 10.0)
    for content in (b"a" * 64, b"b" * 64, b"c", b"d"):
        talk.step({0: content})
    talk.step({0: b"e"}, 12)
    # Those after the second would have waited 1.08 and 0.98 s.
    assert [content[:1] for *_, content in talk.heard] == [b"a", b"b", b"d", b"e"]


def test_one_message_a_sender_and_step_is_handed_over():
    talk = Talk(0.0, 10.0, config=replace(CONFIG, hop_delay_s=0.55, bytes_per_s=1e4))
    talk.radio.follow(state_at(0.0, (0.0, 0.0, 2.0), (10.0, 0.0, 2.0)), [b"a", b""])
    talk.radio.follow(state_at(0.0, (0.0, 0.0, 2.0), (10.0, 0.0, 2.0)), [b"b", b""])
    talk.step(None, 9)
    assert [(time_s, content) for time_s, _, _, content in talk.heard] == [(0.6, b"a"), (0.7, b"b")]


def test_all_senders_can_be_heard_at_once_in_their_order():
    talk = Talk(0.0, 5.0, 10.0).step({2: b"c", 0: b"a"})
    assert talk.state.radio.inbox == (((2, b"c"),), ((0, b"a"), (2, b"c")), ((0, b"a"),))


def test_a_link_must_be_there_when_a_message_is_sent_and_not_when_it_arrives():
    leaving, coming = Talk(0.0, 20.0), Talk(0.0, 40.0)
    for talk, x in ((leaving, 40.0), (coming, 20.0)):
        talk.step({0: b"x" * 60})
        talk.xs[1] = x
        talk.step(None, 9)
    assert [content for *_, content in leaving.heard] == [b"x" * 60]
    assert coming.heard == []


def test_a_queued_message_is_sent_over_the_links_of_its_own_time():
    talk = Talk(0.0, 40.0)
    talk.step({0: b"x" * 60}).step({0: b"y"})
    talk.xs[1] = 20.0
    talk.step(None, 9)
    assert [content for *_, content in talk.heard] == [b"y"]


def test_power_is_the_same_both_ways_and_none_from_oneself():
    power = Talk(0.0, 7.0, 30.0, base=(3.0, 4.0, 1.0)).state.radio.power_dbm
    assert (power == power.T).all()
    assert np.isneginf(np.diag(power)).all() and np.isfinite(power[~np.eye(4, dtype=bool)]).all()


links = st.integers(2, 7).flatmap(lambda n: st.lists(st.tuples(*(st.integers(0, n - 1),) * 2)).map(lambda e: (n, e)))


@given(links)
def test_hops_are_shortest_paths(graph):
    count, edges = graph
    linked = np.zeros((count, count), bool)
    for a, b in edges:
        linked[a, b] = linked[b, a] = a != b
    steps = np.where(linked, 1.0, np.inf)
    np.fill_diagonal(steps, 0.0)
    for via in range(count):
        steps = np.minimum(steps, steps[:, via, None] + steps[None, via])
    assert (np.where(np.isfinite(steps), steps, -1) == hops_of(linked)).all()


@given(st.lists(st.lists(st.binary(max_size=64), min_size=3, max_size=3), max_size=25))
@settings(max_examples=60, deadline=None)
def test_nothing_is_heard_that_was_not_said_nor_twice_nor_out_of_order(script):
    first, second = Talk(0.0, 20.0, 40.0), Talk(0.0, 20.0, 40.0)
    for talk in (first, second):
        for said in script:
            talk.step(dict(enumerate(said)))
        talk.step(None, 40)
    assert first.heard == second.heard
    for sender in range(3):
        rest = iter([said[sender] for said in script if said[sender]])
        heard = [
            content for _, origin, receiver, content in first.heard if (origin, receiver) == (sender, (sender + 1) % 3)
        ]
        assert all(content in rest for content in heard)


def test_the_rate_bounds_what_comes_through():
    talk = Talk(0.0, 10.0)
    for _ in range(100):
        talk.step({0: b"x" * 64})
    got = sum(len(content) for *_, content in talk.heard)
    assert got == pytest.approx(10.0 * CONFIG.bytes_per_s, rel=0.1)
