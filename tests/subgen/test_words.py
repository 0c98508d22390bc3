"""Transcripts cut into words, verbatim, and words joined to utterances."""

from __future__ import annotations

import math

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from aligner.types import AlignedUnit, Unit
from aligner.units import units
from subgen.types import Transcript, Word
from subgen.words import DIGITS, TokenSpan, confidence, cut, spread, text_of, utterances

TEXTS = st.text(
    st.sampled_from("ab Z9.,!?-’'\"“”()«»¿$€%&@#\n\t\u00a0\u0301\u200dनमस्ते👨👩🏽🇩🇪今日、。「」ーไม่ا،שк—\r"), max_size=40
)


def aligned(text, spans):
    return [AlignedUnit(float(i), i + 0.5, Unit(text[b:e], b, e)) for i, (b, e) in enumerate(spans)]


def units_of(text, language="English"):
    """The units that the aligner times, half a second each, one a second."""
    return aligned(text, [(unit.begin, unit.end) for unit in units(text, language)])


def runs_of(text):
    """Units closer together than the aligner's: every run of letters or digits, white space between or not."""
    return aligned(text, [m.span() for m in regex.finditer(r"\p{L}+|\p{N}+", text)])


def texts(words):
    return [word.text for word in words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, world!", ["Hello, ", "world!"]),
        ("It cost 10,000 dollars. Really?", ["It ", "cost ", "10,000 ", "dollars. ", "Really?"]),
        ("Up 3.5% today. Good.", ["Up ", "3.5% ", "today. ", "Good."]),
        ("She is twenty-five, right?", ["She ", "is ", "twenty-five, ", "right?"]),
        ("Don’t worry. I’m here.", ["Don’t ", "worry. ", "I’m ", "here."]),
        ("Pay $5. AT&T, 2+2 25°C", ["Pay ", "$5. ", "AT&T, ", "2+2 ", "25°C"]),
        ("See example.com, e-mail: me", ["See ", "example.com, ", "e-mail: ", "me"]),
        ('He said "yes" (twice) [sic].', ["He ", "said ", '"yes" ', "(twice) ", "[sic]."]),
        ("¿Qué? ¡No! Wait — what – now - so", ["¿Qué? ", "¡No! ", "Wait — ", "what – ", "now - ", "so"]),
        ("Il dit « oui » et part", ["Il ", "dit ", "« oui » ", "et ", "part"]),
        ("  led by space ", ["  led ", "by ", "space "]),
        ("one  two\n\tthree", ["one  ", "two\n\t", "three"]),
    ],
)
def test_the_text_is_cut_at_the_last_white_space_and_keeps_every_sign(text, expected) -> None:
    assert texts(cut(text, units_of(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天天气。", ["今", "天", "天", "气。"]),
        ("他说「你好」吗？", ["他", "说", "「你", "好」", "吗？"]),
        ('他说"好"。她', ["他", "说", '"好"。', "她"]),
        ("付€5给他", ["付", "€5", "给", "他"]),
        ("付5€给他", ["付", "5€", "给", "他"]),
        ("我用iPhone手机", ["我", "用", "iPhone", "手", "机"]),
    ],
)
def test_without_white_space_openers_go_right_and_all_else_left(text, expected) -> None:
    assert texts(cut(text, units_of(text, "Chinese"))) == expected


def test_times_are_the_units_plus_the_offset() -> None:
    words = cut("a b", units_of("a b"), offset=30.0)
    assert [(w.start, w.end) for w in words] == [(30.0, 30.5), (31.0, 31.5)]


@given(TEXTS)
def test_words_join_to_the_text_and_no_grapheme_is_split(text) -> None:
    for words in (cut(text, units_of(text)), cut(text, runs_of(text)), spread(text, 1.0, 2.0)):
        assert "".join(texts(words)) == text
        assert [g for w in words for g in regex.findall(r"\X", w.text)] == regex.findall(r"\X", text)
        assert all(w.text for w in words)


@given(TEXTS, st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=12))
def test_words_join_to_the_text_whatever_the_units_claim(text, spans) -> None:
    words = cut(text, aligned("", spans))
    assert "".join(texts(words)) == text
    assert [g for w in words for g in regex.findall(r"\X", w.text)] == regex.findall(r"\X", text)
    assert all(w.start <= w.end for w in words)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("...", 1), ("  ", 1), ("—!?", 1)])
def test_a_text_without_units_is_one_word_or_none(text, count) -> None:
    assert cut(text, (), 7.0) == (Word(7.0, 7.0, text),) * count
    assert spread(text, 1.0, 3.0) == (Word(1.0, 3.0, text),) * count


def test_a_unit_inside_a_grapheme_cluster_gives_its_time_to_the_word_before() -> None:
    family = "👨\u200d👩\u200d👧"
    words = cut(f"x {family}", aligned(family, [(0, 1), (2, 3), (4, 5)]))
    assert texts(words) == ["x ", family]
    assert words[1].end == 2.5


def test_confidence_is_the_geometric_mean_over_the_words_own_tokens() -> None:
    text = "One  two three"
    tokens = [
        TokenSpan(0, 3, math.log(0.9)),
        TokenSpan(3, 6, math.log(0.5)),  # " " + " t": touches only the second word
        TokenSpan(6, 8, math.log(0.125)),
    ]
    one, two, three = cut(text, units_of(text), confidences=tokens)
    assert one.confidence == pytest.approx(0.9)
    assert two.confidence == pytest.approx(0.25)
    assert three.confidence is None


def test_confidence_of_a_text_without_units_and_of_half_characters() -> None:
    whole = cut("…", (), confidences=[TokenSpan(0, 1, -1.0), TokenSpan(0, 1, -3.0)])
    assert whole[0].confidence == round(math.exp(-2), DIGITS)
    assert cut("a", units_of("a"), confidences=[TokenSpan(0, 1, 0.5)])[0].confidence == 1.0


@given(st.lists(st.floats(-30, 0.001), max_size=9), st.floats(-1e-6, 1e-6))
def test_a_confidence_moves_by_one_in_its_last_digit_at_most_when_probabilities_are_rounded_otherwise(logs, off):
    one, other = confidence(logs), confidence([log + off for log in logs])
    assert (one is None) == (other is None) == (not logs)
    if one is not None and other is not None:
        assert 0 <= one <= 1
        assert len(f"{one}".partition(".")[2]) <= DIGITS or one < 10**-DIGITS
        assert abs(one - other) < 1.5 * 10**-DIGITS


def test_spread_gives_time_by_characters_and_splits_scripts_without_spaces() -> None:
    words = spread("ab cd今天。", 10.0, 18.0)
    assert texts(words) == ["ab ", "cd", "今", "天。"]
    assert [(w.start, w.end) for w in words] == [(10.0, 13.0), (13.0, 15.0), (15.0, 16.0), (16.0, 18.0)]


def spoken(text, language="English", start=0.0, *, aligned_words=True):
    words = spread(text, start, start + 1) if aligned_words else ()
    return Transcript(start, start + 1, text, language, words=words)


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        (("Hello.", "English"), ("World", "English"), "Hello. World"),
        (("Hello. ", "English"), ("World", "English"), "Hello. World"),
        (("Hello.", "English"), (" World", "English"), "Hello. World"),
        (("今天", "Chinese"), ("天气", "Chinese"), "今天天气"),
        (("今天", "English"), ("天气", "English"), "今天天气"),
        (("hello", "Chinese"), ("world", "Chinese"), "hello world"),
        (("用20", "Chinese"), ("年", "Chinese"), "用20年"),
        (("你好。", "Chinese"), ("Hello", "English"), "你好。 Hello"),
        (("ไป", "Thai"), ("มา", "Thai"), "ไปมา"),
        (("안녕", "Korean"), ("하세요", "Korean"), "안녕 하세요"),
        (("a", ""), ("b", ""), "a b"),
    ],
)
def test_a_seam_gets_a_space_where_the_script_wants_one(left, right, joined) -> None:
    transcripts = (spoken(*left), spoken("", left[1], 1.0), spoken(*right, 2.0))
    assert text_of(transcripts) == joined
    assert "".join(w.text for u in utterances(transcripts) for w in u.words) == joined


def test_utterances_split_where_the_language_changes() -> None:
    transcripts = (spoken("One"), spoken("two", start=1.0), spoken("drei", "German", 2.0), spoken("four", start=3.0))
    assert [(u.language, u.text) for u in utterances(transcripts)] == [
        ("English", "One two"),
        ("German", "drei"),
        ("English", "four"),
    ]


def test_a_transcript_without_words_is_spread_over_its_time() -> None:
    (utterance,) = utterances((spoken("One two", start=4.0, aligned_words=False),))
    assert texts(utterance.words) == ["One ", "two"]
    assert (utterance.words[0].start, utterance.words[-1].end) == (4.0, 5.0)


def test_nothing_said_is_no_utterance() -> None:
    assert utterances((spoken(""),)) == ()
    assert text_of(()) == ""


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["English", "Chinese", "Thai", ""])), max_size=5))
def test_joined_words_are_the_documents_text(parts) -> None:
    transcripts = tuple(spoken(text, language, float(i)) for i, (text, language) in enumerate(parts))
    assert "".join(w.text for u in utterances(transcripts) for w in u.words) == text_of(transcripts)
