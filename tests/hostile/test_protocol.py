"""Submissions that break the protocol, act outside the space or fall over. They need no wall to be harmless."""

import textwrap

import pytest

IMPATIENT = {"reset_s": 2.5, "first_s": 0.4, "step_s": 0.1, "bank_s": 0.15, "strikes": 1, "longest_s": 0.4}
HEAD = """
import os, signal, socket, struct, sys, time
import msgpack
import numpy as np
STILL = {"motion": np.zeros(4, np.float32)}
LINK = socket.socket(fileno=os.dup(int(os.environ["GOLDENTIME_SOCKET"][3:])))
def raw(body):
    LINK.sendall(struct.pack(">I", len(body)) + body)
"""


def agent(act: str = "return STILL", reset: str = "pass", init: str = "pass", top: str = "") -> str:
    """A submission whose methods have these bodies."""
    bodies = [
        ("__init__(self)", init),
        ("reset(self, brief)", f"self.n = 0\n{reset}"),
        ("act(self, seen)", f"self.n += 1\n{act}"),
    ]
    methods = [f"    def {head}:\n{textwrap.indent(body, ' ' * 8)}\n" for head, body in bodies]
    return f"{HEAD}\n{top}\nclass Agent:\n" + "".join(methods)


PICKLE = r"b'cos\nsystem\n(S\'touch /tmp/goldentime-was-here\'\ntR.'"
ANSWER = '{"kind": "action", "id": self.n + 2, "action": '

CASES = {
    "an action that is a pickle": (
        agent(f"raw(msgpack.packb({ANSWER}msgpack.ExtType(5, {PICKLE})}}))\ntime.sleep(9)"),
        "invalid_action",
        "extension 5",
    ),
    "an array of objects": (agent('return {"motion": np.array([object()] * 4)}'), "invalid_action", "can't be sent"),
    "an oversized message": (agent('LINK.sendall(b"\\xff" * 4)\ntime.sleep(9)'), "invalid_action", "4294967295 bytes"),
    "an action of a megabyte": (agent('return {"motion": np.zeros(1 << 18)}'), "invalid_action", "at most 65536"),
    "a malformed message": (agent('raw(b"\\xc1" * 40)\ntime.sleep(9)'), "invalid_action", "not one MessagePack value"),
    "a list that claims four billion items": (
        agent('raw(b"\\xdd\\xff\\xff\\xff\\xff")\ntime.sleep(9)'),
        "invalid_action",
        "max_array_len",
    ),
    "an empty array that would become an endless list": (
        agent('return {"motion": np.zeros((1 << 31, 0), np.float32)}'),
        "invalid_action",
        "list without end",
    ),
    "a nest of lists": (
        agent("x = []\nfor _ in range(200): x = [x]\nreturn x"),
        "invalid_action",
        "nested more than",
    ),
    "two answers": (
        agent(f"raw(msgpack.packb({ANSWER}0}}))\ntime.sleep(0.01)\nreturn STILL"),
        "invalid_action",
        "action: expected a mapping",
    ),
    "an answer twice": (
        agent('if self.n == 2:\n    raw(b"\\xc0")\nreturn {"motion": np.array([9.8, 0, 0, 0], np.float32)}'),
        "invalid_action",
        "expected a map, got NoneType",
    ),
    "an answer ahead of its question": (
        agent(
            top='import threading\nGOOD = {"motion": [9.8, 0, 0, 0]}\n'
            'SPAM = msgpack.packb({"kind": "action", "id": 4, "action": GOOD})',
            act="threading.Timer(0.03, raw, [SPAM]).start() if self.n == 1 else None\n"
            "time.sleep(0.1 if self.n > 1 else 0)\nreturn GOOD",
        ),
        "invalid_action",
        "",
    ),
    "an answer to another question": (
        agent('raw(msgpack.packb({"kind": "action", "id": 99, "action": 0}))\ntime.sleep(9)'),
        "invalid_action",
        "an answer to question 99",
    ),
    "something before the first question": (agent(top='raw(b"\\xc0")'), "invalid_action", "expected a map"),
    "NaN": (agent('return {"motion": np.full(4, np.nan)}'), "invalid_action", "got nan"),
    "more thrust than there is": (agent('return {"motion": np.full(4, 1e30)}'), "invalid_action", "expected a number in"),
    "an action that is none": (agent('return "up"'), "invalid_action", "expected a mapping"),
    "an endless loop": (agent("while True: pass"), "timeout", "no answer within the limit"),
    "an endless reset": (agent(reset="time.sleep(99)"), "timeout", "reset: no answer within"),
    "a slow loris": (
        agent('LINK.sendall(b"\\0\\0\\1\\0")\nfor _ in range(99):\n    LINK.sendall(b"\\xc0")\n    time.sleep(0.05)'),
        "timeout",
        "of 256 bytes came in time",
    ),
    "steps that are all a little late": (
        agent("time.sleep(0.2)\nreturn {'motion': [9.8, 0, 0, 0]}"),
        "timeout",
        "1 strikes are used up",
    ),
    "a crash on import": (agent(top="1 / 0"), "crashed", "ZeroDivisionError"),
    "a crash on construction": (agent(init="1 / 0"), "crashed", "ZeroDivisionError"),
    "a crash in reset": (agent(reset="1 / 0"), "crashed", "ZeroDivisionError"),
    "a crash in the first act": (agent("1 / 0"), "crashed", "ZeroDivisionError"),
    "a crash later": (agent("1 / (self.n - 3)\nreturn {'motion': [9.8, 0, 0, 0]}"), "crashed", "ZeroDivisionError"),
    "an exit that looks well": (agent("os._exit(0)"), "crashed", "exit code 0"),
    "an exit by exception": (agent("sys.exit(0)"), "crashed", "SystemExit"),
    "a crash in native code": (agent("os.kill(os.getpid(), signal.SIGSEGV)"), "crashed", "exit code"),
    "a closed connection": (
        agent("LINK.shutdown(socket.SHUT_RDWR)\ntime.sleep(99)"),
        "crashed",
        "closed the connection",
    ),
    "a recursion without end": (agent("return self.act(seen)"), "crashed", "RecursionError"),
    "terminal codes in an error": (agent('raise ValueError("\\x1b[2J\\x07 cleared")'), "crashed", "?[2J? cleared"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_a_scored_failure(ground, name):
    code, outcome, words = CASES[name]
    limits = IMPATIENT if outcome == "timeout" else {}
    got, told = ground.fly_code(code, "process", **limits)
    assert got == outcome, told
    assert words in told
