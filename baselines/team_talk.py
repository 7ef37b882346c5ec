"""What the drones of a team tell each other: where they are and what they are about, and what they have found.

A message is records one after another, each a letter and fixed-size numbers; places are centimetres in the mission frame.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["KIT", "STAIRS", "Find", "State", "pack", "unpack"]

Floats = NDArray[np.float64]

STAIRS, KIT = "stairs", "kit"
"""A way up, whose number is the storey it begins on; and where somebody whom another has found got a kit."""
_STATE, _FIND = struct.Struct("<cBbBhhhhhB"), struct.Struct("<cBHhhhBB")
_MARKS = {b"S": _STATE, b"F": _FIND}
_CATEGORIES = ("person", "fire", "gas_cylinder", STAIRS, KIT)
_CONDITIONS = ("", "non_urgent", "urgent", "immediate")
_FARTHEST_CM = 32_000
_ALIVE = 0x80
"""Added to the phase, so that no record is all zeros behind its letter."""


class State(NamedTuple):
    """Where a drone is and what it is about."""

    phase: int
    """How many steps of the common work it has done, below 128."""
    storey: int
    kits: int
    """Relief kits that it has left."""
    place_m: tuple[float, float, float]
    goal_m: tuple[float, float]
    """Where it flies to; its own place where nowhere."""
    serving: bool
    """Whether it brings somebody a kit there."""


class Find(NamedTuple):
    """Something found."""

    category: str
    number: int
    """Of the finder's own."""
    place_m: tuple[float, float, float]
    condition: str
    """Of a person; empty for things."""
    served: bool
    """Whether somebody has got a kit."""


def pack(records: Iterable[State | Find], most: int) -> bytes:
    """A message with as many of the records as fit into its length."""
    message = b""
    for record in records:
        more = _pack(record)
        if len(message) + len(more) > most:
            break
        message += more
    return message


def _pack(record: State | Find) -> bytes:
    x, y, z = map(_cm, record.place_m)
    if isinstance(record, State):
        gx, gy = map(_cm, record.goal_m)
        # Trailing zeros are not sent, so the last byte never is one.
        last = 2 + record.serving
        return _STATE.pack(b"S", record.phase | _ALIVE, record.storey, record.kits, x, y, z, gx, gy, last)
    kind, state = _CATEGORIES.index(record.category), _CONDITIONS.index(record.condition)
    return _FIND.pack(b"F", kind, record.number & 0xFFFF, x, y, z, state, 2 + record.served)


def unpack(message: bytes) -> Iterator[State | Find]:
    """The records of a message; what can't be read ends it."""
    while message[:1] in _MARKS:
        form = _MARKS[message[:1]]
        if len(message) < form.size:
            return
        mark, *numbers = form.unpack(message[: form.size])
        message = message[form.size :]
        if mark == b"S":
            phase, storey, kits, x, y, z, gx, gy, last = numbers
            yield State(phase & ~_ALIVE, storey, kits, (x / 100, y / 100, z / 100), (gx / 100, gy / 100), last == 3)
        else:
            kind, number, x, y, z, state, last = numbers
            if kind >= len(_CATEGORIES) or state >= len(_CONDITIONS):
                return
            yield Find(_CATEGORIES[kind], number, (x / 100, y / 100, z / 100), _CONDITIONS[state], last == 3)


def _cm(metres: float) -> int:
    return int(min(max(round(100.0 * metres), -_FARTHEST_CM), _FARTHEST_CM))
