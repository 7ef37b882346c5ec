"""A submission's way: made, packed, checked, flown; and the same number over the wire as in the referee's own process."""

import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from goldentime.cli import main
from goldentime.errors import ConfigError
from goldentime.eval.engines.choose import best_engine, engine_named
from goldentime.eval.folder import read_folder
from goldentime.eval.outcomes import InfrastructureError, Outcome, RefusedSubmission, outcome_of
from goldentime.eval.plan import Plan
from goldentime.eval.results import read_results
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.score.rules import load_rules
from goldentime.eval.submit.agent import planned
from goldentime.eval.submit.command import init_command
from goldentime.eval.submit.pack import pack
from goldentime.eval.submit.run import Request, run_submission
from goldentime.eval.submit.stage import stage
from goldentime.eval.submit.unpack import unpack
from goldentime.missions.registry import load_config
from goldentime.records import dump

ROOT = Path(__file__).resolve().parents[3]
SHORT = {"scenario": {"time_limit_s": 1.5}}
HOLD = """
import numpy as np
class Agent:
    def reset(self, brief): print("reset")
    def act(self, seen):
        return {"motion": np.array([0, 0, np.float32(1.5) - seen["rangefinder"][0], 0], np.float32), "release": 0}
"""
DESCRIBED = "team: a team\nname: one\n"


@pytest.fixture
def template(tmp_path):
    init_command(tmp_path / "mine")
    return tmp_path / "mine"


def made(folder: Path, code: str, more: str = "entry: agent.py:Agent\n") -> Path:
    folder.mkdir()
    (folder / "agent.py").write_text(code)
    (folder / "submission.yaml").write_text(DESCRIBED + more)
    return folder


def request(path: Path, mission: str = "course2020", **more) -> Request:
    config = yaml.safe_load(files("goldentime.configs").joinpath(f"mission/{mission}.yaml").read_text("utf-8"))
    config["scenario"]["time_limit_s"] = 1.5
    return Request(path=path, mission=mission, mission_config=config, episodes=1, engine=best_engine(), **more)


def results(out: Path) -> list[tuple[str, str]]:
    return [(result.digest, result.reason) for result in read_results(read_folder(out))]


def in_process(path: Path, out: Path) -> None:
    plan = Plan(
        mission="course2020",
        overrides=SHORT,
        mission_config=dump(load_config("course2020", SHORT)),
        agent="a-team-one",
        agent_config={"_target_": "goldentime.eval.agent_file.load_agent", "path": str(path), "name": "Agent"},
        episodes=1,
        rules=load_rules("course"),
    )
    evaluate(plan, RunOptions(out=out))


def test_the_template_is_short_and_its_folder_is_a_submission(template, capsys):
    assert len((template / "agent.py").read_text().splitlines()) <= 25
    assert sorted(path.name for path in template.iterdir()) == ["Containerfile", "agent.py", "submission.yaml"]
    assert planned({"path": str(template)}).name == "my-team-first-try"
    with pytest.raises(ConfigError, match="expected a folder that is new or empty"):
        init_command(template)


def test_equal_folders_give_equal_archives_and_the_way_back_the_same_folder(template, tmp_path):
    (template / "models").mkdir()
    (template / "models/a.bin").write_bytes(bytes(range(256)))
    (template / "run.sh").write_text("#!/bin/sh\n")
    (template / "run.sh").chmod(0o755)
    first = pack(template, tmp_path / "first.zip")
    again = tmp_path / "again"
    shutil.copytree(template, again)
    for name in (".git/HEAD", "__pycache__/agent.cpython-311.pyc"):
        (again / name).parent.mkdir()
        (again / name).write_text("left out")
    os.utime(again / "agent.py", (1, 1))
    second = pack(again, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    assert first[1:] == second[1:]
    unpack(second.path, tmp_path / "back", second.sha256)
    assert pack(tmp_path / "back", tmp_path / "third.zip").sha256 == first.sha256
    assert os.access(tmp_path / "back/run.sh", os.X_OK) and not os.access(tmp_path / "back/agent.py", os.X_OK)
    assert stage(template).digest == stage(second.path).digest == first.digest


def test_a_link_is_not_packed(template, tmp_path):
    (template / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(RefusedSubmission, match="passwd: expected files and folders, got a link"):
        pack(template, tmp_path / "x.zip")


def test_a_submission_that_changes_after_it_was_planned_is_refused(template):
    digest = stage(template).digest
    (template / "agent.py").write_text("class Agent: pass\n")
    shutil.rmtree(stage(template).folder.parent / digest)
    with pytest.raises(RefusedSubmission, match="it changed"):
        stage(template, digest)


def test_the_wire_changes_no_number(tmp_path):
    source = made(tmp_path / "mine", HOLD)
    archive = pack(source, tmp_path / "mine.zip").path
    in_process(source / "agent.py", tmp_path / "here")
    verdict = run_submission(request(archive), RunOptions(out=tmp_path / "there"))
    assert (verdict.outcome, dict(verdict.episodes)) == (Outcome.OK, {"ok": 1})
    assert results(tmp_path / "there") == results(tmp_path / "here")
    told = json.loads((tmp_path / "there/team/episodes.jsonl").read_text())
    assert (told["outcome"], told["agents"][0]["acts"]) == ("ok", 30)
    assert (tmp_path / "there/team/0000.txt").read_text() == "--- ok\nreset\n"
    seed = str(read_folder(tmp_path / "there").plan.seed(0))
    assert all(seed not in path.read_text() for path in (tmp_path / "there/team").iterdir())


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler (g++)")
def test_an_agent_in_another_language_flies_the_same_flight(tmp_path):
    source = made(tmp_path / "mine", HOLD)
    in_process(source / "agent.py", tmp_path / "here")
    program = tmp_path / "other"
    made(program, "", "command: [./agent]\n")
    code = ROOT / "docs/examples/agent.cpp"
    subprocess.run(["g++", "-std=c++17", "-O0", "-Wall", "-Werror", "-o", program / "agent", code], check=True)
    verdict = run_submission(request(program), RunOptions(out=tmp_path / "there"))
    assert dict(verdict.episodes) == {"ok": 1}, (tmp_path / "there/team/0000.txt").read_text()
    assert results(tmp_path / "there") == results(tmp_path / "here")


def test_check_is_the_evaluation(template, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    settings = ["mission=course2020", "episodes=1", "mission.scenario.time_limit_s=1"]
    assert main(["submit", "check", str(template), *settings, "out=checked"]) == 0
    assert main(["submit", "pack", str(template), "--to", "sent.zip"]) == 0
    assert main(["evaluate", "agent=sent.zip", f"agent.engine={best_engine()}", *settings, "out=judged"]) == 0
    assert "agent my-team-first-try, 1 episodes of split public" in capfd.readouterr().out
    assert Path("checked/episodes.jsonl").read_bytes() == Path("judged/episodes.jsonl").read_bytes()
    assert Path("checked/scorecard.json").read_bytes() == Path("judged/scorecard.json").read_bytes()


def test_a_failure_of_the_referees_own_is_tried_again_and_charged_to_nobody(tmp_path, monkeypatch):
    source = made(tmp_path / "mine", HOLD)
    engine, tries = engine_named("process"), []

    def start(launch):
        tries.append(launch)
        if len(tries) < 3:
            raise InfrastructureError("no process can be started")
        return engine.__class__().start(launch)

    monkeypatch.setattr("goldentime.eval.submit.agent.engine_named", lambda name, image=None: engine)
    monkeypatch.setattr(engine, "start", start, raising=False)
    verdict = run_submission(request(source), RunOptions(out=tmp_path / "run"))
    assert (verdict.outcome, verdict.charged, len(tries)) == ("infrastructure_error", False, 2)
    assert not list((tmp_path / "run").glob("episodes/*"))
    verdict = run_submission(request(source), RunOptions(out=tmp_path / "run2"))
    assert (verdict.outcome, dict(verdict.episodes)) == ("ok", {"ok": 1})


def test_outcomes_are_told_from_end_reasons():
    assert [outcome_of(reason) for reason in ("time_up", "crashed", "agent_crashed", "agent_error", "agent_timeout")] == [
        "ok", "ok", "crashed", "crashed", "timeout"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("agent.engine=docker", "agent.engine: expected auto or one of bubblewrap, podman, process, got 'docker'"),
        ("++agent.limits.memory_gib=3", "agent.limits.memory_gib: unknown key"),
        ("++agent.limits.memory_mib=3", "submission.yaml.resources.memory_mib: the referee grants up to 3, got 2048"),
    ],
)
def test_what_does_not_fit_is_told_in_one_message(template, tmp_path, monkeypatch, capsys, setting, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(["evaluate", f"agent={template}", setting, "mission=hover"])
    assert caught.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())
