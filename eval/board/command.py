"""The command `board`."""

import argparse
from collections import Counter
from pathlib import Path

from goldentime.eval.board.build import BoardOptions, build_board
from goldentime.eval.referee.keys import read_public_key

__all__ = ["board_command"]


def board_command(arguments: list[str]) -> int:
    """`goldentime board build`."""
    parser = argparse.ArgumentParser(prog="goldentime board", description="The leaderboard of a signed ledger.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="verify a ledger and make a folder of pages that opens from disk")
    build.add_argument("ledger", type=Path)
    build.add_argument("--runs", type=Path, required=True, help="the folder that holds the runs' folders")
    build.add_argument("--out", type=Path, required=True, help="a new folder, or a board to replace")
    build.add_argument("--public-key", type=Path, help="the organiser's, from elsewhere than the ledger")
    build.add_argument("--allow-missing", action="store_true", help="don't mind runs and files that are not in --runs")
    options = parser.parse_args(arguments)
    board = build_board(
        BoardOptions(
            ledger=options.ledger,
            runs=options.runs,
            out=options.out,
            public_key=read_public_key(options.public_key) if options.public_key else None,
            allow_missing=options.allow_missing,
        )
    )
    counts = Counter(run.standing.value for run in board.runs) + Counter(refused=len(board.refused))
    print(f"{board.entries} entries: {', '.join(f'{count} {name}' for name, count in counts.items()) or 'no runs'}")
    print(f"open this in a browser: {(options.out / 'index.html').resolve()}")
    return 0
