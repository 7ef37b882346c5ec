"""Tables as Apache Parquet, the least of it: one row group, one uncompressed page of plain values for each column.

Written after the format's specification (Apache Parquet format 2.x: `parquet.thrift`, `Encodings.md`, and Thrift's compact
protocol), since a library for it weighs more than the simulator and writes its own version into each file, which
would make equal ledgers give unequal bytes.
"""

import struct
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from goldentime.errors import ConfigError

__all__ = ["Column", "parquet"]

Column = Sequence[str | None] | Sequence[int | None] | Sequence[float | None]

_MAGIC = b"PAR1"
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12
"""Types of Thrift's compact protocol."""
_TYPES: dict[type, int] = {int: 2, float: 5, str: 6}
"""INT64, DOUBLE, BYTE_ARRAY."""
_OPTIONAL, _UTF8, _PLAIN, _RLE = 1, 0, 0, 3


class _Chunk(NamedTuple):
    name: str
    type: int
    start: int
    """Byte in the file."""
    content: bytes
    """Header and page."""


def parquet(columns: Mapping[str, tuple[type, Column]]) -> bytes:
    """A file of a table.

    Args:
        columns: by name, each a type (int as INT64, float as DOUBLE, str as UTF-8) and its values; None is null.

    Raises:
        ConfigError: the columns are not of one length.
    """
    lengths = {name: len(values) for name, (_, values) in columns.items()}
    if len({*lengths.values()}) > 1:
        raise ConfigError(f"parquet: expected columns of one length, got {lengths}")
    rows = next(iter(lengths.values()), 0)
    content, chunks = _MAGIC, []
    for name, (kind, values) in columns.items():
        chunk = _Chunk(name, _TYPES[kind], len(content), _page(kind, values))
        content += chunk.content
        chunks.append(chunk)
    footer = _footer(chunks, rows)
    return content + footer + struct.pack("<I", len(footer)) + _MAGIC


def _page(kind: type, values: Column) -> bytes:
    """Header, definition levels (which values are there), and the values that are."""
    runs = [(value, sum(1 for _ in same)) for value, same in groupby(value is not None for value in values)]
    levels = b"".join(_varint(count << 1) + bytes([there]) for there, count in runs)
    body = struct.pack("<I", len(levels)) + levels + b"".join(_plain(kind, value) for value in values if value is not None)
    data = _struct((1, _I32, len(values)), (2, _I32, _PLAIN), (3, _I32, _RLE), (4, _I32, _RLE))
    return _struct((1, _I32, 0), (2, _I32, len(body)), (3, _I32, len(body)), (5, _STRUCT, data)) + body


def _plain(kind: type, value: str | int | float) -> bytes:
    if kind is str:
        text = str(value).encode()
        return struct.pack("<I", len(text)) + text
    return struct.pack("<q", value) if kind is int else struct.pack("<d", value)


def _footer(chunks: Sequence[_Chunk], rows: int) -> bytes:
    root = _struct((4, _BINARY, b"schema"), (5, _I32, len(chunks)))
    schema = [root, *(_schema(chunk) for chunk in chunks)]
    size = sum(len(chunk.content) for chunk in chunks)
    columns = [_chunk(chunk, rows) for chunk in chunks]
    group = _struct((1, _LIST, _list(_STRUCT, columns)), (2, _I64, size), (3, _I64, rows))
    return _struct(
        (1, _I32, 1),
        (2, _LIST, _list(_STRUCT, schema)),
        (3, _I64, rows),
        (4, _LIST, _list(_STRUCT, [group])),
        (6, _BINARY, b"goldentime"),
    )


def _schema(chunk: _Chunk) -> bytes:
    named: list[tuple[int, int, int | bytes]] = [(3, _I32, _OPTIONAL), (4, _BINARY, chunk.name.encode())]
    return _struct((1, _I32, chunk.type), *named, *([(6, _I32, _UTF8)] if chunk.type == _TYPES[str] else []))


def _chunk(chunk: _Chunk, rows: int) -> bytes:
    encodings = _list(_I32, [_zigzag(_PLAIN), _zigzag(_RLE)])
    size = len(chunk.content)
    meta = _struct(
        (1, _I32, chunk.type),
        (2, _LIST, encodings),
        (3, _LIST, _list(_BINARY, [_bytes(chunk.name.encode())])),
        (4, _I32, 0),
        (5, _I64, rows),
        (6, _I64, size),
        (7, _I64, size),
        (9, _I64, chunk.start),
    )
    return _struct((2, _I64, chunk.start), (3, _STRUCT, meta))


def _struct(*fields: tuple[int, int, int | bytes]) -> bytes:
    """Fields by rising number: a byte with the step from the number before and the type, then the value."""
    parts, last = [], 0
    for number, kind, value in fields:
        encoded = _zigzag(value) if isinstance(value, int) else _bytes(value) if kind == _BINARY else value
        parts.append(bytes([(number - last) << 4 | kind]) + encoded)
        last = number
    return b"".join(parts) + b"\0"


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + _varint(len(items))
    return head + b"".join(items)


def _bytes(content: bytes) -> bytes:
    return _varint(len(content)) + content


def _zigzag(value: int) -> bytes:
    return _varint(value << 1 if value >= 0 else (-value << 1) - 1)


def _varint(value: int) -> bytes:
    """Seven bits at a time, the least first."""
    found = []
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
