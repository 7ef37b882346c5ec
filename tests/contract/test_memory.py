"""Resets give back what they took. `benchmarks/memory.py` is the long form."""

import json
import subprocess
import sys

import pytest

GROWTH = """
import gc, json, sys
import psutil
from goldentime.missions.registry import make_env, make_team_env, team_names

name, seeds, warm, resets, overrides = *sys.argv[1:2], *map(int, sys.argv[2:5]), json.loads(sys.argv[5])
env = (make_team_env if name in team_names() else make_env)(name, **overrides)
for index in range(warm):
    env.reset(seed=index % seeds)
gc.collect()
before = psutil.Process().memory_info().rss
for index in range(resets):
    env.reset(seed=index % seeds)
gc.collect()
print((psutil.Process().memory_info().rss - before) / 2**20)
"""
SMALL = {"rescue": {"building": {"rooms": 4, "storeys": 1}, "difficulty": 0.2, "people": {"count": [3, 4]}}}
BLIND = dict.fromkeys(("camera", "depth", "thermal", "lidar", "microphones", "rotor_speeds"))


@pytest.mark.parametrize(
    ("name", "seeds", "warm", "resets", "overrides"),
    [
        ("hover", 10_000, 100, 300, {}),
        ("course2020", 10_000, 100, 100, {}),
        # The same few buildings again and again: what is kept of each for the next time is bounded.
        ("stage3", 4, 8, 12, {"scenario": SMALL, "sensors": BLIND}),
        ("stage4", 4, 8, 12, {"scenario": SMALL, "sensors": BLIND}),
    ],
)
def test_resets_do_not_gather_memory(name, seeds, warm, resets, overrides):
    numbers = [str(number) for number in (seeds, warm, resets)]
    command = [sys.executable, "-c", GROWTH, name, *numbers, json.dumps(overrides)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    growth_mib = float(done.stdout.split()[-1])
    # Allocators round up; worlds that stayed behind would be several times this.
    assert growth_mib < 1.0
