"""Speech as small Ogg Opus files whose bytes depend on the sound alone."""

import io
import struct

import numpy as np
from numpy.typing import NDArray

__all__ = ["opus_bytes"]

_BITS_S = 32_000
_POLYNOMIAL = 0x04C11DB7
_SERIAL, _CHECK = 14, 22
"""Places of the serial number and the checksum in a page's header (RFC 3533, section 6)."""


def opus_bytes(sound: NDArray[np.float32], rate_hz: int) -> bytes:
    """An Ogg Opus file of about 32 kbit/s, of (samples,) in [-1, 1] at one of Opus's rates: 8, 12, 16, 24 or 48 kHz."""
    import soundfile

    buffer = io.BytesIO()
    # libsndfile maps the level 0..1 onto 256..6 kbit/s.
    level = 1.0 - (_BITS_S - 6_000) / 250_000
    soundfile.write(buffer, sound, rate_hz, format="OGG", subtype="OPUS", compression_level=level)
    return _same_serial(bytearray(buffer.getvalue()))


def _same_serial(content: bytearray) -> bytes:
    """The encoder draws the stream's serial number by the clock: make it 1."""
    table = _crc_table()
    place = 0
    while place < len(content):
        segments = content[place + 26]
        end = place + 27 + segments + sum(content[place + 27 : place + 27 + segments])
        struct.pack_into("<II", content, place + _SERIAL, 1, struct.unpack_from("<I", content, place + 18)[0])
        struct.pack_into("<I", content, place + _CHECK, 0)
        check = 0
        for byte in content[place:end]:
            check = ((check << 8) & 0xFFFFFFFF) ^ table[(check >> 24) ^ byte]
        struct.pack_into("<I", content, place + _CHECK, check)
        place = end
    return bytes(content)


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = ((value << 1) ^ _POLYNOMIAL if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table
