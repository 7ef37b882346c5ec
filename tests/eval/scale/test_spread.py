"""Episodes flown in processes, on Ray and on Slurm: the same bytes everywhere, and what dies is replaced."""

import socket
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.eval.episode import Flight
from goldentime.eval.log import versions
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.plan import Plan
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.scale.base import Spread
from goldentime.eval.scale.cargo import cargo_of
from goldentime.eval.scale.choose import spread_named
from goldentime.eval.scale.flying import Journey, fly_away, fly_here
from goldentime.eval.scale.local import Local
from goldentime.eval.scale.trial import ray_nodes, slurm_here
from goldentime.eval.score.rules import load_rules
from goldentime.eval.submit.agent import planned
from goldentime.eval.submit.command import init_command
from goldentime.eval.workers import Patience, run_in_processes
from goldentime.missions.registry import load_config
from goldentime.records import dump

EPISODES = 3


def needs_ray() -> None:
    """Ray must not be imported before it is told to ask for tokens."""
    if find_spec("ray") is None:
        pytest.skip("ray is not installed: pip install 'goldentime[ray]'")


def plan(split: str = "public", episodes: int = EPISODES, **agent) -> Plan:
    overrides = {"scenario": {"time_limit_s": 1.0}}
    return Plan(
        mission="hover",
        overrides=overrides,
        mission_config=dump(load_config("hover", overrides)),
        agent="test",
        agent_config=agent or {"_target_": "flying_agents.Still"},
        split=split,
        episodes=episodes,
        rules=load_rules("hover"),
    )


def deadly(folder: Path, deaths: int = 1) -> Plan:
    """A plan whose episodes end like those of `Still`, once so many processes have been killed."""
    return plan(_target_="flying_agents.Deadly", folder=str(folder), deaths=deaths)


def kept(out: Path) -> dict[str, bytes]:
    """All that does not depend on the clock."""
    names = ["episodes.jsonl", "scorecard.json", *(f"episodes/{index:04d}.npz" for index in range(EPISODES))]
    lines = [f"episodes/{index:04d}.jsonl" for index in range(EPISODES)]
    whole = {name: (out / name).read_bytes() for name in names}
    return whole | {name: b"\n".join((out / name).read_bytes().splitlines()[:-1]) for name in lines}


def fly_deadly(out: Path, spread: Spread) -> tuple[dict[str, bytes], list[int]]:
    """What is kept of a run in which a process is killed, and the episodes as they were told."""
    seen: list[int] = []
    options = RunOptions(out=out / "run", workers=2, spread=spread)
    evaluate(deadly(out), options, lambda result: seen.append(result.index))
    assert (out / "death0").is_file()
    return kept(out / "run"), sorted(seen)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, helpers_importable):
    out = tmp_path_factory.mktemp("runs")
    (out / "death0").touch()
    evaluate(deadly(out), RunOptions(out=out / "run"))
    return kept(out / "run")


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced_and_its_episode_counted_once(undisturbed, tmp_path):
    assert fly_deadly(tmp_path, Local()) == (undisturbed, [0, 1, 2])


@pytest.mark.slow
def test_an_episode_that_kills_every_worker_is_given_up_and_the_others_kept(tmp_path):
    with pytest.raises(InfrastructureError, match=r"2 worker processes died of the same work .*episode \d of hover"):
        options = RunOptions(out=tmp_path / "run", workers=2, spread=Local(patience=Patience(deaths=2)))
        evaluate(deadly(tmp_path, deaths=100), options)
    assert not (tmp_path / "run").exists()


def test_work_that_does_not_end_is_ended(helpers_importable):
    done: list[float] = []
    # By the name under which processes find it too.
    sleep_for = import_module("flying_agents").sleep_for
    with pytest.raises(InfrastructureError, match=r"more than 3 s\): 1000"):
        run_in_processes(sleep_for, [0.0, 1000.0], 2, done.append, Patience(deaths=1, longest_s=3.0))
    assert done == [0.0]


@pytest.mark.slow
def test_two_nodes_of_ray_give_the_same_and_replace_a_process_that_is_killed(undisturbed, tmp_path):
    needs_ray()
    with ray_nodes(2) as (address, _):
        assert fly_deadly(tmp_path, spread_named("ray", {"address": address})) == (undisturbed, [0, 1, 2])


@pytest.mark.slow
def test_jobs_of_slurm_give_the_same_and_replace_one_that_is_killed(undisturbed, tmp_path):
    pytest.importorskip("submitit")
    settings = {"folder": tmp_path / "jobs", "late_s": 2.0}
    try:
        with slurm_here():
            assert fly_deadly(tmp_path, spread_named("slurm", settings)) == (undisturbed, [0, 1, 2])
    except InfrastructureError as error:
        pytest.skip(str(error)[:300])
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_machine_needs_neither_the_secret_nor_the_submission(tmp_path, monkeypatch):
    init_command(tmp_path / "mine")
    (tmp_path / "mine/agent.py").write_text(
        "import numpy as np\nclass Agent:\n    def reset(self, brief): pass\n"
        "    def act(self, seen): return {'motion': np.array([9.81, 0, 0, 0], np.float32)}\n"
    )
    target = "goldentime.eval.submit.agent.submission_agent"
    submission = planned({"_target_": target, "path": tmp_path / "mine", "engine": "process"})
    flight = Flight(plan=plan("hidden-r1", **submission.config), index=0, seed=7)
    cargo = cargo_of(flight.plan)
    here = fly_here(flight, lambda: False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "mine").rename(tmp_path / "gone")
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    monkeypatch.delenv("GOLDENTIME_SECRET", raising=False)
    with pytest.raises(ConfigError, match="where nothing is"):
        fly_away(Journey(flight=flight, versions=versions()), None)
    there = fly_away(Journey(flight=flight, versions=versions()), cargo)
    assert there.result == here.result
    assert list(there.files) == ["team/0000.txt", "team/0000.json", "episodes/0000.npz", "episodes/0000.jsonl"]


def test_a_machine_with_other_versions_is_refused():
    other = {**versions(), "pybullet": "0.1"}
    with pytest.raises(ConfigError, match=r"expected the referee's versions .*0\.1"):
        fly_away(Journey(flight=Flight.of(plan(), 0), versions=other), None)


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="expected one of local, ray, slurm, got 'cloud'"):
        spread_named("cloud", {})
    with pytest.raises(ConfigError, match=r"spread\.port: unknown key"):
        spread_named("ray", {"port": 1})
    flights = [Flight.of(plan(), 0)]
    monkeypatch.setattr("goldentime.eval.scale.on_ray.find_spec", lambda name: None)
    monkeypatch.setattr("goldentime.eval.scale.on_slurm.find_spec", lambda name: None)
    for name, settings in (("ray", {}), ("slurm", {"folder": tmp_path})):
        with pytest.raises(MissingDependencyError, match=rf"pip install 'goldentime\[{name}\]'"):
            spread_named(name, settings).fly(flights, 1, lambda one: None)


def test_a_cluster_that_does_not_answer_or_asks_for_no_token_is_refused(monkeypatch):
    needs_ray()
    flights = [Flight.of(plan(), 0)]
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InfrastructureError, match=rf"spread\.address={address}: no Ray cluster can be joined"):
            spread_named("ray", {"address": address}).fly(flights, 1, lambda one: None)
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with pytest.raises(ConfigError, match="RAY_AUTH_MODE: expected token before ray is imported, got 'disabled'"):
        spread_named("ray", {}).fly(flights, 1, lambda one: None)


def test_engines_are_loaded_only_when_chosen():
    code = "import sys, goldentime.eval.config, goldentime.eval.command; print({'ray', 'submitit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
