"""Timing shared by the benchmarks.

Cases take turns, round by round, so that a busy machine slows all of them alike, and processor time is counted, which on
a quiet machine is the time on the clock: none of the cases waits for anything.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

__all__ = ["Bound", "options", "report", "take_turns", "timed"]


class Bound(NamedTuple):
    """What a ratio of two cases must not pass."""

    name: str
    case: str
    base: str
    at_most: float | None = None
    at_least: float | None = None


def options(description: str, rounds: int) -> argparse.ArgumentParser:
    """The arguments that all benchmarks take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=rounds, help=f"turns of each case, default {rounds}")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser


def timed(action: Callable[[], object], repeats: int) -> Callable[[], float]:
    """A case: microseconds per call of `action`, over `repeats` calls."""

    def run() -> float:
        start = time.process_time()
        for _ in range(repeats):
            action()
        return (time.process_time() - start) / repeats * 1e6

    return run


def take_turns(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Each case once per round, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, run in cases.items():
            value = run()
            if turn:
                times[name].append(value)
    return times


def report(title: str, times: Mapping[str, list[float]], bounds: list[Bound], *, as_json: bool) -> bool:
    """Print medians and ratios; whether all bounds hold. A ratio is the median over rounds of each round's ratio."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratios = {b.name: statistics.median(x / y for x, y in zip(times[b.case], times[b.base], strict=True)) for b in bounds}
    held = {b.name: _holds(ratios[b.name], b) for b in bounds}
    if as_json:
        print(json.dumps({"title": title, "median_us": medians, "best_us": {n: min(v) for n, v in times.items()},
                          "ratio": ratios, "held": held}))  # fmt: skip
        return all(held.values())
    print(title)
    for name, value in medians.items():
        print(f"  {name:<44} {value:>12.1f} us   (best {min(times[name]):.1f})")
    for b in bounds:
        limit = f"at most {b.at_most:g}" if b.at_most is not None else f"at least {b.at_least:g}" if b.at_least else ""
        verdict = "" if not limit else "ok" if held[b.name] else "MISSED"
        print(f"  {b.name:<44} {ratios[b.name]:>12.2f} x    {limit} {verdict}".rstrip())
    return all(held.values())


def _holds(ratio: float, bound: Bound) -> bool:
    below = bound.at_most is None or ratio <= bound.at_most
    return below and (bound.at_least is None or ratio >= bound.at_least)
