"""What a step of stage 3 costs, by part, and how it grows with rooms and people; on one core.

    python -m benchmarks.bench_stage3 [--steps 300] [--plot docs/img/stage3_cost.png]

Times are processor time of this process, drawing included (Mesa draws in the same thread). The drone flies in along the
best tour by its true position, as the oracle does.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("LP_NUM_THREADS", "0")

import math

import numpy as np

from goldentime.baselines.reporting import no_report
from goldentime.control.frames import yaw_of
from goldentime.envs.scenario import scenario_from_json
from goldentime.eval.log import EpisodeLog
from goldentime.eval.oracle_rescue import RescueOracle
from goldentime.missions.registry import make_env

AIM_MS, RESET_S = 20.0, 1.5
"""A step of 0.1 s at five times real time; a reset."""


class Meter:
    """Adds up processor time by part."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = defaultdict(float)

    def watch(self, thing: Any, name: str, part: str) -> None:
        """Time a method of a thing."""
        inner: Callable[..., Any] = getattr(thing, name)

        def timed(*args: Any, **more: Any) -> Any:
            start = time.process_time()
            try:
                return inner(*args, **more)
            finally:
                self.spent_s[part] += time.process_time() - start

        setattr(thing, name, timed)


class Witness(EpisodeLog):
    """A log that also keeps the present state."""

    state: Any = None

    def record(self, state: Any, events: Any, reward_terms: Any = None) -> None:
        """See `EpisodeLog`."""
        self.state = state
        super().record(state, events, reward_terms)


def measure(steps: int, seed: int, rescue: dict[str, Any]) -> tuple[dict[str, float], float, float]:
    """Milliseconds of a step by part, of the whole step, and seconds of a reset."""
    log, meter = Witness(), Meter()
    env: Any = make_env("stage3", recorder=log, scenario={"rescue": rescue})
    env.reset(seed=seed)  # fonts, meshes and shaders are made once a process
    log.__init__()  # type: ignore[misc]
    start = time.process_time()
    env.reset(seed=seed + 1)
    reset_s = time.process_time() - start
    loop = env._MissionEnv__loop
    for thing, name, part in (
        (loop._physics, "advance", "physics"), (loop._physics, "apply", "physics"), (loop, "_commands", "control"),
        (loop._surroundings, "follow", "fire and people"), (loop._surroundings, "draughts", "fire and people"),
        (loop._wind, "step", "air"),
    ):  # fmt: skip
        meter.watch(thing, name, part)
    for channel in loop.suites[0]._channels:
        meter.watch(channel, "read", channel.name)
    oracle = RescueOracle(scenario_from_json(log.header["scenario"]), *_sheet(env))
    silent = no_report(env.brief["action"]["report"])
    low, high = env.action_space["motion"].low, env.action_space["motion"].high
    start, done = time.process_time(), 0
    while done < steps:
        done += 1
        (x, y, z), _ = oracle.command(log.state)
        yaw = yaw_of(log.state.drones[0].quaternion_xyzw)
        c, s = math.cos(yaw), math.sin(yaw)
        # Beyond the bounds it would count as no action, and the drone would not leave the ground.
        motion = np.clip([c * x + s * y, c * y - s * x, z, 0.3], low, high).astype(np.float32)
        _, _, ended, cut, _ = env.step({"motion": motion, "release": 0, "report": silent})
        if ended or cut:
            break
    whole_ms = 1e3 * (time.process_time() - start) / done
    env.close()
    return {part: 1e3 * spent / done for part, spent in meter.spent_s.items()}, whole_ms, reset_s


def _sheet(env: Any) -> tuple[Any, Any]:
    sheet = env.brief["action"]["report"]
    return sheet["kinds"], sheet["questions"]


def table(steps: int) -> None:
    """The parts of a step in a building of 20 rooms."""
    parts, whole_ms, reset_s = measure(steps, 0, {"building": {"rooms": 20}})
    parts["the rest"] = whole_ms - sum(parts.values())
    for part, spent in sorted(parts.items(), key=lambda item: -item[1]):
        print(f"{part:16s} {spent:7.2f} ms")
    print(f"{'a step':16s} {whole_ms:7.2f} ms: {100.0 / whole_ms:.1f} times real time (aim {100.0 / AIM_MS:.0f})")
    print(f"{'a reset':16s} {reset_s:7.2f} s (aim {RESET_S:g})")


def growth(steps: int) -> dict[str, tuple[list[int], list[float]]]:
    """Step times by rooms and by people."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for name, sizes, config in (
        ("rooms", (5, 10, 20, 40), lambda n: {"building": {"rooms": n, "storeys": max(1, n // 10)}}),
        ("people", (2, 4, 8, 16), lambda n: {"building": {"rooms": 20}, "people": {"count": [n, n]}}),
    ):
        times = [measure(steps, 0, config(size))[1] for size in sizes]
        found[name] = (list(sizes), times)
        print(name, " ".join(f"{size}: {spent:.1f} ms" for size, spent in zip(sizes, times, strict=True)), flush=True)
    return found


def plot(found: dict[str, tuple[list[int], list[float]]], path: str, aim_ms: float) -> None:
    """All curves into one picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(found), figsize=(8.0, 3.0), sharey=True)
    top_ms = 1.1 * max(aim_ms, *(max(times) for _, times in found.values()))
    for axis, (name, (sizes, times)) in zip(axes, found.items(), strict=True):
        axis.plot(sizes, times, "o-")
        axis.axhline(aim_ms, color="0.6", linestyle="--")
        axis.set_xlabel(name)
        axis.set_ylim(0.0, top_ms)
    axes[0].set_ylabel("ms a step of 0.1 s")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--plot", default="")
    options = parser.parse_args()
    table(options.steps)
    found = growth(max(options.steps // 2, 20))
    if options.plot:
        plot(found, options.plot, AIM_MS)


if __name__ == "__main__":
    main()
