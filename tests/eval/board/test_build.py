"""`goldentime board build` on the signed ledger of tests/golden/referee, as an outsider has it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from goldentime.cli import main
from goldentime.errors import ConfigError, LedgerError
from goldentime.eval.board.build import BoardOptions, build_board
from goldentime.eval.board.results import results_json
from goldentime.eval.board.site import Material
from goldentime.eval.board.tables import rounds

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture
def files(tmp_path) -> BoardOptions:
    """A copy to break; reports and a replay lie beside the logs, as `evaluate` and `replay` leave them."""
    shutil.copytree(GOLDEN / "referee", tmp_path / "contest")
    runs = tmp_path / "contest" / "flights"
    for run in runs.iterdir():
        (run / "report.html").write_text(f"report of {run.name}")
        (run / "episodes" / "0000.html").write_text(f"replay of {run.name}")
    return BoardOptions(ledger=tmp_path / "contest" / "ledger.jsonl", runs=runs, out=tmp_path / "board")


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_board_is_built_and_built_again_to_the_byte(files, capsys):
    call = ["board", "build", str(files.ledger), "--runs", str(files.runs), "--out", str(files.out)]
    assert main([*call, "--public-key", str(files.ledger.parent / "key.pub")]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "9 entries: 2 ranked, 1 withdrawn, 1 refused"
    assert out.splitlines()[1].endswith("/board/index.html")
    first = everything(files.out)
    (files.out / "team-of-yesterday.html").write_text("gone with the next board")
    build_board(files)
    assert everything(files.out) == first
    assert {path.name for path in files.out.parent.iterdir()} == {"board", "contest"}
    assert (GOLDEN / "board" / "ledger.results.json").read_bytes() == first["results.json"]


def test_the_results_of_a_season(season):
    material = Material(board=season, rounds=tuple(rounds(season)), slices={}, links={})
    assert results_json(material) == (GOLDEN / "board" / "season.results.json").read_bytes()


def test_only_flights_that_may_be_seen_are_copied(files):
    """Of the three runs one's seeds are still hidden and one is withdrawn."""
    build_board(files)
    assert {name for name in everything(files.out) if name.startswith("runs/")} == {
        "runs/shown/report.html",
        "runs/shown/episodes/0000.html",
    }
    index = (files.out / "index.html").read_text()
    assert 'href="runs/shown/episodes/0000.html"' in index
    assert "runs/closed" not in index
    for path in files.out.glob("*"):
        assert not path.is_file() or b"closed/episodes" not in path.read_bytes()


def test_links_out_of_a_runs_folder_are_not_followed(files):
    secret = files.out.parent / "secret"
    secret.write_text("canary")
    report = files.runs / "shown" / "report.html"
    report.unlink()
    report.symlink_to(secret)
    build_board(files)
    assert not any(b"canary" in content for content in everything(files.out).values())


def test_a_broken_ledger_gets_no_board(files, capsys):
    content = files.ledger.read_bytes()
    files.ledger.write_bytes(content.replace(b'"totals":{"0":0.0}', b'"totals":{"0":9.0}', 1))
    assert main(["board", "build", str(files.ledger), "--runs", str(files.runs), "--out", str(files.out)]) == 2
    told = capsys.readouterr().err
    assert "no board is built" in told
    assert f"BROKEN {files.ledger}:3 (bytes " in told
    assert not files.out.exists()


def test_a_changed_run_gets_no_board_and_the_old_one_stays(files):
    build_board(files)
    before = everything(files.out)
    lines = files.runs / "shown" / "episodes.jsonl"
    lines.write_bytes(lines.read_bytes().replace(b'"total":0.0', b'"total":9.0', 1))
    with pytest.raises(LedgerError, match=r"episodes\.jsonl"):
        build_board(files)
    assert everything(files.out) == before


def test_missing_runs_are_minded_unless_allowed(files):
    shutil.rmtree(files.runs / "open")  # withdrawn: its folder may go
    build_board(files)
    shutil.rmtree(files.runs / "closed")
    with pytest.raises(LedgerError, match="its folder"):
        build_board(files)
    call = ["board", "build", str(files.ledger), "--runs", str(files.runs), "--out", str(files.out), "--allow-missing"]
    assert main(call) == 0
    told = json.loads((files.out / "results.json").read_bytes())
    assert {run["run"]: run["standing"] for run in told["runs"]}["closed"] == "ranked"


def test_another_folder_is_not_overwritten(files):
    files.out.mkdir()
    (files.out / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigError, match="expected a new or empty folder or a board"):
        build_board(files)
    assert [path.name for path in files.out.iterdir()] == ["thesis.tex"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium")
def test_a_visitor_sorts_and_follows_a_team(files):
    """Also on another board: GOLDENTIME_BOARD=FOLDER."""
    board = os.environ.get("GOLDENTIME_BOARD")
    if board is None:
        build_board(files)
        replay = files.out / "runs" / "shown" / "episodes" / "0000.html"
        replay.write_text('<b id="clock">0:00 / 0:01</b>')
    call = [sys.executable, ROOT / ".ci" / "check_board.py", board or files.out]
    done = subprocess.run(call, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert "==> history of" in done.stdout
