"""Names of speakers: from flags, files and turns, and documents shown under them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from subgen.errors import OptionError
from subgen.speakers.names import named, pair, read_names, strangers, under_names
from subgen.types import Speaker, Utterance, Word
from tests.subgen.documents import sample_document

TWO = (Speaker("SPEAKER_00", source="spk1"), Speaker("SPEAKER_01", source="Paul"))


def test_pairs_are_labels_and_names() -> None:
    assert pair("SPEAKER_00=Anna", "--speaker") == ("SPEAKER_00", "Anna")
    assert pair(" a = Anna = Bea ", "--speaker") == ("a", "Anna = Bea")


@pytest.mark.parametrize("text", ["Anna", "=Anna", "a=", " = ", "", "a=An\u2028na"])
def test_what_is_no_pair_is_refused(text) -> None:
    with pytest.raises(
        OptionError, match=r"--speaker: .* names no speaker; write LABEL=NAME, such as SPEAKER_00=Anna\."
    ):
        pair(text, "--speaker")


def test_a_names_file_has_pairs_comments_and_empty_lines() -> None:
    assert read_names("# who\n\nSPEAKER_00 = Anna\n  SPEAKER_01=Paul\n", "n") == (
        ("SPEAKER_00", "Anna"),
        ("SPEAKER_01", "Paul"),
    )
    with pytest.raises(OptionError, match=r"^names\.txt, line 3: 'Paul' names no speaker"):
        read_names("# who\nSPEAKER_00=Anna\nPaul\n", "names.txt")


def names_of(*pairs) -> list[str | None]:
    return [one.name for one in named(TWO, pairs)]


def test_names_are_given_by_label_or_by_what_the_turns_call_them() -> None:
    assert names_of() == [None, "Paul"]
    assert names_of(("SPEAKER_00", "Anna")) == ["Anna", "Paul"]
    assert names_of(("spk1", "Anna"), ("Paul", "Paula")) == ["Anna", "Paula"]
    assert names_of(("SPEAKER_00", "Anna"), ("SPEAKER_00", "Bea")) == ["Bea", "Paul"]
    again = named(named(TWO, [("SPEAKER_00", "Anna")]), [("Anna", "Anne")])
    assert [one.shown for one in again] == ["Anne", "Paul"]
    assert named(TWO, [])[0].shown == "SPEAKER_00"


@pytest.mark.parametrize("label", ["SPEAKER_07", "speaker90", "spk 3", "S1", "12", "Speaker-1"])
def test_numbered_labels_are_no_names(label) -> None:
    assert named([Speaker("SPEAKER_00", source=label)], [])[0].name is None


def test_labels_that_nobody_has_are_told() -> None:
    assert strangers(TWO, [("SPEAKER_09", "Eve"), ("Paul", "P"), ("spk1", "A"), ("SPEAKER_09", "Eva")]) == (
        "SPEAKER_09",
    )


def test_documents_are_shown_under_names() -> None:
    said = [
        Utterance((Word(0, 1, "One "),), "English", "SPEAKER_00"),
        Utterance((Word(1, 2, "two "),), "English", "SPEAKER_01"),
        Utterance((Word(2, 3, "drei "),), "German", "SPEAKER_01"),
        Utterance((Word(3, 4, "four"),), "German", None),
    ]
    document = replace(sample_document(), utterances=tuple(said), speakers=named(TWO, []))
    assert [one.speaker for one in under_names(document).utterances] == ["SPEAKER_00", "Paul", "Paul", None]
    same = replace(document, speakers=named(TWO, [("SPEAKER_00", "Paul")]))
    assert [(one.speaker, one.text) for one in under_names(same).utterances] == [
        ("Paul", "One two"),
        ("Paul", "drei"),
        (None, "four"),
    ]
    assert under_names(sample_document()) == sample_document()
