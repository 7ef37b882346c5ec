"""Draw the picture of docs/board.md: a small round flown, signed, built, and opened in a headless Chromium.

Run `python docs/draw_board.py runs/board docs/img/board.png`; flights that are in the folder already are not flown again.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from goldentime.eval.board.build import BoardOptions, build_board
from goldentime.eval.referee import actions
from goldentime.eval.referee.entries import Refusal
from goldentime.eval.referee.keys import new_key, read_signing_key
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.manifest import Facts

CRASHING = """class Crash:
    def reset(self, brief):
        pass

    def act(self, observation):
        raise RuntimeError("out of ideas")
"""

RUNS = (
    ("hover-1", "hover", "random", "불씨", 8),
    ("hover-2", "hover", "random", "Nightingale", 8),
    ("hover-3", "hover", "hover", "Nightingale", 8),
    ("hover-4", "hover", "crash.py:Crash", "한강 드론팀", 8),
    ("course-1", "course2020", "random", "불씨", 6),
    ("course-2", "course2020", "pilot", "한강 드론팀", 6),
    ("course-3", "course2020", "pilot", "Nightingale", 6),
)
"""Run, mission, agent, team, episodes."""


def fly(folder: Path) -> None:
    """Fly what is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "crash.py").write_text(CRASHING)
    for name, mission, agent, _, episodes in RUNS:
        if not (folder / "runs" / name / "scorecard.json").is_file():
            settings = (f"mission={mission}", f"agent={agent}", "split=public", f"episodes={episodes}")
            call = [sys.executable, "-m", "goldentime.cli", "evaluate", *settings, f"out=runs/{name}"]
            subprocess.run(call, cwd=folder, check=True)
    replay = [sys.executable, "-m", "goldentime.cli", "replay", "runs/course-2", "--episode", "0"]
    subprocess.run(replay, cwd=folder, check=True)


def enter(folder: Path) -> Path:
    """Sign it all in a new ledger."""
    ledger, keys = folder / "ledger.jsonl", folder / "key"
    for file in (ledger, keys, folder / "key.pub"):
        file.unlink(missing_ok=True)
    new_key(keys)
    key = read_signing_key(keys)
    new_ledger(ledger, key, "Golden Time: practice")
    for name, _, _, team, _ in RUNS:
        (folder / "runs" / name / "manifest.json").unlink(missing_ok=True)
        actions.add_run(ledger, key, folder / "runs" / name, Facts(team=team))
    refusal = Refusal(
        team="<script>alert(1)</script>",
        submission="5" * 64,
        mission="hover",
        split="public",
        outcome="refused_submission",
        reason="the archive holds ../../etc/passwd",
    )
    actions.add_refusal(ledger, key, refusal)
    actions.withdraw(ledger, key, "hover-2", "asked for by the team")
    return ledger


def draw(page: Path, size: tuple[int, int], out: Path) -> None:
    """Write a PNG of a page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("draw_board: needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        places = [f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", f"--screenshot={out.resolve()}"]
        flags = ["--headless=new", "--no-sandbox", "--hide-scrollbars"]
        subprocess.run([chromium, *flags, *places, page.resolve().as_uri()], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--page", default="index.html")
    parser.add_argument("--size", type=int, nargs=2, default=(1120, 1640))
    args = parser.parse_args()
    fly(args.folder)
    board = args.folder / "board"
    build_board(BoardOptions(ledger=enter(args.folder), runs=args.folder / "runs", out=board))
    draw(board / args.page, tuple(args.size), args.out)


if __name__ == "__main__":
    main()
