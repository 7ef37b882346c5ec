"""H.264 films without sound, as data sets hold them beside their WAVs."""

from collections.abc import Iterable
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
from numpy.typing import NDArray

__all__ = ["film_bytes"]

_QUALITY = {"crf": "20", "preset": "veryfast", "threads": "1", "x264-params": "cpu-independent=1"}
"""With several threads their number would change the bytes; without `cpu-independent` the encoder's fast paths give other
bytes from one run to the next at most sizes (seen with x264 in PyAV 18.1)."""


def film_bytes(pictures: Iterable[NDArray[np.uint8]], size: tuple[int, int], rate_hz: int) -> bytes:
    """An MP4 file of pictures (height, width, 3); each is taken before the next is asked for.

    Args:
        pictures: colour.
        size: width and height, both even.
        rate_hz: pictures a second.
    """
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=rate_hz, options=_QUALITY)
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate_hz)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return buffer.getvalue()
