"""Episodes in processes of this machine, or in this very process for one worker."""

from collections.abc import Callable, Sequence
from dataclasses import field

from goldentime.eval.episode import Flight
from goldentime.eval.scale.base import Flown
from goldentime.eval.scale.flying import fly_here
from goldentime.eval.workers import Patience, run_in_processes
from goldentime.records import record

__all__ = ["Local"]


@record
class Local:
    """A `base.Spread`, and its settings."""

    patience: Patience = field(default_factory=Patience)

    def fly(self, flights: Sequence[Flight], workers: int, take: Callable[[Flown], None]) -> None:
        """Fly them."""
        if workers == 1 or len(flights) < 2:
            for flight in flights:
                take(fly_here(flight, lambda: False))
        else:
            run_in_processes(fly_here, flights, workers, take, self.patience)
