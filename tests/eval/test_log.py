"""The episode log: what it keeps, its digest, and its files under every kind of damage."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from goldentime.errors import LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import load_log, save_log
from goldentime.types import Event


def test_a_stored_log_comes_back_whole(hand, tmp_path):
    log = hand.make_log(hand.full_flight())
    log.timed(0.002)
    log.timed(0.004)
    log.error = "Traceback: something"
    save_log(log, tmp_path / "0000.jsonl")
    back = load_log(tmp_path / "0000.jsonl")
    assert back.content() == log.content()
    assert back.timing == log.timing == {"acts": 2, "act_median_ms": 3.0, "act_max_ms": 4.0}
    assert (back.error, back.reason, back.digest()) == (log.error, "landed", log.digest())
    np.testing.assert_array_equal(back.samples().table, log.samples().table)


def test_equal_flights_give_equal_bytes(hand, tmp_path):
    for name in ("a", "b"):
        save_log(hand.make_log(hand.full_flight()), tmp_path / f"{name}.jsonl")
    for ending in ("jsonl", "npz"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "a.npz", "b.jsonl", "b.npz"]


def test_the_digest_is_the_same_in_another_process(hand):
    code = "import handmade as h; print(h.make_log(h.full_flight()).digest())"
    env = {**os.environ, "PYTHONHASHSEED": "12345"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.strip() == hand.make_log(hand.full_flight()).digest()


def test_the_digest_covers_the_flight_and_not_the_clock(hand):
    plain = hand.make_log(hand.full_flight()).digest()
    timed = hand.make_log(hand.full_flight())
    timed.timed(0.5)
    timed.error = "x"
    assert timed.digest() == plain
    other = hand.full_flight()
    other[0] = other[0]._replace(value=2.0)
    changed = [
        hand.make_log(other),
        hand.make_log(hand.full_flight(), reason="time_up"),
        hand.make_log(hand.full_flight(), par_time_s=11.0),
        hand.make_log(hand.full_flight(), end_s=20.1),
        hand.make_log(hand.full_flight()[:2] + hand.full_flight()[3:]),
    ]
    assert len({plain, *(log.digest() for log in changed)}) == 6


def test_dense_events_are_kept_as_sums(hand):
    log = hand.make_log(hand.full_flight())
    assert [event.kind for event in log.events].count("collision_s") == 0
    assert log.totals["collision_s"] == (2, 0.25)
    assert log.totals["section_passed"] == (3, 3.0)
    assert log.reward_terms["progress"] == pytest.approx(0.25 * 201)


def test_samples_hold_the_states(hand):
    samples = hand.make_log().samples()
    assert samples.time_s[[0, -1]].tolist() == [0.0, 20.0]
    assert samples.position_m.shape == (201, 1, 3)
    assert samples.quaternion_xyzw[5, 0].tolist() == [0, 0, 0, 1]
    assert samples.state_of_charge[-1, 0] == 1 - 20 / 1200
    assert EpisodeLog().samples().position_m.shape == (0, 0, 3)


def test_misuse_is_refused(hand):
    log = hand.make_log()
    with pytest.raises(LogError, match="one episode"):
        log.begin({})
    with pytest.raises(LogError, match="has ended"):
        log.record(hand.state(30.0, (0, 0, 0)), [])
    with pytest.raises(LogError, match="header: must be JSON-able"):
        EpisodeLog().begin({"array": np.zeros(2)})
    with pytest.raises(LogError, match="event 'odd': must be JSON-able"):
        EpisodeLog().add_events([Event(0.0, "odd", 0, 1.0, {"x": float("nan")})])
    log.end("later")
    assert log.reason == "landed"


def edit_line(path: Path, number: int, **values: object) -> None:
    lines = path.read_text("utf-8").splitlines()
    lines[number] = json.dumps({**json.loads(lines[number]), **values})
    path.write_text("\n".join(lines) + "\n", "utf-8")


def cut(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


DAMAGES = {
    "no file": (lambda p: p.unlink(), r"0000\.jsonl: can't be read"),
    "empty": (lambda p: p.write_bytes(b""), r"0000\.jsonl: expected a header line, got an empty file"),
    "half": (lambda p: cut(p, 0.8), r"0000\.jsonl: expected lines header, events, end, timing, got"),
    "garbage": (lambda p: p.write_bytes(b"\xff\xfe\n"), r"0000\.jsonl:1: expected a JSON object, got"),
    "a list": (lambda p: p.write_bytes(b"[]\n"), r"0000\.jsonl:1: expected a JSON object, got list"),
    "other first": (lambda p: edit_line(p, 0, type="x"), r"0000\.jsonl:1: expected a line of type 'header', got 'x'"),
    "newer format": (lambda p: edit_line(p, 0, format=99), r"0000\.jsonl:1: expected log format 1, got 99"),
    "edited event": (lambda p: edit_line(p, 1, value=9.0), r"0000\.jsonl: expected digest \w+, got \w+"),
    "unknown field": (lambda p: edit_line(p, 1, extra=1), r"0000\.jsonl: expected the fields of log format 1"),
    "no arrays": (lambda p: p.with_suffix(".npz").unlink(), r"0000\.npz: expected the log's arrays, can't be read"),
    "cut arrays": (lambda p: cut(p.with_suffix(".npz"), 0.5), r"0000\.npz: expected SHA-256 \w+, got \w+"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_named(hand, tmp_path, damage):
    path = tmp_path / "0000.jsonl"
    save_log(hand.make_log(hand.full_flight()), path)
    spoil, message = DAMAGES[damage]
    spoil(path)
    with pytest.raises(LogError, match=message):
        load_log(path)
