"""No wall: a process of the referee's own user, for development on a machine without bubblewrap.

It has the same limits of time, memory and size as behind the wall, an empty environment and its own scratch folder; but it
can read what the user can read, and reach the network. Only for one's own agents.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from goldentime.eval.engines.base import Ending, Launch, Running
from goldentime.eval.engines.cgroups import Group
from goldentime.eval.engines.inside import environment, limited, resolved
from goldentime.eval.engines.running import Process, start_process

__all__ = ["NO_WALL", "PlainProcess"]

NO_WALL = (
    "NO WALL: the engine 'process' runs the submission as your own user, with your files and your network in its reach. "
    "Never run a stranger's submission like this; install bubblewrap for the real thing."
)


class _Scratched:
    """A process whose scratch folder goes with it."""

    def __init__(self, process: Process, scratch: str) -> None:
        self.channel = process.channel
        self._process, self._scratch = process, scratch

    def stop(self, grace_s: float = 0.0) -> Ending:
        """End it, and remove what it left."""
        ending = self._process.stop(grace_s)
        shutil.rmtree(self._scratch, ignore_errors=True)
        return ending


class PlainProcess:
    """An engine (`base.Engine`) without a wall."""

    name = "process"
    wall = False
    enforces: Mapping[str, str] = {"memory": "control group or address space", "processor": "time of each process"}

    def start(self, launch: Launch) -> Running:
        """Start a submission as the referee's own user."""
        scratch = tempfile.mkdtemp(prefix="goldentime-scratch-")
        os.chmod(scratch, 0o700)
        group = Group(launch.limits)
        command = [*limited(launch.limits, memory=not group.limits_memory), *resolved(launch.command)]
        folder = Path(launch.folder).resolve()
        process = start_process(command, environment(scratch), folder, group, launch.limits.output_kib * 1024)
        return _Scratched(process, scratch)

    def stands(self) -> None:
        """There is nothing that could fall."""
