"""What drones of a team tell each other arrives as it was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.baselines.team_talk import Find, State, pack, unpack

metres = st.floats(-300.0, 300.0)
states = st.builds(
    State,
    phase=st.integers(0, 127),
    storey=st.integers(-2, 20),
    kits=st.integers(0, 9),
    place_m=st.tuples(metres, metres, metres),
    goal_m=st.tuples(metres, metres),
    serving=st.booleans(),
)
finds = st.builds(
    Find,
    category=st.sampled_from(["person", "fire", "gas_cylinder"]),
    number=st.integers(0, 65535),
    place_m=st.tuples(metres, metres, metres),
    condition=st.sampled_from(["", "non_urgent", "urgent", "immediate"]),
    served=st.booleans(),
)


@given(st.lists(st.one_of(states, finds), max_size=5))
def test_records_come_back_to_the_centimetre(records):
    back = list(unpack(pack(records, 200)))
    assert len(back) == len(records)
    for sent, got in zip(records, back, strict=True):
        assert type(sent) is type(got)
        assert got.place_m == pytest.approx(sent.place_m, abs=0.0051)
        if isinstance(sent, State) and isinstance(got, State):
            assert got._replace(place_m=sent.place_m, goal_m=sent.goal_m) == sent
        elif isinstance(sent, Find) and isinstance(got, Find):
            assert got._replace(place_m=sent.place_m) == sent


@given(st.lists(finds, min_size=1, max_size=8), st.integers(0, 64))
def test_a_message_is_never_too_long_and_ends_between_records(records, most):
    message = pack(records, most)
    assert len(message) <= most
    assert len(list(unpack(message))) == len(message) // len(pack(records[:1], 64))


@given(st.lists(st.one_of(states, finds), max_size=4))
def test_zeros_that_fill_a_message_up_change_nothing(records):
    message = pack(records, 64)
    assert message.rstrip(b"\0") == message, "the radio does not send trailing zeros"
    assert list(unpack(message + bytes(64 - len(message)))) == list(unpack(message))


@given(st.binary(max_size=64))
def test_noise_raises_nothing(noise):
    list(unpack(noise))
