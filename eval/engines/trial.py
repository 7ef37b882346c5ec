"""Prove an engine's limits by trying to break each of them (`engines.probe`), as `goldentime doctor --referee` does."""

import json
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from goldentime.eval.engines.base import Ending, Engine, Launch
from goldentime.eval.engines.limits import Limits
from goldentime.eval.outcomes import AgentFailure, Outcome
from goldentime.eval.wire.remote import RemoteAgent

__all__ = ["TRIALS", "Trial", "try_limit"]

TRYING = Limits(
    reset_s=0.5, memory_mib=128, cpus=1.0, cpu_s=1, processes=16, open_files=64, file_mib=4, scratch_mib=8, output_kib=16
)
"""Tight, so that breaking them takes little time."""
_WAIT_S = 20.0
_SHARE_SLACK = 1.3
_CANARY = "GOLDENTIME_CANARY"


class Trial(NamedTuple):
    """What one attempt to break a limit came to."""

    name: str
    held: bool
    text: str


def try_limit(engine: Engine, name: str) -> Trial:
    """Try to break one limit, a key of `TRIALS`.

    Raises:
        InfrastructureError: the engine does not start anything.
    """
    argument, judge = TRIALS[name]
    with tempfile.TemporaryDirectory() as folder, _argument(argument) as told:
        os.chmod(folder, 0o755)
        command = ("python", "-m", "goldentime.eval.engines.probe", name, told)
        running = engine.start(Launch(command=command, folder=Path(folder), limits=TRYING))
        if name == "silence":
            return Trial(name, *_silence(RemoteAgent(running, TRYING)))
        ending = running.stop(_WAIT_S)
    return Trial(name, *judge(ending, _told(ending)))


def _told(ending: Ending) -> dict[str, Any]:
    for line in reversed(ending.output.decode("utf-8", "replace").splitlines()):
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            return told
    return {}


@contextmanager
def _argument(kind: str) -> Iterator[str]:
    """A number of `TRYING`, a port that is listened on, or a file with a secret that the environment holds as well."""
    if kind == "port":
        with socket.create_server(("127.0.0.1", 0)) as door:
            yield str(door.getsockname()[1])
    elif kind == "secret":
        secret = os.urandom(8).hex()
        with tempfile.NamedTemporaryFile("w", suffix=".secret") as file:
            os.chmod(file.name, 0o644)
            file.write(secret)
            file.flush()
            os.environ[_CANARY] = secret
            try:
                # The probe turns it round again: otherwise it would find its own argument.
                yield f"{file.name}:{secret[::-1]}"
            finally:
                del os.environ[_CANARY]
    else:
        yield str(getattr(TRYING, kind)) if kind else ""


def _silence(agent: RemoteAgent) -> tuple[bool, str]:
    try:
        agent.reset({})
    except AgentFailure as failure:
        return failure.outcome is Outcome.TIMEOUT, str(failure)
    finally:
        agent.close()
    return False, "it answered"


Judge = Callable[[Ending, dict[str, Any]], tuple[bool, str]]


def _nothing(key: str, good: str) -> Judge:
    """Held if the probe ran and its list is empty."""

    def judge(ending: Ending, told: dict[str, Any]) -> tuple[bool, str]:
        if key not in told:
            return False, f"the probe did not finish: exit code {ending.code}, {ending.output[-200:]!r}"
        return not told[key], f"{key}: {', '.join(told[key])}" if told[key] else good

    return judge


def _at_most(key: str, limit: float, unit: str) -> Judge:
    def judge(ending: Ending, told: dict[str, Any]) -> tuple[bool, str]:
        found = told.get(key)
        values: list[float] = list(found.values()) if isinstance(found, dict) else [] if found is None else [found]
        if not values:
            return False, f"the probe did not finish: exit code {ending.code}, {ending.output[-200:]!r}"
        return max(values) <= limit, f"{', '.join(map(str, values))} of {limit:g} {unit}"

    return judge


def _rights(ending: Ending, told: dict[str, Any]) -> tuple[bool, str]:
    held = (
        told.get("user", 0) != 0
        and int(told["CapEff"], 16) == int(told["CapPrm"], 16) == 0
        and (told["NoNewPrivs"], told["Seccomp"]) == ("1", "2")
    )
    return held, ", ".join(f"{name} {value}" for name, value in told.items()) or f"exit code {ending.code}"


def _memory(ending: Ending, told: dict[str, Any]) -> tuple[bool, str]:
    if ending.out_of_memory:
        return True, f"ended by the kernel at {TRYING.memory_mib} MiB, exit code {ending.code}"
    if told.get("refused"):
        return told["mib"] <= TRYING.memory_mib, f"refused after {told['mib']} of {TRYING.memory_mib} MiB"
    return False, f"took {told.get('mib', '?')} MiB of {TRYING.memory_mib}, exit code {ending.code}"


def _processor_time(ending: Ending, told: dict[str, Any]) -> tuple[bool, str]:
    return not told and ending.code not in (0, None), f"exit code {ending.code} after {TRYING.cpu_s} s of processor time"


def _output(ending: Ending, told: dict[str, Any]) -> tuple[bool, str]:
    kept = len(ending.output)
    return kept <= TRYING.output_kib * 1024 < kept + ending.dropped, f"{kept} bytes kept, {ending.dropped} dropped"


def _unused(ending: Ending, told: dict[str, Any]) -> tuple[bool, str]:
    raise AssertionError("the referee's clock judges silence")


TRIALS: dict[str, tuple[str, Judge]] = {
    "network": ("port", _nothing("reached", "no address reached")),
    "writing": ("", _nothing("written", "nothing written outside scratch")),
    "secrets": ("secret", _nothing("found", "planted secret not found in files, environment or /proc")),
    "rights": ("", _rights),
    "calls": ("", _nothing("passed", "mount, ptrace, unshare, bpf, keyctl, io_uring refused")),
    "scratch": ("scratch_mib", _at_most("mib", TRYING.scratch_mib, "MiB in each scratch folder")),
    "file_size": ("file_mib", _at_most("mib", TRYING.file_mib, "MiB in one file")),
    "open_files": ("open_files", _at_most("open", TRYING.open_files, "open files")),
    "processes": ("processes", _at_most("started", TRYING.processes, "processes")),
    "memory": ("memory_mib", _memory),
    "processor_time": ("", _processor_time),
    "processor_share": ("", _at_most("share", TRYING.cpus * _SHARE_SLACK, "processors")),
    "output": ("output_kib", _output),
    "silence": ("", _unused),
}
"""By limit: what its probe is told, and how its answer is judged."""
