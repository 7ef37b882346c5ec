"""The reader: spelling, straightening, finding lines, mending by a lexicon, and the weights that come with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")
import cv2

from goldentime.envs.signs import Language, SignKind, SignVariety, TextLine, draw_sign, sign_image
from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.perception import reading
from goldentime.perception.reading import load_reader
from goldentime.perception.reading_alphabet import COVERED, encode, spell
from goldentime.perception.reading_lexicon import mend, tidy
from goldentime.perception.reading_lines import FoundLine, face_quad, find_lines, picture_width, rectify, sideways
from goldentime.rng import stream

pytestmark = pytest.mark.train

TEXTS = st.text(st.sampled_from("가나다값뜰 호304AaBz'-&" + COVERED), max_size=12)


@given(TEXTS, st.lists(st.integers(1, 3), min_size=12, max_size=12))
def test_columns_spell_what_was_encoded(text, repeats):
    columns = [0]
    for kind, count in zip(encode(text), repeats, strict=False):
        columns += [kind] * count + [0]
    found = spell(np.array(columns), np.full(len(columns), 0.5))
    assert found.text == text
    assert len(found.confidence) == len(found.column) == len(text)
    assert list(found.column) == sorted(found.column)


def test_what_the_alphabet_lacks_is_left_out():
    assert encode("가漢나") == encode("가나")


def test_equal_neighbours_need_a_blank_between_them():
    (kind,) = encode("가")
    assert spell(np.array([kind, kind]), np.ones(2)).text == "가"
    assert spell(np.array([kind, 0, kind]), np.ones(3)).text == "가가"


@given(st.floats(40, 90), st.floats(-12, 12), st.floats(-0.2, 0.2))
def test_a_quadrilateral_comes_out_straight(size, rise, far):
    """Four quarters of different grey, drawn in perspective, lie in the four quarters of the rectangle."""
    flat = np.zeros((100, 200), np.uint8)
    flat[:50, :100], flat[:50, 100:], flat[50:, :100], flat[50:, 100:] = 40, 100, 160, 220
    shrink = 1.0 - far
    quad = np.array(
        [(30, 60), (230, 60 + rise), (230, 60 + rise + size * shrink), (30, 60 + size)],
        np.float32,
    )
    corners = np.array([(-0.5, -0.5), (199.5, -0.5), (199.5, 99.5), (-0.5, 99.5)], np.float32)
    seen = np.asarray(cv2.warpPerspective(flat, cv2.getPerspectiveTransform(corners, quad), (260, 240)), np.uint8)
    width = picture_width(quad)
    found = rectify(seen, quad, width)
    assert found.shape == (32, width)
    for row, column, level in ((8, 0.25, 40), (8, 0.75, 100), (24, 0.25, 160), (24, 0.75, 220)):
        assert found[row, int(column * width)] == pytest.approx(level, abs=4)


def test_a_column_of_characters_is_laid_on_its_side():
    quad = np.array([(0, 0), (10, 0), (10, 50), (0, 50)], np.float32)
    assert picture_width(sideways(quad)) == 160  # five times as long as high
    assert sideways(quad).tolist() == [[10, 0], [10, 50], [0, 50], [0, 0]]


@pytest.mark.parametrize("down", [False, True])
def test_a_slanting_line_is_found_where_it_is(down):
    """From perfect maps: middles of half the height, a quarter of the height short at the ends."""
    along, across = np.meshgrid(np.arange(120), np.arange(100))
    upper, lower = 30 + 0.1 * along, 46 + 0.2 * along
    size = lower - upper
    inside = (np.abs(across - (upper + lower) / 2) < size / 4) & (along >= 24) & (along <= 90)
    reach = np.log(np.clip(np.stack([across - upper, lower - across]), 0.1, None)).astype(np.float32)
    middle = inside.astype(np.float32)
    if down:
        middle, reach = middle.T, reach.transpose(0, 2, 1)
    (found,) = find_lines(middle, reach, down, 0.5)
    assert isinstance(found, FoundLine)
    assert found.down is down
    quad = found.quad[:, ::-1][[0, 3, 2, 1]] if down else found.quad
    start, end = 23.5 - 0.25 * 18.35, 90.5 + 0.25 * 25.05
    aim = [(start, 30 + 0.1 * start), (end, 30 + 0.1 * end), (end, 46 + 0.2 * end), (start, 46 + 0.2 * start)]
    assert quad == pytest.approx(np.array(aim), abs=0.5)


def test_a_face_has_four_corners():
    face = np.zeros((60, 80), np.uint8)
    cv2.fillPoly(face, [np.array([(11, 21), (59, 11), (59, 49), (11, 39)])], 1)
    assert face_quad(face.astype(bool)) == pytest.approx(np.array([(10, 20), (60, 10), (60, 50), (10, 40)]), abs=1.5)


WORDS = ("화장실", "회의실", "EXIT", "EMERGENCY EXIT", "약국", "비상구")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("4츨", "4층"), ("11증", "11층"), ("하 2층 B2F", "지하 2층 B2F"), ("304호", "304호"), ("3길", "3길")],
)
def test_units_behind_numbers_are_known(text, meant):
    assert tidy(text) == meant


@pytest.mark.parametrize(
    ("text", "chance", "meant"),
    [
        ("화잠실", 0.6, "화장실"),  # one letter misread
        ("EMERGENCY EXlT", 0.5, "EMERGENCY EXIT"),
        ("204 회외실", 0.7, "204 회의실"),  # the number stays
        (f"비{COVERED}구", 0.9, "비상구"),
        ("하늘빛약극", 0.6, "하늘빛약국"),  # the end of a shop's name
        ("304호", 0.4, "304호"),
        ("409 EXIT", 0.5, "409 EXIT"),
        ("Ex1T", 0.9, "EXIT"),
        ("바람마루", 0.5, "바람마루"),  # near to nothing
        ("화잠길", 0.999, "화잠길"),  # no doubt, and two letters off
        ("Exit", 0.9, "EXIT"),
        ("Exit", 0.999, "Exit"),  # a name in its own capitals
        ("쇼 약국", 0.9, "약국"),  # a pictogram was taken for a letter
        ("3 약국", 0.9, "3 약국"),
    ],
)
def test_a_lexicon_mends_what_is_doubtful(text, chance, meant):
    assert mend(text, [chance] * len(text), WORDS) == meant


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("EMERgENCY EXiT", "EMERGENCY EXIT"),
        ("ByeolgOl-ro 1o3", "Byeolgol-ro 103"),
        ("cedar Lane", "Cedar Lane"),
        ("B1O2 탕비실", "B102 탕비실"),
        ("지하 2층", "지하 2층"),
    ],
)
def test_latin_words_are_written_in_one_way(text, tidied):
    assert tidy(text) == tidied


def picture_of(text: str, language: Language, number: int) -> np.ndarray:
    """A sign of a held-out font on a grey wall, letters of about 45 pixels."""
    variety = SignVariety(fonts=("NotoSansKR",), wear=(0.0, 0.1), soot=(0.0, 0.1), covered=0.0)
    rng = stream(5, "test_reading", number)
    spec = draw_sign(SignKind.ROOM_PLATE, rng, variety, language=language, lines=(TextLine(text=text),))
    large = sign_image(spec, 4 * min(300 / spec.size_m[0], 60 / spec.size_m[1]))
    face = cv2.resize(large, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    frame = np.full((480, 640, 3), (150, 148, 144), np.uint8)
    height, width = face.shape[:2]
    share = face[..., 3:].astype(np.float32) / 255
    part = frame[200 : 200 + height, 150 : 150 + width]
    part[:] = (face[..., :3] * share + part * (1 - share)).astype(np.uint8)
    return frame


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.mark.parametrize(
    ("text", "language"), [("관리사무소", Language.KO), ("Waiting Room", Language.EN), ("304호", Language.KO)]
)
def test_the_shipped_reader_reads_clean_signs(reader, text, language):
    (found,) = reader.read(picture_of(text, language, len(text)))
    assert found.text == text
    assert found.lines == (text,)
    assert 0.5 < found.confidence <= 1.0
    (left, top), _, (right, bottom), _ = found.quad
    assert left < right
    assert 190 < top < bottom < 290


def test_nothing_is_read_where_nothing_is_written(reader):
    assert reader.read(np.full((480, 640, 3), 128, np.uint8)) == []


def test_pictures_of_another_kind_are_refused(reader):
    with pytest.raises(ConfigError, match=r"\(height, width, 3\) uint8"):
        reader.read(np.zeros((480, 640), np.uint8))


def test_a_missing_dependency_is_named(monkeypatch):
    monkeypatch.setattr(reading, "find_spec", lambda name: None if name == "torch" else object())
    with pytest.raises(MissingDependencyError, match=r"PyTorch.*goldentime\[train\]"):
        load_reader()


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "reader.safetensors"
    path.write_bytes(b"no weights")
    with pytest.raises(ConfigError, match="expected weights of the kind 'goldentime-reader"):
        load_reader(path)
