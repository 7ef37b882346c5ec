"""Values as MessagePack, and frames on a socket: docs/wire.md is the specification.

Only what is listed there exists on the wire: nil, booleans, numbers, text, bytes, lists, maps with text keys, and typed
arrays as the extension 1. Nothing that comes in can name a class or run code, and no length is believed before it was
held against a limit.
"""

import math
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import MissingDependencyError

try:
    import msgpack
except ImportError:
    raise MissingDependencyError("submissions need msgpack: pip install 'goldentime[referee]'") from None

__all__ = ["ARRAY", "DTYPES", "Closed", "Late", "WireError", "decode", "encode", "receive", "send", "waiting"]

ARRAY = 1
"""Number of the one extension."""

DTYPES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8")
"""All types that an array can have; its place in this list stands on the wire."""

_CODES = {np.dtype(name): code for code, name in enumerate(DTYPES)}
_MOST_AXES = 4
_DEEPEST = 8
_LONGEST_LIST = 65_536
_HEAD = struct.Struct(">I")
_PIECE = 1 << 20


class WireError(Exception):
    """What came is no frame, or no value of the wire; the message says why."""


class Closed(WireError):
    """The other side has gone."""


class Late(WireError):
    """The other side did not take or give a whole frame in time."""


# Values.


def encode(value: Any) -> bytes:
    """A value as MessagePack.

    Raises:
        WireError: it holds something that the wire does not know.
    """
    try:
        return bytes(msgpack.packb(value, default=_pack, use_bin_type=True))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise WireError(f"can't be sent: {error}") from None


def _pack(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return msgpack.ExtType(ARRAY, _array_bytes(np.asarray(value)))
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"expected numbers, text, bytes, lists, maps and arrays, got {type(value).__name__}")


def _array_bytes(array: NDArray[Any]) -> bytes:
    """One byte of type, one of axes, each length as four bytes, big end first; then the numbers, little end first."""
    code = _CODES.get(array.dtype.newbyteorder("<"))
    if code is None or array.ndim > _MOST_AXES:
        raise TypeError(f"an array of dtype {array.dtype} and {array.ndim} axes; known are {', '.join(DTYPES)}")
    head = struct.pack(f">BB{array.ndim}I", code, array.ndim, *array.shape)
    return head + array.astype(DTYPES[code], order="C", copy=False).tobytes()


def decode(body: bytes | bytearray) -> Any:
    """The value that a frame's body holds; arrays are writable and in native byte order.

    Raises:
        WireError: it is not exactly one value of the wire.
    """
    size = len(body)
    try:
        value = msgpack.unpackb(
            body,
            raw=False,
            strict_map_key=True,
            ext_hook=_extension,
            max_str_len=size,
            max_bin_len=size,
            max_ext_len=size,
            max_array_len=min(size, _LONGEST_LIST),
            max_map_len=min(size, _LONGEST_LIST),
        )
    except WireError:
        raise
    except (ValueError, TypeError, msgpack.UnpackException, RecursionError) as error:
        raise WireError(f"not one MessagePack value: {type(error).__name__} {error}".rstrip()) from None
    _check(value, _DEEPEST)
    return value


def _extension(code: int, data: bytes) -> NDArray[Any]:
    if code != ARRAY:
        raise WireError(f"extension {code}: expected {ARRAY}, the array")
    if len(data) < 2 or data[0] >= len(DTYPES) or data[1] > _MOST_AXES or len(data) < 2 + 4 * data[1]:
        raise WireError(f"array: expected type < {len(DTYPES)}, axes <= {_MOST_AXES} and their lengths, got {data[:18]!r}")
    shape = struct.unpack_from(f">{data[1]}I", data, 2)
    start, dtype = 2 + 4 * data[1], np.dtype(DTYPES[data[0]])
    # Python's own integers: a product that wraps around would pass.
    if math.prod(shape) * dtype.itemsize != len(data) - start:
        raise WireError(f"array: shape {shape} of {dtype} does not fit {len(data) - start} bytes")
    if 0 in shape and math.prod(max(length, 1) for length in shape) > _LONGEST_LIST:
        raise WireError(f"array: shape {shape} holds nothing, and would become a list without end")
    array = np.frombuffer(data, dtype, offset=start).reshape(shape)
    # A truth value of 2 would be neither true nor false.
    return np.asarray(array.view(np.uint8) != 0) if dtype.kind == "b" else array.astype(dtype.newbyteorder("="))


def _check(value: Any, depth: int) -> None:
    """Refuse what the decoder takes and the wire does not: keys of bytes, moments in time, deep nesting."""
    if type(value) is dict:
        if depth == 0:
            raise WireError(f"nested more than {_DEEPEST} deep")
        for key, inner in value.items():
            if type(key) is not str:
                raise WireError(f"map: expected keys of text, got {key!r}")
            _check(inner, depth - 1)
    elif type(value) is list:
        if depth == 0:
            raise WireError(f"nested more than {_DEEPEST} deep")
        for inner in value:
            _check(inner, depth - 1)
    elif not (value is None or type(value) in (bool, int, float, str, bytes, np.ndarray)):
        raise WireError(f"expected a value of the wire, got {type(value).__name__}")


# Frames.


def send(link: socket.socket, value: Any, until: float | None = None) -> None:
    """Send one value as a frame: its length as four bytes, big end first, then the body.

    Args:
        until: on `time.monotonic`; None waits for ever.

    Raises:
        WireError: the value can't be sent; `Closed`, `Late`: the frame did not get through.
    """
    body = encode(value)
    # Two writes of a large frame beat a copy of it; a small one must not travel in two pieces.
    parts = [_HEAD.pack(len(body)), body] if len(body) > _PIECE else [_HEAD.pack(len(body)) + body]
    try:
        for part in parts:
            link.settimeout(_left(until))
            link.sendall(part)
    except TimeoutError:
        raise Late("a frame was not taken in time") from None
    except OSError as error:
        raise Closed(f"the other side has gone ({error.strerror})") from None


def receive(link: socket.socket, most: int, until: float | None = None) -> Any:
    """The value of the next frame.

    Args:
        most: bytes that its body may have.

    Raises:
        WireError: it is too long or no value; `Closed`, `Late`: no whole frame came.
    """
    (size,) = _HEAD.unpack(_exactly(link, _HEAD.size, until))
    if size > most:
        raise WireError(f"a frame of {size} bytes, at most {most} are taken")
    return decode(_exactly(link, size, until))


def waiting(link: socket.socket) -> bool:
    """Whether something was sent that nobody asked for.

    Raises:
        Closed: the other side has gone.
    """
    try:
        link.setblocking(False)
        got = link.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError as error:
        raise Closed(f"the other side has gone ({error.strerror})") from None
    if not got:
        raise Closed("the other side has gone")
    return True


def _exactly(link: socket.socket, size: int, until: float | None) -> bytearray:
    buffer = bytearray(size)
    view, have = memoryview(buffer), 0
    while have < size:
        try:
            link.settimeout(_left(until))
            got = link.recv_into(view[have:])
        except TimeoutError:
            raise Late(f"{have} of {size} bytes came in time") from None
        except OSError as error:
            raise Closed(f"the other side has gone ({error.strerror})") from None
        if not got:
            raise Closed("the other side has gone")
        have += got
    return buffer


def _left(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
