"""Control groups: memory, processes and processor time of a submission as a whole, where the kernel lets us make some.

Version 1 has a tree per controller, version 2 one for all; the kernel's documentation is in admin-guide/cgroup-v1 and
admin-guide/cgroup-v2. As container engines do, the groups are made under one of our own, `goldentime`, at the root.
"""

import itertools
import os
import time
from contextlib import suppress
from pathlib import Path

from goldentime.eval.engines.limits import MIB, Limits

__all__ = ["ROOT", "Group", "sweep", "usable"]

ROOT = Path("/sys/fs/cgroup")
_PARENT = "goldentime"
_CONTROLLERS = ("memory", "pids", "cpu")
_PERIOD_US = 100_000
_OURS = 4
"""Processes of the engine itself, which stand in the same group."""
_COUNT = itertools.count()


class Group:
    """One submission's group; made empty, joined by the first process through `doors`, removed with `close`."""

    def __init__(self, limits: Limits, root: Path = ROOT) -> None:
        self._folders = {}
        name = f"{os.getpid()}-{next(_COUNT)}"
        for controller in usable(root):
            folder = _tree(root, controller) / _PARENT / name
            folder.mkdir(parents=True, exist_ok=True)
            self._folders[controller] = folder
        self._second = _is_second(root)
        for controller, file, value in _settings(limits, self._second):
            if controller in self._folders:
                with suppress(FileNotFoundError):  # kernels without swap accounting lack its files
                    (self._folders[controller] / file).write_text(value)

    @classmethod
    def none(cls) -> "Group":
        """No group at all, for engines that make their own."""
        return cls(Limits(), Path("/nonexistent"))

    @property
    def doors(self) -> list[Path]:
        """Files that a process writes its number into to join."""
        return sorted({folder / "cgroup.procs" for folder in self._folders.values()})

    @property
    def limits_memory(self) -> bool:
        """Whether the kernel ends what takes too much memory."""
        return "memory" in self._folders

    @property
    def limits_cpu(self) -> bool:
        """Whether its processor time is limited as a whole."""
        return "cpu" in self._folders

    def out_of_memory(self) -> bool:
        """Whether the kernel has ended a process of the group for want of memory."""
        if not self.limits_memory:
            return False
        file = self._folders["memory"] / ("memory.events" if self._second else "memory.oom_control")
        try:
            words = file.read_text().split()
        except OSError:
            return False
        return int(dict(zip(words[::2], words[1::2], strict=False)).get("oom_kill", 0)) > 0

    def close(self) -> None:
        """End whatever is still in the group, then remove it."""
        for _ in range(100):
            for number in [number for door in self.doors for number in _numbers(door)]:
                with suppress(ProcessLookupError):
                    os.kill(number, 9)
            for folder in {*self._folders.values()}:
                with suppress(OSError):
                    folder.rmdir()
            if not any(folder.is_dir() for folder in self._folders.values()):
                return
            time.sleep(0.01)


def sweep(root: Path = ROOT) -> None:
    """Remove what referees that were killed have left; their submissions have ended with them."""
    for controller in usable(root):
        for folder in (_tree(root, controller) / _PARENT).glob("[0-9]*-[0-9]*"):
            if not Path("/proc", folder.name.split("-")[0]).exists():
                with suppress(OSError):
                    folder.rmdir()


def usable(root: Path = ROOT) -> tuple[str, ...]:
    """The controllers that groups can be made with here."""
    found = []
    for controller in _CONTROLLERS:
        tree = _tree(root, controller)
        try:
            if not os.access(tree, os.W_OK):
                continue
            (tree / _PARENT).mkdir(exist_ok=True)
            if _is_second(root):
                for level in (tree, tree / _PARENT):
                    (level / "cgroup.subtree_control").write_text(f"+{controller}")
            found.append(controller)
        except OSError:
            continue
    return tuple(found)


def _is_second(root: Path) -> bool:
    return (root / "cgroup.controllers").is_file()


def _tree(root: Path, controller: str) -> Path:
    return root if _is_second(root) else root / controller


def _settings(limits: Limits, second: bool) -> list[tuple[str, str, str]]:
    memory, quota = str(limits.memory_mib * MIB), int(limits.cpus * _PERIOD_US)
    if second:
        return [
            ("memory", "memory.max", memory),
            ("memory", "memory.swap.max", "0"),
            ("pids", "pids.max", str(limits.processes + _OURS)),
            ("cpu", "cpu.max", f"{quota} {_PERIOD_US}"),
        ]
    return [
        ("memory", "memory.limit_in_bytes", memory),
        ("memory", "memory.memsw.limit_in_bytes", memory),
        ("pids", "pids.max", str(limits.processes + _OURS)),
        ("cpu", "cpu.cfs_period_us", str(_PERIOD_US)),
        ("cpu", "cpu.cfs_quota_us", str(quota)),
    ]


def _numbers(door: Path) -> list[int]:
    try:
        return [int(line) for line in door.read_text().split()]
    except OSError:
        return []
