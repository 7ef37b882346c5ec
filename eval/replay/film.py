"""An H.264 film with sound of what a drone saw and heard, and the small pictures that a page shows."""

import base64
import io
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np

from goldentime.errors import MissingDependencyError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.replay.senses import Sound, heard_sound, pictures

__all__ = ["film", "page_pictures"]

_FILM_SIZE, _FILM_HZ = (640, 480), 10
_PAGE_SIZE, _PAGE_HZ, _PAGE_QUALITY = (256, 192), 1.0, 60
_BLOCK = 1024
"""Samples of sound that are handed over at once."""


def page_pictures(log: EpisodeLog) -> list[dict[str, Any]]:
    """A JPEG a second of each drone's camera, as `page.replay_data` takes them.

    Raises:
        MissingDependencyError: Pillow is not installed.
        ConfigError: this machine can't draw.
    """
    try:
        from PIL import Image
    except ImportError:
        raise MissingDependencyError("replay --camera needs Pillow: pip install 'goldentime[see]'") from None
    found = []
    for drone in range(log.samples().position_m.shape[1]):
        times, jpegs = [], []
        for time_s, picture in pictures(log, drone, _PAGE_SIZE, _PAGE_HZ):
            buffer = io.BytesIO()
            Image.fromarray(picture).save(buffer, "JPEG", quality=_PAGE_QUALITY)
            times.append(time_s)
            jpegs.append(base64.b64encode(buffer.getvalue()).decode())
        found.append({"times": times, "jpeg": jpegs})
    return found


def film(log: EpisodeLog, drone: int) -> bytes:
    """The bytes of an MP4: the drone's camera, and the first two of its microphones where the mission has some.

    Raises:
        MissingDependencyError: PyAV is not installed.
        ConfigError: there is no such drone, or this machine can't draw.
    """
    av = _import_av()
    sound = heard_sound(log, drone)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=_FILM_HZ, options={"crf": "23", "preset": "veryfast"})
        video.width, video.height = _FILM_SIZE
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=sound.rate_hz, layout=_layout(sound)) if sound is not None else None
        blocks = _sound_frames(av, sound) if sound is not None else []
        for number, (time_s, picture) in enumerate(pictures(log, drone, _FILM_SIZE, float(_FILM_HZ))):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, _FILM_HZ)
            container.mux(video.encode(frame))
            while audio is not None and blocks and blocks[0].pts * blocks[0].time_base <= time_s:
                container.mux(audio.encode(blocks.pop(0)))
        container.mux(video.encode(None))
        if audio is not None:
            for block in [*blocks, None]:
                container.mux(audio.encode(block))
    return buffer.getvalue()


def _layout(sound: Sound) -> str:
    return "stereo" if sound.samples.shape[1] > 1 else "mono"


def _sound_frames(av: ModuleType, sound: Sound) -> list[Any]:
    """Blocks of the first two microphones, as loud as they go without clipping."""
    samples = sound.samples[:, :2]
    samples = samples * (0.9 / max(float(np.abs(samples).max(initial=0.0)), 1e-6))
    frames = []
    for first in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[first : first + _BLOCK].T, np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=_layout(sound))
        frame.sample_rate, frame.pts, frame.time_base = sound.rate_hz, first, Fraction(1, sound.rate_hz)
        frames.append(frame)
    return frames


def _import_av() -> ModuleType:
    try:
        import av
    except ImportError:
        raise MissingDependencyError(
            "replay --video needs av (PyAV); install the extra: pip install 'goldentime[replay]' "
            "(from a clone: pip install -e '.[replay]')"
        ) from None
    module: ModuleType = av
    return module
