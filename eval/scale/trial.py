"""Small clusters on this machine, to try the ways of spreading for real: two Ray nodes, or Slurm with a node of its own."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.scale.on_ray import load_ray
from goldentime.eval.workers import one_thread_each

__all__ = ["ray_nodes", "slurm_here"]

_START_S = 60.0
_STORE_BYTES = 100 << 20
_TOKEN = secrets.token_hex(32)
"""One for each process: Ray reads it once."""
_SLURM = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "sinfo")

_CONF = """\
ClusterName=goldentime
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SchedulerParameters=sched_interval=2,defer_batch
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=trial Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


@contextmanager
def ray_nodes(count: int) -> Iterator[tuple[str, Any]]:
    """A Ray cluster of so many nodes with a processor each, with a token of its own; address and Ray's `Cluster`.

    Raises:
        MissingDependencyError: Ray is not installed.
        InfrastructureError: twice a node does not start within the 30 s that Ray waits, on a machine that is too busy.
    """
    before = os.environ.get("RAY_AUTH_TOKEN")
    os.environ["RAY_AUTH_TOKEN"] = _TOKEN
    try:
        load_ray()
        with one_thread_each():
            made = _started(count)
        try:
            yield made.address, made
        finally:
            made.shutdown()
    finally:
        _restore("RAY_AUTH_TOKEN", before)


def _started(count: int) -> Any:
    """A cluster; a second one where the first has not started in time, for then much of Ray is in memory."""
    for tries_left in (1, 0):
        cluster = import_module("ray.cluster_utils").Cluster()
        try:
            for number in range(count):
                head = {} if number else {"include_dashboard": False}
                cluster.add_node(num_cpus=1, object_store_memory=_STORE_BYTES, **head)
            return cluster
        except Exception as error:  # it has no class of its own
            cluster.shutdown()
            if not tries_left:
                raise InfrastructureError(f"Ray does not start here: {str(error)[:500]}") from None
    raise AssertionError("one of two tries returns or raises")


@contextmanager
def slurm_here(cpus: int = 2) -> Iterator[Path]:
    """Slurm's own daemons on this machine, for root; the folder they keep their things in. `$SLURM_CONF` names them.

    Raises:
        InfrastructureError: Slurm is not installed, this is not root, or it does not start.
    """
    missing = [name for name in _SLURM if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        raise InfrastructureError(f"Slurm can't be started here: needs root and {', '.join(missing) or 'nothing else'}: "
                                  "apt-get install slurm-wlm munge (Debian, Ubuntu)")  # fmt: skip
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="goldentime-slurm-")))
        for name in ("state", "spool"):
            (folder / name).mkdir()
        ports = {"controller": _free_port(), "node": _free_port()}
        host = socket.gethostname().split(".")[0]
        (folder / "slurm.conf").write_text(_CONF.format(host=host, folder=folder, cpus=cpus, **ports))
        before = os.environ.get("SLURM_CONF")
        closing.callback(_restore, "SLURM_CONF", before)
        os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
        _munge(folder, closing)
        for words in (["slurmctld", "-D", "-c"], ["slurmd", "-D", "-c", "-N", host]):
            _daemon(words, folder, closing)
        _await(folder, lambda: "idle" in _said("sinfo", "--noheader", "--format=%t"))
        yield folder


def _munge(folder: Path, closing: ExitStack) -> None:
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    files = {"socket": "munge.socket", "key-file": "munge.key", "log-file": "munge.log", "pid-file": "munge.pid"}
    files |= {"seed-file": "munge.seed"}
    _daemon(["munged", "--foreground", "--force", *(f"--{k}={folder / v}" for k, v in files.items())], folder, closing)
    _await(folder, (folder / "munge.socket").exists)


def _daemon(words: list[str], folder: Path, closing: ExitStack) -> None:
    log = closing.enter_context((folder / f"{words[0]}.out").open("wb"))
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def end() -> None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait(10)

    closing.callback(end)


def _await(folder: Path, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + _START_S
    while not ready():
        if time.monotonic() > end:
            files = [*folder.glob("*.log"), *folder.glob("*.out")]
            logs = "\n".join(f"{path.name}: {path.read_text(errors='replace')[-1500:]}" for path in files)
            raise InfrastructureError(f"Slurm does not start here within {_START_S:g} s\n{logs}")
        time.sleep(0.2)


def _said(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=_START_S)
    return done.stdout


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
