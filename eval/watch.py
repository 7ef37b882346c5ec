"""`goldentime watch`: an agent flies in PyBullet's window, at the speed of the clock."""

import os
import sys
import time
from typing import Any

from goldentime.errors import GoldenTimeError
from goldentime.eval.config import plan_from, read_config
from goldentime.eval.episode import build_agent
from goldentime.eval.log import EpisodeLog
from goldentime.eval.plan import Plan
from goldentime.eval.score.score import score
from goldentime.missions.registry import make_env

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
    log = EpisodeLog(labels={"index": index})
    agent = build_agent(plan)
    env = make_env(plan.mission, recorder=log, render_mode="human", **plan.overrides)
    period_s = 1.0 / env.metadata["render_fps"]
    try:
        observation, _ = env.reset(seed=plan.seed(index))
        agent.reset(env.brief)
        due, ended = time.perf_counter(), False
        while not ended:
            observation, _, terminated, truncated, _ = env.step(agent.act(observation))
            ended = terminated or truncated
            due = max(due + period_s, time.perf_counter() - period_s)
            time.sleep(max(due - time.perf_counter(), 0.0))
    finally:
        env.close()
    result = score(log, plan.rules)
    print(f"episode {index}: {result.total:.1f} points, {log.reason} after {result.metrics['duration_s']:.1f} s")
