"""Arrays as a page's script reads them."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["pack"]

_KINDS = {"f": ("f32", "<f4"), "i": ("u32", "<u4"), "u": ("u8", "u1")}


def pack(array: NDArray[Any]) -> dict[str, Any]:
    """Little-endian bytes as base64, with shape: floats as 32 bits, signed integers as 32 unsigned bits, bytes as bytes."""
    name, kind = _KINDS[array.dtype.kind]
    return {"kind": name, "shape": list(array.shape), "data": base64.b64encode(array.astype(kind).tobytes()).decode()}
