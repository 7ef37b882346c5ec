"""The messages of the wire, one question and one answer each: docs/wire.md."""

from collections.abc import Mapping
from typing import Any

from goldentime.eval.wire.frames import WireError

__all__ = ["ANSWERS", "VERSION", "answer", "check_answer", "check_question", "question"]

VERSION = 1
"""Of the wire; raised when an agent of the version before would not understand the referee any more, or be understood."""

ANSWERS = {"hello": "hello", "reset": "ready", "observe": "action", "close": "closed"}
"""To each question of the referee the agent's answer; `error` can stand in its place."""

_HOLDS: Mapping[str, Mapping[str, type]] = {
    "hello": {"version": int},
    "reset": {"brief": dict},
    "observe": {"observation": dict},
    "close": {},
    "ready": {},
    "action": {},
    "closed": {},
    "error": {"outcome": str, "text": str},
}
_FREE = {"action": {"action"}}
"""Fields that may hold any value of the wire."""


def question(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    """A message of the referee."""
    return {"kind": kind, "id": number, **fields}


def answer(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    """A message of the agent; `number` is the question's."""
    return {"kind": kind, "id": number, **fields}


def check_question(message: Any) -> tuple[str, int]:
    """Kind and number of what a referee sent.

    Raises:
        WireError: it is no question.
    """
    kind, number = _shape(message)
    if kind not in ANSWERS:
        raise WireError(f"kind: expected one of {', '.join(ANSWERS)}, got {kind!r}")
    return kind, number


def check_answer(message: Any, asked: str, number: int) -> str:
    """The kind of what an agent sent: the one that answers the question, or `error`.

    Raises:
        WireError: it is not the one answer to this question.
    """
    kind, got = _shape(message)
    if got != number:
        raise WireError(f"an answer to question {got} came, where question {number} was asked")
    if kind not in (ANSWERS[asked], "error"):
        raise WireError(f"kind: expected {ANSWERS[asked]!r} as the answer to {asked!r}, got {kind!r}")
    if asked == "hello" and kind == "hello" and message["version"] != VERSION:
        raise WireError(f"version: this referee speaks {VERSION}, the agent {message['version']}")
    return kind


def _shape(message: Any) -> tuple[str, int]:
    if type(message) is not dict:
        raise WireError(f"expected a map, got {type(message).__name__}")
    kind, number = message.get("kind"), message.get("id")
    if type(kind) is not str or kind not in _HOLDS or type(number) is not int:
        raise WireError(f"expected kind (one of {', '.join(_HOLDS)}) and id, got {_short(kind)} and {_short(number)}")
    expected, free = _HOLDS[kind], _FREE.get(kind, set())
    if message.keys() != {"kind", "id", *expected, *free}:
        raise WireError(f"{kind}: expected the fields {sorted({*expected, *free})}, got {_short(sorted(message))}")
    for name, cls in expected.items():
        if type(message[name]) is not cls:
            raise WireError(f"{kind}.{name}: expected {cls.__name__}, got {type(message[name]).__name__}")
    return kind, number


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
