"""What docs/wire.md shows is what travels; and the agent's end answers it, over a path as over a descriptor."""

import re
import socket
import struct
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from goldentime.eval.wire.frames import DTYPES, WireError, decode, encode, receive, send
from goldentime.eval.wire.messages import answer, check_answer, check_question, question
from goldentime.eval.wire.serve import meet, serve

SPEC = (Path(__file__).resolve().parents[3] / "docs/wire.md").read_text("utf-8")
BLOCKS = re.findall(r"```\n(00 .*?)```", SPEC, re.DOTALL)


def frame(block: str) -> bytes:
    rows = [re.match(r"(?:[0-9a-f]{2} {1,2})+", line) for line in block.splitlines()]
    return bytes.fromhex("".join(row.group() for row in rows if row))


@pytest.mark.parametrize(
    ("block", "message"),
    list(
        zip(
            BLOCKS,
            [
                question("hello", 1, version=1),
                question("observe", 3, observation={"rangefinder": np.array([1.25], np.float32)}),
                answer("action", 3, action={"motion": np.array([0, 0, 0.25, 0], np.float32), "release": 0}),
            ],
            strict=True,
        )
    ),
)
def test_the_examples_are_what_is_sent(block, message):
    body = encode(message)
    assert frame(block) == struct.pack(">I", len(body)) + body
    assert decode(frame(block)[4:])["kind"] == message["kind"]


def test_the_table_of_types_is_the_list():
    (row,) = re.findall(r"\| type \| (.*) \|", SPEC)
    assert row.split(" | ") == [str(np.dtype(name)) for name in DTYPES]


@pytest.mark.parametrize(
    ("message", "asked", "fault"),
    [
        ([], "hello", "expected a map, got list"),
        ({"kind": "hello", "id": 1}, "hello", "expected the fields"),
        ({"kind": "hello", "id": 1, "version": "1"}, "hello", "hello.version: expected int, got str"),
        ({"kind": "hello", "id": 1, "version": 2}, "hello", "this referee speaks 1, the agent 2"),
        ({"kind": "hello", "id": True, "version": 1}, "hello", "expected kind"),
        ({"kind": "ready", "id": 1}, "observe", "expected 'action' as the answer to 'observe', got 'ready'"),
        ({"kind": "action", "id": 2, "action": 0}, "observe", "an answer to question 2"),
        ({"kind": "action", "id": 1, "action": 0, "seed": 1}, "observe", "expected the fields"),
        ({"kind": ["action"], "id": 1}, "observe", "expected kind"),
        ({"kind": "observe", "id": 1, "observation": {}}, "observe", "expected 'action'"),
    ],
)
def test_only_the_one_answer_is_an_answer(message, asked, fault):
    with pytest.raises(WireError, match=fault):
        check_answer(message, asked, 1)


def test_only_questions_are_asked():
    with pytest.raises(WireError, match="expected one of hello, reset, observe, close, got 'ready'"):
        check_question({"kind": "ready", "id": 1})


class Echo:
    """Answers with what it was told and sees."""

    def reset(self, brief):
        self.told = brief

    def act(self, observation):
        return {"told": self.told, "seen": observation, "set": {1} if observation.get("bad") else 0}


def test_the_agents_end_listens_at_a_path(tmp_path):
    where = str(tmp_path / "agent.sock")

    def agents_end() -> None:
        with meet(where) as link:
            serve(link, Echo)

    thread = threading.Thread(target=agents_end)
    thread.start()
    while not Path(where).exists():
        time.sleep(0.01)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.connect(where)
        got = []
        for message in (
            question("hello", 1, version=1),
            question("reset", 2, brief={"a": 1}),
            question("observe", 3, observation={"x": np.arange(2)}),
            question("observe", 4, observation={"bad": 1}),
            question("close", 5),
        ):
            send(link, message)
            got.append(receive(link, 100_000))
    thread.join()
    assert [message["kind"] for message in got] == ["hello", "ready", "action", "error", "closed"]
    assert got[2]["action"]["told"] == {"a": 1} and got[2]["action"]["seen"]["x"].tolist() == [0, 1]
    assert got[3]["outcome"] == "invalid_action" and "can't be sent" in got[3]["text"]
