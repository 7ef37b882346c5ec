"""Kills at random moments: the small form of `make kill-service`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")  # skips where there is no PostgreSQL
def test_kills_of_worker_connections_and_service_lose_and_double_nothing():
    call = [sys.executable, "-m", "benchmarks.kill_service", "--database", "postgresql"]
    call += ["--kills", "3", "--submissions", "2", "--seed", "3"]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=290)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing doubled" in done.stdout
