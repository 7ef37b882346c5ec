"""Submissions that attack the machine, behind the wall."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from goldentime.eval.engines.cgroups import sweep
from goldentime.eval.engines.choose import engine_named
from goldentime.eval.engines.trial import TRIALS, try_limit

HEAD = "import os, signal, socket, subprocess, sys, time, pathlib\nimport numpy as np\n"


def agent(act: str) -> str:
    body = textwrap.indent(act, " " * 8)
    return f"{HEAD}class Agent:\n    def reset(self, brief): pass\n    def act(self, seen):\n{body}\n"


CASES = {
    "a fork bomb": (agent("while True: os.fork()"), "crashed", "BlockingIOError"),
    "a bomb of threads": (
        agent("import threading\nwhile True: threading.Thread(target=time.sleep, args=[99]).start()"),
        "crashed",
        "can't start new thread",
    ),
    "a memory hog": (agent("x = []\nwhile True: x.append(bytearray(b'x' * (1 << 24)))"), "out_of_memory", ""),
    "a memory hog that forks": (
        agent("for _ in range(4): os.fork()\nx = []\nwhile True: x.append(bytearray(b'x' * (1 << 24)))"),
        "out_of_memory",
        "",
    ),
    "a disk filler": (
        agent("for i in range(999):\n    open(f'/tmp/{i}', 'wb').write(bytes(1 << 20))"),
        "crashed",
        "No space left on device",
    ),
    "a filler of shared memory": (
        agent("for i in range(999):\n    open(f'/dev/shm/{i}', 'wb').write(bytes(1 << 20))"),
        "crashed",
        "No space left on device",
    ),
    "one large file": (
        agent("signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nopen('/tmp/x', 'wb').write(bytes(6 << 20))"),
        "crashed",
        "File too large",
    ),
    "a thousand open files": (agent("x = [open('/dev/null') for _ in range(999)]"), "crashed", "Too many open files"),
    "a flood of output": (
        agent("for _ in range(400): print('x' * 100_000)\nraise RuntimeError('flooded')"),
        "crashed",
        "bytes more were dropped",
    ),
    "a connection to the network": (
        agent("socket.create_connection(('127.0.0.1', 9))"),
        "crashed",
        "PermissionError",
    ),
    "a packet to the network": (
        agent("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))"),
        "crashed",
        "PermissionError",
    ),
    "a look for the secret": (
        agent(
            "found = []\n"
            "for top, dirs, names in os.walk('/'):\n"
            "    dirs[:] = [d for d in dirs if (top + d) not in ('/usr', '/sys')]\n"
            "    for name in names:\n"
            "        path = os.path.join(top, name)\n"
            "        if name in ('secret.key', 'ledger.jsonl', 'run.json') or name in ('environ', 'cmdline'):\n"
            "            try:\n"
            "                body = open(path, 'rb').read()\n"
            "            except OSError:\n"
            "                continue\n"
            "            found += [path] if b'canary' + b'-' in body or 'json' in name else []\n"
            "raise RuntimeError(f'found {found}')"
        ),
        "crashed",
        "found []",
    ),
    "writing outside scratch": (
        agent(
            "done = []\n"
            "for place in ('/', '/usr', '/etc', '/submission', '/dev', sys.prefix, np.__path__[0], '/proc/sys'):\n"
            "    try:\n"
            "        open(f'{place}/evil', 'w').write('x')\n"
            "        done.append(place)\n"
            "    except OSError:\n"
            "        pass\n"
            "raise RuntimeError(f'wrote to {done}')"
        ),
        "crashed",
        "wrote to []",
    ),
    "changing itself for the next episode": (
        agent("open(__file__, 'a').write('#')"),
        "crashed",
        "PermissionError",
    ),
    "a link out of scratch": (
        agent("os.symlink('/work', '/tmp/out')\nos.symlink('/proc/1/root', '/tmp/up')\nprint(os.listdir('/tmp/up/home'))"),
        "crashed",
        "Error",
    ),
    "killing all that it sees": (
        agent(
            "for i in ({*range(2, 99)} - {os.getpid()}) | {-1, os.getppid()}:\n"
            "    try: os.kill(i, 9)\n"
            "    except OSError: pass\n"
            "os._exit(7)"
        ),
        "crashed",
        "exit code",
    ),
    "a mount": (
        agent(
            "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
            "got = libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)\nraise OSError(ctypes.get_errno(), f'mount {got}')"
        ),
        "crashed",
        "mount -1",
    ),
    "namespaces of its own": (
        agent("subprocess.run(['unshare', '-U', 'true'], check=True)"),
        "crashed",
        "CalledProcessError",
    ),
    "becoming root": (agent("os.setuid(0)"), "crashed", "PermissionError"),
    "outliving its episode": (
        agent("if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(99)\nos._exit(1)"),
        "crashed",
        "exit code 1",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_a_scored_failure(ground, wall, name):
    code, outcome, words = CASES[name]
    got, told = ground.fly_code(code, wall)
    assert got == outcome, told
    assert words in told
    assert len(told) < 100_000


@pytest.mark.parametrize("name", TRIALS)
def test_every_limit_was_tried_and_holds(wall, name):
    _, held, text = try_limit(engine_named(wall), name)
    assert held, text


def test_nothing_is_left_running_or_lying_about(ground, wall):
    def left() -> set[str]:
        groups = Path("/sys/fs/cgroup").glob("*/goldentime/*/cgroup.procs")
        return {str(path) for path in groups} | {str(path) for path in Path("/tmp").glob(".unpacking-*")}

    before = left()
    ground.fly_code(CASES["outliving its episode"][0], wall)
    ground.fly_code(CASES["a memory hog"][0], wall)
    assert left() <= before


KILLED = """
import sys, time
from pathlib import Path
from goldentime.eval.engines.base import Launch
from goldentime.eval.engines.choose import engine_named
from goldentime.eval.engines.limits import Limits
engine_named(sys.argv[1]).start(Launch(command=("/usr/bin/sleep", sys.argv[2]), folder=Path(sys.argv[3]), limits=Limits()))
time.sleep(1)
print("started", flush=True)
time.sleep(60)
"""


def test_a_killed_referee_leaves_nothing_for_ever(tmp_path, wall):
    mark = f"{86_400 + hash(tmp_path) % 10_000}.5"

    def running() -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[:2] == [b"/usr/bin/sleep", mark.encode()]:
                found.append(process.name)
        return found

    referee = subprocess.Popen([sys.executable, "-c", KILLED, wall, mark, str(tmp_path)], stdout=subprocess.PIPE)
    with referee:
        assert referee.stdout is not None and referee.stdout.readline() == b"started\n"
        assert len(running()) == 1
        referee.kill()
    if wall == "podman":
        engine_named(wall).__class__()  # the next referee
    else:
        time.sleep(0.3)
        sweep()
    assert running() == []
    assert not list(Path("/sys/fs/cgroup").glob(f"*/goldentime/{referee.pid}-*"))
