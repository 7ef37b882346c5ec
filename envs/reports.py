"""Reports: what an agent claims to have found, as a part of its action."""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import field
from typing import Any

import numpy as np
from gymnasium import spaces

from goldentime.errors import ConfigError, InvalidActionError
from goldentime.records import record
from goldentime.types import Report

__all__ = ["NOTHING", "ReportSchema", "describe_report", "parse_report", "report_space"]

NOTHING = "nothing"
"""The first kind of every schema: a step without a report."""

_REACH_M = 1000.0
_LONGEST_S = 3600.0
_BEARING = {
    "azimuth_rad": (-math.pi, math.pi),
    "elevation_rad": (-0.5 * math.pi, 0.5 * math.pi),
    "onset_s": (0.0, _LONGEST_S),
}
"""Bounds of the numbers of a bearing. The space rounds them to float32, so that a little more is taken."""
_SLACK = 1e-6
_ASCII, _SYLLABLES = (0x20, 0x7E), (0xAC00, 0xD7A3)
"""First and last code point of what a text may hold: printable ASCII and the syllables of Hangul."""


@record
class ReportSchema:
    """What a mission lets be reported."""

    kinds: tuple[str, ...]
    """`nothing` first."""
    described: bool = False
    """Whether a report says if this is the one that the brief describes."""
    text_length: int = 0
    """The longest text that a report can hold; 0 for reports without text."""
    bearing: bool = False
    """Whether a report says from where and when something was heard; then its place may be left out."""
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The mission's own questions, by name, with the answers to choose from; the first one leaves it open."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Whole numbers from 0 that a report holds, by name, with the greatest."""

    def __post_init__(self) -> None:
        if self.kinds[:1] != (NOTHING,) or len({*self.kinds}) != len(self.kinds) or len(self.kinds) < 2:
            raise ConfigError(f"report.kinds: expected {NOTHING!r} and then other names, each once, got {self.kinds}")
        if clash := sorted(
            {*self.questions, *self.counts} & {"kind", "position_m", "described", "text", "placed", *_BEARING}
        ):
            raise ConfigError(f"report: questions and counts need names of their own, got {', '.join(clash)}")


class _Letters(spaces.Text):
    """Its own representation would print eleven thousand syllables."""

    def __repr__(self) -> str:
        return f"Text({self.min_length}, {self.max_length}, ASCII and Hangul)"


def report_space(schema: ReportSchema) -> spaces.Dict:
    """The space of the action's `report`."""
    reach = np.full(3, _REACH_M, np.float32)
    parts: dict[str, spaces.Space[Any]] = {
        "kind": spaces.Discrete(len(schema.kinds)),
        "position_m": spaces.Box(-reach, reach, dtype=np.float32),
    }
    if schema.described:
        parts["described"] = spaces.Discrete(2)
    if schema.text_length:
        letters = "".join(chr(code) for first, last in (_ASCII, _SYLLABLES) for code in range(first, last + 1))
        parts["text"] = _Letters(schema.text_length, min_length=0, charset=letters)
    if schema.bearing:
        parts["placed"] = spaces.Discrete(2)
        for name, (low, high) in _BEARING.items():
            parts[name] = spaces.Box(np.float32(low), np.float32(high), (), np.float32)
    parts |= {name: spaces.Discrete(len(answers)) for name, answers in schema.questions.items()}
    parts |= {name: spaces.Discrete(most + 1) for name, most in schema.counts.items()}
    return spaces.Dict(parts)


def describe_report(schema: ReportSchema) -> dict[str, Any]:
    """The same as JSON-able data, for the brief."""
    told: dict[str, Any] = {
        "kinds": list(schema.kinds),
        "position_m": {"low": [-_REACH_M] * 3, "high": [_REACH_M] * 3},
    }
    if schema.described:
        told["described"] = [0, 1]
    if schema.text_length:
        told["text"] = {"max_length": schema.text_length, "code_points": [list(_ASCII), list(_SYLLABLES)]}
    if schema.bearing:
        told["placed"] = [0, 1]
        told |= {name: {"low": low, "high": high} for name, (low, high) in _BEARING.items()}
    if schema.questions:
        told["questions"] = {name: list(answers) for name, answers in schema.questions.items()}
    if schema.counts:
        told["counts"] = dict(schema.counts)
    return told


def parse_report(schema: ReportSchema, value: Any) -> Report | None:
    """A checked report; None for `nothing`.

    Raises:
        InvalidActionError: names the field, what was expected and what came.
    """
    keys = _keys(schema)
    if not isinstance(value, Mapping) or value.keys() != keys:
        got = sorted(map(str, value)) if isinstance(value, Mapping) else type(value).__name__
        raise InvalidActionError(f"action.report: expected a mapping of {sorted(keys)}, got {_show(got)}")
    kind = _choice(value["kind"], len(schema.kinds), "kind")
    report = Report(
        kind=schema.kinds[kind],
        position_m=_point(value["position_m"]),
        described=schema.described and bool(_choice(value["described"], 2, "described")),
        text=_text(value["text"], schema.text_length) if schema.text_length else "",
    )
    if schema.bearing:
        numbers: dict[str, Any] = {name: _number(value[name], name) for name in _BEARING}
        report = report._replace(placed=bool(_choice(value["placed"], 2, "placed")), **numbers)
    if schema.questions or schema.counts:
        said = {name: answers[_choice(value[name], len(answers), name)] for name, answers in schema.questions.items()}
        counts = {name: _choice(value[name], most + 1, name) for name, most in schema.counts.items()}
        report = report._replace(said=said, counts=counts)
    return report if kind else None


def _keys(schema: ReportSchema) -> frozenset[str]:
    keys = {"kind", "position_m", *schema.questions, *schema.counts}
    if schema.described:
        keys.add("described")
    if schema.text_length:
        keys.add("text")
    return frozenset(keys | {"placed", *_BEARING} if schema.bearing else keys)


def _choice(value: Any, count: int, name: str) -> int:
    try:
        number = int(value) if np.ndim(value) == 0 and not isinstance(value, str | bytes) else -1
    except (TypeError, ValueError, OverflowError):
        number = -1
    if not 0 <= number < count or number != value:
        raise InvalidActionError(f"action.report.{name}: expected a whole number in 0..{count - 1}, got {_show(value)}")
    return number


def _point(value: Any) -> tuple[float, float, float]:
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiu":
            raise TypeError("not real numbers")
        with np.errstate(over="ignore"):
            x, y, z = array.astype(np.float32).tolist()
        # Comparing also rejects NaN.
        if all(-_REACH_M <= number <= _REACH_M for number in (x, y, z)):
            return x, y, z
    except (TypeError, ValueError, OverflowError):
        pass
    raise InvalidActionError(
        f"action.report.position_m: expected 3 numbers in [{-_REACH_M:g}, {_REACH_M:g}], got {_show(value)}"
    )


def _number(value: Any, name: str) -> float:
    low, high = _BEARING[name]
    try:
        array = np.asarray(value)
        if array.ndim == 0 and array.dtype.kind in "fiu" and low - _SLACK <= (number := float(array)) <= high + _SLACK:
            return min(max(number, low), high)
    except (TypeError, ValueError, OverflowError):
        pass
    raise InvalidActionError(f"action.report.{name}: expected a number in [{low:.6g}, {high:.6g}], got {_show(value)}")


def _text(value: Any, longest: int) -> str:
    if isinstance(value, str) and len(value) <= longest and all(map(_known, value)):
        return unicodedata.normalize("NFC", value)
    raise InvalidActionError(
        f"action.report.text: expected up to {longest} characters, printable ASCII or Hangul syllables, got {_show(value)}"
    )


def _known(character: str) -> bool:
    code = ord(character)
    return _ASCII[0] <= code <= _ASCII[1] or _SYLLABLES[0] <= code <= _SYLLABLES[1]


def _show(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
