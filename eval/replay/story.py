"""What happened: events in groups with what each earned, and the calls for help."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import LogError
from goldentime.eval.log import DENSE_KINDS, EpisodeLog, Total
from goldentime.eval.log_tracks import TRACK_WIDTHS, PersonColumn, things_of
from goldentime.eval.report.marks import BAD, words
from goldentime.eval.score.rules import Rules
from goldentime.eval.score.score import score
from goldentime.types import TEAM, Event

__all__ = ["calls_of", "line_of", "name_of", "story_of"]

_GOOD = frozenset(
    {
        "found",
        "hazard",
        "delivered",
        "home",
        "saved",
        "landed",
        "kit_delivered",
        "held",
        "section_passed",
        "described_found",
    }
)
_WORSE = BAD | {"wrong", "duplicate", "unclear", "described_wrong", "over_budget", "overheated"}
_COMPANIONS = frozenset(
    {"aimed", "credit", "exact", "hazard_credit", "kind_right", "located", "prompt", "similarity", "timed"}
)
"""Kinds that say of the event before them what it earned."""
_NOT_STORY = frozenset({"called", "heard"})
_MOST = 600
"""Groups whose worth is reckoned one by one; a log that is flooded with events gets no worths."""


def name_of(event: Event) -> str:
    """Whose event it is."""
    return "team" if event.drone == TEAM else f"drone_{event.drone}"


def line_of(event: Event) -> str:
    """All that an event says, as a line of a text log."""
    return f"{event.kind} {event.value:g} {json.dumps(dict(event.detail), ensure_ascii=False)}"


def story_of(log: EpisodeLog, rules: Rules | None) -> list[dict[str, Any]]:
    """Events with what they earned as one entry each, in order of time.

    What an entry earned is by how much the score rises when it is added to those before, everything else (path, time,
    charge, seconds of touch) as at the end: the entries' worths and what no event earned sum to the total.
    """
    groups = _groups(log)
    worths = _worths(log, rules, groups)
    samples = log.samples()
    entries = []
    for events, worth in zip(groups, worths, strict=True):
        first = events[0]
        row = min(int(np.searchsorted(samples.time_s, first.time_s)), len(samples.time_s) - 1)
        here = samples.position_m[row]
        place = _place(log, events, here.mean(0) if first.drone == TEAM else here[first.drone])
        kinds = {event.kind for event in events}
        entries.append(
            {
                "time": first.time_s,
                "drone": first.drone,
                "kind": first.kind,
                "words": _headline(first),
                "detail": words(first),
                "also": [_brief(event) for event in events[1:]],
                "mood": "bad" if kinds & _WORSE else "good" if kinds & _GOOD else "plain",
                "position": place,
                "points": worth,
            }
        )
    return entries


def _groups(log: EpisodeLog) -> list[list[Event]]:
    """Each event with its companions."""
    found: list[list[Event]] = []
    for event in sorted(log.events, key=lambda event: event.time_s):
        if event.kind in _NOT_STORY:
            continue
        last = found[-1][0] if found else None
        joins = event.kind in _COMPANIONS and last is not None and (last.time_s, last.drone) == (event.time_s, event.drone)
        if joins:
            found[-1].append(event)
        else:
            found.append([event])
    return found


def _headline(event: Event) -> str:
    """The event and the little of its detail that says what it was about."""
    detail, kind = event.detail, event.kind.replace("_", " ")
    named = [detail.get(key) for key in ("kind", "text", "section", "reason", "room", "condition")]
    said = detail.get("said")
    parts = [str(name).replace("_", " ") for name in named if name]
    if said and str(said) not in map(str, named):
        parts.append(f"said {str(said).replace('_', ' ')}")
    parts += [f"{detail[key]:.2g} {unit} off" for key, unit in (("error_m", "m"), ("error_deg", "deg")) if key in detail]
    parts += [f"{detail[key]} {key}" for key in ("moving", "staying") if key in detail]
    if event.value != 1.0:
        parts.append(f"{event.value:.3g}")
    return f"{kind}: {', '.join(parts)}" if parts else kind


def _brief(event: Event) -> str:
    kind = event.kind.replace("_", " ")
    return kind if event.value == 1.0 else f"{kind} {event.value:.3g}"


def _place(log: EpisodeLog, events: Sequence[Event], here: NDArray[np.float64]) -> list[float]:
    """Where an event says that it was, or where the thing or person is that it names, or else `here`."""
    things = log.header["scenario"].get("task", {}).get("things", ())
    for event in events:
        at: Any = event.detail.get("position") or event.detail.get("position_m")
        number = event.detail.get("thing", event.detail.get("person"))
        if at is None and isinstance(number, int) and number >= 0:
            if number < len(things):
                at = things[number].get("centre") or things[number].get("position")
            else:
                at = _person_at(log, number, event.time_s)
        if at is not None and len(at) == 3:
            return [round(float(x), 3) for x in at]
    return [round(float(x), 3) for x in here]


def _person_at(log: EpisodeLog, number: int, time_s: float) -> NDArray[np.float64] | None:
    table = log.tracks().get("people")
    if table is None:
        return None
    row = max(int(np.searchsorted(table[:, 0], time_s, side="right")) - 1, 0)
    people = things_of(table, TRACK_WIDTHS["people"])[row]
    return people[number, : PersonColumn.YAW_RAD] if number < len(people) else None


def _worths(log: EpisodeLog, rules: Rules | None, groups: Sequence[Sequence[Event]]) -> Sequence[float | None]:
    """By how much the score rises with each group; none where the rules don't fit the log."""
    unknown = [None] * len(groups)
    if rules is None or len(groups) > _MOST:
        return unknown
    part = EpisodeLog.restore(log.content(), log.samples().table, {}, log.timing, None)
    part.events = []
    # Dense kinds have no times: they count in full from the start, and so do calls, which are no deed of the drone.
    part.totals = {kind: total for kind, total in log.totals.items() if kind in DENSE_KINDS | _NOT_STORY}
    try:
        before, worths = score(part, rules).total, []
        for events in groups:
            _add(part, events)
            now = score(part, rules).total
            worths.append(round(now - before, 3))
            before = now
    except LogError:
        return unknown
    return worths


def _add(log: EpisodeLog, events: Sequence[Event]) -> None:
    for event in events:
        total = log.totals.get(event.kind, Total())
        log.totals[event.kind] = Total(total.times + 1, total.value + event.value)
        log.events.append(event)


def calls_of(log: EpisodeLog) -> list[dict[str, Any]]:
    """What sounded, from where to when, and whether a drone's microphones caught it."""
    heard = {(e.detail.get("source"), e.detail.get("sounding")): e for e in log.events if e.kind == "heard"}
    found = []
    for number, source in enumerate(log.header["scenario"].get("sounds", ())):
        for turn, sounding in enumerate(source["soundings"]):
            caught = heard.get((number, turn))
            found.append(_call(source, sounding, caught))
    return sorted(found, key=lambda call: float(call["start"]))


def _call(source: Mapping[str, Any], sounding: Mapping[str, Any], caught: Event | None) -> dict[str, Any]:
    start = float(sounding["start_s"])
    return {
        "kind": source["kind"],
        "help": bool(source.get("calls", False)),
        "start": start,
        "end": start + float(sounding["duration_s"]),
        "position": _at(source["path"], start),
        "clip": sounding.get("clip", ""),
        "drone": -1 if caught is None else caught.drone,
        "snr_db": None if caught is None else round(float(caught.detail.get("snr_db", 0.0)), 1),
    }


def _at(path: Sequence[Mapping[str, Any]], time_s: float) -> list[float]:
    """Where a source is that goes along a path."""
    times = [float(point["time_s"]) for point in path]
    places = np.array([point["position"] for point in path], dtype=float)
    return [round(float(np.interp(time_s, times, places[:, axis])), 3) for axis in range(3)]
