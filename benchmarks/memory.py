"""Resident memory over many resets: it must not grow.

python benchmarks/memory.py [--resets 10000] [--course-resets 1000]
"""

import argparse
import gc
import json

import psutil

from goldentime.missions.registry import make_env, mission_names

POINTS = 10


def rss_mib() -> float:
    """Resident set size of this process."""
    return float(psutil.Process().memory_info().rss / 2**20)


def measure(mission: str, resets: int) -> list[float]:
    """RSS after a warm-up of 2 % and then at ten equal distances."""
    env = make_env(mission)
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
    parser.add_argument("--resets", type=int, default=10_000)
    parser.add_argument("--course-resets", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found = {}
    for mission, resets in (("hover", args.resets), ("course2020", args.course_resets)):
        if mission in mission_names():
            found[mission] = {"resets": resets, "rss_mib": measure(mission, resets)}
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
