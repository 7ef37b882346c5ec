"""Signs: equal specs paint equal bytes, text lies inside its sign, covers hide what the truth says and nothing else."""

import json
import math
import re
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.level import Level, triangulate
from goldentime.envs.render.classes import semantic_id
from goldentime.envs.render.content import build_content, instances
from goldentime.envs.render.frame import View, make_frame, make_renderer, pack_ids
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.signage.layout import glyphs, panes
from goldentime.envs.signage.vocabulary import EXITS, HAZARDS, NOTICES, ROOMS, TRADES, of_pool, shared_words
from goldentime.envs.signage.words import all_characters, sign_lines
from goldentime.envs.signs import (
    HIDDEN,
    Cover,
    Language,
    Mounting,
    Pictogram,
    PlacedSign,
    Rect,
    SignKind,
    SignSpec,
    SignVariety,
    TextLine,
    draw_sign,
    face_corners,
    font_names,
    font_path,
    hidden_text,
    lexicon,
    line_box,
    load_font,
    missing_glyphs,
    pool_fonts,
    rect_corners,
    sign_body,
    sign_fixings,
    sign_image,
    visible_text,
)
from goldentime.errors import ConfigError
from goldentime.records import digest, dump, load
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

KINDS = pytest.mark.parametrize("kind", list(SignKind))
LANGUAGES = pytest.mark.parametrize("language", list(Language))
CLEAN = SignVariety(wear=(0.0, 0.0), soot=(0.0, 0.0), backlit=0.0, covered=0.0)
PLATE = SignSpec(
    kind=SignKind.ROOM_PLATE,
    language=Language.KO,
    lines=(TextLine(text="204 자료실"),),
    font="NanumGothic",
    size_m=(0.8, 0.2),
    height_m=1.6,
    face=(244, 244, 240),
    ink=(24, 24, 26),
    edge=(96, 100, 104),
)


def some_signs(count, variety=None):
    kinds = list(SignKind)
    return [draw_sign(kinds[i % len(kinds)], stream(i, "test.signs"), variety) for i in range(count)]


def for_512(spec):
    return sign_image(spec, 512 / max(spec.size_m))


def test_equal_specs_paint_equal_bytes_in_another_process():
    code = """
import hashlib
from goldentime.envs.signs import SignKind, draw_sign, sign_image
from goldentime.rng import stream
total = hashlib.sha256()
for number, kind in enumerate(SignKind):
    total.update(sign_image(draw_sign(kind, stream(number, "test.signs")), 300.0).tobytes())
print(total.hexdigest())
"""
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert len(runs[0].stdout.strip()) == 64


def test_one_stream_draws_one_sign_and_another_another():
    assert draw_sign(SignKind.SHOP, stream(0, "a")) == draw_sign(SignKind.SHOP, stream(0, "a"))
    assert len({draw_sign(SignKind.SHOP, stream(seed, "a")) for seed in range(50)}) == 50


def test_images_are_shared_and_read_only():
    image = sign_image(PLATE, 640.0)
    assert image.shape == (128, 512, 4)
    assert image.dtype == np.uint8
    assert sign_image(replace(PLATE), 640.0) is image
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 0


def test_painting_is_quick():
    signs = some_signs(24)
    for_512(signs[0])
    times = []
    for _ in range(3):
        sign_image.cache_clear()
        start = time.process_time()
        for spec in signs:
            for_512(spec)
        times.append((time.process_time() - start) / len(signs))
    assert min(times) < 0.020


def test_a_spec_survives_json():
    for spec in some_signs(40, SignVariety(covered=0.5)):
        again = load(SignSpec, json.loads(json.dumps(dump(spec))), "sign")
        assert again == spec
        assert digest(again) == digest(spec)


@KINDS
@LANGUAGES
def test_kinds_and_languages_are_as_asked_for(kind, language):
    for seed in range(8):
        spec = draw_sign(kind, stream(seed, "test.language"), language=language)
        assert (spec.kind, spec.language) == (kind, language)
        hangul = any("가" <= character <= "힣" for character in spec.text)
        latin = any(character.isascii() and character.isalpha() for character in spec.text)
        assert hangul if language is not Language.EN else not hangul
        assert latin or language is not Language.MIXED
        assert spec.text == unicodedata.normalize("NFC", spec.text)
        assert HIDDEN not in spec.text


def test_signs_hang_from_knee_to_second_floor():
    signs = some_signs(400)
    assert {spec.mounting for spec in signs} == set(Mounting)
    assert {spec.font for spec in signs} == set(font_names())
    assert any(spec.vertical for spec in signs)
    assert min(spec.height_m for spec in signs) < 0.7
    assert max(spec.height_m for spec in signs) > 7.0
    assert all(spec.height_m > spec.size_m[1] / 2 for spec in signs)


def test_text_lies_inside_its_pane():
    for spec in some_signs(200):
        _, pane = panes(spec)
        for number in range(len(spec.lines)):
            box = line_box(spec, number)
            assert pane.left - 1e-9 <= box.left < box.right <= pane.right + 1e-9
            assert pane.top - 1e-9 <= box.top < box.bottom <= pane.bottom + 1e-9


def test_ink_is_painted_where_the_layout_says():
    for spec in some_signs(60, CLEAN):
        spec = replace(spec, pictogram=Pictogram.NONE, border_m=0.0, corner=0.0)
        scale = 512 / max(spec.size_m)
        painted = np.any(sign_image(spec, scale)[..., :3] != np.array(spec.face), axis=2)
        expected = np.zeros_like(painted)
        for glyph in glyphs(spec):
            left, top, right, bottom = (edge * scale for edge in glyph.ink)
            rows = slice(max(math.floor(top) - 2, 0), math.ceil(bottom) + 2)
            expected[rows, max(math.floor(left) - 2, 0) : math.ceil(right) + 2] = True
            if glyph.character != " ":
                assert painted[rows, max(math.floor(left) - 2, 0) : math.ceil(right) + 2].any(), glyph
        assert not np.any(painted & ~expected), spec


def test_lines_do_not_overlap():
    for spec in some_signs(200):
        boxes = [line_box(spec, number) for number in range(len(spec.lines))]
        assert all(upper.bottom < lower.top for upper, lower in pairwise(boxes))


def covered_signs(count):
    signs = [spec for spec in some_signs(2 * count, SignVariety(covered=1.0)) if spec.covers]
    assert len(signs) > count
    return signs


def test_a_cover_changes_its_own_rectangle_and_nothing_else():
    for spec in covered_signs(40):
        scale = 512 / max(spec.size_m)
        changed = np.any(sign_image(spec, scale) != sign_image(replace(spec, covers=()), scale), axis=2)
        (cover,) = spec.covers
        rows, columns = np.nonzero(changed)
        assert rows.min() >= round(cover.y_m * scale)
        assert rows.max() < max(round((cover.y_m + cover.height_m) * scale), round(cover.y_m * scale) + 1)
        assert columns.min() >= round(cover.x_m * scale)
        assert columns.max() < max(round((cover.x_m + cover.width_m) * scale), round(cover.x_m * scale) + 1)


def test_covers_hide_the_characters_of_the_truth_and_no_others():
    for spec in covered_signs(100):
        (cover,) = spec.covers
        right, bottom = cover.x_m + cover.width_m, cover.y_m + cover.height_m
        for glyph in glyphs(spec):
            if glyph.character == " ":
                continue
            ink = glyph.ink
            slack = 0.04 * glyph.letter_m  # letters such as A and Y overlap
            within = cover.x_m <= ink.left + slack and ink.right <= right + slack
            within &= cover.y_m <= ink.top + slack and ink.bottom <= bottom + slack
            apart = ink.right <= cover.x_m + slack or right <= ink.left + slack
            apart |= ink.bottom <= cover.y_m + slack or bottom <= ink.top + slack
            said = glyph.line == cover.line and cover.start <= glyph.place < cover.stop
            assert within if said else apart, (spec.text, glyph.character)


def test_visible_text_marks_what_is_hidden():
    cover = Cover(x_m=0.3, y_m=0.0, width_m=0.2, height_m=0.2, line=0, start=2, stop=5)
    spec = replace(PLATE, covers=(cover,))
    assert hidden_text(spec, cover) == "4 자"
    assert visible_text(spec) == f"20{HIDDEN} {HIDDEN}료실"
    assert spec.text == "204 자료실"
    for sign in covered_signs(40):
        seen = visible_text(sign)
        assert len(seen) == len(sign.text)
        assert 1 <= seen.count(HIDDEN) <= max(len(sign.text) // 3, 1)
        assert all(a in (b, HIDDEN) for a, b in zip(seen, sign.text, strict=True))


@pytest.mark.parametrize("field", ["wear", "soot", "backlight"])
def test_age_and_light_change_the_picture_and_keep_the_outline(field):
    change: Any = {field: 0.8}
    plate = replace(PLATE, corner=0.3)
    clean, changed = sign_image(plate, 640.0), sign_image(replace(plate, **change), 640.0)
    assert np.any(clean[..., :3] != changed[..., :3])
    assert np.array_equal(clean[..., 3], changed[..., 3])
    assert clean[0, 0, 3] == 0
    assert clean[64, 256, 3] == 255


@pytest.mark.parametrize("name", ["NanumGothicLight", "NanumGothic", "NanumGothicBold", "NanumGothicExtraBold"])
def test_thicker_strokes_keep_every_stroke(name):
    """FreeType's stroker loses strokes of Nanum Gothic Light."""
    thin = replace(PLATE, font=name, lines=(TextLine(text="큰나무사진관"),))
    dark = [np.sum(255 - sign_image(spec, 640.0)[..., 0].astype(int)) for spec in (thin, replace(thin, weight=0.02))]
    assert dark[1] > 1.1 * dark[0]
    boxes = [[glyph.ink for glyph in glyphs(spec)] for spec in (thin, replace(thin, weight=0.02))]
    assert len(boxes[0]) == len(boxes[1])


def test_every_font_shows_every_character_of_the_vocabulary():
    characters = all_characters()
    assert len(characters) > 200
    assert font_names()
    for name in font_names():
        assert missing_glyphs(name, characters) == ""


def test_all_characters_are_all():
    known = set(all_characters())
    rng = stream(0, "test.words")
    for kind in SignKind:
        for language in Language:
            for _ in range(100):
                for line in sign_lines(kind, language, rng):
                    assert set(line.text) <= known


def texts_of(words, count=600):
    variety = SignVariety(words=words, fonts=pool_fonts(words), covered=0.0)
    kinds = [kind for kind in SignKind if kind is not SignKind.FLOOR_NUMBER]
    specs = [draw_sign(kinds[i % len(kinds)], stream(i, "test.pools"), variety) for i in range(count)]
    bare = re.compile(r"B?\d+(-\d)?호|Room B?\d+(-\d)?")
    return specs, {spec.text for spec in specs if not bare.fullmatch(spec.text)}


def test_pools_share_no_text_but_bare_numbers_and_no_font():
    (train, train_texts), (test, test_texts) = texts_of("train"), texts_of("test")
    assert not train_texts & test_texts
    assert len(train_texts) > 300
    assert {spec.font for spec in train} == set(pool_fonts("train"))
    assert {spec.font for spec in test} == set(pool_fonts("test"))
    assert not set(pool_fonts("train")) & set(pool_fonts("test"))
    assert set(pool_fonts("train")) | set(pool_fonts("test")) == set(pool_fonts("all")) == set(font_names())


def test_pools_share_no_fixed_word_but_those_said_to_be_shared():
    train, test = lexicon("train"), lexicon("test")
    assert set(train) & set(test) == set(shared_words())
    assert set(train) | set(test) == set(lexicon())
    assert len(train) > 500
    alike = {word.casefold() for word in set(train) - set(shared_words())}
    assert not alike & {word.casefold() for word in set(test) - set(shared_words())}


@pytest.mark.parametrize("table", [ROOMS, EXITS, HAZARDS, NOTICES, TRADES])
def test_each_vocabulary_keeps_about_a_fifth_for_tests(table):
    train, test = of_pool(table, "train"), of_pool(table, "test")
    assert sorted(train + test) == sorted(table) == sorted(of_pool(table, "all"))
    assert len(set(table)) == len(table)
    assert 0.15 <= len(test) / len(table) <= 0.25


def test_fixed_signs_say_words_of_the_lexicon():
    for words in ("all", "train", "test"):
        known = set(lexicon(words))
        for kind in (SignKind.EXIT, SignKind.HAZARD, SignKind.NOTICE):
            for seed in range(30):
                lines = sign_lines(kind, tuple(Language)[seed % 3], stream(seed, "test.lexicon"), words)
                assert {line.text for line in lines} <= known


def test_a_missing_glyph_is_noticed():
    for name in font_names():
        assert missing_glyphs(name, "가\u0e01A\u0e01") == "\u0e01"
    with pytest.raises(ConfigError, match=r"none of .* holds all characters"):
        draw_sign(SignKind.NOTICE, stream(0, "thai"), lines=(TextLine(text="\u0e01\u0e02"),))


def test_fonts_are_found_without_running_their_packages():
    assert set(font_names()) >= {"NanumGothic", "NotoSansKR", "NotoSerifKR"}
    assert find_spec("koreanize_matplotlib") is not None
    assert "koreanize_matplotlib" not in sys.modules


def test_an_unknown_font_names_those_there_are_and_where_more_come_from():
    with pytest.raises(
        ConfigError, match=r"no font 'Comic'; installed: .*NanumGothic.*pip install pylopdf-fonts-ko"
    ) as raised:
        load_font("Comic", 20.0)
    assert "pip install koreanize-matplotlib" in str(raised.value)
    with pytest.raises(ConfigError, match=r"there is no file '/nowhere/x.ttf'"):
        font_path("/nowhere/x.ttf")


def test_a_damaged_font_file_is_a_config_error(tmp_path):
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(b"not a font")
    with pytest.raises(ConfigError, match="can't be read as a font"):
        load_font(str(bad), 20.0)


def test_further_fonts_come_by_path(tmp_path):
    path = tmp_path / "Hidden.ttf"
    path.write_bytes(font_path("NanumGothicBold").read_bytes())
    spec = draw_sign(SignKind.NOTICE, stream(0, "hidden"), SignVariety(fonts=(str(path),)))
    assert spec.font == str(path)
    assert np.array_equal(for_512(spec), for_512(replace(spec, font="NanumGothicBold")))


def test_given_words_are_written():
    spec = draw_sign(SignKind.ROOM_PLATE, stream(3, "given"), lines=(TextLine(text="301호"),), language=Language.KO)
    assert spec.text == "301호"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lines": ()}, "at least one"),
        ({"lines": (TextLine(text=unicodedata.normalize("NFD", "각")),)}, "NFC"),
        ({"lines": (TextLine(text=" "),)}, "NFC"),
        ({"wear": 1.5}, "wear: expected 0 to 1, got 1.5"),
        ({"size_m": (0.0, 1.0)}, "size_m"),
        ({"size_m": (math.nan, 1.0)}, "size_m"),
        ({"face": (0, 0, 300)}, "colours"),
        ({"vertical": True, "lines": (TextLine(text="가"), TextLine(text="나"))}, "one line"),
        ({"covers": (Cover(x_m=0.7, y_m=0.0, width_m=0.2, height_m=0.1, line=0, start=0, stop=1),)}, "within the face"),
        ({"covers": (Cover(x_m=0.0, y_m=0.0, width_m=0.2, height_m=0.1, line=0, start=0, stop=9),)}, "stop <= 7"),
        ({"covers": (Cover(x_m=0.0, y_m=0.0, width_m=0.2, height_m=0.1, line=1, start=0, stop=1),)}, "1 lines"),
    ],
)
def test_specs_that_make_no_sense_are_refused(change, message):
    with pytest.raises(ConfigError, match=message):
        replace(PLATE, **change)


def test_a_picture_beyond_measure_is_refused():
    with pytest.raises(ConfigError, match="pixels_per_m"):
        sign_image(PLATE, 1e6)


@given(st.floats(0.5, 60.0))
def test_signs_can_be_tiny(pixels_per_m):
    assert sign_image(PLATE, pixels_per_m).shape[2] == 4


YAWS = pytest.mark.parametrize("yaw", [0.0, 0.7, math.pi / 2, -2.5])


@YAWS
@pytest.mark.parametrize("mounting", list(Mounting))
def test_faces_have_their_size_look_outwards_and_lie_on_their_body(mounting, yaw):
    sign = PlacedSign(spec=replace(PLATE, mounting=mounting), anchor=(3.0, -2.0, 4.0), yaw=yaw)
    faces = face_corners(sign)
    assert faces.shape == (1 if mounting is Mounting.FLAT else 2, 4, 3)
    body = sign_body(sign)
    for corners in faces:
        right, down = corners[1] - corners[0], corners[3] - corners[0]
        assert np.linalg.norm(right) == pytest.approx(0.8)
        assert down == pytest.approx([0.0, 0.0, -0.2])
        assert corners.mean(axis=0)[2] == pytest.approx(4.0 + 1.6)
        outwards = corners.mean(axis=0) - np.array(body.centre)
        # Someone who looks against `outwards` has `right` on the right.
        assert np.cross(-outwards, [0.0, 0.0, 1.0]) @ right > 0.0
        assert np.linalg.norm(outwards) == pytest.approx(body.size[0] / 2 + 0.002)
        assert outwards @ right == pytest.approx(0.0, abs=1e-12)


@YAWS
def test_signs_keep_clear_of_their_wall(yaw):
    out = np.array([math.cos(yaw), math.sin(yaw), 0.0])
    flat = face_corners(PlacedSign(spec=PLATE, anchor=(1.0, 2.0, 0.0), yaw=yaw))[0]
    assert (flat - [1.0, 2.0, 0.0]) @ out == pytest.approx(0.022)
    spec = replace(PLATE, mounting=Mounting.PROJECTING)
    away = (face_corners(PlacedSign(spec=spec, anchor=(1.0, 2.0, 0.0), yaw=yaw)) - [1.0, 2.0, 0.0]) @ out
    assert away.min() == pytest.approx(0.06)
    assert away.max() == pytest.approx(0.86)


@YAWS
def test_signs_that_stand_off_are_held(yaw):
    out = np.array([math.cos(yaw), math.sin(yaw), 0.0])
    placed = {m: PlacedSign(spec=replace(PLATE, mounting=m), anchor=(1.0, 2.0, 0.0), yaw=yaw) for m in Mounting}
    assert sign_fixings(placed[Mounting.FLAT]) == ()
    points = triangulate(sign_fixings(placed[Mounting.PROJECTING])).vertices - [1.0, 2.0, 0.0]
    # From the wall to the sign, which begins 6 cm before it, and no higher or lower than the sign.
    assert (points @ out).min() == pytest.approx(0.0)
    assert 0.06 < (points @ out).max() < 0.1
    assert 1.5 <= points[:, 2].min() < points[:, 2].max() <= 1.7
    points = triangulate(sign_fixings(replace(placed[Mounting.HANGING], rod_m=0.3))).vertices
    assert [points[:, 2].min(), points[:, 2].max()] == pytest.approx([1.7, 2.0])
    assert sign_fixings(replace(placed[Mounting.HANGING], rod_m=0.0)) == ()


def test_fixings_are_drawn_under_the_number_of_their_sign():
    sign = PlacedSign(spec=replace(PLATE, mounting=Mounting.HANGING), anchor=(1.0, 2.0, 0.0), yaw=0.3)
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, 1.0))
    scene = Scenario(mission="test", level=Level(), drones=(drone,), signs=(sign,), time_limit_s=1.0, task={})
    vertices = build_content(scene).solids.vertices
    number = [instance.kind for instance in instances(scene)].index("sign")
    assert set(vertices[:, 9].copy().view("<u4").tolist()) == {pack_ids(number, semantic_id("sign"))}
    assert vertices[:, 2].max() == pytest.approx(1.7 + sign.rod_m)


def test_the_body_of_a_far_sign_does_not_show_through_its_face():
    spec = replace(PLATE, lines=(TextLine(text="."),), size_m=(6.0, 2.0), face=(220, 10, 10), ink=(220, 10, 10))
    sign = PlacedSign(spec=replace(spec, height_m=3.0), anchor=(0.0, 0.0, 0.0), yaw=0.5)
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, -50.0))
    scene = Scenario(mission="test", level=Level(), drones=(drone,), signs=(sign,), time_limit_s=1.0, task={})
    zero, frame, renderer = (0.0, 0.0, 0.0), make_frame(160, 120), make_renderer("gl")
    state = DroneState(drone.position, (0.0, 0.0, 0.0, 1.0), zero, zero, zero, (0.0,) * 4, 1.0, 12.0, (), 0.0)
    try:
        renderer.load(scene)
        view = View((90.0, 0.0, 3.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 160, 120, math.radians(8.0), 200.0)
        renderer.render(view, WorldState(0.0, (state,), ()), frame)
    finally:
        renderer.close()
    # Within the face: its outermost pixels may show the body's edges.
    seen = frame.rgb[54:66, 60:100].astype(int)
    assert (seen[..., 0] > seen[..., 1] + 60).all()


def test_rectangles_of_the_face_are_found_in_the_world():
    sign = PlacedSign(spec=PLATE, anchor=(0.0, 0.0, 0.0), yaw=0.0)
    corners = rect_corners(sign, Rect(0.1, 0.05, 0.3, 0.15))[0]
    assert corners[0] == pytest.approx([0.022, -0.3, 1.65])
    assert corners[2] == pytest.approx([0.022, -0.1, 1.55])


def test_scenarios_hold_signs_without_loading_pillow():
    code = "import sys, goldentime.envs.signage.pose; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
