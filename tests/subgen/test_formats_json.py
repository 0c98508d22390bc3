"""The native JSON gives back an equal document, or one sentence that says what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.errors import OptionError
from subgen.formats import FORMATS, read, render
from subgen.options import Layout
from subgen.types import (
    AlignmentReport,
    Cue,
    Document,
    Media,
    Note,
    Span,
    Speaker,
    Track,
    Transcript,
    Turn,
    Utterance,
    Word,
)
from tests.subgen.documents import GOLDEN, sample_document

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)
TEXTS = st.text(st.characters(), max_size=8)


def spans(kind, **others):
    return st.tuples(NUMBERS, NUMBERS).flatmap(
        lambda pair: st.builds(kind, st.just(min(pair)), st.just(max(pair)), **others)
    )


def several(values):
    return st.lists(values, max_size=3).map(tuple)


WORDS = several(
    spans(
        Word,
        text=TEXTS,
        confidence=st.none() | NUMBERS,
        speaker_confidence=st.none() | NUMBERS,
        overlap=several(TEXTS),
    )
)
TURNS = several(spans(Turn, speaker=TEXTS, confidence=st.none() | NUMBERS))
TRACKS = st.builds(
    Track, index=st.integers(), codec=TEXTS, sample_rate=st.integers(), channels=st.integers(), start=NUMBERS
)
DOCUMENTS = st.builds(
    Document,
    media=st.builds(
        Media,
        path=st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=8).map(Path),
        duration=st.none() | NUMBERS,
        tracks=several(TRACKS),
        track=TRACKS,
        frame_rate=st.none() | NUMBERS,
    ),
    duration=NUMBERS,
    transcripts=several(
        spans(
            Transcript,
            text=TEXTS,
            language=TEXTS,
            finish=TEXTS,
            confidence=st.none() | NUMBERS,
            words=WORDS,
            report=st.builds(AlignmentReport, st.integers(), st.integers(), st.integers()),
        )
    ),
    utterances=several(st.builds(Utterance, words=WORDS, language=TEXTS, speaker=st.none() | TEXTS)),
    notes=several(st.builds(Note, kind=TEXTS, text=TEXTS, span=st.none() | spans(Span))),
    models=several(TEXTS),
    speakers=several(st.builds(Speaker, TEXTS, st.none() | TEXTS, NUMBERS, TEXTS)),
    turns=TURNS,
    exclusive=TURNS,
)


@given(DOCUMENTS)
def test_a_document_comes_back_equal(document) -> None:
    written = render(document, "json")
    written.encode()
    assert read(written, "a.json") == document


def test_the_example_comes_back_equal_and_renders_the_same() -> None:
    text = (GOLDEN / "example.json").read_text(encoding="utf-8")
    document = read(text, "example.json")
    assert document == sample_document()
    for format in FORMATS:
        assert render(document, format).encode() == (GOLDEN / f"example.{format}").read_bytes()
    assert read("\ufeff" + text, "example.json") == document


def test_a_saved_document_can_be_laid_out_anew() -> None:
    document = read(render(sample_document(), "json"), "a.json")
    narrow = json.loads(render(document, "json", Layout(width=20)))
    assert narrow["layout"]["width"] == 20
    assert max(len(line) for cue in narrow["cues"] for line in cue["lines"]) <= 20


def test_the_cues_in_the_file_are_those_of_the_subtitles() -> None:
    value = json.loads(render(sample_document(), "json"))
    assert value["language"] == "English"
    assert value["cues"][0]["lines"][0] == "Dr. Smith paid $10,000 for <i>it</i>"
    assert value["cues"][-1]["speakers"] == ["Ann <A>"]


def changed(place, value):
    """The example's JSON with one value replaced, or removed when `value` is `...`."""
    document = json.loads(render(sample_document(), "json"))
    *way, last = place
    inner = document
    for step in way:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (["transcripts", 2, "words", 1, "start"], "soon", "transcripts[2].words[1].start must be a number"),
        (["transcripts", 2, "words", 1, "start"], True, "transcripts[2].words[1].start must be a number"),
        (["transcripts", 0, "words", 0, "text"], 3, "transcripts[0].words[0].text must be a text"),
        (["transcripts", 0, "words", 0, "start"], 9, "transcripts[0].words[0] ends before it starts"),
        (["transcripts", 0, "words"], {}, "transcripts[0].words must be a list"),
        (["transcripts", 0, "text"], ..., "transcripts[0].text is missing"),
        (["transcripts", 1], None, "transcripts[1] must be an object"),
        (["media", "track", "index"], 1.5, "media.track.index must be a whole number"),
        (["media", "track", "index"], False, "media.track.index must be a whole number"),
        (["media", "track", "default"], "yes", "media.track.default must be true or false"),
        (["media", "path"], None, "media.path must be a text"),
        (["duration"], 10**400, "duration is too large a number"),
        (["utterances"], ..., "utterances is missing"),
        (["notes", 0, "span"], [1, 2], "notes[0].span must be an object"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(place, value, sentence) -> None:
    with pytest.raises(OptionError) as caught:
        read(changed(place, value), "talk.json")
    assert str(caught.value) == f"talk.json is damaged: {sentence}."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "talk.json is not JSON: Expecting value at line 1, column 1"),
        ("WEBVTT\n", "is not JSON: Expecting value"),
        ('{"schema": "subgen/1",\n "a" 1}', "at line 2, column 6"),
        ("NaN", "NaN is not a number in JSON"),
        ("[" * 100_000, "is not JSON that subgen wrote"),
        ("9" * 10_000, "is not JSON that subgen wrote"),
        ("[]", 'not from subgen: it lacks "schema": "subgen/1"'),
        ('{"text": "from elsewhere"}', "not from subgen"),
        ('{"schema": 1}', "not from subgen"),
        ('{"schema": "subgen/2"}', "has the schema 'subgen/2', this version of subgen reads 'subgen/1'"),
    ],
)
def test_what_is_no_document_is_refused_in_one_sentence(text, sentence) -> None:
    with pytest.raises(OptionError) as caught:
        read(text, "talk.json")
    assert str(caught.value).startswith("talk.json ")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_fields_are_ignored_and_missing_ones_take_their_defaults() -> None:
    assert read(changed(["media", "colour"], "red"), "a.json") == sample_document()
    assert read(changed(["cues"], ...), "a.json") == sample_document()
    assert read(changed(["notes"], ...), "a.json") == replace(sample_document(), notes=())
    assert read(changed(["duration"], 3600), "a.json").duration == 3600.0


@pytest.mark.parametrize(
    "kind", [Document, Media, Track, Transcript, AlignmentReport, Word, Utterance, Note, Span, Cue, Speaker, Turn]
)
def test_the_documentation_names_every_field(kind) -> None:
    page = (Path(__file__).parents[2] / "docs/formats.md").read_text(encoding="utf-8")
    assert [field.name for field in fields(kind) if not re.search(rf'[`"]{field.name}[`"]', page)] == []
