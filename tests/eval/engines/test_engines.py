"""Limits, control groups and the choice of an engine, without a wall."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from goldentime.errors import ConfigError
from goldentime.eval.engines.base import Launch
from goldentime.eval.engines.cgroups import Group, usable
from goldentime.eval.engines.choose import best_engine, engine_named
from goldentime.eval.engines.limits import Limits
from goldentime.eval.engines.process import PlainProcess
from goldentime.eval.engines.speed import measured_s, slowdown
from goldentime.eval.engines.trial import try_limit
from goldentime.eval.outcomes import InfrastructureError

LIMITS = Limits(memory_mib=100, cpus=0.5, processes=10)


@pytest.fixture
def second(tmp_path):
    """What a tree of version 2 looks like to whoever may write to it."""
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids")
    return tmp_path


def test_groups_of_version_2_are_one_folder_with_all_limits(second):
    assert usable(second) == ("memory", "pids", "cpu")
    assert (second / "goldentime/cgroup.subtree_control").is_file()
    group = Group(LIMITS, second)
    (door,) = group.doors
    read = {name: (door.parent / name).read_text() for name in ("memory.max", "memory.swap.max", "pids.max", "cpu.max")}
    assert read == {
        "memory.max": "104857600", "memory.swap.max": "0", "pids.max": "14", "cpu.max": "50000 100000"
    }  # fmt: skip
    assert not group.out_of_memory()
    (door.parent / "memory.events").write_text("low 0\nhigh 0\nmax 7\noom 1\noom_kill 1\n")
    assert group.out_of_memory()


def test_groups_of_version_1_are_a_folder_in_each_tree(tmp_path):
    for controller in ("memory", "pids"):
        (tmp_path / controller).mkdir()
    group = Group(LIMITS, tmp_path)
    assert [door.parent.parent.parent.name for door in group.doors] == ["memory", "pids"]
    assert (group.limits_memory, group.limits_cpu) == (True, False)
    (group.doors[0].parent / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    assert group.out_of_memory()


def test_without_groups_there_are_none():
    assert usable(Path("/nonexistent")) == ()
    group = Group.none()
    assert (group.doors, group.limits_memory, group.out_of_memory()) == ([], False, False)
    group.close()


@pytest.mark.parametrize(
    ("name", "value"), [("step_s", 0.0), ("memory_mib", -1), ("strikes", -1), ("bank_s", float("nan"))]
)
def test_a_limit_that_is_none_is_refused(name, value):
    with pytest.raises(ConfigError, match=f"{name}: must be"):
        Limits(**{name: value})


def test_an_engine_that_is_not_there_is_named(monkeypatch):
    with pytest.raises(ConfigError, match="expected auto or one of"):
        engine_named("docker")
    monkeypatch.setenv("PATH", "/nonexistent")
    engine_named.cache_clear()
    try:
        for name in ("bubblewrap", "auto"):
            with pytest.raises(InfrastructureError, match="bubblewrap is not installed: apt-get install bubblewrap"):
                engine_named(name)
        assert best_engine() == "process"
    finally:
        engine_named.cache_clear()


@pytest.mark.parametrize("name", ["output", "file_size", "open_files", "silence"])
def test_without_a_wall_the_limits_on_itself_still_hold(name):
    _, held, text = try_limit(PlainProcess(), name)
    assert held, text


@pytest.mark.parametrize("name", ["network", "secrets"])
def test_without_a_wall_it_is_seen_to_reach_out(name):
    _, held, _ = try_limit(PlainProcess(), name)
    assert not held


def test_nothing_of_the_referees_environment_goes_along(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLDENTIME_SECRET", "canary")
    running = PlainProcess().start(Launch(command=("/usr/bin/env",), folder=tmp_path, limits=LIMITS))
    names = {line.split("=")[0] for line in running.stop(5.0).output.decode().splitlines()}
    assert {"GOLDENTIME_SOCKET", "TMPDIR"} <= names
    assert not names & {"GOLDENTIME_SECRET", "SSH_AUTH_SOCK", "VIRTUAL_ENV"}


def test_scratch_goes_with_the_process(tmp_path):
    code = "import os; open(os.environ['TMPDIR'] + '/x', 'w').write('x'); print(os.environ['TMPDIR'])"
    running = PlainProcess().start(Launch(command=("python", "-c", code), folder=tmp_path, limits=LIMITS))
    ending = running.stop(10.0)
    assert ending.code == 0
    assert not os.path.exists(ending.output.decode().strip())


def test_a_slow_machine_is_told_by_a_fixed_task():
    assert 0.001 < measured_s(1) < 5.0
    assert slowdown() >= 1.0


def test_an_agents_process_loads_little():
    code = "import sys, goldentime.eval.wire.serve; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"gymnasium", "pybullet", "scipy", "pydantic", "goldentime.envs"} & set(done.stdout.split())
