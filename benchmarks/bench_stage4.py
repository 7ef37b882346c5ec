"""What a step of stage 4 costs, by part, and how it grows with drones, rooms and people; on one core.

    python -m benchmarks.bench_stage4 [--steps 150] [--plot docs/img/stage4_cost.png]

Times are processor time of this process, drawing included (Mesa draws in the same thread). The team flies as the oracle
does; sums are over all drones.
"""

import argparse
import time
from typing import Any

from benchmarks.bench_stage3 import Meter, Witness, plot
from goldentime.envs.scenario import scenario_from_json
from goldentime.eval.oracle import team_actions
from goldentime.eval.oracle_team import TeamOracle
from goldentime.missions.registry import make_team_env

AIM_MS, ROOMS = 100.0 / 1.3, 20
"""A step of 0.1 s at 1.3 times real time; of the building."""


def measure(steps: int, seed: int, scenario: dict[str, Any]) -> tuple[dict[str, float], float, float]:
    """Milliseconds of a step by part, of the whole step, and seconds of a reset."""
    log, meter = Witness(), Meter()
    env: Any = make_team_env("stage4", recorder=log, scenario=scenario)
    env.reset(seed=seed)  # fonts, meshes and shaders are made once a process
    log.__init__()  # type: ignore[misc]
    start = time.process_time()
    env.reset(seed=seed + 1)
    reset_s = time.process_time() - start
    loop = env._TeamEnv__loop
    for thing, name, part in (
        (loop._physics, "advance", "physics"), (loop._physics, "apply", "physics"), (loop, "_commands", "control"),
        (loop._surroundings, "follow", "fire and people"), (loop._surroundings, "draughts", "fire and people"),
        (loop._wind, "step", "air"), (loop._radio, "follow", "radio"),
    ):  # fmt: skip
        meter.watch(thing, name, part)
    for suite in loop.suites:
        for channel in suite._channels:
            meter.watch(channel, "read", channel.name)
    oracle = TeamOracle(scenario_from_json(log.header["scenario"]), env.brief_of("drone_0")["action"]["report"])
    spent_s, done = 0.0, 0
    while done < steps and env.agents:
        done += 1
        actions = team_actions(env, oracle, log.state)
        start = time.process_time()
        env.step(actions)
        spent_s += time.process_time() - start
    env.close()
    return {part: 1e3 * spent / done for part, spent in meter.spent_s.items()}, 1e3 * spent_s / done, reset_s


def table(steps: int) -> None:
    """The parts of a step of two scouts and two carriers."""
    parts, whole_ms, reset_s = measure(steps, 0, {"rescue": {"building": {"rooms": ROOMS}}})
    parts["the rest"] = whole_ms - sum(parts.values())
    for part, spent in sorted(parts.items(), key=lambda item: -item[1]):
        print(f"{part:16s} {spent:7.2f} ms")
    print(f"{'a step':16s} {whole_ms:7.2f} ms: {100.0 / whole_ms:.2f} times real time (aim {100.0 / AIM_MS:.1f})")
    print(f"{'a reset':16s} {reset_s:7.2f} s")


def growth(steps: int) -> dict[str, tuple[list[int], list[float]]]:
    """Step times by drones, rooms and people."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for name, sizes, config in (
        ("drones", (2, 3, 4, 6), lambda n: {"team": {"scouts": n - 2}, "rescue": {"building": {"rooms": ROOMS}}}),
        ("rooms", (5, 10, 20, 40), lambda n: {"rescue": {"building": {"rooms": n, "storeys": max(1, n // 10)}}}),
        ("people", (2, 4, 8, 16), lambda n: {"rescue": {"building": {"rooms": ROOMS}, "people": {"count": [n, n]}}}),
    ):
        times = [measure(steps, 0, config(size))[1] for size in sizes]
        found[name] = (list(sizes), times)
        print(name, " ".join(f"{size}: {spent:.1f} ms" for size, spent in zip(sizes, times, strict=True)), flush=True)
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--plot", default="")
    options = parser.parse_args()
    table(options.steps)
    found = growth(max(options.steps // 3, 20))
    if options.plot:
        plot(found, options.plot, AIM_MS)


if __name__ == "__main__":
    main()
