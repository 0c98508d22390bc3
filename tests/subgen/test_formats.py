"""Subtitle and text formats, read back by other people's readers."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import srt as outside_srt
import webvtt as outside_vtt
from hypothesis import given
from hypothesis import strategies as st

from subgen.cues import cues
from subgen.errors import OptionError
from subgen.formats import FORMATS, Rendering, render
from subgen.formats.render import REVIEW
from subgen.formats.text import clean, timestamp
from subgen.options import Layout
from subgen.types import Document, Utterance, Word
from subgen.words import spread
from tests.subgen.documents import GOLDEN, sample_document

HARD = st.text(
    st.sampled_from("ab 1.,!-<>&\n\r\t\0\x0b\x1c\x85\u2028\ufeff\ud800\u200f\u200dשלم今。नि👩→\\{}"),
    min_size=1,
    max_size=60,
)


def document_of(*texts: str, language="English") -> Document:
    """Each text is spoken for three seconds by its own speaker, so that it has its own cues."""
    said = [Utterance(spread(text, 4.0 * i, 4.0 * i + 3), language, f"S{i}") for i, text in enumerate(texts)]
    return replace(sample_document(), utterances=tuple(said))


@pytest.mark.parametrize("format", FORMATS)
def test_the_example_is_written_as_it_always_was(format) -> None:
    assert render(sample_document(), format).encode() == (GOLDEN / f"example.{format}").read_bytes()


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(OptionError, match=r"'docx' is not known; use one of srt, vtt, ass, .*, textgrid, rttm\."):
        render(sample_document(), "docx")


@pytest.mark.parametrize(
    ("format", "text"),
    [("srt", ""), ("vtt", "WEBVTT\n\nNOTE Written by subgen\n\n"), ("txt", ""), ("tsv", "start\tend\ttext\n")],
)
def test_silence_is_a_valid_empty_file(format, text) -> None:
    assert render(replace(sample_document(), utterances=()), format) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "00:00:00,000"),
        (59.9996, "00:01:00,000"),
        (59.9994, "00:00:59,999"),
        (3599.9995, "01:00:00,000"),
        (360000.0005, "100:00:00,001"),
        (0.0005, "00:00:00,001"),
        (-1.0, "00:00:00,000"),
    ],
)
def test_times_are_rounded_once(seconds, text) -> None:
    assert timestamp(seconds, ",") == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" a\r\n\n b\t", "a b"),
        ("a\0b", "ab"),
        ("\ufeffa", "a"),
        ("a\ud800b", "a\ufffdb"),
        ("\u200fשלום\u200f (a)", "\u200fשלום\u200f (a)"),
        ("👨\u200d👩\u200d👧\u00a0x", "👨\u200d👩\u200d👧\u00a0x"),
        ("می‌روم", "می‌روم"),
        ("\x0b\x1c\x85\u2028\u2029", ""),
    ],
)
def test_text_is_one_clean_line_with_its_direction_marks_and_joiners(text, cleaned) -> None:
    assert clean(text) == cleaned


def shown_in(document: Document) -> list[tuple[timedelta, timedelta, list[str]]]:
    """Times and lines of the cues that have any text."""
    found = [
        (timedelta(seconds=cue.start), timedelta(seconds=cue.end), [line for line in map(clean, cue.lines) if line])
        for cue in cues(document.utterances, Layout(), document.media.frame_rate or 24)
    ]
    return [item for item in found if item[2]]


@given(st.lists(HARD, max_size=4))
def test_srt_is_read_back_by_an_outside_reader(texts) -> None:
    spoken = document_of(*texts)  # names in SRT have tests of their own
    document = replace(spoken, utterances=tuple(replace(said, speaker=None) for said in spoken.utterances))
    written = render(document, "srt")
    written.encode()
    assert not re.search(r"[\0-\t\v-\x1f\x85\u2028\ufeff]", written)
    assert [(item.index, item.start, item.end, item.content) for item in outside_srt.parse(written)] == [
        (number, start, end, "\n".join(lines).replace("-->", "→"))
        for number, (start, end, lines) in enumerate(shown_in(document), 1)
    ]


@given(st.lists(HARD, max_size=4))
def test_vtt_is_read_back_by_an_outside_reader(texts) -> None:
    document = document_of(*texts)
    written = render(document, "vtt")
    written.encode()
    assert [(item.start, item.end, unescaped(item.text)) for item in outside_vtt.from_buffer(io.StringIO(written))] == [
        (timestamp(start.total_seconds(), "."), timestamp(end.total_seconds(), "."), "\n".join(lines))
        for start, end, lines in shown_in(document)
    ]


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_vtt_obeys_the_grammar_of_the_w3c() -> None:
    blocks = render(sample_document(), "vtt").rstrip("\n").split("\n\n")
    assert blocks[0] == "WEBVTT"
    assert blocks[1].startswith("NOTE ")
    for block in blocks[2:]:
        first, *text = block.split("\n")
        assert re.fullmatch(r"\d\d+:[0-5]\d:[0-5]\d\.\d{3} --> \d\d+:[0-5]\d:[0-5]\d\.\d{3}", first)
        assert 1 <= len(text) <= 2
        for line in text:
            bare = re.sub(r"&(?:amp|lt|gt);", "", re.sub(r"^<v [^<>]*>", "", line))
            assert not re.search(r"[&<>]", bare)


def test_vtt_names_the_voice() -> None:
    (caption,) = outside_vtt.from_buffer(io.StringIO(render(document_of("Hello."), "vtt")))
    assert (caption.voice, caption.text) == ("S0", "Hello.")


def test_a_plain_paragraph_ends_at_a_long_silence_or_an_utterance() -> None:
    words = (Word(0, 1, "One "), Word(2.9, 3, "two. "), Word(5.1, 6, "Three"), Word(6, 7, " four."))
    said = (Utterance(words, "English"), Utterance((Word(7, 8, "Five.\n"),), "English"), Utterance((), "English"))
    assert render(replace(sample_document(), utterances=said), "txt") == "One two.\nThree four.\nFive.\n"


def test_plain_text_is_not_wrapped_and_names_speakers() -> None:
    text = "word " * 100
    assert render(document_of(text), "txt") == f"S0: {text.strip()}\n"


def test_tsv_joins_lines_as_the_text_was() -> None:
    chinese = "今天天气很好我们去公园玩吧" * 2 + " iPhone 手机"
    document = document_of("a b c d e f g h\ti", chinese)
    rows = [row.split("\t") for row in render(document, "tsv", Layout(width=8)).splitlines()]
    assert rows[0] == ["start", "end", "text"]
    assert all(len(row) == 3 and int(row[0]) < int(row[1]) for row in rows[1:])
    assert " ".join(row[2] for row in rows[1:] if row[2].isascii()) == "a b c d e f g h i"
    assert "".join(row[2] for row in rows[1:] if not row[2].isascii()).replace(" ", "") == chinese.replace(" ", "")
    assert not any("天 " in row[2] or " 天" in row[2] for row in rows)


@given(st.lists(HARD, max_size=4))
def test_tsv_has_three_columns_whatever_is_said(texts) -> None:
    rows = render(document_of(*texts), "tsv").split("\n")
    assert rows.pop() == ""
    assert all(row.count("\t") == 2 for row in rows)


def test_the_frame_rate_is_the_layouts_else_the_medias() -> None:
    document = document_of("One is here and it is still there.", "Two")
    later = Utterance((Word(3, 4, "Two"),), "English", "S0")
    document = replace(document, utterances=(document.utterances[0], later))
    slow, fast = render(document, "srt"), render(document, "srt", Layout(frame_rate=100.0))
    assert "--> 00:00:02,877" in slow
    assert "--> 00:00:02,980" in fast
    bare = replace(document, media=replace(document.media, frame_rate=None))
    assert render(bare, "srt", Layout(frame_rate=100.0)) == fast
    assert "--> 00:00:02,916" in render(bare, "srt")


@pytest.mark.parametrize("frame_rate", [-1.0, 0.0, 0.5, 1e6])
def test_the_frame_rate_of_a_slide_show_makes_no_gaps(frame_rate) -> None:
    document = document_of("One is here and it is still there.", "Two")
    odd = replace(document, media=replace(document.media, frame_rate=frame_rate))
    assert render(odd, "srt") == render(replace(odd, media=replace(odd.media, frame_rate=None)), "srt")


def test_cues_are_laid_out_and_checked_once_for_formats_that_show_the_same() -> None:
    named = Rendering(sample_document())
    assert named.cues("vtt") is named.cues("json") is named.cues(REVIEW)
    assert named.cues("srt") is named.cues("srt") is not named.cues("vtt")
    assert named.findings("vtt") is named.findings("json")
    said = tuple(replace(one, speaker=None) for one in sample_document().utterances)
    nameless = Rendering(replace(sample_document(), utterances=said))
    assert nameless.cues("srt") is nameless.cues("vtt")
    assert [nameless.text(format) for format in FORMATS] == [render(nameless.document, format) for format in FORMATS]
