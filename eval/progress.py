"""What a person sees while episodes fly: a bar with the score so far on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from goldentime.eval.results import Result

__all__ = ["BarView", "LineView", "View", "view_for"]


class View(Protocol):
    """Shows results as they come; a context manager."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the terminal as it was."""

    def show(self, result: Result) -> None:
        """One more episode is done."""


class _Tally:
    """Mean score and successes so far."""

    def __init__(self) -> None:
        self.count, self.total, self.successes = 0, 0.0, 0

    def add(self, result: Result) -> str:
        self.count += 1
        self.total += result.score.total
        self.successes += result.score.success
        return f"score {self.total / self.count:5.1f}  success {self.successes}/{self.count}"


class LineView:
    """One line per episode."""

    def __init__(self, episodes: int) -> None:
        self._episodes, self._tally = episodes, _Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def show(self, result: Result) -> None:
        mean = self._tally.add(result)
        score, time_s = result.score.total, result.score.metrics["duration_s"]
        note = f"  {result.error}" if result.error else ""
        print(
            f"[{self._tally.count}/{self._episodes}] episode {result.index}: {score:.1f} points, {result.reason} "
            f"after {time_s:.1f} s | so far: {mean}{note}",
            flush=True,
        )


class BarView:
    """A progress bar; failures of the agent stay above it."""

    def __init__(self, episodes: int, console: Console) -> None:
        self._tally = _Tally()
        self._bar = Progress(
            TextColumn("flying"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._bar.add_task("", total=episodes)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def show(self, result: Result) -> None:
        if result.error:
            self._bar.console.print(f"episode {result.index}: the agent failed: {result.error}", markup=False)
        self._bar.update(self._task, advance=1, description=self._tally.add(result))


def view_for(episodes: int) -> View:
    """The view that fits where the output goes."""
    return BarView(episodes, Console()) if sys.stdout.isatty() else LineView(episodes)
