"""The report: self-contained, well-formed, small, and it says what went wrong."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from goldentime.eval.folder import RunFolder, open_folder
from goldentime.eval.log_files import save_log
from goldentime.eval.plan import Plan
from goldentime.eval.report.flight import flown_m
from goldentime.eval.report.marks import marks_of, problems, section_bands
from goldentime.eval.report.page import write_report
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score
from goldentime.types import Event

VOID = {"meta", "br", "img", "link", "input", "hr"}
OPTIONAL_END = {"th", "td", "tr", "li", "p", "tbody"}


class Balance(HTMLParser):
    """Notes elements that are closed in the wrong order or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID and tag not in OPTIONAL_END:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag in OPTIONAL_END:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} at {self.getpos()}")


def run_of(folder: Path, logs: list[Any]) -> RunFolder:
    plan = Plan(
        mission="course",
        overrides={},
        mission_config={"title": "Course <1>"},
        agent="hand",
        agent_config={"_target_": "x.Y"},
        episodes=len(logs),
        rules=load_rules("course"),
    )
    run = open_folder(folder, plan, {}, False, False)
    for index, log in enumerate(logs):
        save_log(log, run.log(index))
    write_report(run)
    return run


@pytest.fixture(scope="module")
def page(hand, tmp_path_factory):
    crash = [*hand.full_flight()[:3], Event(7.0, "crashed", 0, 1.0, {"other": "<tree>"})]
    broken = hand.make_log(hand.full_flight()[:1], end_s=5.0, reason="agent_error")
    broken.error = "Traceback (most recent call last):\nValueError: <script>"
    logs = [hand.make_log(hand.full_flight()), hand.make_log(crash, end_s=7.0, reason="crashed"), broken]
    return run_of(tmp_path_factory.mktemp("runs") / "run", logs).report.read_text("utf-8")


def test_it_needs_nothing_from_elsewhere(page):
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert not re.search(r"https?://|@import|url\(", page)


def test_it_is_well_formed_and_escapes_what_it_is_told(page):
    parser = Balance()
    parser.feed(page)
    assert parser.faults == []
    assert parser.open == []
    assert "Course &lt;1&gt;" in page
    assert "<tree>" not in page
    assert "ValueError: &lt;script&gt;" in page


def test_every_episode_has_its_drawings_and_the_world_is_drawn_once(page):
    assert page.count('class="top"') == page.count('class="profile"') == 3
    assert page.count('id="scene') == 1
    assert page.count('href="#scene0"') == 3
    for css in ("s-wall", "s-pole", "s-net", "s-tunnel", "s-glass", "s-wind", "s-pad", "s-mover"):
        assert f'class="{css}' in page


def test_it_says_what_went_wrong_where(page):
    assert "2 of 3 sections not passed; the last one passed is maze." in page
    assert "Crashed: &lt;tree&gt; at 7.0 s" in page
    assert "1 collision, 0.10 s in touch: at 6.0 s." in page
    assert "The agent raised an exception: ValueError" in page


def test_equal_logs_give_equal_bytes(hand, tmp_path):
    runs = [run_of(tmp_path / name, [hand.make_log(hand.full_flight())]) for name in ("a", "b")]
    assert runs[0].report.read_bytes() == runs[1].report.read_bytes()


def test_forty_long_flights_stay_small(hand, tmp_path):
    log = hand.make_log(hand.full_flight() + [Event(i / 10, "collision", 0) for i in range(500)], end_s=300.0)
    assert run_of(tmp_path / "run", [log] * 40).report.stat().st_size < 10e6


def test_marks_know_the_place_and_the_section(hand):
    log = hand.make_log(hand.full_flight())
    marks = marks_of(log, flown_m(log))
    touch = next(mark for mark in marks if mark.kind == "collision")
    assert (touch.position, touch.section, touch.css) == ((6.0, 3.9, 1.4), "maze", "bad")
    bands = section_bands(marks, float(flown_m(log).max()))
    assert [name for name, _, _ in bands] == ["maze", "nets", "windows", ""]
    assert problems(log, score(log, load_rules("course")), marks) == ["1 collision, 0.25 s in touch: at 6.0 s."]


def test_a_flood_of_events_is_cut(hand):
    log = hand.make_log([Event(1.0, "invalid_action", 0)] * 1000)
    assert len(marks_of(log, flown_m(log))) == 200
    assert "1000 actions outside" in " ".join(problems(log, score(log, load_rules("course")), []))


def test_a_log_without_a_flight_is_drawn_too(hand, tmp_path):
    from goldentime.eval.log import EpisodeLog

    log = EpisodeLog(labels={"agent": "hand", "index": 0, "mission": "course", "split": "public"})
    header = hand.header()
    header["scenario"] = {**header["scenario"], "level": {"solids": [], "glass": []}, "movers": [], "task": {}}
    log.begin(header)
    log.record(hand.state(0.0, (0, 0, 0)), ())
    log.end("agent_error")
    assert "<svg" in run_of(tmp_path / "run", [log]).report.read_text("utf-8")
