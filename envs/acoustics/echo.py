"""What a place returns of a drone's own rotors."""

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.fir import FilterBank
from goldentime.envs.acoustics.renderer import Renderer, SignalChunk
from goldentime.envs.acoustics.rotors import rotor_paths
from goldentime.envs.airframe import Airframe
from goldentime.envs.level import Level

__all__ = ["FAR_M", "OwnEcho", "far_path"]

FAR_M = 3.0


def far_path(airframe: Airframe, sample_rate_hz: int) -> FilterBank:
    """The way from a drone's rotors to a point `FAR_M` off and a little below, from where they are one source."""
    return rotor_paths(airframe, np.array([[0.94 * FAR_M, 0.0, -0.34 * FAR_M]]), sample_rate_hz)


class OwnEcho:
    """The rotors as one point in their midst, through the scene, less the direct way: `rotor_paths` has a better one."""

    def __init__(self, airframe: Airframe, room: Renderer, sample_rate_hz: int) -> None:
        self._room, self._path = room, far_path(airframe, sample_rate_hz)
        self._open = Renderer(Level(), sample_rate_hz, order=0, tail=False)

    def run(
        self,
        emitted: NDArray[np.float32],
        places: tuple[NDArray[np.float64], NDArray[np.float64]],
        mics: tuple[NDArray[np.float64], NDArray[np.float64]],
    ) -> NDArray[np.float32]:
        """What comes back, (microphones, n) [Pa].

        Args:
            emitted: what `RotorNoise.emit` gave.
            places: the rotors' middle at the chunk's beginning and end, (3,) [m].
            mics: the microphones then, (microphones, 3) [m].
        """
        count = emitted.shape[1]
        samples = self._path.run(emitted)[0] * np.float32(FAR_M)
        chunk = [SignalChunk("own", samples, *places)]
        back: NDArray[np.float32] = self._room.render(chunk, *mics, count) - self._open.render(chunk, *mics, count)
        return back
