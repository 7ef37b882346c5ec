"""What every engine gives a submission: its environment, its limits as a command, the folders Python lives in."""

import os
import resource
import sys
from importlib.resources import files
from pathlib import Path

from goldentime.eval.engines.limits import MIB, Limits

__all__ = ["environment", "limited", "package_folders", "python_folders", "resolved"]

_PASSED_ON = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""They say which kernels linear algebra uses: without them the same agent would compute other last digits."""
_NONE = -1


def environment(scratch: str, *, package: bool = True) -> dict[str, str]:
    """All that is in the submission's environment; `{socket}` is filled in when it starts.

    Args:
        package: whether it is given the referee's own `goldentime`; an image has one.
    """
    fixed = {
        "GOLDENTIME_SOCKET": "fd:{socket}",
        "HOME": scratch,
        "LANG": "C.UTF-8",
        "MKL_NUM_THREADS": "1",
        "MPLCONFIGDIR": scratch,
        "NUMBA_CACHE_DIR": scratch,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": scratch,
        "USER": "agent",
    }
    if package:
        fixed["PYTHONPATH"] = str(_package().parent)
    return {**fixed, **{name: os.environ[name] for name in _PASSED_ON if name in os.environ}}


def resolved(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command with the referee's interpreter in the place of `python`."""
    return (sys.executable, *command[1:]) if command[0] == "python" else command


def limited(limits: Limits, *, memory: bool) -> list[str]:
    """A command that sets the limits of a process and then becomes what follows it.

    Args:
        memory: whether address space is limited too, for want of a control group. It is more than memory in use.
    """
    bounds = {
        "nproc": (resource.RLIMIT_NPROC, limits.processes),
        "nofile": (resource.RLIMIT_NOFILE, limits.open_files),
        "fsize": (resource.RLIMIT_FSIZE, limits.file_mib * MIB),
        "cpu": (resource.RLIMIT_CPU, limits.cpu_s),
        "core": (resource.RLIMIT_CORE, 0),
    }
    if memory:
        bounds["as"] = (resource.RLIMIT_AS, limits.memory_mib * MIB)
    words = [f"--{name}={_within(*bound)}" for name, bound in bounds.items()]
    # A second later the kernel kills: before that there is a signal that tells why.
    words = [f"{word}:{_within(resource.RLIMIT_CPU, limits.cpu_s + 1)}" if "cpu" in word else word for word in words]
    return ["/usr/bin/prlimit", *words, "--"]


def _within(kind: int, value: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return value if hard == resource.RLIM_INFINITY or hard == _NONE else min(value, hard)


def python_folders() -> list[Path]:
    """Where the interpreter and its packages lie, outermost only."""
    found = [Path(prefix).resolve() for prefix in (sys.base_prefix, sys.prefix)]
    return [folder for folder in dict.fromkeys(found) if not folder.is_relative_to("/usr")]


def package_folders() -> list[Path]:
    """Where `goldentime` itself lies: in a clone, the folders that its links point to, and nothing else of the clone."""
    package = _package()
    links = [path.resolve() for path in sorted(package.iterdir()) if path.is_symlink() and path.is_dir()]
    return [package, *links]


def _package() -> Path:
    return Path(str(files("goldentime")))
