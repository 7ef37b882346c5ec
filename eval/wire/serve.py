"""The agent's end of the wire: `python -m goldentime.eval.wire.serve FILE.py:CLASS`.

Needs nothing but NumPy and msgpack: what a contestant's class imports is its own. GOLDENTIME_SOCKET says where the referee
is met: `fd:3`, a socket that is open already, or a path, where the agent listens for one connection.
"""

import importlib.util
import os
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from goldentime.eval.wire.frames import Closed, WireError, receive, send
from goldentime.eval.wire.messages import VERSION, answer, check_question

__all__ = ["main", "meet", "serve"]

_MOST = 1 << 28
"""Bytes of a question; the referee is trusted, a mistake in a length is not."""
_LONGEST_TEXT = 8192


def meet(where: str) -> socket.socket:
    """The socket to the referee, as GOLDENTIME_SOCKET names it."""
    if where.startswith("fd:"):
        return socket.socket(fileno=int(where[3:]))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(where)
        door.listen(1)
        link, _ = door.accept()
        return link


def serve(link: socket.socket, make: Callable[[], Any]) -> None:
    """Answer the referee until it closes or goes; `make` builds the agent at the first `reset`."""
    agent = None
    while True:
        try:
            message = receive(link, _MOST)
        except Closed:
            return
        kind, number = check_question(message)
        if kind == "hello":
            send(link, answer("hello", number, version=VERSION))
        elif kind == "close":
            send(link, answer("closed", number))
            return
        else:
            try:
                agent = make() if agent is None else agent
                reply = _answered(agent, message)
            except MemoryError:
                reply = _failed(number, "out_of_memory")
            except (Exception, SystemExit):
                reply = _failed(number, "crashed")
            _reply(link, reply)


def _answered(agent: Any, message: dict[str, Any]) -> dict[str, Any]:
    if message["kind"] == "reset":
        agent.reset(message["brief"])
        return answer("ready", message["id"])
    return answer("action", message["id"], action=agent.act(message["observation"]))


def _failed(number: int, outcome: str) -> dict[str, Any]:
    text = traceback.format_exc()
    print(text, file=sys.stderr, flush=True)
    return answer("error", number, outcome=outcome, text=text[-_LONGEST_TEXT:])


def _reply(link: socket.socket, reply: dict[str, Any]) -> None:
    try:
        send(link, reply)
    except Closed:
        raise
    except WireError as error:
        text = f"the action {str(reply.get('action'))[:200]}: {error}"
        print(text, file=sys.stderr, flush=True)
        send(link, answer("error", reply["id"], outcome="invalid_action", text=text))


def _class(entry: str) -> Any:
    path, _, name = entry.rpartition(":")
    file = Path(path).resolve()
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None, f"{entry}: expected FILE.py:CLASS"
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return getattr(module, name)()


def main() -> int:
    """Serve the class that the command line names."""
    entry, where = sys.argv[1], os.environ["GOLDENTIME_SOCKET"]
    with meet(where) as link:
        serve(link, lambda: _class(entry))
    return 0


if __name__ == "__main__":
    sys.exit(main())
