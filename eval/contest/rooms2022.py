"""The room answers of 2022: read, written and scored.

Known of them: five rooms; answers `{"room_id": "1", "mission": "1", "answer": {"person_id": ...}}`, for mission 2
`{"person_num": {"M":, "W":, "C":}}`, for mission 3 `{"place": ...}`; every field may be "UNCLEAR", an abstention whose
weight is unknown; in later contests of the organiser a run without the message that ends it was not scored. Ours: that
`person_id` is the number of the photo sent by a victim that shows somebody in the room, or "NONE"; that `place` is the text
of the room's plate; the weights, `Weights` below, and only there; that the last answer to a room's mission counts.

A file of answers is what a run's mission server took down (`serve2022`); its end may also be written by hand:

    {"rooms2022_results": [{"room_id": "1", "mission": "2", "answer": {"person_num": {"M": 1, "W": 0, "C": "UNCLEAR"}}}],
     "end_of_mission": "true"}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import read_json, told
from goldentime.eval.contest.sheet2021 import CLASSES, NONE, plain_text
from goldentime.files import pretty_json
from goldentime.records import record

__all__ = ["ANSWER_KEY", "FIELDS", "NONE", "TRUTH_KEY", "UNCLEAR", "Room", "Rooms2022Score", "Run2022", "Said"]
__all__ += ["Truth2022", "Weights", "answer_entry", "answers_bytes", "parse_answer", "read_run", "read_truth"]
__all__ += ["score_rooms2022", "truth_bytes"]

TRUTH_KEY, ANSWER_KEY = "rooms2022_GT", "rooms2022_results"
UNCLEAR = "UNCLEAR"
FIELDS = {"1": ("person_id",), "2": CLASSES, "3": ("place",)}
"""Of each mission, what is told."""
_MOST_BYTES, _MOST_ANSWERS, _MOST_LETTERS, _MOST_PEOPLE = 1_000_000, 1000, 100, 1000

Value = str | int


class Room(NamedTuple):
    """What is true of a room."""

    person_id: str
    people: tuple[int, int, int]
    """Men, women, children."""
    place: str


Truth2022 = dict[str, Room]
"""By the room's id."""
Said = dict[tuple[str, str], dict[str, Value]]
"""By room and mission: what is told, by field."""


class Run2022(NamedTuple):
    """What a team sent."""

    answers: Said
    ended: bool
    """Whether the message that ends the mission came."""


@record
class Weights:
    """What a field of an answer is worth; our choice, like the rescue missions' costs of reports."""

    right: float = 1.0
    unclear: float = 0.0
    wrong: float = -0.5


class Tally(NamedTuple):
    """Fields of one mission by what became of them."""

    right: int
    unclear: int
    wrong: int
    missing: int


@record
class Rooms2022Score:
    """How much of the rooms was told right."""

    total: float
    """0-100: the mean of the three missions' shares, none below 0; 0 for a run that was not ended."""
    scored: bool
    missions: dict[str, Tally]
    shares: dict[str, float]
    """By mission: the fields' worth over their number, at least 0."""


def score_rooms2022(truth: Truth2022, run: Run2022, weights: Weights | None = None) -> Rooms2022Score:
    """Compare a run with the truth.

    Raises:
        ConfigError: the run has rooms that the truth does not have, or there is no truth.
    """
    if not truth:
        raise ConfigError("rooms2022: expected a truth with rooms, got none")
    if unknown := sorted({room for room, _ in run.answers} - truth.keys()):
        raise ConfigError(f"rooms2022: the run has rooms that the truth does not have: {told(unknown)}")
    w = weights if weights is not None else Weights()
    tallies, shares = {}, {}
    for mission in FIELDS:
        marks = [
            mark
            for room, facts in sorted(truth.items())
            for mark in _marks(facts, mission, run.answers.get((room, mission)))
        ]
        tally = Tally(*(marks.count(name) for name in Tally._fields))
        worth = w.right * tally.right + w.unclear * tally.unclear + w.wrong * tally.wrong
        tallies[mission], shares[mission] = tally, max(worth / (w.right * len(marks)), 0.0)
    total = 100.0 * sum(shares.values()) / len(shares) if run.ended else 0.0
    return Rooms2022Score(total=total, scored=run.ended, missions=tallies, shares=shares)


def _marks(facts: Room, mission: str, said: Mapping[str, Value] | None) -> list[str]:
    true: dict[str, dict[str, Value]] = {
        "1": {"person_id": facts.person_id},
        "2": dict(zip(CLASSES, facts.people, strict=True)),
        "3": {"place": facts.place},
    }
    if said is None:
        return ["missing"] * len(FIELDS[mission])
    return [_mark(true[mission][field], said[field]) for field in FIELDS[mission]]


def _mark(true: Value, said: Value) -> str:
    return "unclear" if said == UNCLEAR else "right" if said == true else "wrong"


def parse_answer(data: Any, where: str) -> tuple[tuple[str, str], dict[str, Value]]:
    """Room, mission and what is told, from one answer of a file or a post.

    Raises:
        ConfigError: it has another form.
    """
    if not isinstance(data, dict) or data.keys() != {"room_id", "mission", "answer"}:
        got = told([*data]) if isinstance(data, dict) else told([data])
        raise ConfigError(f"{where}: expected an object with room_id, mission and answer, got {got}")
    room, mission, answer = data["room_id"], data["mission"], data["answer"]
    if not isinstance(room, str) or not room.isdecimal() or len(room) > 4:
        raise ConfigError(f"{where}.room_id: expected a number as text, such as '1', got {told([room])}")
    if not isinstance(mission, str) or mission not in FIELDS:
        raise ConfigError(f"{where}.mission: expected '1', '2' or '3', got {told([mission])}")
    key = {"1": "person_id", "2": "person_num", "3": "place"}[mission]
    if not isinstance(answer, dict) or answer.keys() != {key}:
        got = told([*answer]) if isinstance(answer, dict) else told([answer])
        raise ConfigError(f"{where}.answer: expected an object with {key}, got {got}")
    at = f"{where}.answer.{key}"
    if mission == "2":
        return (room, mission), _numbers(answer[key], at)
    return (room, mission), {key: _text(answer[key], at)}


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MOST_LETTERS:
        raise ConfigError(f"{where}: expected a text of 1 to {_MOST_LETTERS} characters, got {told([value])}")
    return plain_text(value)


def _numbers(value: Any, where: str) -> dict[str, Value]:
    if value == UNCLEAR:
        return dict.fromkeys(CLASSES, UNCLEAR)
    if not isinstance(value, dict) or value.keys() != {*CLASSES}:
        got = told([*value]) if isinstance(value, dict) else told([value])
        raise ConfigError(f"{where}: expected an object with M, W and C, or 'UNCLEAR', got {got}")
    return {name: _number(value[name], f"{where}.{name}") for name in CLASSES}


def _number(value: Any, where: str) -> Value:
    if value == UNCLEAR:
        return UNCLEAR
    # Whether the real contest's numbers were numbers or texts is unknown: both are taken.
    if isinstance(value, str) and value.isdecimal() and len(value) < 5:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_PEOPLE:
        raise ConfigError(f"{where}: expected a number from 0 to {_MOST_PEOPLE} or 'UNCLEAR', got {told([value])}")
    return value


def read_run(path: Path) -> Run2022:
    """Read a file of answers.

    Raises:
        ConfigError: it can't be read or has another form; the message says where.
    """
    data, answers = _load(path, ANSWER_KEY), {}
    for i, entry in enumerate(data[ANSWER_KEY]):
        key, said = parse_answer(entry, f"{path}: {ANSWER_KEY}[{i}]")
        answers[key] = said
    end = data.get("end_of_mission", "false")
    if end not in ("true", "false"):
        raise ConfigError(f"{path}: end_of_mission: expected 'true' or 'false', got {told([end])}")
    return Run2022(answers, end == "true")


def answers_bytes(run: Run2022) -> bytes:
    """The file of a run's answers."""
    entries = [answer_entry(room, mission, said) for (room, mission), said in sorted(run.answers.items())]
    return pretty_json({ANSWER_KEY: entries, "end_of_mission": "true" if run.ended else "false"})


def answer_entry(room: str, mission: str, said: Mapping[str, Value]) -> dict[str, Any]:
    """One answer as it is posted."""
    answer = {"person_num": dict(said)} if mission == "2" else dict(said)
    return {"room_id": room, "mission": mission, "answer": answer}


def read_truth(path: Path) -> Truth2022:
    """Read a truth.

    Raises:
        ConfigError: it can't be read or has another form; the message says where.
    """
    found: Truth2022 = {}
    for i, entry in enumerate(_load(path, TRUTH_KEY)[TRUTH_KEY]):
        where = f"{path}: {TRUTH_KEY}[{i}]"
        if not isinstance(entry, dict) or entry.keys() != {"room_id", "person_id", "person_num", "place"}:
            raise ConfigError(
                f"{where}: expected an object with room_id, person_id, person_num and place, got {told([entry])}"
            )
        said = {m: parse_answer(_answer_of(entry, m), where) for m in FIELDS}
        numbers = [said["2"][1][name] for name in CLASSES]
        counts = [number for number in numbers if isinstance(number, int)]
        if len(counts) != 3 or entry["room_id"] in found:
            raise ConfigError(f"{where}: expected each room once and three numbers, got {told([entry])}")
        person, place = str(said["1"][1]["person_id"]), str(said["3"][1]["place"])
        found[entry["room_id"]] = Room(person, (counts[0], counts[1], counts[2]), place)
    return found


def _answer_of(entry: Mapping[str, Any], mission: str) -> dict[str, Any]:
    """The answer that a row of a truth would be."""
    key = {"1": "person_id", "2": "person_num", "3": "place"}[mission]
    return {"room_id": entry["room_id"], "mission": mission, "answer": {key: entry[key]}}


def truth_bytes(truth: Truth2022) -> bytes:
    """The file of a truth."""
    return pretty_json({TRUTH_KEY: [
        {"room_id": room, "person_id": facts.person_id, "person_num": dict(zip(CLASSES, facts.people, strict=True)),
         "place": facts.place} for room, facts in sorted(truth.items())
    ]})  # fmt: skip


def _load(path: Path, key: str) -> dict[str, Any]:
    data = read_json(path, _MOST_BYTES)
    entries = data.get(key) if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(entries, list) or len(entries) > _MOST_ANSWERS:
        raise ConfigError(
            f"{path}: expected an object with the list {key!r} of at most {_MOST_ANSWERS}, got {told([data])}"
        )
    return data
