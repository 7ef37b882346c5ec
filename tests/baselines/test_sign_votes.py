"""What many readings of a sign come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.baselines.sign_kinds import likely_kinds
from goldentime.baselines.sign_votes import alike, verdict


def test_the_whole_is_taken_where_parts_were_read_more_often() -> None:
    read = {"FIRE EX": 3.0, "FIRE EXTIN": 2.0, "FIRE EXTINGUISHER": 2.0}
    assert verdict(read).text == "FIRE EXTINGUISHER"


def test_a_whole_that_was_hardly_read_is_not_taken() -> None:
    assert verdict({"103호": 4.0, "1103호": 0.1}).text == "103호"


def test_misread_letters_are_outvoted() -> None:
    said = verdict({"구명조끼": 2.0, "구명거끼": 1.0, "구명조기": 0.8, "소화전": 0.2})
    assert said.text == "구명조끼"
    assert 0.7 < said.share < 1.0


def test_single_characters_are_no_text() -> None:
    assert verdict({"S": 5.0, "샤": 0.4}) == ("", 0.0, 0.0)
    assert verdict({"S": 5.0, "3F": 0.4}).text == "3F"
    assert verdict({}).text == ""


def test_readings_that_have_nothing_in_common_leave_a_small_share() -> None:
    assert verdict({"EXIT": 1.0, "화장실": 1.0, "7203": 0.9}).share < 0.5


def test_spaces_do_not_count() -> None:
    assert alike("FIRE EXIT", "FIREEXIT") == 1.0
    assert alike("104호", "105호") == pytest.approx(0.8)


_texts = st.text("ABC가나12 ", min_size=1, max_size=6)


@given(st.dictionaries(_texts, st.floats(0.01, 10.0), max_size=6))
def test_a_verdict_was_read_and_no_more_than_all_speak_for_it(read: dict[str, float]) -> None:
    said = verdict(read)
    assert said.text in {*read, ""}
    assert 0.0 <= said.share <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("84 화장실", "room_plate"),
        ("80호", "room_plate"),
        ("독성물질", "hazard"),
        ("발밑조심 WATCH YOUR STEP", "hazard"),
        ("비상구", "exit"),
        ("3층", "floor_number"),
        ("FIRE EXTINGUISHER", "notice"),
        ("한빛약국", "shop"),
    ],
)
def test_kinds_of_signs_by_their_words(text: str, kind: str) -> None:
    assert kind in likely_kinds(text)


@pytest.mark.parametrize("text", ["84 화장실", "80호", "요자"])
def test_other_texts_are_no_hazards(text: str) -> None:
    assert "hazard" not in likely_kinds(text)
