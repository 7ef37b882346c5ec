"""Impulse responses of image sources at one instant."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import BANDS_HZ, SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.early import NEAREST_M, air_gains
from goldentime.envs.acoustics.filters import STEPS, kernels_of
from goldentime.envs.acoustics.images import face_gains, images_of, mirrored
from goldentime.envs.acoustics.space import Space

__all__ = ["Origin", "Responses"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

_FAINT = 1e-4
_PAGE = 512
"""Responses grow by so many samples, so that few lengths of transforms occur."""
_ALL = np.ones(len(BANDS_HZ))


class Origin(NamedTuple):
    """What sound comes from: a source in the room of the microphones, or where its sound enters that."""

    room: int
    point: Floats
    """(3,) [m]"""
    extra_m: float = 0.0
    """Way up to there."""
    gains: Floats = _ALL
    """(7,) pressure gain by octave band, without distance and air."""
    row: int = 0
    """Of the responses that it is added to."""


class Responses:
    """Impulse responses of the images from a lowest to a highest order; they only ever get longer."""

    def __init__(self, space: Space, rate_hz: int, order: int, lowest: int = 0) -> None:
        self._space, self._rate = space, rate_hz
        images = images_of(order)
        self._cell = images.cell[images.order >= lowest]
        self._faces = face_gains(space.reflect, images.hits[images.order >= lowest])
        self._kernels = kernels_of(rate_hz)
        self._length = _PAGE

    def at(self, origins: Sequence[Origin], mics: Floats, rows: int = 1) -> Floats32:
        """(rows, m, length) Responses at microphones (m, 3) [m] to impulses of 1 at 1 m.

        The kernel of each image lies where it arrives to 1/256 of a sample.
        """
        m, h = len(mics), self._kernels.half
        if not origins or not len(self._cell):
            return np.zeros((rows, m, self._length), np.float32)
        row, delay, gains = self._taps(origins, mics)
        fine = np.rint(delay * STEPS).astype(np.int64)
        kernels = np.matmul(gains[:, None], self._kernels.table.take(fine % STEPS, axis=0, mode="clip"))[:, 0]
        begin = fine // STEPS - h
        reach = int(begin.max(initial=0)) + 2 * h + 1
        if reach > self._length:
            self._length = -(-reach // _PAGE) * _PAGE
        # A margin before each response takes the taps that would lie before time 0.
        width = self._length + h
        place = (row * width + begin + h)[:, None] + np.arange(2 * h + 1)
        total = np.bincount(place.ravel(), kernels.ravel(), minlength=rows * m * width)
        responses: Floats32 = total.astype(np.float32).reshape(rows, m, width)[..., h:]
        return responses

    def _taps(self, origins: Sequence[Origin], mics: Floats) -> tuple[NDArray[np.int64], Floats, Floats32]:
        """For each image at each microphone (t,): place among rows and microphones, delay [samples], gains (t, 7)."""
        rooms = np.array([origin.room for origin in origins])
        points, extra = np.array([origin.point for origin in origins]), np.array([origin.extra_m for origin in origins])
        placed = mirrored(points, self._space.lower[rooms], self._space.size[rooms], self._cell)
        gains = self._faces[rooms] * np.array([origin.gains for origin in origins])[:, None]
        b, i = np.nonzero(gains.max(-1) > _FAINT)
        away = placed[b, i][:, None] - mics
        distance = np.sqrt((away * away).sum(-1)) + extra[b, None]
        # The air does the same to all microphones, which are near to one another.
        middle = distance.mean(1)
        heard = (gains[b, i] * air_gains(self._space, middle)).astype(np.float32)
        weighted = heard[:, None] / np.maximum(distance, NEAREST_M).astype(np.float32)[..., None]
        row = np.array([origin.row for origin in origins])[b, None] * len(mics) + np.arange(len(mics))
        delay = distance.ravel() * (self._rate / SPEED_OF_SOUND_M_S)
        return row.ravel(), delay, weighted.reshape(-1, heard.shape[1])
