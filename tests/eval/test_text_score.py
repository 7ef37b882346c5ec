"""Text measures: bounds, identity, symmetry, one value for NFC and NFD, and the letters of Hangul by arithmetic."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.eval.score.text import exact, jamo_similarity, mean_figures, score_text, similarity
from goldentime.perception.hangul import Match, clean, jamo, nearest

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)
TEXT = st.text(max_size=12) | HANGUL | st.text("가각간 ab1", max_size=12)
MEASURES = pytest.mark.parametrize("measure", [similarity, jamo_similarity])


def edits(a: str, b: str) -> int:
    """Edit distance by the textbook (Wagner and Fischer 1974)."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row = row, [i]
        for j, right in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (left != right)))
    return row[-1]


@MEASURES
@given(TEXT, TEXT)
def test_similarity_is_bounded_and_symmetric(measure, a, b):
    assert 0.0 <= measure(a, b) <= 1.0
    assert measure(a, b) == measure(b, a)


@MEASURES
@given(TEXT, TEXT)
def test_similarity_is_one_just_for_equal_texts(measure, a, b):
    assert measure(a, a) == 1.0
    assert (measure(a, b) == 1.0) == exact(a, b)


@MEASURES
@given(TEXT, TEXT)
def test_the_normal_form_does_not_matter(measure, a, b):
    loose = unicodedata.normalize("NFD", a)
    assert exact(a, loose)
    assert measure(loose, b) == measure(a, b) == measure(unicodedata.normalize("NFC", a), b)


@given(TEXT, TEXT)
def test_similarity_agrees_with_the_textbook(a, b):
    a, b = clean(a), clean(b)
    longest = max(len(a), len(b))
    assert similarity(a, b) == (1.0 - edits(a, b) / longest if longest else 1.0)


@given(HANGUL)
def test_letters_of_hangul_are_those_of_unicode(text):
    assert jamo(text) == unicodedata.normalize("NFD", text)


def test_only_hangul_is_taken_apart():
    assert jamo("  é각 A1\t호") == "é" + unicodedata.normalize("NFD", "각") + " A1 " + unicodedata.normalize("NFD", "호")


def test_one_wrong_letter_costs_less_than_a_syllable():
    score = score_text("304호", "304허")
    assert (score.exact, score.similarity, score.jamo_similarity) == (False, 0.75, 0.8)
    assert score_text("비상구", "비상구 ").exact
    assert not score_text("EXIT", "exit").exact


@pytest.mark.parametrize("answer", ["", "\ud800", "가" * 5000, "\u1112\u1161", "\x00"])
def test_odd_answers_are_measured_too(answer):
    score = score_text("비상구", answer)
    assert not score.exact
    assert 0.0 <= score.similarity <= 1.0
    assert 0.0 <= score.jamo_similarity <= 1.0


def test_means_are_over_all_readings():
    figures = mean_figures([score_text("가", "가"), score_text("가", "나")])
    assert figures is not None
    assert (figures.count, figures.exact, figures.similarity, figures.jamo_similarity) == (2, 0.5, 0.5, 0.75)
    assert mean_figures([]) is None


def test_the_nearest_word_is_found_by_letters():
    lexicon = ["비상구", "피난구", "대피로"]
    assert nearest("비싱구", lexicon) == Match(word="비상구", distance=1)
    assert nearest(unicodedata.normalize("NFD", "대피로"), lexicon) == Match(word="대피로", distance=0)
    assert nearest("약국", lexicon, limit=2) is None
    assert nearest("약국", []) is None
    assert nearest("나", ["가", "다"]) == Match(word="가", distance=1)


@given(TEXT, st.lists(TEXT, min_size=1, max_size=6))
def test_the_nearest_word_is_the_first_of_the_nearest(text, lexicon):
    distances = [edits(jamo(text), jamo(word)) for word in lexicon]
    least = min(distances)
    assert nearest(text, lexicon) == Match(word=lexicon[distances.index(least)], distance=least)
    assert nearest(text, lexicon, limit=least) is not None
    assert least == 0 or nearest(text, lexicon, limit=least - 1) is None
