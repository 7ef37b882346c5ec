"""The public board, rebuilt when the ledger has grown."""

import hashlib
import json
from typing import NamedTuple

from goldentime.errors import GoldenTimeError
from goldentime.eval.board.build import BoardOptions, build_board
from goldentime.eval.referee.keys import read_public_key
from goldentime.eval.service.home import Home
from goldentime.eval.service.locks import locked
from goldentime.files import pretty_json, utc_now, write_atomic

__all__ = ["BoardState", "board_state", "publish"]


class BoardState(NamedTuple):
    """Of which ledger the board is, and why there is none of a newer one."""

    ledger: str = ""
    """SHA-256 of the file."""
    time: str = ""
    error: str = ""


def board_state(home: Home) -> BoardState:
    """What the last attempt left."""
    try:
        told = json.loads(home.board_state.read_bytes())
        return BoardState(str(told["ledger"]), str(told["time"]), str(told["error"]))
    except (OSError, ValueError, KeyError, TypeError):
        return BoardState()


def publish(home: Home) -> bool:
    """Build the board if the ledger is another than last time; whether this was done.

    One process at a time; a failure is kept for the organiser's page and not tried again before the ledger grows.
    """
    with locked(home.locks / "board") as ours:
        if not ours:
            return False
        ledger = hashlib.sha256(home.ledger.read_bytes()).hexdigest()
        if board_state(home).ledger == ledger:
            return False
        error = ""
        try:
            public = read_public_key(home.key_file.with_name(f"{home.key_file.name}.pub"))
            build_board(BoardOptions(ledger=home.ledger, runs=home.runs, out=home.board, public_key=public))
        except (GoldenTimeError, OSError) as problem:
            error = str(problem)
        # A line that came while it was built has another hash than this one, so that the board is built again.
        state = BoardState(ledger, utc_now(), error)
        write_atomic(home.board_state, pretty_json(state._asdict()))
        return True
