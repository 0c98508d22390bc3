"""A document and turns become a document with speakers: nothing is lost, and what is doubtful is said."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.errors import OptionError
from subgen.formats import read, render
from subgen.options import Speakers
from subgen.speakers.identify import identify, renamed
from subgen.types import Document, Transcript, Turn, Turns, Word
from tests.fakes import media
from tests.subgen.talks import runs

NOBODY = Speakers()
SAID = ("Good morning. ", "Good morning, Anna. ", "Shall we begin? ", "Yes. ")


def document_of(*texts: str, each: float = 2.0, language: str = "English", timed: bool = True) -> Document:
    """Each text is a transcript of the same length, its words without pauses."""
    transcripts = []
    for number, text in enumerate(texts):
        start, pieces = each * number, text.split()
        share = each / max(len(pieces), 1)
        words = (
            Word(start + share * place, start + share * (place + 1), f"{piece} ") for place, piece in enumerate(pieces)
        )
        transcripts.append(Transcript(start, start + each, text, language, words=tuple(words) if timed else ()))
    return Document(media(), each * len(texts), tuple(transcripts), ())


def turns_of(*speakers: str, each: float = 2.0) -> Turns:
    return Turns(tuple(Turn(each * number, each * (number + 1), name) for number, name in enumerate(speakers)))


def sentences(document: Document) -> list[str]:
    return [note.text for note in document.notes]


def test_a_talk_is_told_apart() -> None:
    found = identify(document_of(*SAID), replace(turns_of("anna", "paul", "anna", "paul"), model="m"), NOBODY)
    assert [(said.speaker, said.text) for said in found.utterances] == [
        ("SPEAKER_00", "Good morning."),
        ("SPEAKER_01", "Good morning, Anna."),
        ("SPEAKER_00", "Shall we begin?"),
        ("SPEAKER_01", "Yes."),
    ]
    assert [(one.name, one.seconds) for one in found.speakers] == [("anna", 4.0), ("paul", 4.0)]
    assert [turn.speaker for turn in found.turns] == ["SPEAKER_00", "SPEAKER_01"] * 2
    assert found.models == ("m",)
    assert found.notes == ()


def test_languages_keep_utterances_apart() -> None:
    document = document_of("One two. ", "Drei vier. ")
    mixed = replace(
        document, transcripts=(document.transcripts[0], replace(document.transcripts[1], language="German"))
    )
    found = identify(mixed, Turns((Turn(0, 4, "A"),)), NOBODY)
    assert [(said.language, said.speaker) for said in found.utterances] == [
        ("English", "SPEAKER_00"),
        ("German", "SPEAKER_00"),
    ]


def test_names_reach_the_speakers_and_unknown_labels_are_told() -> None:
    names = [("SPEAKER_00", "Anna"), ("SPEAKER_07", "Eve")]
    found = identify(document_of(*SAID), turns_of("s1", "s2"), NOBODY, names)
    assert [one.name for one in found.speakers] == ["Anna", None]
    assert "No speaker is called SPEAKER_07; there is SPEAKER_00, SPEAKER_01." in sentences(found)


def test_words_that_nobody_says_are_counted() -> None:
    found = identify(document_of(*SAID), turns_of("A", "B"), NOBODY)
    assert found.utterances[-1].speaker is None
    assert sentences(found) == ["3 words have no speaker: nobody's turn is near."]
    assert "1 word has no" in sentences(identify(document_of("One. ", "Two. "), Turns((Turn(0, 1, "A"),)), NOBODY))[0]


def test_without_turns_the_text_stays_and_this_is_told() -> None:
    found = identify(document_of(*SAID), Turns(()), NOBODY)
    assert [said.speaker for said in found.utterances] == [None]
    assert sentences(found) == ["There are no turns, so nobody is named."]


def test_turns_of_another_recording_are_noticed() -> None:
    found = identify(document_of(*SAID), Turns((Turn(0, 8, "A"), Turn(8, 20, "B"))), NOBODY)
    assert "do they belong to another one?" in sentences(found)[0]
    assert len(found.speakers) == 1


def test_ghosts_are_told_or_folded() -> None:
    turns = Turns((Turn(0, 4, "A"), Turn(4, 8, "B"), Turn(3.9, 4.0, "cough")))
    document = document_of(*SAID)
    told = identify(document, turns, NOBODY)
    assert sentences(told) == [
        "cough talks for 0.1 s in all and may be nobody: --fold-ghosts gives these turns to their neighbours."
    ]
    assert len(told.speakers) == 3
    folded = identify(document, turns, Speakers(turns=None, fold_ghosts=True))
    assert len(folded.speakers) == 2
    assert folded.notes == ()


def test_words_without_times_change_speakers_between_sentences_and_this_is_told() -> None:
    found = identify(
        document_of("We met today. Yes, we did so. ", each=4.0, timed=False),
        Turns((Turn(0, 1.4, "A"), Turn(1.4, 4, "B"))),
        NOBODY,
    )
    assert [said.text for said in found.utterances] == ["We met today.", "Yes, we did so."]
    assert sentences(found) == ["Speakers may be wrong where words have no times of their own."]


def test_saved_speakers_can_be_renamed() -> None:
    found = identify(document_of(*SAID), turns_of("s1", "s2", "s1", "s2"), NOBODY)
    again = read(render(found, "json"), "a.json")
    assert again == found
    assert renamed(again, ()) is again
    assert "<v Anna>" in render(renamed(again, [("SPEAKER_00", "Anna")]), "vtt")
    with pytest.raises(OptionError, match=r"^The speech of talk\.wav has no speakers to name"):
        renamed(document_of(*SAID), [("SPEAKER_00", "Anna")])


TEXTS = st.lists(st.text("ab .,。我", max_size=12), max_size=5)
TURNS = st.lists(
    st.builds(
        lambda at, length, who: Turn(at, at + length, who), st.floats(0, 12), st.floats(0, 5), st.sampled_from("XYZ")
    ),
    max_size=8,
)


@given(TEXTS, TURNS, st.booleans(), st.booleans())
def test_every_word_stays_once_and_in_order(texts, turns, timed, fold) -> None:
    document = document_of(*texts, timed=timed)
    alone = identify(document, Turns(()), NOBODY)
    found = identify(document, Turns(tuple(turns)), Speakers(fold_ghosts=fold))
    plain = [(word.start, word.end, word.text) for said in alone.utterances for word in said.words]
    assert [(word.start, word.end, word.text) for said in found.utterances for word in said.words] == plain
    labels = {one.label for one in found.speakers}
    assert {said.speaker for said in found.utterances} <= {*labels, None}
    assert labels == {turn.speaker for turn in found.turns} == {f"SPEAKER_{n:02d}" for n in range(len(labels))}
    assert all(said.words for said in found.utterances)
    speakers = [said.speaker for said in found.utterances]
    assert runs(speakers) == speakers


def test_a_meeting_of_three_hours_keeps_every_word() -> None:
    """30,000 words and 3,000 turns; the time it takes is in the log, not asserted."""
    dice = random.Random(1)
    words = [Word(0.36 * i, 0.36 * i + 0.3, f"w{i}{'.' if i % 11 == 0 else ''} ") for i in range(30_000)]
    transcripts = tuple(
        Transcript(part[0].start, part[-1].end, "".join(word.text for word in part), "English", words=tuple(part))
        for part in (words[first : first + 75] for first in range(0, len(words), 75))
    )
    turns = tuple(
        Turn(3.6 * i + dice.uniform(0, 0.6), 3.6 * (i + 1) + dice.uniform(-0.1, 0.5), f"s{dice.randrange(6)}")
        for i in range(3_000)
    )
    found = identify(Document(media(), 10_800.0, transcripts, ()), Turns(turns), NOBODY)
    assert [word.text for said in found.utterances for word in said.words] == [word.text for word in words]
    assert len(found.speakers) == 6
    assert len(found.utterances) > 2_000
    assert render(found, "vtt").count("<v SPEAKER_") > 2_000
