"""Arrays as a page's script reads them."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["pack"]

_KINDS = {np.float32: "f32", np.uint32: "u32", np.uint16: "u16", np.int16: "i16", np.uint8: "u8"}


def pack(array: NDArray[Any], kind: type[np.generic] = np.float32) -> dict[str, Any]:
    """Little-endian numbers as base64, with their kind and shape."""
    data = array.astype(np.dtype(kind).newbyteorder("<")).tobytes()
    return {"kind": _KINDS[kind], "shape": list(array.shape), "data": base64.b64encode(data).decode()}
