"""Formats for other programs and for reading: CTM, TextGrid and Markdown, each read back by a small reader."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from subgen.formats.ctm import ctm
from subgen.formats.md import md
from subgen.formats.text import clean, milliseconds, unbroken
from subgen.formats.textgrid import textgrid
from subgen.types import Cue, Document, Utterance, Word
from tests.subgen.cue_making import LATEST, NAMES, TEXTS, cue_lists
from tests.subgen.documents import sample_document

TIMES = st.integers(0, LATEST).map(lambda number: number / 1000)


@st.composite
def words(draw: st.DrawFn) -> Word:
    start, length = draw(TIMES), draw(st.sampled_from([0.0, 0.0004, 0.2, 3.0]))
    return Word(start, start + length, draw(TEXTS), draw(st.none() | st.floats(0, 1)))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Utterances in any order that may overlap, of words that may be empty, short or of no length."""
    said = draw(
        st.lists(
            st.builds(
                Utterance,
                words=st.lists(words(), max_size=5).map(lambda many: tuple(sorted(many, key=lambda word: word.start))),
                language=st.just("English"),
                speaker=st.none() | NAMES,
            ),
            max_size=4,
        )
    )
    return replace(sample_document(), utterances=tuple(said), duration=draw(TIMES))


def named(document: Document, name: str) -> Document:
    return replace(document, media=replace(document.media, path=Path(name)))


@given(documents())
def test_ctm_has_all_words_in_order_in_five_or_six_fields(document) -> None:
    rows = [line.split(" ") for line in ctm(document).splitlines()]
    said = [word for utterance in document.utterances for word in utterance.words if clean(word.text)]
    said.sort(key=lambda word: milliseconds(word.start))
    assert len(rows) == len(said)
    for (name, channel, start, duration, text, *confidence), word in zip(rows, said, strict=True):
        assert (name, channel) == ("An_example", "1")
        assert abs(float(start) - word.start) <= 0.0005001
        assert abs(float(duration) - word.duration) <= 0.0010001
        assert text == "_".join(clean(word.text).split())
        assert [float(value) for value in confidence] == pytest.approx(
            [] if word.confidence is None else [word.confidence], abs=0.0001
        )


@pytest.mark.parametrize(("name", "field"), [("a/;;b c.mkv", "__b_c"), ("\ud800.mp4", "\ufffd"), ("\x01.wav", "media")])
def test_a_ctm_line_never_begins_like_a_comment(name, field) -> None:
    document = named(replace(sample_document(), utterances=(Utterance((Word(1, 2, "Hi."),), ""),)), name)
    assert ctm(document) == f"{field} 1 1.000 1.000 Hi.\n"


def read_textgrid(text: str) -> tuple[float, dict[str, list[tuple[float, float, str]]]]:
    """The end and the tiers of a TextGrid by the rules of Praat's manual: only numbers, flags and texts count."""
    tokens = re.findall(r'(?<!\S)(?:"(?:[^"]|"")*"|<exists>|-?[\d.]+)(?!\S)', text)
    assert tokens[:2] == ['"ooTextFile"', '"TextGrid"']
    end, exists, size = float(tokens[3]), tokens[4], int(tokens[5])
    assert (float(tokens[2]), exists) == (0.0, "<exists>")
    tiers, at = {}, 6
    for _ in range(size):
        kind, name, start, stop, count = tokens[at : at + 5]
        assert (kind, float(start), float(stop)) == ('"IntervalTier"', 0.0, end)
        rows = [tokens[at + 5 + 3 * i : at + 8 + 3 * i] for i in range(int(count))]
        tiers[name[1:-1]] = [(float(a), float(b), c[1:-1].replace('""', '"')) for a, b, c in rows]
        at += 5 + 3 * int(count)
    assert at == len(tokens)
    return end, tiers


@given(documents(), cue_lists())
def test_the_tiers_of_a_textgrid_are_whole_and_keep_every_text(document, cues) -> None:
    end, tiers = read_textgrid(textgrid(document, cues))
    assert end >= document.duration - 0.0005001
    for tier in tiers.values():
        assert [tier[0][0], tier[-1][1]] == [0.0, end]
        assert all(start < stop for start, stop, _ in tier)
        assert all(left[1] == right[0] for left, right in pairwise(tier))
        assert not any(left[2] == right[2] == "" for left, right in pairwise(tier))
    said = sorted(clean(word.text) for utterance in document.utterances for word in utterance.words)
    assert sorted(text for _, _, text in tiers["words"] if text) == [text for text in said if text]
    assert [text for _, _, text in tiers["cues"] if text] == [text for text in unbroken(cues, document) if text]
    known = [said for said in document.utterances if clean(said.speaker or "") and said.words]
    assert ("speakers" in tiers) == bool(known)


def test_a_textgrid_keeps_starts_and_gives_words_of_no_length_a_millisecond() -> None:
    words = (Word(0.5, 1.5, "One "), Word(1.0, 1.0, 'say "two" '), Word(1.0, 2.0, "three"))
    said = (Utterance(words, "English", "Ann"), Utterance((Word(2.5, 3.0, "Yes."),), "English", "Bob"))
    document = replace(sample_document(), utterances=said, duration=4.0)
    end, tiers = read_textgrid(textgrid(document, (Cue(0.5, 2.0, ("One say", '"two" three')),)))
    assert end == 4.0
    assert tiers == {
        "words": [
            (0.0, 0.5, ""), (0.5, 1.0, "One"), (1.0, 1.001, 'say "two"'), (1.001, 2.0, "three"),
            (2.0, 2.5, ""), (2.5, 3.0, "Yes."), (3.0, 4.0, ""),
        ],
        "cues": [(0.0, 0.5, ""), (0.5, 2.0, 'One say "two" three'), (2.0, 4.0, "")],
        "speakers": [(0.0, 0.5, ""), (0.5, 2.0, "Ann"), (2.0, 2.5, ""), (2.5, 3.0, "Bob"), (3.0, 4.0, "")],
    }  # fmt: skip


def test_an_empty_textgrid_is_one_empty_interval() -> None:
    silent = replace(sample_document(), utterances=(), duration=0.0)
    assert read_textgrid(textgrid(silent, ())) == (0.001, {"words": [(0.0, 0.001, "")], "cues": [(0.0, 0.001, "")]})


def read_markdown(text: str) -> list[tuple[str, str, str]]:
    """(kind, link, text) of each block, as a CommonMark reader with tables and strikethrough shows it."""
    found = []
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    for opening, inline in pairwise(tokens):
        if inline.type == "inline":
            assert {child.type for child in inline.children} <= {"text", "text_special", "link_open", "link_close"}
            links = [str(child.attrs["href"]) for child in inline.children if child.type == "link_open"]
            found.append((opening.tag, "".join(links), "".join(child.content for child in inline.children)))
    return found


@given(documents())
def test_markdown_shows_the_text_and_no_markup_of_its_own(document) -> None:
    shown = read_markdown(md(document))
    paragraphs = [text.partition(" ") for tag, _, text in shown if tag == "p"]
    assert all(re.fullmatch(r"\d\d+:\d\d:\d\d", time) for time, _, _ in paragraphs)
    said = clean("".join(word.text for utterance in document.utterances for word in utterance.words))
    assert "".join("".join(text.split()) for _, _, text in paragraphs) == "".join(said.split())
    assert shown[0] == ("h1", "", "An example")
    assert all(re.fullmatch(r"An%20example\.mkv#t=\d+", link) for tag, link, _ in shown if tag == "p")


def test_markdown_has_a_heading_for_each_turn_of_a_known_speaker() -> None:
    said = (
        Utterance((Word(1.9, 2, "One. "), Word(4.5, 5, "Two.")), "English", "Ann *"),
        Utterance((Word(3725, 3726, "Three."),), "English", "Ann *"),
        Utterance((Word(3727, 3728, "Four."),), "English"),
        Utterance((Word(3730, 3731, "# Five"),), "English", "Bob"),
    )
    assert md(named(replace(sample_document(), utterances=said), "talks/#1 (a).m4a")) == (
        "# \\#1 (a)\n\n## Ann \\*\n\n"
        "[00:00:01](%231%20%28a%29.m4a#t=1) One.\n\n[00:00:04](%231%20%28a%29.m4a#t=4) Two.\n\n"
        "[01:02:05](%231%20%28a%29.m4a#t=3725) Three.\n\n## Unknown\n\n[01:02:07](%231%20%28a%29.m4a#t=3727) Four.\n\n"
        "## Bob\n\n[01:02:10](%231%20%28a%29.m4a#t=3730) \\# Five\n"
    )


def test_markdown_without_speech_is_a_heading() -> None:
    assert md(replace(sample_document(), utterances=())) == "# An example\n"
    assert md(named(replace(sample_document(), utterances=()), "\x01")) == "# Transcript\n"
