"""The list of doubtful cues: every reason alone, their order, the styles, the command."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.types import AlignmentReport
from subgen.cli.shell import run
from subgen.formats import render
from subgen.formats.render import review
from subgen.formats.review import STYLES
from subgen.review import MOST, doubts
from subgen.types import Cue, Document, Note, Span, Transcript, Utterance, Word
from tests.fakes import media


def said(text: str, start: float = 0.0, each: float = 0.4, **fields: object) -> list[Word]:
    return [Word(start + each * n, start + each * (n + 1), f"{word} ", **fields) for n, word in enumerate(text.split())]


def document(
    words: list[Word], *notes: Note, language: str = "English", report: AlignmentReport | None = None
) -> Document:
    text = "".join(word.text for word in words)
    transcript = Transcript(0, 10, text, language, words=tuple(words), report=report or AlignmentReport())
    return Document(media(), 10, (transcript,), (Utterance(tuple(words), language),), notes)


def cue(words: list[Word]) -> Cue:
    return Cue(words[0].start, words[-1].end, ("".join(word.text for word in words).strip(),), words=(tuple(words),))


def reasons(words: list[Word], *notes: Note, **fields: object) -> list[tuple[str, str]]:
    found = doubts(document(words, *notes, **fields), [cue(words)])
    return [(reason.kind, reason.text) for doubt in found for reason in doubt.reasons]


def test_sure_words_at_a_usual_pace_are_no_doubt():
    assert reasons(said("All of this is quite clear.", confidence=0.9)) == []
    assert reasons(said("Nobody knows how sure this is.")) == []


def test_unsure_words_are_named_worst_first():
    words = said("one two three four five six", confidence=0.95)
    words[1], words[4] = replace(words[1], confidence=0.4), replace(words[4], confidence=0.2)
    assert reasons(words) == [("confidence", "the recogniser was not sure: “five” 20%, “two” 40%")]
    words = said("one two three four five", confidence=0.3)
    assert reasons(words) == [
        ("confidence", "the recogniser was not sure: “one” 30%, “two” 30%, “three” 30% and 2 more")
    ]
    assert reasons(said("one two", confidence=0.6)) == [("confidence", "the recogniser was only 60% sure")]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (said("extraordinarily complicated", each=0.2), "nobody speaks so fast: 26 letters in 0.40 s"),
        (said("oh no", each=2.0), "hardly anybody speaks so slowly: 4 letters in 4.00 s"),
        (said("今天天气 真是非常好", each=0.3), "nobody speaks so fast: 27 letters in 0.60 s"),
        (said("well", each=5.0), "“well” takes 5.0 s"),
    ],
)
def test_an_impossible_pace_is_doubtful(words, text):
    assert reasons(words) == [("pace", text)]


@pytest.mark.parametrize("kind", ["loop", "length", "retry", "noise", "damage"])
def test_notes_speak_against_the_cues_of_their_time(kind):
    words = said("these are some words")
    note = Note(kind, "Something went wrong.", Span(0.5, 0.6))
    assert reasons(words, note) == [(kind, "Something went wrong.")]
    assert reasons(words, replace(note, span=None)) == []
    assert reasons(words, replace(note, kind="silence")) == []
    [doubt] = doubts(document(words, replace(note, span=Span(5, 6))), [cue(words)])
    assert (doubt.cue, doubt.text, doubt.start, doubt.reasons[0].kind) == (None, "", 5, kind)


def test_repairs_of_word_times_count_by_their_share():
    words = said("these are some words")
    assert reasons(words, report=AlignmentReport(spread=3)) == [
        ("times", "the times of 3 of 4 words around are estimates")
    ]
    assert reasons(words, report=AlignmentReport(realigned=1)) == [
        ("times", "the times of 1 of 4 words around were repaired")
    ]
    assert reasons(words, report=AlignmentReport(monotone=3)) == []


def test_a_short_stretch_in_another_language_is_doubtful():
    spans = [(0, 30, "English"), (30, 40, "Welsh"), (40, 70, "English"), (70, 95, "French"), (95, 96, "")]
    transcripts = tuple(Transcript(start, end, "Words.", language) for start, end, language in spans)
    given = Document(media(), 96, transcripts, ())
    [doubt] = doubts(given, [Cue(start, end, ("Words.",)) for start, end, _ in spans])
    assert (doubt.cue, doubt.reasons[0].text) == (2, "taken for Welsh, among English")


def test_a_cue_is_doubted_for_when_it_is_spoken_not_shown():
    words = said("these are some words")
    lingering = replace(cue(words), end=5.0)
    found = doubts(document(words, Note("retry", "Something went wrong.", Span(3, 4))), [lingering])
    assert not [doubt for doubt in found if doubt.cue]


def test_speakers_that_are_not_clear_are_doubtful():
    assert reasons(said("who is that", speaker_confidence=0.55, overlap=("SPEAKER_01",))) == [
        ("speaker", "who says “who” is not clear"),
        ("overlap", "somebody else talks at the same time"),
    ]


chances = st.one_of(st.none(), st.floats(0, 1))


@given(st.lists(st.tuples(chances, st.floats(0.01, 6)), max_size=30), st.one_of(st.none(), st.integers(1, 5)))
def test_the_worst_come_first_and_no_more_than_asked_for(facts, most):
    words = [Word(10.0 * n, 10.0 * n + time, f"word{n} ", sure) for n, (sure, time) in enumerate(facts)]
    given = [cue([word]) for word in words]
    found = doubts(Document(media(), 400, (), ()), given, most)
    assert len(found) <= (len(words) if most is None else most)
    assert all(0 < doubt.score <= 1 and doubt.reasons for doubt in found)
    assert [doubt.score for doubt in found] == sorted((doubt.score for doubt in found), reverse=True)
    assert all(doubt.text == given[doubt.cue - 1].text for doubt in found if doubt.cue)
    assert found == doubts(Document(media(), 400, (), ()), given, None)[: len(found)]


WORDS = [replace(word, confidence=0.3) for word in said("There is a <little> town\tat the sea")]
LOST = Note("loop", "Speech may be missing.", Span(8, 9))


def test_styles():
    found = review(document(WORDS, LOST))
    assert STYLES["md"](found) == (
        "1. 00:00:08.000, no cue, 90%\n"
        "   - Speech may be missing.\n"
        "2. 00:00:00.000, cue 1, 70%: There is a <little> town at the sea\n"
        "   - the recogniser was not sure: “There” 30%, “is” 30%, “a” 30% and 5 more\n"
    )
    head, first, second = STYLES["tsv"](found).splitlines()
    assert head.split("\t") == ["start", "end", "cue", "score", "kinds", "reasons", "text"]
    assert first.split("\t") == ["8000", "9000", "", "0.900", "loop", "Speech may be missing.", ""]
    assert second.split("\t")[2:5] == ["1", "0.700", "confidence"]
    assert [one["cue"] for one in json.loads(STYLES["json"](found))] == [None, 1]
    assert STYLES["md"](()) == "Nothing is doubtful.\n"
    assert len(review(document(WORDS, *[replace(LOST, span=Span(8, 9 + n)) for n in range(30)]), most=MOST)) == MOST


def test_the_command_lists_prints_and_writes(tmp_path, capsys):
    saved = tmp_path / "film.json"
    saved.write_text(render(document(WORDS, LOST), "json"))
    assert run(["review", str(saved), "--limit", "1"]) == 0
    assert capsys.readouterr().out == "1. 00:00:08.000, no cue, 90%\n   - Speech may be missing.\n"
    output = tmp_path / "film.tsv"
    assert run(["review", str(saved), "-o", str(output)]) == 0
    assert output.read_text().startswith("start\t")
    assert run(["review", str(saved), "-o", str(output)]) == 5
    assert run(["review", str(saved), "-f", "doc"]) == 2
    assert run(["review", str(saved), "--limit", "0"]) == 2


def test_a_list_stands_beside_the_result(tmp_path, capsys):
    saved = tmp_path / "film.json"
    saved.write_text(render(document(WORDS, LOST), "json"))
    assert run(["render", str(saved), "--review"]) == 0
    assert (tmp_path / "film.review.md").read_text().startswith("1. 00:00:08.000, no cue")
    assert (tmp_path / "film.srt").exists()
    assert run(["render", str(saved), "--review", "-o", str(tmp_path / "other.vtt")]) == 0
    assert (tmp_path / "other.review.md").exists()
    assert run(["render", str(saved), "--review", "-o", "-"]) == 2
    assert "give a file or a folder" in capsys.readouterr().err
