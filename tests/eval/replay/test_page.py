"""The page of an episode: whole, of its own, safe against what a log may say, and honest about points."""

import base64
import json
import re
import shutil
import subprocess
from importlib.util import find_spec

import numpy as np
import pytest

from goldentime.errors import LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.replay.page import replay_data, replay_page
from goldentime.eval.replay.scene import storeys
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score
from goldentime.types import Event

NODE = shutil.which("node")


@pytest.fixture(scope="module")
def rules():
    return load_rules("search")


@pytest.fixture(scope="module")
def page(log, rules):
    return replay_page(log, rules)


def numbers(packed):
    """What the page's script makes of packed numbers."""
    kind = {"f32": "<f4", "u32": "<u4", "u16": "<u2", "i16": "<i2", "u8": "u1"}[packed["kind"]]
    return np.frombuffer(base64.b64decode(packed["data"]), kind).reshape(packed["shape"])


def embedded(page):
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


def test_the_page_asks_no_network(page):
    outside = re.findall(
        r"""(?:src|href)\s*=\s*["']?(?!data:)[^"'>\s]+|@import|url\((?!data:)|https?:|fetch\(|import\(""", page
    )
    assert outside == []


def test_the_page_holds_the_whole_episode(page, log, burning):
    data = embedded(page)
    samples = log.samples()
    times, drones = numbers(data["flight"]["time"]), numbers(data["flight"]["drones"])
    assert times[0] == 0 and times[-1] == pytest.approx(samples.time_s[-1]) and np.diff(times).max() < 0.21
    assert drones[-1, :, :3] == pytest.approx(samples.position_m[-1], abs=1e-4)
    assert drones[-1, :, 7] == pytest.approx(samples.state_of_charge[-1], abs=1e-4)
    for name, table in log.tracks().items():
        finite = np.where(np.isfinite(table), table, -999.0)
        assert numbers(data["flight"]["tracks"][name]) == pytest.approx(finite, rel=1e-5), name
    level = log.header["scenario"]["level"]
    assert len(numbers(data["scene"]["boxes"])) == len(level["solids"]) + len(level["glass"])
    assert [room["name"] for room in data["scene"]["rooms"]][:2] == ["복도", "101호"]
    assert [event["time"] for event in data["events"]] == [25.0, 30.0, 61.3, 90.0]
    assert data["events"][0]["also"] == ["credit"]
    assert data["calls"][0] | {"clip": ""} == {
        "kind": "woman", "help": True, "start": 20.0, "end": 22.0, "position": [4.5, 4.0, 1.5],
        "clip": "", "drone": 0, "snr_db": 9.0,
    }  # fmt: skip
    assert set(data["scene"]["people"][0]["models"]) == {"standing", "sitting", "lying_side"}


def test_points_of_the_events_sum_to_the_score(log, rules):
    data = replay_data(log, rules)
    assert data["base"] + sum(event["points"] for event in data["events"]) == pytest.approx(
        score(log, rules).total, abs=0.01
    )
    assert data["events"][0]["points"] > 10 and data["events"][1]["points"] == 0


def test_events_stand_where_the_people_are_that_they_name(burning, rules):
    events = (
        Event(5.0, "delivered", 0, 1.0, {"person": 2}),
        Event(9.0, "person", 0, 0.75, {"person": 0, "kind": "woman", "room": "101호"}),
        Event(9.0, "person", 0, 0.5, {"person": 1, "kind": "man", "room": ""}),
        Event(9.0, "landed", 0),
    )
    shown = replay_data(burning.make_log(end_s=10.0, events=events), rules)["events"]
    assert [event["words"] for event in shown] == ["delivered", "person: woman, 101호, 0.75", "person: man, 0.5", "landed"]
    assert shown[0]["position"] == pytest.approx([1.25, 1.0, 0.0]) and shown[1]["position"] == [4.5, 4.0, 0.0]
    assert [event["mood"] for event in shown] == ["good", "plain", "plain", "good"]


def test_rules_that_do_not_fit_give_a_page_without_points(log):
    data = replay_data(log, load_rules("course"))
    assert data["score"] is None and {event["points"] for event in data["events"]} == {None}
    assert replay_data(log, None)["score"] is None


def test_what_a_log_says_is_no_markup(page):
    assert "</script>" not in page.split('type="application/json">')[1].split("</script>")[0]
    assert "<b>&</b>" not in page
    assert embedded(page)["events"][2]["words"].startswith("wrong: <b>&</b></script>")


@pytest.mark.skipif(find_spec("fontTools") is None, reason="no fontTools")
def test_korean_letters_come_with_the_page(page, hand):
    assert "data:font/woff;base64," in page
    assert "data:font/woff" not in replay_page(hand.make_log(hand.full_flight()), load_rules("course"))


def test_equal_logs_give_equal_pages(burning, rules):
    first, second = (replay_page(burning.make_log(end_s=3.0), rules) for _ in range(2))
    assert first == second


def test_a_page_of_eight_minutes_stays_small(burning, rules):
    # The time line is stretched: as many samples as eight minutes of two drones have.
    log = burning.make_log(end_s=480.0)
    assert len(replay_page(log, rules)) < 5e6


def test_a_log_without_a_state_is_refused():
    log = EpisodeLog()
    log.begin({"mission": "x"})
    with pytest.raises(LogError, match="at least one state"):
        replay_page(log, None)


def test_storeys_are_told_from_rooms():
    def room(low, high):
        return {"lower": [0, 0, low], "upper": [5, 5, high]}

    rooms = [room(0, 2.7), room(0.1, 2.8), room(3, 5.7), room(0, 8.7), room(6, 8.7)]
    assert storeys(rooms) == [{"floor": 0, "ceiling": 2.8}, {"floor": 3, "ceiling": 5.7}, {"floor": 6, "ceiling": 8.7}]
    assert storeys([]) == []


@pytest.mark.skipif(NODE is None, reason="no node")
def test_the_script_is_javascript(page, tmp_path):
    assert NODE is not None
    script = tmp_path / "page.js"
    script.write_text(page.rsplit("<script>", 1)[1].split("</script>")[0], "utf-8")
    subprocess.run([NODE, "--check", str(script)], check=True)


CHROMIUM = shutil.which("chromium")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
def test_the_page_comes_to_life_in_a_browser(page, tmp_path):
    assert CHROMIUM is not None
    path = tmp_path / "page.html"
    path.write_text(page, "utf-8")
    flags = ["--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    address = f"{path.as_uri()}#t=40"
    call = [
        CHROMIUM,
        *flags,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=3000",
        "--dump-dom",
        address,
    ]
    shown = subprocess.run(call, capture_output=True, text=True, check=True, timeout=120).stdout
    assert re.search(r'id="clock">0:40\.0 / 1:30\.0<', shown)
    assert re.search(r'class="event plain now"[^>]*><time[^>]*>0:30', shown)
    assert "fire 924 kW" in shown and '<div id="fault"></div>' in shown
