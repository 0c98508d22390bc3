"""Subtitles for the deaf and hard of hearing: labels never touch words or rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cues import cues
from subgen.cues.sdh import LONG, freed, labelled, with_sounds
from subgen.formats import read, render
from subgen.options import Layout, Writing
from subgen.rules import rules
from subgen.types import Cue, Document, Sound, Speaker, Transcript, Utterance, Word
from tests.fakes import media
from tests.subgen.cue_checks import assert_limits

SDH = Layout(audience="sdh")
RULES = rules(SDH, "English")


def utterance(text: str, start: float, speaker: str | None, language: str = "English") -> Utterance:
    words = [Word(start + 0.4 * n, start + 0.4 * n + 0.35, f"{word} ") for n, word in enumerate(text.split())]
    return Utterance(tuple(words), language, speaker)


def laid(*spoken: Utterance) -> tuple[Cue, ...]:
    return freed(cues(labelled(spoken), SDH), spoken)


TALK = (
    utterance("Good morning, Paul.", 1.0, "Anna"),
    utterance("We have a great deal to talk about this week.", 4.0, "Anna"),
    utterance("Good morning.", 12.0, "Paul"),
    utterance("Yes?", 20.0, "Anna"),
    utterance("No!", 20.5, "Paul"),
    utterance("Who was that?", 30.0, None),
    utterance("Me.", 40.0, "Paul"),
)


def test_speakers_are_named_where_they_change():
    assert [cue.text for cue in laid(*TALK)] == [
        "[Anna] Good morning, Paul.",
        "We have a great deal\nto talk about this week.",
        "[Paul] Good morning.",
        "-[Anna] Yes?\n-[Paul] No!",
        "Who was that?",
        "[Paul] Me.",
    ]


def test_one_speaker_needs_no_name():
    assert labelled(TALK[:2]) == TALK[:2]
    assert labelled([utterance("Hello.", 0, None)])[0].text == "Hello."


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("English", "Hello.", "[speaker 2] Hello."),
        ("German", "Hallo.", "[Sprecher 2] Hallo."),
        ("Japanese", "はい。", "[話者 2] はい。"),
        ("Macedonian", "Здраво.", "[SPEAKER_01] Здраво."),
    ],
)
def test_speakers_without_names_are_counted_in_their_language(language, text, label):
    found = laid(utterance("One.", 0.0, "SPEAKER_00"), utterance(text, 9.0, "SPEAKER_01", language))
    assert found[-1].text == label


names = st.sampled_from(["Anna", "Paul", "The Old Man", "SPEAKER_03", None])
texts = st.lists(
    st.sampled_from(["Yes,", "no.", "extraordinary", "of", "the", "[x]", "sea", "—"]), min_size=1, max_size=14
)
talks = st.lists(st.tuples(names, texts, st.floats(0, 4)), min_size=1, max_size=8)


@given(talks)
def test_words_are_exact_and_rules_kept(parts):
    spoken, start = [], 0.0
    for name, said, pause in parts:
        spoken.append(utterance(" ".join(said), start + pause, name))
        start = spoken[-1].words[-1].end
    found = laid(*spoken)
    assert_limits(found, SDH)
    words = [word for cue in found for line in cue.words for word in line]
    assert "".join(word.text for word in words) == "".join(word.text for each in spoken for word in each.words)
    assert [word.start for word in words] == [word.start for each in spoken for word in each.words]
    assert "\N{NO-BREAK SPACE}" not in "".join(cue.text for cue in found)


def test_a_name_longer_than_a_line_is_still_shown_and_taken_off():
    name = "The Very Honourable Lady of the House on the Hill"
    found = laid(utterance("Yes.", 0, name), utterance("No.", 9, "Paul"))
    assert found[0].text.startswith(f"[{name}]")
    assert "".join(word.text for line in found[0].words for word in line) == "Yes. "


def marked(given: list[Cue], *heard: Sound, language: str = "English") -> list[tuple[float, float, str]]:
    return [
        (cue.start, cue.end, cue.text) for cue in with_sounds(given, heard, RULES, 24.0, language) if cue not in given
    ]


@pytest.mark.parametrize(
    ("language", "kind", "text"),
    [
        ("English", "music", "[music]"),
        ("German", "music", "[Musik]"),
        ("English", "sound", "[no speech]"),
        ("English", "storm", "[no speech]"),
        ("Macedonian", "music", "[♪]"),
        ("Macedonian", "sound", ""),
    ],
)
def test_long_sounds_are_named_in_the_language_of_the_subtitles(language, kind, text):
    assert marked([], Sound(10, 30, kind), language=language) == ([(10.0, 13.0, text)] if text else [])


def test_sounds_keep_away_from_speech():
    before, after = Cue(1, 4, ("One.",)), Cue(12, 14, ("Two.",))
    assert marked([before, after], Sound(3.5, 13, "music")) == [(4.5, 7.5, "[music]")]
    assert marked([before, after], Sound(2, 4 + LONG["music"] - 0.1, "music")) == []
    assert marked([before], Sound(2, 40, "music")) == [(4.5, 7.5, "[music]")]
    both = [before, replace(after, start=20, end=21)]
    assert marked(both, Sound(0, 60, "sound")) == [(4.5, 7.5, "[no speech]"), (21.5, 24.5, "[no speech]")]
    brief = replace(RULES, longest=0.9, shortest=0.8, chain=4.5)
    assert (
        with_sounds([before, replace(after, start=9.5)], [Sound(4, 9.5, "music")], brief, 24.0, "English")[1].text
        == "Two."
    )


spans = st.lists(st.integers(0, 4000), max_size=12, unique=True).map(sorted)


@given(spans, spans, st.sampled_from([23.976, 25.0, 29.97]))
def test_marks_keep_the_rules_between_any_cues(edges, beats, rate):
    given = [
        Cue(start / 25, end / 25 - 0.1, ("Words.",))
        for start, end in zip(edges[::2], edges[1::2], strict=False)
        if end - start > 25
    ]
    heard = [Sound(start / 25, end / 25, "music") for start, end in zip(beats[::2], beats[1::2], strict=False)]
    found = with_sounds(given, heard, RULES, rate, "English")
    assert [cue for cue in found if cue.text == "Words."] == given
    for left, right in pairwise(found):
        if "[music]" in (left.text, right.text):
            assert right.start - left.end >= RULES.chain - 1e-6
    for cue in found:
        if cue.text == "[music]":
            assert RULES.shortest <= cue.duration <= RULES.longest
            assert any(sound.start <= cue.start and cue.end <= sound.end for sound in heard)


def test_formats_have_labels_when_asked_for():
    speakers = (Speaker("SPEAKER_00", "Anna"), Speaker("SPEAKER_01"))
    spoken = (utterance("Good morning.", 1.0, "SPEAKER_00"), utterance("Hello there.", 12.0, "SPEAKER_01"))
    said = Transcript(0, 20, "Good morning. Hello there.", "English")
    document = Document(media(), 20, (said,), spoken, speakers=speakers, sounds=(Sound(3, 11, "music"),))
    document = read(render(document, "json"), "it")
    assert document.sounds == (Sound(3, 11, "music"),)
    text = render(document, "srt", writing=Writing(sdh=True))
    assert text == render(document, "srt", SDH)
    assert [line for line in text.splitlines() if "[" in line] == [
        "[Anna] Good morning.",
        "[music]",
        "[speaker 2] Hello there.",
    ]
    assert "Anna: Good morning." in render(document, "srt")
    assert "[" not in render(document, "vtt")
