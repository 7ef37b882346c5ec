"""The worker processes of a service: started, started again when they end, ended with it."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence

from goldentime.eval.service.home import Home

__all__ = ["Crew"]

_LOOK_S = 0.5
_PAUSE_S = 2.0
"""Before a worker that ended is started again, so that one which always fails does not keep a core busy."""
_GRACE_S = 20.0


class Crew:
    """So many workers.

    Args:
        arguments: of `goldentime serve worker`.
    """

    def __init__(self, home: Home, count: int, arguments: Sequence[str]) -> None:
        base = [sys.executable, "-m", "goldentime.cli", "serve", "worker", str(home.path)]
        self._command = [*base, "--parent", str(os.getpid()), *arguments]
        self._count = count
        self._workers: list[subprocess.Popen[bytes]] = []
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> "Crew":
        self._workers = [self._start() for _ in range(self._count)]
        self._watch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._watch.join()
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, stdin=subprocess.DEVNULL)

    def _keep(self) -> None:
        while not self._over.wait(_LOOK_S):
            for place, worker in enumerate(self._workers):
                if worker.poll() is not None and not self._over.wait(_PAUSE_S):
                    self._workers[place] = self._start()
