"""The command `replay`: what it writes, what the report then links to, and how it refuses."""

import os

import pytest

from goldentime.cli import main
from goldentime.eval.folder import RunFolder, open_folder
from goldentime.eval.log import versions
from goldentime.eval.log_files import save_log
from goldentime.eval.plan import Plan
from goldentime.eval.replay import command
from goldentime.eval.report.page import write_report
from goldentime.eval.score.rules import load_rules


@pytest.fixture
def run(hand, tmp_path) -> RunFolder:
    """A run of three episodes, two of them flown."""
    plan = Plan(
        mission="course",
        overrides={},
        mission_config={"title": "Course"},
        agent="hand",
        agent_config={"_target_": "hand.Agent"},
        episodes=3,
        rules=load_rules("course"),
    )
    folder = open_folder(tmp_path / "run", plan, versions(), resume=False, overwrite=False)
    for index in (0, 2):
        log = hand.make_log(hand.full_flight())
        log.header["labels"]["index"] = index
        save_log(log, folder.log(index))
    return folder


def made(folder):
    return sorted(path.name for path in (folder.path / "episodes").iterdir() if path.suffix not in (".jsonl", ".npz"))


def test_a_run_gets_a_page_for_each_episode_and_links_to_them(run, capsys):
    write_report(run)
    assert "replay in 3D" not in run.report.read_text("utf-8")
    assert main(["replay", str(run.path)]) == 0
    assert made(run) == ["0000.html", "0002.html"]
    text = run.report.read_text("utf-8")
    assert text.count("replay in 3D") == 2 and 'href="episodes/0002.html"' in text
    assert str(run.replay(0)) in capsys.readouterr().out
    assert "98." in run.replay(0).read_text("utf-8") or "of 100" in run.replay(0).read_text("utf-8")


def test_one_episode_by_number_or_by_its_file(run):
    assert main(["replay", str(run.path), "--episode", "2"]) == 0
    assert made(run) == ["0002.html"]
    assert main(["replay", str(run.log(0))]) == 0
    assert made(run) == ["0000.html", "0002.html"]
    assert run.report.read_text("utf-8").count("replay in 3D") == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{run}", "--episode", "1"], r"none of [1]"),
        (["{run}/episodes/0001.jsonl"], "0001.jsonl: can't be read"),
        (["{run}/nothing"], "nothing: can't be read"),
        (["{run}/episodes"], "run.json"),
        (["{run}/episodes/0000.jsonl", "--episode", "0"], "--episode: goes with the folder"),
    ],
)
def test_mistakes_are_told_in_one_message(run, capsys, arguments, told):
    assert main(["replay", *(text.replace("{run}", str(run.path)) for text in arguments)]) == 2
    error = capsys.readouterr().err
    assert told in error and "Traceback" not in error
    assert made(run) == []


def test_a_damaged_log_is_named_and_leaves_nothing(run, capsys):
    arrays = run.log(0).with_suffix(".npz")
    arrays.write_bytes(arrays.read_bytes()[:-7])
    assert main(["replay", str(run.path), "--episode", "0"]) == 2
    assert str(arrays) in capsys.readouterr().err
    assert made(run) == []


def test_a_kill_while_writing_leaves_the_old_page(run, monkeypatch):
    assert main(["replay", str(run.log(0))]) == 0
    before = run.replay(0).read_bytes()

    def killed(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    monkeypatch.setattr(command, "replay_page", lambda *args: "half")
    assert main(["replay", str(run.log(0))]) == 130
    monkeypatch.undo()
    assert run.replay(0).read_bytes() == before and made(run) == ["0000.html"]
