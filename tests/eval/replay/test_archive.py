"""The MCAP archive: nothing of the log is lost, and viewers find the episode in it."""

import json
import sys
from typing import Any

import numpy as np
import pytest

from goldentime.errors import LogError, MissingDependencyError
from goldentime.eval.replay.archive import read_archive, write_archive
from goldentime.eval.replay.schemas import SCHEMAS

reader = pytest.importorskip("mcap.reader")


@pytest.fixture(scope="module")
def short(burning):
    return burning.make_log(end_s=12.0)


@pytest.fixture(scope="module")
def path(short, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "0000.mcap"
    write_archive(short, path)
    return path


def test_the_log_comes_back_from_its_archive(short, path):
    back = read_archive(path)
    assert back.digest() == short.digest()
    assert (back.content(), back.timing, back.error) == (short.content(), short.timing, short.error)
    for name, table in short.tracks().items():
        np.testing.assert_array_equal(back.tracks()[name], table)


def test_viewers_find_scene_poses_and_events(short, path):
    found: dict[str, list[Any]] = {}
    with path.open("rb") as file:
        for schema, channel, message in reader.make_reader(file).iter_messages():
            assert json.loads(schema.data) == SCHEMAS[schema.name]
            found.setdefault(channel.topic, []).append((message.log_time, json.loads(message.data)))
    level = found["/scene"][0][1]["entities"][0]
    solids = short.header["scenario"]["level"]["solids"]
    assert len(level["cubes"]) == len(solids) + 1
    time, last = found["/tf"][-1]
    assert time == 12_000_000_000
    place = last["transforms"][0]["translation"]
    assert [place["x"], place["y"], place["z"]] == short.samples().position_m[-1, 0].tolist()
    assert {entity["id"] for _, update in found["/moving"] for entity in update["entities"]} == {
        "people",
        "air",
        "fuels",
        "kits",
        "loads",
    }
    assert [event["kind"] for _, event in found.get("/events", [])] == [event.kind for event in short.events]
    assert set(found) >= {"/drone/0", "/drone/1"}


def test_equal_logs_give_equal_archives(short, path, tmp_path):
    write_archive(short, tmp_path / "again.mcap")
    assert (tmp_path / "again.mcap").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("cut", [0, 5, 2000, -40])
def test_a_cut_archive_is_named(path, tmp_path, cut):
    broken = tmp_path / "broken.mcap"
    broken.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(LogError, match=r"broken\.mcap"):
        read_archive(broken)


def test_a_missing_archive_is_named(tmp_path):
    with pytest.raises(LogError, match=r"none\.mcap: can't be read"):
        read_archive(tmp_path / "none.mcap")


def test_without_the_extra_one_message_says_what_to_install(short, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mcap.writer", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'goldentime\[replay\]'"):
        write_archive(short, tmp_path / "a.mcap")
    assert list(tmp_path.iterdir()) == []
