"""The wall of a container engine: Podman, as root, with runc.

Without an image a container sees what a submission sees behind bubblewrap: system libraries, interpreter and packages,
itself, all bound read-only into an empty root, so that nothing has to be built or fetched. With one (`eval/containers`) it
sees the image and itself. Limits are the same, and so is the seccomp filter, the same table told to Podman by names.

Rootless Podman on control groups of version 1 drops limits without a word, so that only root's is used. crun fails without
CAP_SYS_RESOURCE where runc does not. A container outlives a referee that was killed: the next one ends it.
"""

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from goldentime.eval.containers.images import image_identity
from goldentime.eval.engines.base import Ending, Launch, Running
from goldentime.eval.engines.cgroups import Group
from goldentime.eval.engines.inside import environment, limited, package_folders, python_folders, resolved
from goldentime.eval.engines.limits import MIB, Limits
from goldentime.eval.engines.running import Process, start_process
from goldentime.eval.engines.seccomp import profile
from goldentime.eval.outcomes import InfrastructureError

__all__ = ["Podman"]

_FIRST_USER, _USERS = 61_184, 4_000
_COUNT = itertools.count()
_LABEL = "goldentime.referee"
_PATIENCE_S = 60
_FOLDER = "goldentime-podman-"
_KILLED = 137
# Podman hands on descriptors from 3 upwards without gaps.
_AS_THREE = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])"
# The first process of a container does not hear the signal that its processor time is used up.
_AS_FIRST = ("/bin/sh", "-c", '"$@"; exit $?', "first")
_FIRST = 1
_SYSTEM = ("/usr", "/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl/certs")
_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")


class _Container:
    """A running container (`base.Running`)."""

    def __init__(self, engine: "Podman", name: str, process: Process) -> None:
        self.channel: socket.socket = process.channel
        self._engine, self._name, self._process = engine, name, process
        self._ending: Ending | None = None

    def stop(self, grace_s: float = 0.0) -> Ending:
        """End the container and remove it."""
        if self._ending is None:
            # Podman's own word, OOMKilled, stays false on control groups of version 1. No other limit ends a submission by
            # this signal; one that sends it to itself is taken for a memory hog.
            out_of_memory = self._process.wait(grace_s) == _KILLED
            self._engine.call("rm", "--force", "--time", "0", "--ignore", self._name)
            self._ending = self._process.stop()._replace(out_of_memory=out_of_memory)
        return self._ending


class Podman:
    """An engine (`base.Engine`).

    Args:
        image: name or identity of the image that submissions run in; without it, an empty root.

    Raises:
        InfrastructureError: Podman or runc is not installed, this is not root, or there is no such image.
    """

    name = "podman"
    wall = True
    enforces: Mapping[str, str] = {"memory": "container", "processor": "container", "user": "user number of its own"}

    def __init__(self, image: str | None = None) -> None:
        path = shutil.which("podman")
        if path is None or shutil.which("runc") is None:
            raise InfrastructureError("podman and runc are not installed: apt-get install podman runc (Debian, Ubuntu)")
        if os.geteuid() != 0:
            raise InfrastructureError("podman: rootless containers may drop limits without a word: run the referee as root")
        self._path = path
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.chmod(0o755)
        root, self._profile = self._folder / "root", self._folder / "seccomp.json"
        self._profile.write_text(json.dumps(profile()))
        self._image = image is not None
        self._bound: list[Path] = []
        if image is not None:
            self._inside = ["--entrypoint", "", "--image-volume", "ignore", image_identity(image)]
        else:
            seen = (*map(Path, _SYSTEM), *python_folders(), *package_folders())
            self._bound = [path for path in seen if path.exists()]
            self._inside = ["--rootfs", str(root)]
            _empty_root(root, self._bound)
        self._end_orphans()

    def call(self, *words: str) -> str:
        """What a command of Podman's answers; empty if it fails."""
        done = subprocess.run([self._path, *words], capture_output=True, text=True, timeout=_PATIENCE_S)
        return done.stdout.strip() if done.returncode == 0 else ""

    def start(self, launch: Launch) -> Running:
        """Start a submission in a container.

        Raises:
            InfrastructureError: the machine can't.
        """
        number = next(_COUNT)
        name = f"goldentime-{os.getpid()}-{number}"
        user = _FIRST_USER + (os.getpid() * 7 + number) % _USERS
        scratch = {**environment("/tmp", package=not self._image), "GOLDENTIME_SOCKET": "fd:3"}
        binds = [*((path, str(path)) for path in self._bound), (launch.folder, "/submission")]
        command = [
            *(sys.executable, "-I", "-S", "-c", _AS_THREE, "{socket}", self._path, "--runtime", "runc", "run"),
            *("--name", name, "--label", f"{_LABEL}={os.getpid()}", "--user", f"{user}:{user}"),
            *_bounds(launch.limits),
            *("--security-opt", f"seccomp={self._profile}"),
            *(f"--env={key}={value}" for key, value in scratch.items()),
            *(f"--volume={source}:{target}:ro" for source, target in binds),
            *("--workdir", "/submission"),
            *self._inside,
            *_AS_FIRST,
            *limited(launch.limits, memory=False),
            *(launch.command if self._image else resolved(launch.command)),
        ]
        # Podman itself stands outside the limits; it needs to know where its own things are.
        own = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        process = start_process(command, own, Path("/"), Group.none(), launch.limits.output_kib * 1024)
        return _Container(self, name, process)

    def stands(self) -> None:
        """Try the wall with a submission that does nothing.

        Raises:
            InfrastructureError: it does not stand here.
        """
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            ending = self.start(Launch(command=("/usr/bin/true",), folder=Path(folder), limits=Limits())).stop(_PATIENCE_S)
        if ending.code != 0:
            said = ending.output.decode(errors="replace").strip()
            raise InfrastructureError(f"podman does not start here (exit code {ending.code}): {said[:1000]}")

    def _end_orphans(self) -> None:
        """End containers of referees that are no more, and remove their folders."""
        for folder in self._folder.parent.glob(f"{_FOLDER}*-*"):
            number = folder.name.removeprefix(_FOLDER).split("-")[0]
            if number.isdigit() and not Path("/proc", number).exists():
                shutil.rmtree(folder, ignore_errors=True)
        for line in self.call("ps", "--all", "--filter", f"label={_LABEL}", "--format", "{{.Names}}").splitlines():
            with suppress(ValueError, IndexError):
                if not Path(f"/proc/{int(line.split('-')[1])}").exists():
                    self.call("rm", "--force", "--time", "0", "--ignore", line)


def _bounds(limits: Limits) -> list[str]:
    memory, scratch = str(limits.memory_mib * MIB), limits.scratch_mib * MIB
    tasks, cpus = str(limits.processes + _FIRST), str(limits.cpus)
    return [
        *("--pull", "never", "--network", "none", "--no-hosts", "--http-proxy=false", "--log-driver", "none"),
        *("--memory", memory, "--memory-swap", memory, "--pids-limit", tasks, "--cpus", cpus),
        *("--read-only", "--read-only-tmpfs=false", "--tmpfs", f"/tmp:rw,size={scratch},mode=1777"),
        *("--shm-size", str(scratch), "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--preserve-fds", "1"),
    ]


def _empty_root(root: Path, bound: list[Path]) -> None:
    """Folders and files for everything that is bound, and the links that lead into /usr."""
    for path in (*bound, *map(Path, ("/proc", "/dev", "/sys", "/tmp", "/run", "/submission"))):
        inside = root / path.relative_to("/")
        if path.is_file():
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.touch()
        else:
            inside.mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)  # the file system over it takes on its rights
    for name in _LINKS:
        link = Path("/", name)
        if link.is_symlink():
            (root / name).symlink_to(os.readlink(link))
