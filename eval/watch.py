"""`goldentime watch`: an agent, or one for each drone of a team, flies in PyBullet's window at the speed of the clock."""

import os
import sys
import time
from typing import Any

from goldentime.errors import GoldenTimeError
from goldentime.eval.config import plan_from, read_config
from goldentime.eval.episode import Flight, fly
from goldentime.eval.plan import Plan
from goldentime.eval.score.score import score

__all__ = ["watch_command"]


def watch_command(config: Any) -> int:
    """Fly the plan's episodes one after another in a window."""
    plan, _ = plan_from(*read_config(config))
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        raise GoldenTimeError(
            "watch opens a window and there is no display (DISPLAY is not set); on a server use "
            "'goldentime evaluate', whose report.html shows the flights"
        )
    for index in range(plan.episodes):
        _show(plan, index)
    return 0


def _show(plan: Plan, index: int) -> None:
    log = fly(Flight.of(plan, index), render_mode="human", stepped=_Pace(1.0 / plan.mission_config["action_hz"]))
    if log.error is not None:
        print(log.error, file=sys.stderr)
    result = score(log, plan.rules)
    print(f"episode {index}: {result.total:.1f} points, {log.reason} after {result.metrics['duration_s']:.1f} s")


class _Pace:
    """Called after each step, waits until the clock has come as far."""

    def __init__(self, period_s: float) -> None:
        self._period_s, self._due = period_s, time.perf_counter()

    def __call__(self) -> None:
        """Wait. What is late by more than a step is not made up for."""
        self._due = max(self._due + self._period_s, time.perf_counter() - self._period_s)
        time.sleep(max(self._due - time.perf_counter(), 0.0))
