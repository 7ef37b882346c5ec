"""Tries to break one limit from inside: `python -m goldentime.eval.engines.probe NAME [ARGUMENT]`.

Prints one line of JSON with what it achieved. Needs the standard library alone.
"""

import ctypes
import json
import os
import resource
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["PROBES"]

_MIB = 1 << 20
_CHUNK = bytes(_MIB)
_LONGEST_S = 10.0
_CALLS = {"ptrace": 101, "mount": 165, "unshare": 272, "bpf": 321, "io_uring_setup": 425, "keyctl": 250}
"""By their numbers on x86_64; elsewhere these numbers mean other calls and are not tried."""


def network(port: str) -> dict[str, Any]:
    """Reach a port that the referee's machine listens on."""
    reached = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as link:
            link.settimeout(1.0)
            link.connect((address, int(port)))
            reached.append(address)
    return {"reached": reached}


def writing(_: str) -> dict[str, Any]:
    """Write anywhere but in scratch."""
    written = []
    for folder in ("/", "/submission", "/usr", "/usr/lib", "/etc", "/dev", "/work", str(Path.cwd()), sys.prefix):
        file = Path(folder, f".goldentime-probe-{os.getpid()}")
        with suppress(OSError):
            file.write_bytes(b"x")
            file.unlink()
            written.append(folder)
    return {"written": written}


def secrets(where: str) -> dict[str, Any]:
    """Find a planted secret in a file, in the environment, or in what other processes were started with."""
    path, _, secret = where.rpartition(":")
    found = []
    for file in _places(path):
        with suppress(OSError):
            # Split, so that this process's own arguments don't count.
            if secret.encode()[::-1] in file.read_bytes()[: 4 * _MIB]:
                found.append(str(file))
    return {"found": found}


def _places(path: str) -> Iterator[Path]:
    yield Path(path)
    # Itself and whoever started it: behind the wall there are no others.
    for process in (Path("/proc/self"), Path(f"/proc/{os.getppid()}")):
        yield from (process / name for name in ("environ", "cmdline", f"root{path}"))


def rights(_: str) -> dict[str, Any]:
    """Who this is, and what the kernel lets it do."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    told = {name: lines[name].strip() for name in ("CapEff", "CapPrm", "NoNewPrivs", "Seccomp")}
    return {"user": os.getuid(), **told}


def calls(_: str) -> dict[str, Any]:
    """Calls to the kernel that a submission has no business with."""
    if os.uname().machine != "x86_64":
        return {"passed": []}
    library = ctypes.CDLL(None, use_errno=True)
    passed = []
    for name, number in _CALLS.items():
        # With these arguments a kernel that lets the call through finds fault with them, which is not EPERM.
        failed = library.syscall(number, 0, 0, 0, 0, 0) == -1
        if not failed or ctypes.get_errno() != 1:
            passed.append(name)
    return {"passed": passed}


def scratch(limit_mib: str) -> dict[str, Any]:
    """Fill the scratch folders, up to twice what is granted."""
    written = {}
    for folder in (os.environ["TMPDIR"], "/dev/shm"):
        files = []
        with suppress(OSError):
            for number in range(2 * int(limit_mib)):
                files.append(Path(folder, f"fill-{os.getpid()}-{number}"))
                files[-1].write_bytes(_CHUNK)
        full = [file for file in files if file.is_file() and file.stat().st_size == _MIB]
        written[folder] = len(full)
        for file in files:
            file.unlink(missing_ok=True)
    return {"mib": written}


def file_size(limit_mib: str) -> dict[str, Any]:
    """One large file."""
    file, written = Path(os.environ["TMPDIR"], "large"), 0
    with suppress(OSError), file.open("wb", buffering=0) as target:
        while written < 2 * int(limit_mib):
            if target.write(_CHUNK) < _MIB:
                break
            written += 1
    file.unlink(missing_ok=True)
    return {"mib": written}


def open_files(limit: str) -> dict[str, Any]:
    """Many open files."""
    numbers: list[int] = []
    with suppress(OSError):
        while len(numbers) < 4 * int(limit):
            numbers.append(os.open("/dev/null", os.O_RDONLY))
    for number in numbers:
        os.close(number)
    return {"open": len(numbers)}


def processes(limit: str) -> dict[str, Any]:
    """Many processes."""
    children: list[int] = []
    with suppress(OSError):
        while len(children) < 4 * int(limit):
            child = os.fork()
            if child == 0:
                time.sleep(_LONGEST_S)
                os._exit(0)
            children.append(child)
    for child in children:
        os.kill(child, 9)
        os.waitpid(child, 0)
    return {"started": len(children)}


def memory(limit_mib: str) -> dict[str, Any]:
    """More memory than is granted; whoever enforces that ends this process before it can tell."""
    held: list[bytearray] = []
    try:
        while len(held) < 2 * int(limit_mib):
            held.append(bytearray(b"x" * _MIB))
    except MemoryError:
        count = len(held)
        held.clear()
        return {"mib": count, "refused": True}
    return {"mib": len(held), "refused": False}


def processor_time(_: str) -> dict[str, Any]:
    """Compute for ever; whoever enforces the limit ends this process before it can tell."""
    start = time.monotonic()
    while time.monotonic() - start < _LONGEST_S:
        sum(range(10_000))
    return {"seconds": resource.getrusage(resource.RUSAGE_SELF).ru_utime}


def processor_share(_: str) -> dict[str, Any]:
    """Compute on several processors at once."""
    start, children = time.monotonic(), []
    for _number in range(4):
        child = os.fork()
        if child == 0:
            while time.monotonic() - start < 1.0:
                sum(range(10_000))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"share": round((used.ru_utime + used.ru_stime) / (time.monotonic() - start), 2)}


def output(kib: str) -> dict[str, Any]:
    """Print more than is kept."""
    for _ in range(4 * int(kib)):
        sys.stdout.write("x" * 1024)
    return {}


def silence(_: str) -> dict[str, Any]:
    """Never answer the referee."""
    time.sleep(_LONGEST_S)
    return {}


PROBES: dict[str, Callable[[str], dict[str, Any]]] = {
    "network": network,
    "writing": writing,
    "secrets": secrets,
    "rights": rights,
    "calls": calls,
    "scratch": scratch,
    "file_size": file_size,
    "open_files": open_files,
    "processes": processes,
    "memory": memory,
    "processor_time": processor_time,
    "processor_share": processor_share,
    "output": output,
    "silence": silence,
}

if __name__ == "__main__":
    print(json.dumps(PROBES[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "")), flush=True)
