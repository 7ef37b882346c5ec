"""Frames and values: what goes through unchanged, and how everything else is refused."""

import socket
import struct
import threading
import time

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from goldentime.eval.wire.frames import ARRAY, DTYPES, Closed, Late, WireError, decode, encode, receive, send, waiting

arrays = st.sampled_from(DTYPES).flatmap(
    lambda name: hnp.arrays(np.dtype(name), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
plain = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary()
values = st.recursive(plain | arrays, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def same(a, b) -> bool:
    if isinstance(a, np.ndarray):
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(type(a) is type(b) and (a == b or (a != a and b != b)))


@given(values)
def test_what_is_sent_arrives(value):
    assert same(value, decode(encode(value)))


def test_arrays_arrive_whole_whatever_their_layout():
    table = np.arange(24, dtype=">i4").reshape(4, 6)[::2, ::-1].T
    got = decode(encode(table))
    assert np.array_equal(got, table) and got.dtype == np.int32 and got.flags.writeable
    assert decode(encode(np.float32(2.5))) == np.float32(2.5)


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array(["a"]), np.array([object()]), 1j, np.zeros((1,) * 5), 2**70])
def test_what_the_wire_does_not_know_is_not_sent(value):
    with pytest.raises(WireError, match="can't be sent"):
        encode({"motion": value})


def array(code: int, shape: tuple[int, ...], data: bytes = b"") -> bytes:
    head = struct.pack(f">BB{len(shape)}I", code, len(shape), *shape)
    return bytes(msgpack.packb(msgpack.ExtType(ARRAY, head + data)))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not one MessagePack value"),
        (b"\xc1", "not one MessagePack value"),
        (msgpack.packb(1) + b"\x01", "ExtraData"),
        (b"\xdd\xff\xff\xff\xff", "exceeds max_array_len"),
        (b"\xdf\xff\xff\xff\xff", "exceeds max_map_len"),
        (b"\xdb\xff\xff\xff\xff", "incomplete input"),
        (b"\xc9\xff\xff\xff\xff\x01", "exceeds max_ext_len"),
        (b"\x91" * 2000 + b"\x01", "not one MessagePack value"),
        (b"\x91" * 20 + b"\x01", "nested more than 8 deep"),
        (b"\xa1\xff", "UnicodeDecodeError"),
        (msgpack.packb({1: 2}), "not allowed for map key"),
        (msgpack.packb({b"a": 2}), "expected keys of text"),
        (msgpack.packb(msgpack.ExtType(5, b"cos\nsystem\n(S'id'\ntR.")), "extension 5: expected 1"),
        (msgpack.packb(msgpack.Timestamp(0)), "got Timestamp"),
        (array(99, (1,), b"\0"), "array: expected type"),
        (array(1, (1,) * 5, b"\0"), "axes <= 4"),
        (msgpack.packb(msgpack.ExtType(ARRAY, b"\x01\x04\x00")), "and their lengths"),
        (array(9, (2,), b"\0" * 4), "does not fit 4 bytes"),
        (array(1, (2**16,) * 4, b""), "does not fit 0 bytes"),
        (array(1, (2**32 - 1, 0)), "a list without end"),
    ],
)
def test_what_is_no_value_is_refused_with_its_reason(body, message):
    with pytest.raises(WireError, match=message):
        decode(body)


def test_a_truth_value_of_two_is_true():
    assert decode(array(0, (3,), b"\x00\x02\x01")).tolist() == [False, True, True]


@given(st.binary(max_size=200))
def test_noise_is_a_value_or_one_clear_error(body):
    try:
        decode(body)
    except WireError as error:
        assert str(error)


def test_frames_travel_both_ways_and_end_with_the_other_side(pair):
    ours, theirs = pair
    send(ours, {"a": np.arange(3)})
    assert receive(theirs, 1000)["a"].tolist() == [0, 1, 2]
    assert not waiting(theirs)
    send(ours, 1)
    assert waiting(theirs)
    ours.close()
    assert receive(theirs, 1000) == 1
    for call in (lambda: waiting(theirs), lambda: receive(theirs, 1000), lambda: send(theirs, 1)):
        with pytest.raises(Closed):
            call()


def test_a_length_is_held_against_the_limit_before_a_byte_is_read(pair):
    ours, theirs = pair
    theirs.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(WireError, match="a frame of 4294967295 bytes, at most 64 are taken"):
        receive(ours, 64)


def test_a_frame_that_trickles_in_is_late_as_a_whole(pair):
    ours, theirs = pair

    def drip():
        for byte in b"\x00\x00\x00\x20" + b"\x01" * 20:
            theirs.sendall(bytes([byte]))
            time.sleep(0.02)

    thread = threading.Thread(target=drip)
    thread.start()
    start = time.monotonic()
    with pytest.raises(Late, match="of 32 bytes came in time"):
        receive(ours, 64, start + 0.25)
    assert time.monotonic() - start < 0.45
    thread.join()


def test_who_does_not_take_a_frame_is_late(pair):
    with pytest.raises(Late, match="not taken in time"):
        send(pair[0], bytes(10_000_000), time.monotonic() + 0.1)
