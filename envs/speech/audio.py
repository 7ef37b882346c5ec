"""Sound files, rates, and a memory of the sounds used last."""

from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError, MissingDependencyError

__all__ = ["Recent", "from_pcm", "read_audio", "read_length", "resampled"]

Floats = NDArray[np.float32]


def read_audio(source: Path | BinaryIO, **raw: Any) -> tuple[Floats, int]:
    """The first channel of a file that libsndfile knows, (samples,) float32 in [-1, 1], and its rate [Hz].

    `raw` are soundfile's own words for files without a header.

    Raises:
        ConfigError: it can't be read.
        MissingDependencyError: the extra `hear` is not installed.
    """
    soundfile = _soundfile()
    try:
        sound, rate = soundfile.read(source, dtype="float32", always_2d=True, **raw)
    except (OSError, soundfile.LibsndfileError) as error:
        raise ConfigError(f"{source}: can't be read as sound ({error})") from None
    return np.ascontiguousarray(sound[:, 0]), int(rate)


def read_length(path: Path) -> tuple[int, int]:
    """Number of samples and rate [Hz], without decoding.

    Raises:
        ConfigError: it can't be read.
        MissingDependencyError: the extra `hear` is not installed.
    """
    soundfile = _soundfile()
    try:
        info = soundfile.info(path)
    except (OSError, soundfile.LibsndfileError) as error:
        raise ConfigError(f"{path}: can't be read as sound ({error})") from None
    return int(info.frames), int(info.samplerate)


def _soundfile() -> Any:
    try:
        import soundfile
    except ImportError:
        raise MissingDependencyError("speech needs soundfile; install the extra: pip install 'goldentime[hear]'") from None
    return soundfile


def from_pcm(content: bytes) -> Floats:
    """16-bit little-endian samples as (samples,) float32 in [-1, 1]."""
    sound: Floats = np.frombuffer(content, "<i2").astype(np.float32) / np.float32(32768)
    return sound


def resampled(sound: NDArray[Any], rate_hz: int, wanted_hz: int) -> Floats:
    """The sound at another rate, by soxr's high-quality setting."""
    if rate_hz == wanted_hz:
        return np.asarray(sound, np.float32)
    import soxr

    return np.asarray(soxr.resample(np.asarray(sound, np.float32), rate_hz, wanted_hz), np.float32)


class Recent:
    """The sounds asked for last, as many seconds of them as are allowed."""

    def __init__(self, most_s: float) -> None:
        """An empty memory of at most so many seconds, and of one sound even if that is longer."""
        self._most_s = most_s
        self._held: OrderedDict[Any, tuple[Floats, float]] = OrderedDict()
        self._held_s = 0.0

    def get(self, key: Any) -> Floats | None:
        """The sound kept under this key."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: Any, sound: Floats, duration_s: float) -> None:
        """Keep a sound that is not there yet, and let go of those not asked for longest."""
        self._held[key] = (sound, duration_s)
        self._held_s += duration_s
        while self._held_s > self._most_s and len(self._held) > 1:
            _, (_, gone_s) = self._held.popitem(last=False)
            self._held_s -= gone_s
