"""Rules: how an episode's log becomes points. Data, read from `configs/rules/<name>.yaml`.

Each term earns `weight * factor * clip((measure - zero) / (full - zero), 0, 1)` points if all its `needs` hold, else
none. A term whose `applies` does not hold (a kit where there is none) drops out and the others are scaled up, so that the
best total is 100 everywhere. Conditions are written `left op right`, where both sides are numbers or measures.
"""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import field
from importlib.resources import files
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.measures import Value, check_name, measure
from goldentime.records import load, load_yaml, record

__all__ = ["Factor", "Rules", "Term", "check_rules", "holds", "load_rules", "rules_from_json", "rules_names"]

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_CONDITION = re.compile(r"^\s*(\S+)\s*(>=|<=|==|>|<)\s*(\S+)\s*$")


@record
class Factor:
    """A share in [0, 1] that multiplies a term: `measure / full`, clipped."""

    measure: Value
    full: Value = 1.0


@record
class Term:
    """One named part of the total."""

    weight: float
    """Points it earns at best."""
    meaning: str
    """One sentence for the report."""
    measure: Value
    zero: Value = 0.0
    """The measure's value that earns nothing."""
    full: Value = 1.0
    """The measure's value that earns everything; below `zero` where less is better."""
    factor: Factor | None = None
    needs: tuple[str, ...] = ()
    applies: tuple[str, ...] = ()


@record
class Rules:
    """How a mission is scored."""

    name: str
    version: int
    """Raised with every change that alters a score."""
    success: tuple[str, ...]
    """An episode that fulfils all of these is a success."""
    terms: dict[str, Term]
    metrics: dict[str, Value] = field(default_factory=dict)
    """Further figures to report, by name."""


def check_rules(rules: Rules) -> Rules:
    """The same rules, if they make sense.

    Raises:
        ConfigError: a weight, a name or a condition does not fit; the message names its path.
    """
    where = f"rules {rules.name}"
    total = sum(term.weight for term in rules.terms.values())
    if not math.isclose(total, 100.0, abs_tol=1e-9):
        raise ConfigError(f"{where}: the terms' weights must sum to 100, got {total:g}")
    if not rules.success:
        raise ConfigError(f"{where}: success needs at least one condition, got none")
    for text in rules.success:
        _check_condition(text, f"{where}.success")
        if "spl" in text.split():
            raise ConfigError(f"{where}.success: {text!r} uses spl, which is defined by success")
    for name, term in rules.terms.items():
        _check_term(term, f"{where}.terms.{name}")
    for name, value in rules.metrics.items():
        _check_value(value, f"{where}.metrics.{name}")
    return rules


def _check_term(term: Term, where: str) -> None:
    if not term.weight > 0:
        raise ConfigError(f"{where}.weight: must be positive, got {term.weight:g}")
    if term.zero == term.full:
        raise ConfigError(f"{where}: zero and full must differ, both are {term.full!r}")
    for value in (term.measure, term.zero, term.full):
        _check_value(value, where)
    if term.factor:
        _check_value(term.factor.measure, f"{where}.factor")
        _check_value(term.factor.full, f"{where}.factor")
    for text in term.needs:
        _check_condition(text, f"{where}.needs")
    for text in term.applies:
        _check_condition(text, f"{where}.applies")


def _check_value(value: Value, where: str) -> None:
    if isinstance(value, str):
        check_name(value, where)
    elif not math.isfinite(value):
        raise ConfigError(f"{where}: must be finite, got {value}")


def _check_condition(text: str, where: str) -> None:
    for side in _split(text, where)[::2]:
        value = _number(side)
        _check_value(value, where)


def _split(text: str, where: str) -> tuple[str, str, str]:
    match = _CONDITION.match(text)
    if not match:
        raise ConfigError(f"{where}: expected 'left op right' with op one of {' '.join(_OPERATORS)}, got {text!r}")
    return match[1], match[2], match[3]


def _number(text: str) -> Value:
    try:
        return float(text)
    except ValueError:
        return text


def holds(log: EpisodeLog, condition: str) -> bool:
    """Whether a condition such as `count.landed >= 1` is true of a log."""
    left, name, right = _split(condition, "condition")
    return _OPERATORS[name](measure(log, _number(left)), measure(log, _number(right)))


def rules_names() -> list[str]:
    """All rules that come with the package."""
    return sorted(path.name.removesuffix(".yaml") for path in _folder().iterdir() if path.name.endswith(".yaml"))


def load_rules(name: str) -> Rules:
    """Read rules by name, or from a file whose path ends in `.yaml`.

    Raises:
        ConfigError: there are none of that name, or they don't fit; the message names the place.
    """
    if name.endswith((".yaml", ".yml")):
        return check_rules(load_yaml(Rules, Path(name)))
    if name not in rules_names():
        raise ConfigError(f"rules: expected one of {', '.join(rules_names())} or a path to a .yaml file, got {name!r}")
    return check_rules(load_yaml(Rules, _folder() / f"{name}.yaml"))


def rules_from_json(data: dict[str, Any]) -> Rules:
    """The inverse of `records.dump` for rules stored with a run."""
    return check_rules(load(Rules, data, "rules"))


def _folder() -> Path:
    return Path(str(files("goldentime"))) / "configs" / "rules"
