"""Resets give back what they took. `benchmarks/memory.py` is the long form."""

import subprocess
import sys

import pytest

GROWTH = """
import gc, sys
import psutil
from goldentime.missions.registry import make_env

env = make_env(sys.argv[1])
resets = int(sys.argv[2])
for index in range(100):
    env.reset(seed=index)
gc.collect()
before = psutil.Process().memory_info().rss
for index in range(resets):
    env.reset(seed=index)
gc.collect()
print((psutil.Process().memory_info().rss - before) / 2**20)
"""


@pytest.mark.parametrize(("name", "resets"), [("hover", 300), ("course2020", 100)])
def test_resets_do_not_gather_memory(name, resets):
    command = [sys.executable, "-c", GROWTH, name, str(resets)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    growth_mib = float(done.stdout.split()[-1])
    # Allocators round up; worlds that stayed behind would be several times this.
    assert growth_mib < 1.0
