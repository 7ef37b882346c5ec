"""A Rerun recording as it is written: what stands still, and what changes along the time of the episode.

Paths are those of Rerun's entities, times are seconds since the start of the episode on the one time line `episode`.
"""

import math
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import MissingDependencyError

__all__ = ["TIME_LINE", "RerunStream", "require_rerun"]

TIME_LINE = "episode"
_APPLICATION = "goldentime"


class RerunStream:
    """A recording that grows in memory.

    Args:
        number: names the recording: viewers take a second one of the same name for a part of the first.

    Raises:
        MissingDependencyError: the library rerun is not installed.
    """

    def __init__(self, number: str) -> None:
        self.library: Any = _import("rerun")
        self.views: Any = _import("rerun.blueprint")
        # The times at which the recording itself was made would be time lines and properties too.
        self._stream = self.library.RecordingStream(_APPLICATION, recording_id=number, send_properties=False)
        self._stream.set_log_time_enabled(False)
        self._stream.set_log_tick_enabled(False)
        self._memory = self._stream.memory_recording()

    def still(self, path: str, *what: Any) -> None:
        """Add what is so at all times."""
        self._stream.log(path, *what, static=True, strict=True)

    def over(self, path: str, time_s: Sequence[float] | NDArray[np.float64], columns: Iterable[Any]) -> None:
        """Add what changes.

        Args:
            time_s: (n,) [s] in ascending order.
            columns: of n rows each, as the `columns` of an archetype makes them.
        """
        if len(time_s):
            index = self.library.TimeColumn(TIME_LINE, duration=np.asarray(time_s, np.float64))
            self._stream.send_columns(path, indexes=[index], columns=columns, strict=True)

    def line(self, path: str, name: str, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Add a curve; each value holds until the next.

        Args:
            name: stands beside the curve.
            time_s: (n,) [s].
            values: (n,) as logged; those that are no finite number are left out.
        """
        told = np.isfinite(values)
        if told.any():
            self.still(path, self.library.SeriesLines(names=name, interpolation_mode="StepAfter"))
            self.over(path, time_s[told], self.library.Scalars.columns(scalars=values[told]))

    def lay_out(self, *views: Any) -> None:
        """Say which views a viewer opens with."""
        panel = self.views.TimePanel(timeline=TIME_LINE)
        self._stream.send_blueprint(self.views.Blueprint(*views, panel, collapse_panels=True))

    def content(self) -> bytes:
        """The bytes of an `.rrd` file of all so far; once only."""
        self._stream.flush(timeout_sec=math.inf)
        content: bytes = self._memory.drain_as_bytes()
        return content


def require_rerun() -> None:
    """Find out before anything is written.

    Raises:
        MissingDependencyError: the library rerun is not installed.
    """
    _import("rerun")


def _import(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingDependencyError(
            "replay --rerun needs rerun-sdk; install the extra: pip install 'goldentime[rerun]' "
            "(from a clone: pip install -e '.[rerun]')"
        ) from None
