"""Processes that write to a ledger, for the tests.

`ledger_writer.py LEDGER KEY together WRITERS COUNT` or `ledger_writer.py LEDGER KEY killed ROUNDS`.

Each prints the reason of an entry as soon as `add_refusal` has answered. With `killed`, a writer is killed in each round:
in even rounds whenever it falls, in odd ones by itself in the middle of a write.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from goldentime.eval.referee import actions
from goldentime.eval.referee.entries import Refusal
from goldentime.eval.referee.keys import SigningKey, read_signing_key


def add(ledger: Path, key: SigningKey, reason: str) -> None:
    """One entry, told of once it is there."""
    body = Refusal(team="x", submission=None, mission="m", split="public", outcome="refused_submission", reason=reason)
    actions.add_refusal(ledger, key, body)
    os.write(1, f"{reason}\n".encode())


def write(ledger: Path, key: SigningKey, name: str, count: int) -> None:
    """In a child: some entries, then the end."""
    for number in range(count):
        add(ledger, key, f"{name}-{number}")
    os._exit(0)


def die_while_writing(cut: int) -> None:
    """From now on, a write to a ledger stops after some bytes, and the process with it."""
    whole = os.write

    def part(descriptor: int, data: Any) -> int:
        if descriptor == 1:
            return whole(descriptor, data)
        whole(descriptor, data[:cut])
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    os.write = part


def together(ledger: Path, key: SigningKey, writers: int, count: int) -> None:
    for writer in range(writers):
        if os.fork() == 0:
            write(ledger, key, str(writer), count)
    for _ in range(writers):
        assert os.wait()[1] == 0


def killed(ledger: Path, key: SigningKey, rounds: int) -> None:
    add(ledger, key, "begin")  # children should not have to import what signs
    rng = random.Random(0)
    for turn in range(rounds):
        cut, wait_s, size = rng.randrange(1, 500), rng.uniform(0.0, 0.02), ledger.stat().st_size
        child = os.fork()
        if child == 0:
            if turn % 2:
                die_while_writing(cut)
            write(ledger, key, str(turn), 1000)
        if turn % 2 == 0:
            while ledger.stat().st_size <= size:  # until it is at work
                time.sleep(0.001)
            time.sleep(wait_s)
            os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL


def main() -> None:
    ledger, key, mode, *numbers = sys.argv[1:]
    modes: dict[str, Callable[..., None]] = {"together": together, "killed": killed}
    modes[mode](Path(ledger), read_signing_key(Path(key)), *map(int, numbers))


if __name__ == "__main__":
    main()
