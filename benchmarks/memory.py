"""Resident memory over many resets: it must not grow.

python benchmarks/memory.py [MISSION=RESETS ...], by default hover=10000 course2020=1000
"""

import argparse
import gc
import json
from typing import Any

import psutil

from goldentime.missions.registry import make_central_env, make_env, mission_names, team_names

POINTS = 10


def rss_mib() -> float:
    """Resident set size of this process."""
    return float(psutil.Process().memory_info().rss / 2**20)


def measure(mission: str, resets: int) -> list[float]:
    """RSS after a warm-up of 2 % and then at ten equal distances."""
    env: Any = (make_central_env if mission in team_names() else make_env)(mission)
    samples = []
    for index in range(resets + 1):
        env.reset(seed=index)
        warm, every = resets // 50, max(resets // POINTS, 1)
        if index == resets or (index >= warm and (index - warm) % every == 0):
            gc.collect()
            samples.append(rss_mib())
    env.close()
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("missions", nargs="*", default=["hover=10000", "course2020=1000"], metavar="MISSION=RESETS")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = {}
    for asked in args.missions:
        mission, _, number = asked.partition("=")
        if mission not in mission_names() or not number.isdigit():
            parser.error(f"expected MISSION=RESETS with one of {', '.join(mission_names())}, got {asked!r}")
        found[mission] = {"resets": int(number), "rss_mib": measure(mission, int(number))}
    if args.json:
        print(json.dumps(found))
        return
    for mission, row in found.items():
        first, last = row["rss_mib"][0], row["rss_mib"][-1]
        kib = (last - first) * 1024 / row["resets"]
        print(f"{mission:<12} {row['resets']:>6} resets   RSS {first:.1f} -> {last:.1f} MiB   {kib:+.3f} KiB per reset")
        print("             " + " ".join(f"{value:.1f}" for value in row["rss_mib"]))


if __name__ == "__main__":
    main()
