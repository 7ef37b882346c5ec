"""The wall without a container engine: bubblewrap, a seccomp filter, control groups and resource limits.

What a submission sees is put together from nothing: system libraries, interpreter and packages, itself, all read-only, and
two small scratch folders in memory. It has no network, its own process numbers, no capabilities, and a user number that
nobody else has.

Started by root, bubblewrap makes the namespaces with root's rights and the submission changes to a user number of its own
before it begins, since limits on processes do not hold for root, not even inside a user namespace. Started by someone
else, a user namespace does the same.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from goldentime.eval.engines.base import Launch, Running
from goldentime.eval.engines.cgroups import Group, sweep
from goldentime.eval.engines.inside import environment, limited, package_folders, python_folders, resolved
from goldentime.eval.engines.limits import MIB, Limits
from goldentime.eval.engines.running import start_process
from goldentime.eval.engines.seccomp import filter_bytes
from goldentime.eval.outcomes import InfrastructureError

__all__ = ["INSIDE", "Bubblewrap"]

INSIDE = "/submission"
_SCRATCH = "/tmp"
_FIRST_USER, _USERS = 61_184, 4_000
"""User numbers that systemd keeps for users made for a moment; no files belong to them."""
_COUNT = itertools.count()
_SYSTEM = ("/usr", "/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl/certs")
_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")


class Bubblewrap:
    """An engine (`base.Engine`).

    Raises:
        InfrastructureError: bubblewrap is not installed.
    """

    name = "bubblewrap"
    wall = True

    def __init__(self) -> None:
        path = shutil.which("bwrap")
        if path is None:
            raise InfrastructureError("bubblewrap is not installed: apt-get install bubblewrap (Debian, Ubuntu)")
        self._path, self._root = path, os.geteuid() == 0
        sweep()
        probe = Group(Limits())
        self._groups, self._cpu = probe.limits_memory, probe.limits_cpu
        probe.close()

    @property
    def enforces(self) -> Mapping[str, str]:
        """By kind of limit what holds it."""
        return {
            "memory": "control group" if self._groups else "address space of each process",
            "processor": "control group and time of each process" if self._cpu else "time of each process",
            "user": "user number of its own" if self._root else "user namespace",
        }

    def start(self, launch: Launch) -> Running:
        """Start a submission behind the wall.

        Raises:
            InfrastructureError: the machine can't.
        """
        group = Group(launch.limits)
        with tempfile.TemporaryFile() as program:
            program.write(filter_bytes())
            program.seek(0)
            variables = [word for item in environment(_SCRATCH).items() for word in ("--setenv", *item)]
            command = [
                self._path,
                "--clearenv",
                *variables,
                *_namespaces(root=self._root),
                *_files(launch),
                "--seccomp",
                str(program.fileno()),
                "--",
                *(_other_user() if self._root else []),
                *limited(launch.limits, memory=not group.limits_memory),
                *resolved(launch.command),
            ]
            output = launch.limits.output_kib * 1024
            return start_process(command, {}, Path("/"), group, output)

    def stands(self) -> None:
        """Try the wall with a submission that does nothing.

        Raises:
            InfrastructureError: it does not stand here.
        """
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            running = self.start(Launch(command=("/usr/bin/true",), folder=Path(folder), limits=Limits()))
            ending = running.stop(grace_s=10.0)
        if ending.code != 0:
            said = ending.output.decode(errors="replace").strip()
            raise InfrastructureError(f"bubblewrap does not start here (exit code {ending.code}): {said}")


def _namespaces(*, root: bool) -> list[str]:
    words = ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "agent"]
    if not root:
        other = ["--uid", str(_FIRST_USER), "--gid", str(_FIRST_USER)]
        return [*words, "--unshare-all", "--unshare-user", "--disable-userns", *other]
    # Root's own rights suffice, and one thing less of the kernel's lies open: no user namespace.
    apart = [f"--unshare-{kind}" for kind in ("ipc", "pid", "net", "uts", "cgroup")]
    needed = [word for cap in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP") for word in ("--cap-add", cap)]
    return [*words, *apart, *needed]


def _other_user() -> list[str]:
    """A command that gives up root for a user number of this process's own, and with it all capabilities."""
    user = str(_FIRST_USER + (os.getpid() * 7 + next(_COUNT)) % _USERS)
    none = ["--inh-caps", "-all", "--bounding-set", "-all"]
    return ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups", *none, "--"]


def _files(launch: Launch) -> list[str]:
    folders = [str(folder) for folder in (*python_folders(), *package_folders())]
    words = ["--proc", "/proc", "--dev", "/dev"]
    # Scratch first: the interpreter may lie in a folder under /tmp, which stays in sight then.
    for scratch in (_SCRATCH, "/dev/shm"):
        words += ["--perms", "1777", "--size", str(launch.limits.scratch_mib * MIB), "--tmpfs", scratch]
    # Parents that bubblewrap makes by itself are closed to all but root.
    parents = dict.fromkeys(str(parent) for path in (*_SYSTEM, *folders) for parent in reversed(Path(path).parents))
    words += [w for parent in parents if parent not in ("/", _SCRATCH) for w in ("--perms", "0755", "--dir", parent)]
    for path in _SYSTEM:
        words += ["--ro-bind-try", path, path]
    for name in _LINKS:
        link = Path(name)
        words += ["--symlink", os.readlink(link), name] if link.is_symlink() else ["--ro-bind-try", name, name]
    for folder in folders:
        words += ["--ro-bind", folder, folder]
    return [*words, "--ro-bind", str(launch.folder), INSIDE, "--chdir", INSIDE, "--remount-ro", "/dev", "--remount-ro", "/"]
