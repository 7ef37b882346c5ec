"""People, air, fuels, kits and loads in a log: once a second, stored whole, and no change for worlds without them."""

from pathlib import Path

import numpy as np
import pytest

from goldentime.errors import LogError
from goldentime.eval.log import FORMAT
from goldentime.eval.log_files import load_log, save_log
from goldentime.eval.log_tracks import (
    CONDITIONS,
    TRACK_WIDTHS,
    AirColumn,
    KitColumn,
    LoadColumn,
    PersonColumn,
    RadioColumn,
    holders_of,
    things_of,
)
from goldentime.types import KitState

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "course_flight.jsonl"
GOLDEN_DIGEST = "9122c05bc695d274e62ce5ebb6c1a2a10a327f8a58fd4780ac4b3683217e9247"


def test_a_log_of_before_there_were_tracks_reads_as_ever(tmp_path):
    log = load_log(GOLDEN)
    assert log.digest() == GOLDEN_DIGEST
    assert dict(log.tracks()) == {} and log.postures == ()
    save_log(log, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == GOLDEN.read_bytes()
    assert (tmp_path / "again.npz").read_bytes() == GOLDEN.with_suffix(".npz").read_bytes()


def test_each_second_and_both_ends_are_kept(burning):
    log = burning.make_log(end_s=5.3)
    for name, table in log.tracks().items():
        assert table[:, 0] == pytest.approx([0, 1, 2, 3, 4, 5, 5.3]), name
    assert burning.make_log(end_s=5.0).tracks()["air"][:, 0] == pytest.approx([0, 1, 2, 3, 4, 5])


def test_the_tables_say_what_the_states_said(burning, log):
    tracks = log.tracks()
    assert list(tracks) == list(TRACK_WIDTHS)
    truth = burning.state(60.0)
    row = int(np.searchsorted(tracks["people"][:, 0], 59.95))
    people = things_of(tracks["people"], TRACK_WIDTHS["people"])[row]
    for person, state in zip(people, truth.people, strict=True):
        assert person[:3] == pytest.approx(state.position_m)
        assert log.postures[int(person[PersonColumn.POSTURE])] == state.posture
        assert CONDITIONS[int(person[PersonColumn.CONDITION])] == state.condition
        tag = int(person[PersonColumn.TAG])
        assert (CONDITIONS[tag] if tag >= 0 else "") == state.tag
        assert bool(person[PersonColumn.HOODED]) == state.hooded
        assert person[PersonColumn.FED] == pytest.approx(state.fed)
    air = things_of(tracks["air"], TRACK_WIDTHS["air"])[row]
    assert air[:, AirColumn.LAYER_M] == pytest.approx(truth.fire.layer_m)
    assert air[:, AirColumn.UPPER_CO] == pytest.approx(truth.fire.upper_co)
    assert tracks["fuels"][row, 1:] == pytest.approx(truth.fire.fuels_w)
    kits = things_of(tracks["kits"], TRACK_WIDTHS["kits"])
    assert kits[0, 0, KitColumn.CARRIER] == 1 and kits[-1, 0, KitColumn.CARRIER] == -1
    load = things_of(tracks["loads"], TRACK_WIDTHS["loads"])[:, 0]
    assert load[row, :3] == pytest.approx(truth.loads[0].position_m)
    assert [holders_of(held) for held in load[[0, -1], LoadColumn.HELD]] == [(0, 1), (1,)]
    radio = things_of(tracks["radio"], TRACK_WIDTHS["radio"])
    assert radio[[0, row], :, RadioColumn.HOPS].tolist() == [[1, 2], [-1, -1]]
    assert radio[row, :, RadioColumn.POWER_DBM] == pytest.approx(truth.radio.power_dbm[-1, :-1])


def test_tracks_come_back_and_are_part_of_the_digest(burning, log, tmp_path):
    save_log(log, tmp_path / "0000.jsonl")
    back = load_log(tmp_path / "0000.jsonl")
    assert back.digest() == log.digest() and back.postures == log.postures
    for name, table in log.tracks().items():
        np.testing.assert_array_equal(back.tracks()[name], table)

    def shifted(state):
        return state._replace(kits=(KitState((0.0, 0.0, 9.0), (0.0, 0.0, 0.0), -1),))

    other = type(log)(log.labels)
    other.begin({key: value for key, value in log.header.items() if key not in ("labels", "versions")})
    same = type(log)(log.labels)
    same.begin({key: value for key, value in log.header.items() if key not in ("labels", "versions")})
    for tick in range(20):
        same.record(burning.state(tick / 10), ())
        other.record(shifted(burning.state(tick / 10)) if tick == 10 else burning.state(tick / 10), ())
    assert same.digest() != other.digest()


def test_a_track_of_another_width_is_refused(log, tmp_path, monkeypatch):
    path = tmp_path / "0000.jsonl"
    tables = {**log.tracks(), "people": log.tracks()["people"][:, :-1]}
    monkeypatch.setattr(type(log), "tracks", lambda self: tables)
    save_log(log, path)
    monkeypatch.undo()
    with pytest.raises(LogError, match=r"0000\.npz: people: expected 1 \+ 11 n columns, got 33"):
        load_log(path)
    assert FORMAT == 1
