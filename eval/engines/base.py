"""The seam of the wall: an engine starts a submission and hands back the socket to it."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from goldentime.eval.engines.limits import Limits
from goldentime.records import record

__all__ = ["Ending", "Engine", "Launch", "Running"]


@record
class Launch:
    """What to start."""

    command: tuple[str, ...]
    """Run in the submission's folder; a first word `python` means the referee's own interpreter."""
    folder: Path
    """The submission, unpacked; the agent can read and not change it."""
    limits: Limits


class Ending(NamedTuple):
    """How a submission's process ended."""

    code: int | None
    """Exit code, negative for a signal; None if it was still running and was stopped."""
    out_of_memory: bool
    output: bytes
    """The beginning of what it printed, stdout and stderr together."""
    dropped: int
    """Bytes that it printed beyond that."""


class Running(Protocol):
    """A submission at work."""

    channel: socket.socket
    """The referee's end."""

    def stop(self, grace_s: float = 0.0) -> Ending:
        """End it and everything it started, after waiting up to `grace_s` for it to end by itself. Can be repeated."""


class Engine(Protocol):
    """Starts submissions, each shut off from the machine, from the network and from one another."""

    @property
    def name(self) -> str:
        """As the settings have it."""

    @property
    def wall(self) -> bool:
        """False where a submission could reach what the referee's user can."""

    @property
    def enforces(self) -> Mapping[str, str]:
        """By kind of limit, what holds it, such as `{"memory": "control group"}`."""

    def start(self, launch: Launch) -> Running:
        """Start a submission.

        Raises:
            InfrastructureError: it can't, for a reason of the machine's.
        """

    def stands(self) -> None:
        """Try it with a submission that does nothing.

        Raises:
            InfrastructureError: it does not work on this machine.
        """
