"""The seam of scale: what flies a run's episodes somewhere, and what comes back of each.

Whoever flies an episode writes nothing. All that is to lie in the run's folder comes back as bytes to the one process that
keeps the folder, so that a run has one writer wherever it is flown, and no machine but the referee's needs the folder.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from goldentime.eval.episode import Flight
from goldentime.eval.results import Result

__all__ = ["Flown", "Spread"]


class Flown(NamedTuple):
    """One episode as it comes back."""

    result: Result
    timing: Mapping[str, float]
    files: Mapping[str, bytes]
    """By path in the run's folder, in the order to write them; the log last, since it says that the others are there."""


class Spread(Protocol):
    """Flies episodes, as many at once as it is told."""

    def fly(self, flights: Sequence[Flight], workers: int, take: Callable[[Flown], None]) -> None:
        """Fly all of them and hand each, once, to `take` as it ends, on this thread.

        A process or machine that dies is replaced, and its episode flown again.

        Raises:
            GoldenTimeError: an episode can't be flown to its end.
            KeyboardInterrupt: after those who fly were told to stop.
        """
