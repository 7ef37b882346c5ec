"""What rules may speak about: a closed set of numbers, each computed from the log alone.

| name | meaning |
|---|---|
| `events.<kind>` | sum of the values of all events of a kind, 0 if there was none |
| `count.<kind>` | how many events of a kind there were |
| `facts.<name>` | a number that the mission published in the log's header |
| `duration_s` | time of the last recorded state [s] |
| `path_m` | length of the way flown, all drones together [m] |
| `path_ratio` | `facts.shortest_path_m / max(path_m, facts.shortest_path_m)`, 0 where nothing was flown |
| `spl` | success weighted by path length: `path_ratio` of a success, else 0 (Anderson et al. 2018, arXiv:1807.06757) |
| `contact_s` | time in touch with anything, the ground included, all drones together [s] |
| `battery_used` | charge used by the drone that used most, as a fraction of a full battery |
| `report_precision` | share of `found` among the events `found`, `wrong`, `duplicate`; 0 without any |
| `report_recall` | `found` over `facts.things`, those to be found |
| `report_f1` | harmonic mean of the two |
| `report_error_m` | mean distance of what was found from where it was reported [m]; 0 where nothing was found |
| `report_error_deg` | mean angle between the directions of what was found and those reported [deg]; 0 where nothing was |
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from goldentime.errors import ConfigError, LogError
from goldentime.eval.log import EpisodeLog

__all__ = ["SIMPLE_MEASURES", "check_name", "fact", "measure"]

Value = float | str


def _duration_s(log: EpisodeLog) -> float:
    time_s = log.samples().time_s
    return float(time_s[-1]) if len(time_s) else 0.0


def _path_m(log: EpisodeLog) -> float:
    steps = np.diff(log.samples().position_m, axis=0)
    return float(np.linalg.norm(steps, axis=-1).sum())


def _path_ratio(log: EpisodeLog) -> float:
    shortest, flown = fact(log, "shortest_path_m"), _path_m(log)
    return shortest / max(flown, shortest) if flown > 0 and shortest > 0 else 0.0


def _contact_s(log: EpisodeLog) -> float:
    return float(log.samples().contact_s.sum())


def _battery_used(log: EpisodeLog) -> float:
    charge = log.samples().state_of_charge
    return float((charge[0] - charge[-1]).max()) if charge.size else 0.0


def _times(log: EpisodeLog, *kinds: str) -> float:
    return float(sum(log.totals[kind].times for kind in kinds if kind in log.totals))


def _report_precision(log: EpisodeLog) -> float:
    made = _times(log, "found", "wrong", "duplicate")
    return _times(log, "found") / made if made else 0.0


def _report_recall(log: EpisodeLog) -> float:
    things = fact(log, "things")
    return _times(log, "found") / things if things else 0.0


def _report_f1(log: EpisodeLog) -> float:
    # Precision and recall share their numerator, so this is their harmonic mean, and needs no case for zero of them.
    both = _times(log, "found", "wrong", "duplicate") + fact(log, "things")
    return 2.0 * _times(log, "found") / both if both else 0.0


def _mean_error(log: EpisodeLog, name: str) -> float:
    errors = [event.detail[name] for event in log.events if event.kind == "found"]
    return float(np.mean(errors)) if errors else 0.0


SIMPLE_MEASURES: dict[str, Callable[[EpisodeLog], float]] = {
    "battery_used": _battery_used,
    "contact_s": _contact_s,
    "duration_s": _duration_s,
    "path_m": _path_m,
    "path_ratio": _path_ratio,
    "report_error_deg": partial(_mean_error, name="error_deg"),
    "report_error_m": partial(_mean_error, name="error_m"),
    "report_f1": _report_f1,
    "report_precision": _report_precision,
    "report_recall": _report_recall,
}
"""The measures without an argument; `spl` is added by the score, which knows of success."""

_WITH_ARGUMENT = ("count", "events", "facts")


def check_name(name: str, where: str) -> None:
    """Refuse a name that is no measure.

    Raises:
        ConfigError: naming the place and all measures.
    """
    family, dot, argument = name.partition(".")
    if (dot and family in _WITH_ARGUMENT and argument) or name in SIMPLE_MEASURES or name == "spl":
        return
    known = [*(f"{family}.<name>" for family in _WITH_ARGUMENT), *sorted(SIMPLE_MEASURES), "spl"]
    raise ConfigError(f"{where}: unknown measure {name!r}, known are {', '.join(known)}")


def measure(log: EpisodeLog, value: Value) -> float:
    """The number that a measure has in a log; a number is itself.

    Raises:
        LogError: the log lacks a fact that the measure needs.
    """
    if not isinstance(value, str):
        return float(value)
    family, _, argument = value.partition(".")
    if family == "facts":
        return fact(log, argument)
    total = log.totals.get(argument)
    if family == "events":
        return total.value if total else 0.0
    if family == "count":
        return float(total.times) if total else 0.0
    return SIMPLE_MEASURES[value](log)


def fact(log: EpisodeLog, name: str) -> float:
    """A number from the log's header.

    Raises:
        LogError: it isn't there, or is no number.
    """
    value: Any = log.facts.get(name)
    if not isinstance(value, int | float):
        raise LogError(f"the rules need the fact {name!r} as a number, the log has {value!r} among {log.facts}")
    return float(value)
