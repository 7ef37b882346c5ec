"""The answer sheet of 2021: four tasks over recorded material, read and written.

Known of it: five sets of three drones each; a file `answersheet_3_00_<team>.json` with the keys `task1_answer` to
`task4_answer` (participants' public code has them in one object, or each in an object of a list); per rescue photo the text
of the name plate of the place where it was taken, or "NONE"; per drone the lists M, W and C of the times "MM:SS" at which a
man, a woman, a child is heard, or ["NONE"], nested as below; per set [moving, staying, total]; per triage photo [dead,
immediate, urgent, non-urgent]. Ours: that photos are called by their file names, that the truth has the same form under
`task1_GT` to `task4_GT` with [start, end] in place of times, and its key `faint`.

    {"task1_answer": [{"set_1": [{"set01_rescue01.jpg": "204 자료실"}]}],
     "task2_answer": [{"set_1": [{"drone_1": [{"M": ["00:04"], "W": ["NONE"], "C": ["NONE"]}]}]}],
     "task3_answer": [{"set_1": [2, 3, 5]}],
     "task4_answer": [{"set_1": [{"set01_drone01_triage01.jpg": [0, 1, 0, 2]}]}]}
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import read_json, told
from goldentime.files import pretty_json

__all__ = ["ANSWER", "CLASSES", "FAINT", "MOTIONS", "NONE", "TAGS", "TRUTH", "Answer", "Sheet", "Span", "Truth"]
__all__ += ["answer_bytes", "clock", "plain_text", "read_answer", "read_truth", "truth_bytes"]

T = TypeVar("T")

ANSWER, TRUTH = "answer", "GT"
"""Ends of the keys of an answer and of a truth."""
CLASSES = ("M", "W", "C")
FAINT = "faint"
"""Of a truth: when somebody is barely heard. A time there costs nothing and gains nothing."""
MOTIONS = ("moving", "staying", "total")
TAGS = ("dead", "immediate", "urgent", "non_urgent")
"""The order of the four counts, as `envs.people.triage.CONDITIONS` calls them."""
NONE = "NONE"
_MOST_BYTES, _MOST_TIMES, _MOST_LETTERS, _MOST_COUNT = 4_000_000, 1000, 100, 10_000
_TIME = re.compile(r"\d{2}:[0-5]\d")

Span = tuple[int, int]
"""First and last second."""


class Sheet(NamedTuple, Generic[T]):
    """All four tasks. Sets and drones count from 1."""

    places: dict[tuple[int, str], str]
    """By set and photo; empty for "NONE"."""
    voices: dict[tuple[int, int], dict[str, tuple[T, ...]]]
    """By set and drone, then by class: seconds in an answer, spans in a truth."""
    people: dict[int, tuple[int, int, int]]
    """By set, in the order of `MOTIONS`."""
    tags: dict[tuple[int, str], tuple[int, int, int, int]]
    """By set and photo, in the order of `TAGS`."""


Answer = Sheet[int]
Truth = Sheet[Span]


def plain_text(text: str) -> str:
    """Unicode NFC, runs of spaces as one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def clock(seconds: int) -> str:
    """MM:SS."""
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def read_answer(path: Path) -> Answer:
    """Read an answer sheet; a task that is left out or empty is not answered.

    Raises:
        ConfigError: the file can't be read or has another form; the message says where.
    """
    return _read(path, ANSWER, CLASSES, _second)


def read_truth(path: Path) -> Truth:
    """Read a truth; see `read_answer`."""
    return _read(path, TRUTH, (*CLASSES, FAINT), _span)


def answer_bytes(sheet: Answer) -> bytes:
    """The file of an answer."""
    return pretty_json(_plain(sheet, ANSWER, clock))


def truth_bytes(sheet: Truth) -> bytes:
    """The file of a truth."""
    return pretty_json(_plain(sheet, TRUTH, lambda span: [clock(second) for second in span]))


# Writing.


def _plain(sheet: Sheet[T], end: str, time: Callable[[T], Any]) -> dict[str, Any]:
    voices: dict[int, list[Any]] = {}
    for (number, drone), heard in sorted(sheet.voices.items()):
        lists = {name: [time(one) for one in times] or [NONE] for name, times in heard.items()}
        voices.setdefault(number, []).append({f"drone_{drone}": [lists]})
    places = {key: text or NONE for key, text in sheet.places.items()}
    tags = {key: list(counts) for key, counts in sheet.tags.items()}
    tasks = _by_set(places), voices, {number: list(counts) for number, counts in sheet.people.items()}, _by_set(tags)
    return {
        f"task{i}_{end}": [{f"set_{number}": entry} for number, entry in sorted(task.items())]
        for i, task in enumerate(tasks, 1)
    }


def _by_set(photos: Mapping[tuple[int, str], Any]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for (number, photo), value in sorted(photos.items()):
        found.setdefault(number, [{}])[0][photo] = value
    return found


# Reading.


def _read(path: Path, end: str, classes: tuple[str, ...], time: Callable[[Any, str], T]) -> Sheet[T]:
    tasks = _tasks(path, end)
    sheet: Sheet[T] = Sheet({}, {}, {}, {})
    for number, photos, where in _sets(tasks[0]):
        for photo, text, at in _named(photos, where):
            sheet.places[number, photo] = _place(text, at)
    for number, drones, where in _sets(tasks[1]):
        for drone, lists, at in _numbered(drones, "drone", where):
            if (number, drone) in sheet.voices:
                raise ConfigError(f"{at}: was given before")
            sheet.voices[number, drone] = _heard(_only(lists, at), at, classes, time)
    for number, counts, where in _sets(tasks[2]):
        moving, staying, total = _counts(counts, MOTIONS, where)
        sheet.people[number] = (moving, staying, total)
    for number, photos, where in _sets(tasks[3]):
        for photo, counts, at in _named(photos, where):
            dead, immediate, urgent, other = _counts(counts, TAGS, at)
            sheet.tags[number, photo] = (dead, immediate, urgent, other)
    return sheet


def _tasks(path: Path, end: str) -> list[tuple[Any, str]]:
    """What each task's key holds, and where that is."""
    data = read_json(path, _MOST_BYTES)
    parts = data if isinstance(data, list) else [data]
    keys = [f"task{i}_{end}" for i in range(1, 5)]
    merged: dict[str, Any] = {}
    for part in parts:
        if not isinstance(part, dict) or part.keys() - {*keys} or part.keys() & merged.keys():
            got = told([*part]) if isinstance(part, dict) else told([part])
            raise ConfigError(f"{path}: expected an object with {', '.join(keys)}, each once, got {got}")
        merged |= part
    if not merged:
        raise ConfigError(f"{path}: expected an object with {', '.join(keys)}, got none of them")
    return [(merged.get(key) or [], f"{path}: {key}") for key in keys]


def _sets(task: tuple[Any, str]) -> list[tuple[int, Any, str]]:
    """Number, content and place of each set of a task."""
    found = _numbered(task[0], "set", task[1])
    numbers = [number for number, _, _ in found]
    if len({*numbers}) < len(numbers):
        twice = next(number for number in numbers if numbers.count(number) > 1)
        raise ConfigError(f"{task[1]}: set_{twice} was given twice")
    return found


def _numbered(entries: Any, name: str, where: str) -> list[tuple[int, Any, str]]:
    """From a list of objects with keys such as `set_1` or `set_01`."""
    found = []
    for key, content, at in _named(entries, where):
        match = re.fullmatch(rf"{name}_0*([1-9]\d{{0,5}})", key)
        if match is None:
            raise ConfigError(f"{at}: expected a key such as '{name}_1', got {key!r}")
        found.append((int(match[1]), content, at))
    return found


def _named(entries: Any, where: str) -> list[tuple[str, Any, str]]:
    """Key, content and place of all that the objects of a list hold."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{where}: expected a list of objects, got {told([entries])}")
    found = [(key, value, f"{where}.{key}") for entry in entries for key, value in entry.items()]
    keys = [key for key, _, _ in found]
    if len({*keys}) < len(keys):
        raise ConfigError(f"{where}: expected each key once, got {told([key for key in keys if keys.count(key) > 1])}")
    return found


def _only(entries: Any, where: str) -> dict[str, Any]:
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
        raise ConfigError(f"{where}: expected a list of one object, got {told([entries])}")
    found: dict[str, Any] = entries[0]
    return found


def _heard(
    lists: dict[str, Any], where: str, classes: tuple[str, ...], time: Callable[[Any, str], T]
) -> dict[str, tuple[T, ...]]:
    if lists.keys() - {*classes} or not {*CLASSES} <= lists.keys():
        raise ConfigError(f"{where}: expected the keys {', '.join(classes)}, got {told([*lists])}")
    found = {}
    for name, times in lists.items():
        at = f"{where}.{name}"
        if not isinstance(times, list) or len(times) > _MOST_TIMES:
            got = f"{len(times)} of them" if isinstance(times, list) else told([times])
            raise ConfigError(f"{at}: expected a list of at most {_MOST_TIMES} times or ['NONE'], got {got}")
        found[name] = () if times == [NONE] else tuple(time(one, f"{at}[{i}]") for i, one in enumerate(times))
    return found


def _second(text: Any, where: str) -> int:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise ConfigError(f"{where}: expected a time such as '01:05', got {told([text])}")
    return 60 * int(text[:2]) + int(text[3:])


def _span(pair: Any, where: str) -> Span:
    if not isinstance(pair, list) or len(pair) != 2:
        raise ConfigError(f"{where}: expected [start, end], got {told([pair])}")
    start, end = (_second(text, where) for text in pair)
    if start > end:
        raise ConfigError(f"{where}: expected an end after the start, got {told(pair)}")
    return start, end


def _place(text: Any, where: str) -> str:
    if not isinstance(text, str) or not text.strip() or len(text) > _MOST_LETTERS:
        raise ConfigError(
            f"{where}: expected a plate's text of 1 to {_MOST_LETTERS} characters or 'NONE', got {told([text])}"
        )
    plain = plain_text(text)
    return "" if plain == NONE else plain


def _counts(row: Any, names: tuple[str, ...], where: str) -> list[int]:
    if not isinstance(row, list) or len(row) != len(names) or not all(map(_is_count, row)):
        raise ConfigError(f"{where}: expected {len(names)} counts ({', '.join(names)}), got {told([row])}")
    return row


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_COUNT
