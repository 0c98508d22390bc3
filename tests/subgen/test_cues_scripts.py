"""Seven scripts through the whole chain with fake models, to SRT and VTT, read again by other programs.

The texts in tests/subgen/scripts were written for this: a paragraph a line, 200 words or 400 characters and more.
"""

from __future__ import annotations

import html
from functools import cache
from itertools import pairwise
from pathlib import Path

import budoux
import numpy as np
import pytest
import regex
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from subgen.cues import columns, cues
from subgen.cues.phrases import phrase_starts
from subgen.cues.tokens import tokens
from subgen.formats import render
from subgen.languages import LANGUAGES, spaced
from subgen.options import Layout, Options
from subgen.pipeline import run
from subgen.rules import rules
from subgen.types import Document, Utterance, Word
from subgen.words import spread, text_of
from tests.fakes import Blocks, Echo, Machine, media, speech

TEXTS = Path(__file__).parent / "scripts"
SPEEDS = {
    "Japanese": 5.5,
    "Chinese": 4.5,
    "ChineseTraditional": 4.5,
    "Thai": 13,
    "Korean": 6,
    "Hindi": 13,
    "Arabic": 12,
}
"""characters per second"""
JUDGES = {
    "Japanese": budoux.load_default_japanese_parser,
    "Chinese": budoux.load_default_simplified_chinese_parser,
    "ChineseTraditional": budoux.load_default_traditional_chinese_parser,
    "Thai": budoux.load_default_thai_parser,
}
LAYOUTS = {
    "netflix": Layout(),
    "sdh": Layout(audience="sdh"),
    "shorts": Layout("shorts"),
    "ebu": Layout("ebu"),
    "narrow": Layout(width=10),
}
POSTPOSITIONS = "का के की को में से पर ने तक है हैं था थी थे थीं भी ही"


def language_of(name: str) -> str:
    return name.removesuffix("Traditional")


@cache
def document(name: str) -> Document:
    """What the chain makes of a text that is spoken paragraph by paragraph."""
    paragraphs = (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pause = np.zeros(3 * 16_000, np.float32)
    audio = [part for text in paragraphs for part in (speech(len(text) / SPEEDS[name]), pause)]
    said = [f"{language_of(name)}|{text}" for text in paragraphs]
    found = run(media(), Blocks(np.concatenate(audio)), Machine(Echo(said)), Options())
    assert [transcript.text for transcript in found.transcripts] == paragraphs
    return found


@cache
def shown(name: str, layout: str, format: str) -> tuple[tuple[str, ...], ...]:
    """The lines of each cue of a file, as another program reads them."""
    written = render(document(name), format, LAYOUTS[layout])
    if format == "srt":
        return tuple(tuple(cue.content.split("\n")) for cue in srt.parse(written))
    return tuple(tuple(html.unescape(cue.text).split("\n")) for cue in webvtt.from_string(written))


def breaks(text: str, lines: list[str]) -> list[int]:
    """Where each line but the first begins in a text; only white space of the text may be missing between two."""
    place, found = 0, []
    for line in lines:
        place += len(text[place:]) - len(text[place:].lstrip())
        assert text.startswith(line, place), (line, text[place : place + 40])
        found.append(place)
        place += len(line)
    assert not text[place:].strip()
    return found[1:]


@pytest.mark.parametrize("format", ["srt", "vtt"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", SPEEDS)
def test_files_hold_the_text_sign_for_sign_in_lines_of_the_right_width(name, layout, format) -> None:
    text = text_of(document(name).transcripts)
    lines = [line for cue in shown(name, layout, format) for line in cue]
    begins = breaks(text, lines)
    clusters = {match.start() for match in regex.finditer(r"\X", text)}
    assert set(begins) <= clusters
    rule = rules(LAYOUTS[layout], language_of(name))
    whole = text.split() if spaced(language_of(name)) else [""]
    longest = max(columns(word, rule.full_width) for word in whole)
    assert max(columns(line, rule.full_width) for line in lines) <= max(rule.width, longest)
    assert max(len(cue) for cue in shown(name, layout, format)) <= rule.lines
    assert all("\u200b" not in line for line in lines)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "narrow"])  # 10 columns are too few for some
@pytest.mark.parametrize("name", JUDGES)
def test_phrases_are_whole(name, layout) -> None:
    """At least 95 of 100 breaks are where BudouX, given the paragraph, begins a phrase, or the text has a space."""
    text = text_of(document(name).transcripts)
    judge = JUDGES[name]()
    good, place = set(), 0
    for part in regex.findall(r"\s+|\S+", text):
        good.add(place)
        if not part.isspace():
            ends = np.cumsum([len(phrase) for phrase in judge.parse(part)])
            good |= {place + int(end) for end in ends}
        place += len(part)
    begins = breaks(text, [line for cue in shown(name, layout, "srt") for line in cue])
    assert len(begins) >= 15
    assert sum(begin in good for begin in begins) >= 0.95 * len(begins)


def test_hindi_is_never_broken_before_a_postposition() -> None:
    lines = [line for layout in LAYOUTS for cue in shown("Hindi", layout, "srt") for line in cue if layout != "narrow"]
    torn = [line for line in lines if line.split()[0].strip("।,?”") in POSTPOSITIONS.split()]
    assert torn == []


def test_right_to_left_text_is_kept_in_its_order_with_its_marks() -> None:
    text = (
        "\u200fقال: \u202bHello world\u202c ثم ذهب\u200f إلى \u2067iPhone 15\u2069 — שלום, 3.5% \u061cنعم؟ می\u200cروم"
    )
    words = spread(text, 0.0, 8.0)
    for width in (8, 20, 42):
        lines = [line for cue in cues((Utterance(words, "Arabic"),), Layout(width=width)) for line in cue.lines]
        assert " ".join(lines) == text
        assert max(columns(line) for line in lines) <= max(width, 8)


def test_a_phrase_wider_than_a_line_is_cut_between_words_and_a_word_between_clusters() -> None:
    words = [Word(i, i + 1, text) for i, text in enumerate(["生れた", "か", "とんと", "見当が"])]
    assert [token.text for token in tokens(words, "Japanese")] == ["生れたかとんと", "見当が"]
    narrow = tokens(words, "Japanese", rules(Layout("shorts", width=8), "Japanese"))
    assert [token.text for token in narrow] == ["生れたかとんと", "見当が"]
    long = [Word(0, 1, "ニャーニャー"), Word(1, 2, "ミャーミャー"), Word(2, 3, "泣いていた")]
    cut = tokens(long, "Japanese", rules(Layout(width=8), "Japanese"))
    assert [(token.text, token.inside) for token in cut] == [
        ("ニャーニャー", True),
        ("ミャーミャー", True),
        ("泣いていた", False),
    ]
    assert [(token.start, token.end) for token in cut] == [(0, 1), (1, 2), (2, 3)]
    clusters = tokens([Word(0, 9, "ニャーニャーミャーミャー")], "Japanese", rules(Layout(width=8), "Japanese"))
    assert "".join(token.text for token in clusters) == "ニャーニャーミャーミャー"
    assert all(token.inside for token in clusters[:-1])
    assert all(token.text[0] not in "ャー" for token in clusters)


def test_a_phrase_has_the_times_of_its_first_and_last_word() -> None:
    words = [Word(1.0, 1.2, "公"), Word(1.3, 1.9, "园"), Word(2.5, 2.6, "玩。")]
    first, *_, last = tokens(words, "Chinese")
    assert (first.text, first.start, first.end) == ("公园", 1.0, 1.9)
    assert (last.text, last.start, last.end) == ("玩。", 2.5, 2.6)


@pytest.mark.parametrize(
    ("text", "language", "phrases"),
    [
        ("今天天气很好，我们去公园玩。", "", "今天|天气|很|好，|我们|去|公园|玩。"),
        ("今天天氣很好，我們去公園玩。", "Chinese", "今天|天氣|很|好，|我們|去|公園玩。"),
        ("母の作った料理が食べたいです。", "", "母の|作った|料理が|食べたいです。"),
        ("東京都庁前駅", "Japanese", "東京都庁前駅"),
        ("ຂ້ອຍໄປ", "", "ຂ້|ອ|ຍ|ໄປ"),
        ("「はい」と言った。", "Japanese", "「はい」と|言った。"),
        ("plain words", "", "plain |words"),
    ],
)
def test_phrases_begin_where_the_model_of_the_script_says(text, language, phrases) -> None:
    run = tokens([Word(0, 1, text)], language)
    assert "|".join(token.text + " " * token.spaced for token in run) == phrases


@pytest.mark.parametrize(
    ("text", "language", "same"),
    [("一二三", "Cantonese", "ChineseTraditional"), ("一二三", "Chinese", "Chinese"), ("一二三", "", "Chinese")],
)
def test_ideographs_that_all_scripts_share_go_by_language(text, language, same) -> None:
    sample = f"{text}今日大雨上山下水，一天到晚不在家。"
    ends = np.cumsum([len(phrase) for phrase in JUDGES[same]().parse(sample)])[:-1]
    assert phrase_starts(sample, language) == {0, *ends.tolist()}


PIECES = st.sampled_from(
    [
        *"今天気我们是的東京。、！「」（）ャーっ々ไม่ได้ประเทศเก่าที่กำ한국어नमस्तेक्षत्रिय",
        *(
            "นั้น",
            "ที่",
            "กำลัง",
            "นี้",
            "👨\u200d👩\u200d👧",
            "🇩🇪",
            "e\u0301",
            "𠮷",
            "か\u3099",
            "ﾊﾞ",
            "한국",
            "हिन्दी",
            "र्त्स्न्य",
            "שָׁלוֹם",
            "سَلَام",
        ),
        *(" ", "  ", "\u00a0", "\u200d", "\u200c", "\u200f", "iPhone", "15", "3.5%", '"', "…", "\u0e33", "\u3099"),
    ]
)
NAMES = st.sampled_from([language.name for language in LANGUAGES])


@given(st.lists(PIECES, max_size=40).map("".join), NAMES, st.sampled_from(list(LAYOUTS)), st.integers(1, 20))
def test_any_mixture_of_scripts_is_shown_sign_for_sign_and_no_cluster_is_broken(text, language, layout, pace) -> None:
    words = spread(text, 0.0, len(text) / pace)
    lines = [line for cue in cues((Utterance(words, language),), LAYOUTS[layout]) for line in cue.lines]
    flat = " ".join(text.replace("\u200b", "").split(None))
    begins = breaks(" ".join(flat.split()), [" ".join(line.split()) for line in lines])
    clusters = {match.start() for match in regex.finditer(r"\X", flat)}
    assert set(begins) <= clusters


@given(st.lists(PIECES, max_size=30).map("".join), NAMES, st.integers(8, 20))
def test_tokens_are_the_text_in_order_and_fit_where_they_can(text, language, width) -> None:
    words = spread(text, 0.0, 9.0)
    rule = rules(Layout(width=width), language)
    run = tokens(words, language, rule)
    whole = "".join(token.text + " " * token.spaced for token in run)
    assert " ".join(whole.split()) == " ".join(text.split())
    assert all(left.end <= right.start for left, right in pairwise(run))
    smallest = {token.text for token in tokens(words, language, rules(Layout(width=8), language))}
    assert all(columns(token.text, rule.full_width) <= width or token.text in smallest for token in run)
