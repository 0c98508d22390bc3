"""What is written while a film is recognised is what would be written at its end."""

from __future__ import annotations

from pathlib import Path

import pytest
import srt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subgen.formats import render
from subgen.live import FORMATS, Live, possible
from subgen.options import Input, Layout, Options, Speakers, Writing
from subgen.types import Document, Media, Track, Transcript, Word
from subgen.words import utterances

TRACK = Track(1, "aac", 48_000, 2, 0.0)
MEDIA = Media(Path("film.mp4"), None, (TRACK,), TRACK, 25.0)
WORDS = (
    "so",
    "I",
    "went.",
    "to",
    "the",
    "house,",
    "Mr.",
    "and",
    "nobody",
    "was",
    "there!",
    "a --> b",
    "10",
    "№",
    "<i>",
)
PAUSES = (0.0, 0.1, 0.4, 0.9, 1.3, 1.9, 2.6, 3.1, 3.4, 3.9, 5.0, 9.0)


@st.composite
def transcripts(draw: st.DrawFn) -> list[Transcript]:
    """Chunks of words with pauses of any length between and within them; some chunks are silent or without words."""
    made: list[Transcript] = []
    now = draw(st.sampled_from(PAUSES))
    for _ in range(draw(st.integers(0, 6))):
        start, words = now, []
        for _ in range(draw(st.integers(0, 14))):
            length = draw(st.sampled_from((0.0, 0.12, 0.3, 0.5)))
            words.append(Word(now, now + length, draw(st.sampled_from(WORDS)) + " "))
            now += length + draw(st.sampled_from(PAUSES[:4] * 3 + PAUSES))
        language = draw(st.sampled_from(("English", "English", "French")))
        text = "".join(word.text for word in words).rstrip()
        kept = (*words[:-1], Word(words[-1].start, words[-1].end, words[-1].text.rstrip())) if words else ()
        timed = draw(st.booleans()) or not words
        made.append(
            Transcript(start, max(now, start + 0.1), text, language if words else "", words=kept if timed else ())
        )
        now += 0.2
    return made


def live(heard: list[Transcript], format: str, layout: Layout, writing: Writing) -> list[str]:
    pieces: list[str] = []
    writer = Live(format, layout, writing, pieces.append)
    writer.open(MEDIA)
    for transcript in heard:
        writer.add(transcript)
    writer.close()
    return pieces


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(transcripts(), st.sampled_from(FORMATS), st.sampled_from(("netflix", "bbc", "shorts")), st.booleans())
def test_the_sum_of_the_pieces_is_the_whole(heard, format, profile, word_times) -> None:
    layout, writing = Layout(profile=profile), Writing(word_times=word_times)
    document = Document(MEDIA, 1000.0, tuple(heard), utterances(heard))
    assert "".join(live(heard, format, layout, writing)) == render(document, format, layout, writing)


def said(*starts: float) -> list[Transcript]:
    return [
        Transcript(start, start + 1, "Yes.", "English", words=(Word(start, start + 0.6, "Yes."),)) for start in starts
    ]


def test_cues_come_before_the_end() -> None:
    pieces: list[str] = []
    writer = Live("srt", Layout(), Writing(), pieces.append)
    writer.open(MEDIA)
    first, second = said(1, 60)
    writer.add(first)
    assert not pieces
    writer.add(second)
    assert pieces == ["1\n00:00:01,000 --> 00:00:01,840\nYes.\n\n"]
    writer.close()
    assert len(pieces) == 2
    assert pieces[1].startswith("2\n")


def test_a_talk_without_long_silences_is_written_on_the_way() -> None:
    """Sentences with rests of 0.7 s between them, as in any talk: what waits is never more than 30 s of it."""
    pieces: list[str] = []
    writer = Live("srt", Layout(), Writing(), pieces.append)
    writer.open(MEDIA)
    now = 0.0
    for number in range(40):
        words = []
        for text in f"This is sentence number {number}, and it goes on for a while.".split():
            words.append(Word(now, now + 0.3, text + " "))
            now += 0.33
        now += 0.7
        writer.add(Transcript(words[0].start, now, "".join(w.text for w in words), "English", words=tuple(words)))
        shown = [cue.end.total_seconds() for cue in srt.parse("".join(pieces))]
        assert number < 7 or now - shown[-1] < 30


@pytest.mark.parametrize(
    "options",
    [
        Options(speakers=Speakers(find=True)),
        Options(input=Input(shots=True)),
        Options(writing=Writing(sdh=True)),
        Options(layout=Layout(audience="sdh")),
    ],
)
def test_what_is_known_at_the_end_is_not_written_before(options) -> None:
    assert possible("srt", Options())
    assert not possible("json", Options())
    assert not possible("srt", options)
