"""Names in SubRip and in the minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cues import columns, cues
from subgen.formats import render
from subgen.formats.minutes import talk_time
from subgen.formats.prefix import loosened, prefixed
from subgen.options import Layout, Writing
from subgen.types import Cue, Document, Speaker, Turn, Utterance, Word
from subgen.words import spread
from tests.subgen.documents import sample_document


def said(*parts: tuple[str | None, str]) -> tuple[Utterance, ...]:
    """Each part takes four seconds."""
    return tuple(
        Utterance(spread(text, 5.0 * place, 5.0 * place + 4), "English", speaker)
        for place, (speaker, text) in enumerate(parts)
    )


def document_of(*parts: tuple[str | None, str]) -> Document:
    return replace(sample_document(), utterances=said(*parts))


def texts(document: Document) -> list[str]:
    return [" ".join(block.split("\n")[2:]) for block in render(document, "srt").strip().split("\n\n")]


def test_a_name_stands_where_the_speaker_changes() -> None:
    document = document_of(("Anna", "One."), ("Anna", "Two."), ("Bob", "Three."), (None, "Four."), ("Bob", "Five."))
    assert texts(document) == ["Anna: One.", "Two.", "Bob: Three.", "Four.", "Bob: Five."]


def test_a_name_counts_in_the_width_and_stays_with_its_word() -> None:
    text = "This sentence has forty-two columns or so, not more, but the name adds some to it."
    document = document_of(("Anna Maria", text))
    lines = render(document, "srt").split("\n")
    assert lines[2].startswith("Anna Maria: This")
    shown = [line for line in lines if line and "-->" not in line and not line.isdigit()]
    assert all(len(line) <= 42 for line in shown)
    assert " ".join(shown) == f"Anna Maria: {text}"


def quick(*parts: tuple[str, str]) -> Document:
    """Each part takes a second."""
    spoken = (Utterance(spread(text, place, place + 0.9), "English", name) for place, (name, text) in enumerate(parts))
    return replace(sample_document(), utterances=tuple(spoken))


def test_two_named_speakers_of_a_cue_need_no_dashes() -> None:
    assert texts(quick(("Anna", "Are you there?"), ("Bob", "Yes."))) == ["Anna: Are you there? Bob: Yes."]
    document = quick(("Anna", "Are you there?"), ("Bob", "Yes, I am here."), ("S0", "So am I."), ("Bob", "Good."))
    shared = ["Anna: Are you there?\nBob: Yes, I am here.", "S0: So am I.\nBob: Good."]
    assert [cue.split("\n", 2)[2] for cue in render(document, "srt").strip().split("\n\n")] == shared
    assert "<v Bob>-Yes, I am here.</v>\n<v S0>-So am I.</v>" in render(document, "vtt")
    assert "\n-[Bob] " in render(document, "srt", writing=Writing(sdh=True))


def test_a_dash_that_was_said_stays() -> None:
    words = (Word(0.0, 0.4, "-40 "), Word(0.4, 0.9, "degrees?"))
    cue = Cue(0, 2, ("-40 degrees?", "-Bob:\u00a0Yes."), ("Anna", "Bob"), (words, (Word(1, 2, "Bob:\u00a0Yes."),)))
    assert loosened([cue], said(("Bob", "x")))[0].lines == ("-40 degrees?", "Bob: Yes.")


def test_no_break_spaces_of_the_text_stay() -> None:
    assert texts(document_of(("A B", "Quoi\u00a0: rien\u00a0!"))) == ["A B: Quoi\u00a0: rien\u00a0!"]


def test_what_says_nothing_gets_no_name() -> None:
    (utterance, other) = prefixed((Utterance((), "English", "Anna"), *said(("Anna", "Yes."))))
    assert utterance.words == ()
    assert other.text == "Anna:\u00a0Yes."
    assert prefixed(said(("\0", "Yes."))) == said(("\0", "Yes."))


def test_only_the_beginning_of_a_line_is_a_prefix() -> None:
    cue = Cue(0, 1, ("He said Anna:\u00a0so", "- Anna:\u00a0Yes."))
    assert loosened([cue], said(("Anna", "x")))[0].lines == ("He said Anna:\u00a0so", "- Anna: Yes.")


@given(
    st.lists(st.tuples(st.sampled_from(["Anna", "Bob C", None]), st.text("abc .", min_size=1, max_size=80)), max_size=5)
)
def test_prefixes_change_nothing_else(parts) -> None:
    spoken = said(*parts)
    shown = loosened(cues(prefixed(spoken), Layout()), spoken)
    words = " ".join(" ".join(line.removeprefix("-") for line in cue.lines) for cue in shown)
    plain = " ".join("".join(word.text for word in one.words) for one in spoken)
    assert words.replace("Anna: ", "").replace("Bob C: ", "").split() == plain.split()
    assert all(columns(line) <= 42 for cue in shown for line in cue.lines if len(line.split()) > 3)


def test_talk_time_counts_people_by_name() -> None:
    speakers = (Speaker("SPEAKER_00", "Anna"), Speaker("SPEAKER_01"), Speaker("SPEAKER_02", "Anna"))
    turns = (Turn(0, 1, "SPEAKER_00"), Turn(1, 2.5, "SPEAKER_01"), Turn(2, 3, "SPEAKER_02"))
    document = replace(document_of(("SPEAKER_00", "Hi.")), speakers=speakers, turns=turns)
    assert talk_time(document) == (
        ("Anna", 2.0, pytest.approx(2 / 3.5), 2),
        ("SPEAKER_01", 1.5, pytest.approx(1.5 / 3.5), 1),
    )
    assert talk_time(sample_document()) == ()
    assert talk_time(replace(document, turns=()))[0] == ("Anna", 0.0, 0.0, 0)


def test_minutes_join_turns_to_paragraphs_under_names() -> None:
    words = (Word(1, 2, "One. "), Word(2, 3, "Two. "), Word(8, 9, "Three. "))
    spoken = (
        Utterance(words, "English", "SPEAKER_00"),
        Utterance((Word(9, 10, "Vier. "),), "German", "SPEAKER_00"),
        Utterance((Word(70, 71, "Five."),), "English", None),
    )
    document = replace(
        sample_document(),
        utterances=spoken,
        speakers=(Speaker("SPEAKER_00", "A|B"),),
        turns=(Turn(1, 10, "SPEAKER_00"),),
    )
    assert render(document, "md").split("\n\n") == [
        "# An example",
        "| speaker | talk time | share | turns |\n| --- | --: | --: | --: |\n| A\\|B | 00:00:09 | 100% | 1 |",
        "## A\\|B",
        "[00:00:01](An%20example.mkv#t=1) One. Two.",
        "[00:00:08](An%20example.mkv#t=8) Three.",
        "[00:00:09](An%20example.mkv#t=9) Vier.",
        "## Unknown",
        "[00:01:10](An%20example.mkv#t=70) Five.\n",
    ]
