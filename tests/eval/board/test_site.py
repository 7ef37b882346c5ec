"""The pages: whole without JavaScript, safe with any name, the same for the same ledger."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.eval.board.names import shown, team_labels
from goldentime.eval.board.parts import Breakdown, Part
from goldentime.eval.board.results import results_json
from goldentime.eval.board.site import Links, Material, pages
from goldentime.eval.board.standings import Team
from goldentime.eval.board.tables import rounds
from goldentime.eval.board.words import words
from goldentime.eval.score.aggregate import wilson

_VOID = {"meta", "img", "br", "hr", "link", "input"}


class Reader(HTMLParser):
    """Reads a page as a browser without JavaScript: tables of text, addresses, and elements that are there at all."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.addresses: list[str] = []
        self.elements: set[str] = set()
        self.handlers: list[str] = []
        self.scripts = 0
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.elements.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data


def read(page: bytes) -> Reader:
    reader = Reader()
    reader.feed(page.decode())
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def material(season) -> Material:
    parts = (
        Part(by="group", name="children", n=4, recall=wilson(3, 4), right=None),
        Part(by="snr_db", name="below -10", n=9, recall=wilson(1, 9), right=None),
        Part(by="transmittance", name="0-0.15", n=2, recall=None, right=wilson(1, 2)),
    )
    links = {"b1": Links(report="runs/b1/report.html", replays=((0, "runs/b1/episodes/0000.html"),))}
    slices = {"s1": Breakdown(parts=parts, gap=0.25)}
    return Material(board=season, rounds=tuple(rounds(season)), slices=slices, links=links)


@pytest.fixture(scope="module")
def site(material):
    return pages(material)


def test_every_page_reads_without_javascript_and_asks_no_network(site):
    names = set(site)
    for name, page in site.items():
        reader = read(page)
        assert reader.scripts == 1
        assert not reader.handlers
        assert not {"img", "iframe", "link", "object", "form", "base"} & reader.elements
        for address in reader.addresses:
            assert re.fullmatch(r"[\w./-]+", address), address
            assert address in names or address.startswith("runs/b1/") or address.endswith((".json", ".parquet"))
        for table in reader.tables:
            assert len({len(row) for row in table}) == 1, name
        assert b"http" not in page.replace(b"http-equiv", b"")


def test_the_rankings_stand_in_the_page(site):
    overall, hover, signs, failed, refused, withdrawn = read(site["index.html"]).tables
    assert [row[0] for row in overall[1:]] == ["1", "2", "3–4", "3–4"]
    assert [row[0] for row in hover[1:]] == ["1–2", "1–2", "3–4", "3–4"]
    assert hover[1][1:4] == ["금빛", "83.7", hover[1][3]]
    assert hover[2][6:] == ["b1", "report replay 0"]
    assert [row[0] for row in signs] == ["rank", "1"]
    assert {(row[3], row[4]) for row in failed[1:]} == {
        ("c2", "failed"),
        ("d1", "incomplete"),
        ("d2", "to be repeated (the referee's fault)"),
    }
    assert [row[3] for row in refused] == ["outcome", "refused submission"]
    assert withdrawn[1][3] == "† b2"


def test_points_of_a_withdrawn_run_are_told_nowhere(site, material):
    told = {run["run"]: run for run in json.loads(results_json(material))["runs"]}
    assert told["b2"].keys() & {"total", "totals", "success_rate", "slices"} == set()
    assert told["b2"]["reason"].startswith("asked for")
    for page in site.values():
        assert b">100.0<" not in page


def test_a_teams_history_has_all_its_runs(site):
    (page,) = [
        name
        for name, page in site.items()
        if name.endswith(".html") and b"<h1><bdi>&lt;script" in page and name.startswith("team-") and ".ko." not in name
    ]
    (table,) = read(site[page]).tables
    assert [(row[2], row[4].split(":")[0]) for row in table[1:]] == [("b1", "ranked"), ("† b2", "Withdrawn")]
    assert site[page].count(b'<circle class="mean"') == 1
    assert "†".encode() in site[page]


def test_slices_stand_on_the_tasks_page(site):
    (page,) = [
        page for name, page in site.items() if name.startswith("task-") and ".ko." not in name and b"<h1>signs" in page
    ]
    table = read(page).tables[-1]
    assert table == [
        ["by", "slice", "금빛"],
        ["men, women, children", "children", "75 (4)"],
        ["signal to noise [dB]", "below -10", "11 (9)"],
        ["smoke: transmittance", "0-0.15", "50 ✓ (2)"],
        ["gap", "", "25"],
    ]


def test_each_page_is_there_in_both_languages_and_leads_to_the_other(site):
    english = {name for name in site if not name.endswith(".ko.html")}
    assert {name.removesuffix(".html") + ".ko.html" for name in english} == set(site) - english
    for name in english:
        korean = site[name.removesuffix(".html") + ".ko.html"]
        assert b'<html lang="ko">' in korean
        assert name in read(korean).addresses
        assert name.removesuffix(".html") + ".ko.html" in read(site[name]).addresses
        assert [len(table) for table in read(korean).tables] == [len(table) for table in read(site[name]).tables]
    assert "순위" in site["index.ko.html"].decode()


def test_all_words_are_there_in_both_languages():
    english, korean = words("en"), words("ko")
    assert english.keys() == korean.keys()
    for key, text in korean.items():
        assert re.search("[가-힣]", text), key
        assert not re.search("[가-힣]", english[key]), key


def test_equal_ledgers_give_equal_bytes(material, site):
    assert pages(material) == site
    assert results_json(material) == results_json(material)


@given(
    st.text(
        "aZ9 <&\"'금\u1100\u1161\u202e\u200b\u200d\u0301\u0e47\x00\x1b\n\u3000\ud800\U000e0041\ufeff\U0001f525\ufe0f",
        max_size=80,
    )
)
def test_no_name_is_invisible_or_changes_what_stands_around_it(name):
    text = shown(name)
    assert len(text) <= 60
    assert text.isprintable()
    assert shown(text) == text or len(text) == 60


@pytest.mark.parametrize("name", ["\u202eabc", "a\u200bb", "a\x00b", "\ud800", "\u3164", "a\nb", "\U000e0041"])
def test_hidden_letters_are_shown(name):
    assert re.search("<U\\+[0-9A-F]{4,5}>|a b", shown(name))


def test_marks_do_not_pile_up():
    assert len(shown("a" + "\u0301" * 50)) <= 3


def test_names_that_look_alike_are_told_apart():
    labels = team_labels([Team("Red"), Team("red"), Team("ｒｅｄ"), Team("Red", named=False), Team("blue")])
    assert len(set(labels.values())) == 5
    assert labels[Team("blue")] == "blue"
    assert team_labels([Team("")])[Team("")]
