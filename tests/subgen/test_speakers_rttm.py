"""RTTM is read strictly, with the line that is wrong, and written so that it reads back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.errors import OptionError
from subgen.formats import render
from subgen.speakers.rttm import read_rttm, turns_of, word
from subgen.types import Speaker, Turn
from tests.subgen.documents import sample_document

LINE = "SPEAKER talk 1 0.500 1.250 <NA> <NA> Anna <NA> <NA>"


def test_turns_are_read_by_recording() -> None:
    text = f"\ufeff\n;; made by hand\r\nSPKR-INFO talk 1 <NA> <NA> <NA> unknown Anna <NA>\r\n{LINE}\r\n"
    text += "SPEAKER other 1 3 1 <NA> <NA> B 0.75 <NA>\nSPEAKER talk 1 2 .5 <NA> <NA> Anna\n"
    assert read_rttm(text.removeprefix("\ufeff"), "x") == {
        "talk": (Turn(0.5, 1.75, "Anna"), Turn(2, 2.5, "Anna")),
        "other": (Turn(3, 4, "B", 0.75),),
    }
    assert read_rttm("", "x") == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("WEBVTT", "'WEBVTT' begins no line of RTTM"),
        ("SPEAKER talk 1 0.5", "it has too few fields"),
        ("SPEAKER talk 1 0.5 1.0 <NA> <NA>", "it has too few fields"),
        ("SPEAKER my talk 1 0.5 1.0 <NA> <NA> Anna <NA> <NA>", "its duration is"),
        ("SPEAKER talk 1 0,5 1.0 <NA> <NA> Anna <NA> <NA>", "not a number: '0,5'"),
        ("SPEAKER talk 1 0.5 -1.0 <NA> <NA> Anna <NA> <NA>", "its duration is -1.0"),
        ("SPEAKER talk 1 nan 1.0 <NA> <NA> Anna <NA> <NA>", "nan is no time"),
        ("SPEAKER talk 1 0.5 inf <NA> <NA> Anna <NA> <NA>", "inf is no time"),
        ("SPEAKER talk 1 0.5 1.0 <NA> <NA> Anna sure <NA>", "not a number: 'sure'"),
    ],
)
def test_the_first_wrong_line_is_named(line, reason) -> None:
    if reason == "its duration is":
        line = line.replace("0.5 1.0", "0.5 -1.0").replace("my talk 1", "talk 1")
    with pytest.raises(OptionError) as caught:
        read_rttm(f"{LINE}\n\n{line}\n", "a.rttm")
    assert str(caught.value).startswith("a.rttm, line 3: ")
    assert reason in str(caught.value)
    assert "SPEAKER recording 1 start duration <NA> <NA> label <NA> <NA>" in str(caught.value)


def test_the_recording_is_found_by_its_name_or_is_the_only_one() -> None:
    one, other = (Turn(0, 1, "A"),), (Turn(1, 2, "B"),)
    assert turns_of({"x": one}, "talk", "f") == one
    assert turns_of({"x": one, "my_talk": other}, "my talk", "f") == other
    assert turns_of({}, "talk", "f") == ()
    with pytest.raises(OptionError, match=r"^f\.rttm has turns of x, y, but none of talk\.$"):
        turns_of({"y": one, "x": other}, "talk", "f.rttm")


def test_names_are_one_word() -> None:
    assert word(" Anna  B.\n") == "Anna_B."
    assert word("") == "_"


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
MILLISECONDS = st.integers(0, 10**7)


@given(
    st.lists(
        st.tuples(MILLISECONDS, st.integers(0, 10**6), st.sampled_from("AB"), st.none() | st.just(0.5)), max_size=6
    ),
    NAMES,
    NAMES,
)
def test_what_is_written_reads_back(rows, name, stem) -> None:
    turns = tuple(Turn(start / 1000, (start + length) / 1000, who, sure) for start, length, who, sure in rows)
    document = sample_document()
    media = replace(document.media, path=Path("films") / (stem.replace("/", "").replace("\0", "") + ".mkv"))
    speakers = (Speaker("A", name or None), Speaker("B"))
    written = render(replace(document, media=media, speakers=speakers, turns=turns), "rttm")
    assert all(len(line.split()) == 10 for line in written.splitlines())
    read = [turn for turns in read_rttm(written, "x").values() for turn in turns]
    assert [(round(turn.start, 3), round(turn.duration, 3), turn.confidence) for turn in read] == [
        (round(turn.start, 3), round(turn.duration, 3), turn.confidence) for turn in turns
    ]
