"""Buildings from files: the shipped ones hold, and what is wrong with a file is said with its field."""

from importlib.resources import files

import pytest
import yaml

from goldentime.envs.buildings.building import HULL_M
from goldentime.envs.buildings.graph import edge_clearance_m
from goldentime.envs.buildings.handmade import load_building
from goldentime.errors import ConfigError
from goldentime.records import digest

SHIPPED = files("goldentime") / "configs" / "buildings"


def shipped(name):
    return load_building(str(SHIPPED / f"{name}.yaml"))


def changed(tmp_path, change, name="annex"):
    """The path of a shipped file with a change."""
    data = yaml.safe_load((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))
    change(data)
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def test_five_rooms_of_the_contest_of_2022_are_all_within_reach():
    building = shipped("rooms2022")
    rooms = [facts for facts in building.compartments if facts.kind == "room"]
    assert [facts.number for facts in rooms] == [101, 102, 103, 104, 105] and not any(facts.sealed for facts in rooms)
    area = sum((r.upper[0] - r.lower[0]) * (r.upper[1] - r.lower[1]) for r in building.level.rooms)
    assert 55.0 < area < 66.0
    assert [plate.text for plate in building.plates] == [
        "101 사무실",
        "102 휴게실",
        "103 자료실",
        "104 보건실",
        "105 상담실",
    ]
    assert edge_clearance_m(building.level, building.graph).min() >= HULL_M
    assert digest(shipped("rooms2022")) == digest(building)


def test_a_locked_room_is_sealed_and_an_ajar_one_open_enough():
    building = shipped("annex")
    by_number = {facts.number: facts for facts in building.compartments if facts.number}
    assert by_number[103].sealed and not by_number[203].sealed
    assert len(building.storeys) == 2 and not any(f.sealed for n, f in by_number.items() if n != 103)
    assert not any(building.compartments[spot.room].number == 103 for spot in building.spots)


def test_an_ajar_door_lets_a_drone_through_only_if_it_is_wide_enough(tmp_path):
    def narrow(data):
        data["storeys"][1]["doors"][3]["angle"] = 0.5

    building = load_building(changed(tmp_path, narrow))
    assert next(facts for facts in building.compartments if facts.number == 203).sealed


def _set(*path):
    def change(data):
        *place, last, value = path
        for part in place:
            data = data[part]
        data[last] = value

    return change


WRONG = [
    (_set("storeys", 0, "rooms", 2, "use", "sauna"), r"mine.yaml.storeys.0.rooms.2.use: expected one of .*, got 'sauna'"),
    (_set("storeys", 0, "rooms", 2, "contents", ["piano"]), r"storeys.0.rooms.2.contents: expected kinds .* got 'piano'"),
    (_set("storeys", 0, "rooms", 3, "name", "hall"), r"storeys.0.rooms.3.name: expected a name of its own .*, got 'hall'"),
    (
        _set("storeys", 0, "rooms", 2, "x", [0.0, 7.0]),
        r"storeys.0.rooms.2: expected room of its own, got one that overlaps",
    ),
    (_set("storeys", 0, "rooms", 2, "x", [0.0, 1.0]), r"storeys.0.rooms.2.x: expected 1.0 m between walls at least"),
    (_set("storeys", 0, "rooms", 2, "colour", "red"), r"storeys.0.rooms.2.colour: unknown key"),
    (_set("storeys", 0, "doors", 3, "between", ["corridor", "attic"]), r"doors.3.between: expected one of .*, got 'attic'"),
    (_set("storeys", 0, "doors", 3, "between", ["nurse", "library"]), r"doors.3.between: expected two rooms with a wall"),
    (_set("storeys", 0, "doors", 3, "at", 5.9), r"storeys.0.doors.3.at: expected 0.62 to 5.38 m, got 5.9"),
    (_set("storeys", 0, "doors", 3, "state", "broken"), r"storeys.0.doors.3.state: .* got 'broken'"),
    (_set("storeys", 0, "doors", 5, "angle", 0.4), r"storeys.0.doors.5.angle: expected 0 for a closed door"),
    (_set("storeys", 0, "doors", 0, "side", "north"), r"storeys.0.doors.0.side: expected a wall with the open air"),
    (_set("storeys", 0, "doors", []), r"mine.yaml.storeys.0.doors: expected one between a room and outside at y = 0"),
    (_set("storeys", 1, "windows", 0, "lintel", 3.5), r"storeys.1.windows.0: expected a hole below the ceiling at 2.9 m"),
    (_set("storeys", 1, "windows", 0, "room", "hall"), r"storeys.1.windows.0.room: expected one of .*, got 'hall'"),
    (_set("storeys", 1, "windows", 0, "open", 0.7), r"storeys.1.windows.0.open: expected 0 or 0.5, got 0.7"),
    (_set("stairs", 0, "x", [0.4, 3.8]), r"stairs.0: expected at least 3.5 m along .* got 3.26 and 5.26 m"),
    (_set("height", 1.9), r"mine.yaml.height: expected 2.3 to 6 m, got 1.9"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_what_is_wrong_with_a_file_is_named(tmp_path, change, message):
    with pytest.raises(ConfigError, match=message):
        load_building(changed(tmp_path, change))
