"""The command line in processes of its own, as a person meets it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from goldentime.cli import main

HOVER = ("mission=hover", "agent=random", "mission.scenario.time_limit_s=1.0")
STILL = (*HOVER, "agent._target_=flying_agents.Still")
SLOW = (*STILL, "agent.pause_s=0.02", "episodes=8", "workers=2", "out=run")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "goldentime", *arguments]


def call(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    return subprocess.run(command(*arguments), cwd=cwd, capture_output=True, text=True, env=env, timeout=60)


def begin(cwd: Path) -> subprocess.Popen[bytes]:
    """Start a slow run and wait until one of its episodes is done and others are not."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command("evaluate", *SLOW), cwd=cwd, stdout=quiet, stderr=quiet, start_new_session=True)
    lines = cwd / "run" / "episodes.jsonl"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if lines.is_file() and lines.read_bytes().count(b"\n") >= 1:
            return process
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)
    process.kill()
    raise AssertionError("no episode was finished")


def test_help_is_instant_and_lists_the_commands(tmp_path):
    taken = []
    for _ in range(4):  # the processor's time counts, and the least of it: other tests run beside this one
        before = os.times()
        done = call(tmp_path, "--help")
        after = os.times()
        taken.append(after.children_user - before.children_user + after.children_system - before.children_system)
    assert done.returncode == 0
    for name in ("evaluate", "missions", "watch", "train", "score", "doctor"):
        assert f"goldentime {name}" in done.stdout
    assert min(taken) < 0.3, f"goldentime --help took {min(taken):.2f} s"
    assert call(tmp_path, "--version").stdout.startswith("goldentime 0.")


@pytest.mark.slow
def test_an_evaluation_ends_with_a_table_and_a_folder(tmp_path):
    done = call(tmp_path, "evaluate", *STILL, "episodes=2")
    assert done.returncode == 0, done.stderr
    assert "[2/2] episode 1" in done.stdout
    assert "95 % interval" in done.stdout
    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.startswith("hover-random-public-")
    assert {path.name for path in run.iterdir()} == {
        "episodes", "episodes.jsonl", "report.html", "run.json", "scorecard.json", "timing.json"
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    before = {name: (run / name).read_bytes() for name in ("scorecard.json", "episodes.jsonl", "report.html")}
    assert call(tmp_path, "score", str(run)).returncode == 0
    assert {name: (run / name).read_bytes() for name in before} == before


@pytest.mark.slow
def test_a_run_killed_outright_is_finished_by_resume(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    process = begin(killed)
    workers = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive, "workers outlived their parent"
    logs = {path: path.stat().st_mtime_ns for path in (killed / "run" / "episodes").glob("*.jsonl")}
    assert 1 <= len(logs) < 8
    done = call(killed, "evaluate", *SLOW, "--resume")
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in logs} == logs, "an episode was flown twice"
    assert call(whole, "evaluate", *SLOW).returncode == 0
    for name in ("scorecard.json", "episodes.jsonl"):
        assert (killed / "run" / name).read_bytes() == (whole / "run" / name).read_bytes()


@pytest.mark.slow
def test_ctrl_c_leaves_a_readable_partial_result(tmp_path):
    process = begin(tmp_path)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the workers too
    assert process.wait(timeout=20) == 130
    card = json.loads((tmp_path / "run" / "scorecard.json").read_bytes())
    assert not card["complete"]
    assert 1 <= card["figures"]["episodes"] < 8
    assert (tmp_path / "run" / "report.html").is_file()


@pytest.mark.slow
def test_a_sweep_makes_one_folder_with_a_run_for_each(tmp_path):
    done = call(tmp_path, "evaluate", "-m", *STILL, "episodes=1", "split=train,public")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    (sweep,) = (tmp_path / "runs").iterdir()
    runs = sorted(path.name for path in sweep.iterdir() if path.is_dir())
    assert runs == ["0-hover-random-train", "1-hover-random-public"]
    assert all((sweep / run / "report.html").is_file() for run in runs)


@pytest.mark.slow
def test_a_folder_given_as_agent_is_a_checkpoint(tmp_path):
    (tmp_path / "my run, 1").mkdir()
    (tmp_path / "my run, 1" / "interface.yaml").write_text("action_hz: 7\n")
    done = call(tmp_path, "evaluate", "mission=hover", "agent=my run, 1", "agent._target_=flying_agents.Deaf", "out=run")
    assert "7 Hz" in done.stderr, "the mission settings of the training were not taken"
    (tmp_path / "my run, 1" / "interface.yaml").write_text("action_hz: 60\n")
    done = call(tmp_path, "evaluate", "mission=hover", "agent=my run, 1", "agent._target_=flying_agents.Deaf", "out=run")
    assert done.returncode == 2
    assert "agent my run, 1 (flying_agents.Deaf)" in done.stderr
    assert "'path': 'my run, 1'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fly",), "unknown command 'fly', known are evaluate"),
        (("evaluate", "agent=nobody"), "Could not find 'agent/nobody'"),
        (("evaluate", "mission=hover", "agent=random", "episods=3"), "Could not override 'episods'"),
        (("evaluate", "mission=hover", "agent=random", "episodes=many"), "evaluate.episodes: .*got 'many'"),
        (("evaluate", "mission=hover", "agent=random", "split=hidden"), "organiser's secret"),
        (("evaluate", "mission=hover", "agent=random", "mission.action_hz=7"), "7 Hz"),
        (("evaluate", "mission=hover", "agent=random", "mission.scenario.size=1"), "hover.scenario.size: unknown key"),
        (("evaluate", "mission=hover", "agent=random", "mission.size=1"), "hover.size: unknown key"),
        (("evaluate", "mission=hover", "agent=random", "rules=golf"), "Could not find 'rules/golf'"),
        (("evaluate", "mission=hover", "agent=checkpoint"), "path"),
        (("evaluate", "mission=hover", "agent=random", "--resume"), "needs the folder to go on with: out=FOLDER"),
        (("watch", "mission=hover", "agent=random"), "no display"),
        (("score", "nothing"), r"run\.json: expected the manifest of a run"),
        (("missions", "hover"), "takes no arguments, got hover"),
    ],
)
def test_mistakes_get_one_clear_message(tmp_path, arguments, message):
    done = call(tmp_path, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "Error executing job" not in done.stderr
    told = [line for line in done.stderr.splitlines() if not line.startswith("pybullet build time")]
    assert told[0].startswith("goldentime: ")
    assert re.search(message, done.stderr), done.stderr
    assert not any(path.name in ("outputs", "multirun") for path in tmp_path.iterdir())


def test_training_without_its_extra_says_how_to_install_it(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["train", "experiment=hover_ppo"]) == 2
    assert "pip install 'goldentime[train]'" in capsys.readouterr().err


def test_doctor_tells_what_is_missing(monkeypatch, capsys):
    from goldentime.eval import doctor

    assert main(["doctor"]) == 0
    assert "NumPy images on" in capsys.readouterr().out
    absent = doctor.Finding("PyBullet", "missing", "not here", "pip install pybullet")
    monkeypatch.setattr(doctor, "_CHECKS", (lambda: absent,))
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "pip install pybullet" in told
    assert "missing: PyBullet" in told


def test_doctor_names_the_fonts_and_where_absent_ones_come_from(monkeypatch, capsys):
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"ok +fonts +.*NanumGothic.*NotoSansKR", told)
    assert re.search(r"ok +OpenCV +\d", told)
    monkeypatch.setattr("goldentime.envs.signs.font_names", lambda: ("NanumGothic",))
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"note +fonts +absent: pylopdf-fonts-ko; found: NanumGothic", told)
    assert "pip install 'goldentime[see]'" in told


def test_the_missions_are_listed_from_the_registry(capsys):
    assert main(["missions"]) == 0
    told = capsys.readouterr().out
    assert "mission=hover" in told
    assert "goldentime/Hover-v0" in told
