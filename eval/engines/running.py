"""A submission's process, seen from outside: its socket, its output, its end."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO

from goldentime.eval.engines.base import Ending
from goldentime.eval.engines.cgroups import Group
from goldentime.eval.outcomes import InfrastructureError

__all__ = ["Process", "start_process"]

_PIECE = 1 << 16
_KILLED_S = 10.0
# A shell puts itself in the groups and then becomes the engine, so that not a moment is spent outside them.
_ENTER = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ > "$1" || exit 125; shift; n=$((n-1)); done; exec "$@"'


class _Output:
    """Reads a pipe to its end on a thread of its own, and keeps the beginning."""

    def __init__(self, pipe: IO[bytes], most: int) -> None:
        self.kept, self.dropped = bytearray(), 0
        self._pipe, self._most = pipe, most
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._pipe:
            while piece := os.read(self._pipe.fileno(), _PIECE):
                room = self._most - len(self.kept)
                self.kept += piece[:room]
                self.dropped += max(0, len(piece) - room)

    def finish(self) -> None:
        """Wait for the end of the pipe; whoever still holds it by then is left alone."""
        self._thread.join(timeout=1.0)


class Process:
    """A started submission (`base.Running`)."""

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket, group: Group, output_bytes: int) -> None:
        assert process.stdout is not None
        self.channel = channel
        self._process, self._group = process, group
        self._output = _Output(process.stdout, output_bytes)
        self._ending: Ending | None = None

    def stop(self, grace_s: float = 0.0) -> Ending:
        """End everything that belongs to it."""
        if self._ending is None:
            self._ending = self._stop(grace_s)
        return self._ending

    def _stop(self, grace_s: float) -> Ending:
        code = self.wait(grace_s)
        self.channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        if code is None and self.wait(_KILLED_S) is None:
            raise InfrastructureError(f"process {self._process.pid} does not end although it was killed")
        out_of_memory = self._group.out_of_memory()
        self._group.close()
        self._output.finish()
        return Ending(code, out_of_memory, bytes(self._output.kept), self._output.dropped)

    def wait(self, seconds: float) -> int | None:
        """The exit code, if it ends by itself within that time."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def start_process(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, group: Group, output_bytes: int
) -> "Process":
    """Start a command in a session of its own inside a group; `{socket}` in a word is the number of its socket.

    Raises:
        InfrastructureError: the machine can't start it.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    number = str(theirs.fileno())
    doors = [str(door) for door in group.doors]
    words = [word.replace("{socket}", number) for word in command]
    kept = [theirs.fileno(), *(int(word) for flag, word in pairwise(words) if flag == "--seccomp")]
    try:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _ENTER, "enter", str(len(doors)), *doors, *words],
            env={name: value.replace("{socket}", number) for name, value in environment.items()},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=kept,
            start_new_session=True,
        )
    except OSError as error:
        ours.close()
        group.close()
        raise InfrastructureError(f"can't start {command[0]}: {error}") from None
    finally:
        theirs.close()
    return Process(process, ours, group, output_bytes)
