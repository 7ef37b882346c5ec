"""What a person sees while training runs."""

import sys
import time
from types import TracebackType
from typing import NamedTuple, Protocol, Self

__all__ = ["BarView", "LineView", "Standing", "View", "make_view"]


class Standing(NamedTuple):
    """Where training stands."""

    steps: int
    total: int
    steps_per_s: float
    reward: float | None
    """Mean over the last episodes; None before the first has ended."""
    success: float | None
    check: tuple[float, float] | None
    """Share of successes and mean score in the last check."""

    @property
    def remaining_s(self) -> float:
        """At most: training may stop early."""
        return max(0, self.total - self.steps) / self.steps_per_s if self.steps_per_s > 0.0 else float("inf")

    def text(self) -> str:
        """The figures in a few words."""
        parts = [f"{self.steps_per_s:,.0f} steps/s"]
        parts += [] if self.reward is None else [f"reward {self.reward:.2f}"]
        parts += [] if self.success is None else [f"success {self.success:.0%}"]
        parts += [] if self.check is None else [f"check {self.check[0]:.0%}, score {self.check[1]:.1f}"]
        return ", ".join(parts)


class View(Protocol):
    """Shows the standing after each update."""

    def show(self, standing: Standing) -> None:
        """Take in a new standing."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End."""


class LineView:
    """Plain lines, one every few seconds, for files and pipes."""

    def __init__(self, every_s: float = 5.0) -> None:
        self._every_s, self._last_s = every_s, -float("inf")

    def show(self, standing: Standing) -> None:
        """Print a line if it is time for one."""
        now = time.monotonic()
        if now - self._last_s >= self._every_s or standing.steps >= standing.total:
            self._last_s = now
            left = f"at most {standing.remaining_s:.0f} s left"
            print(f"{standing.steps:>10,} of {standing.total:,} steps, {standing.text()}, {left}", flush=True)

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


class BarView:
    """A bar for terminals."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
        )
        self._task = self._bar.add_task("starting", total=None, left="")

    def show(self, standing: Standing) -> None:
        """Move the bar."""
        left = time.strftime("at most %H:%M:%S left", time.gmtime(min(standing.remaining_s, 86_399.0)))
        self._bar.update(self._task, completed=standing.steps, total=standing.total, description=standing.text(), left=left)

    def __enter__(self) -> Self:
        """Draw it."""
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it as it is."""
        self._bar.stop()


def make_view() -> View:
    """A bar on a terminal, lines elsewhere."""
    return BarView() if sys.stdout.isatty() else LineView()
