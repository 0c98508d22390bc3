"""The chain with fake models: what flows where, what is noted, and that text is never touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aligner.aligner import Clip
from aligner.types import SAMPLE_RATE, Alignment, AlignmentReport
from subgen.errors import OptionError
from subgen.events import Event, Noticed, Progress, Recognised
from subgen.options import Chunking, Decoding, Options, Words
from subgen.pipeline import align, run, run_alignment
from subgen.types import Note
from tests.fakes import Blocks, Echo, Even, Machine, media, speech

OPTIONS = Options()


def kinds(notes: tuple[Note, ...]) -> list[str]:
    return [note.kind for note in notes]


def test_words_come_out_on_the_medias_timeline() -> None:
    quiet = np.zeros(10 * SAMPLE_RATE, dtype=np.float32)
    audio = Blocks(np.concatenate([quiet, speech(5)]))
    document = run(media(), audio, Machine(Echo(["Hello, world!"])), OPTIONS)
    [transcript] = document.transcripts
    assert 9.5 < transcript.start < 10.1
    first, second = transcript.words
    assert (first.text, second.text) == ("Hello, ", "world!")
    assert first.start == transcript.start
    assert second.end == pytest.approx(transcript.end, abs=0.01)
    assert document.duration == 15.0
    assert document.models == ("echo", "even")
    assert document.utterances[0].text == "Hello, world!"
    assert document.notes == ()


def test_events_tell_of_chunks_notes_and_progress() -> None:
    events: list[Event] = []
    audio = Blocks(speech(100), notes=(Note("damage", "3 s are missing."),))
    count = 16
    run(media(), audio, Machine(Echo(["One."] * count)), OPTIONS, events.append)
    assert next(event for event in events if isinstance(event, Noticed)).note.kind == "damage"
    texts = [event.transcript.text for event in events if isinstance(event, Recognised)]
    assert texts
    assert set(texts) == {"One."}
    done = [event.done for event in events if isinstance(event, Progress)]
    assert done == sorted(done)
    assert done[-1] == 100.0


@pytest.mark.parametrize(
    ("finish", "cuts", "kind"), [("loop", 2, "loop"), ("length", 0, "length"), ("stop", 1, "retry")]
)
def test_trouble_in_decoding_is_noted_with_its_time(finish: str, cuts: int, kind: str) -> None:
    document = run(media(), Blocks(speech(5)), Machine(Echo(["Well."], finish, cuts)), OPTIONS)
    [note] = document.notes
    assert note.kind == kind
    assert note.span is not None
    assert note.span.end == pytest.approx(5.0, abs=0.3)


@pytest.mark.parametrize(
    ("confidence", "voice", "kept"), [(0.3, False, False), (0.3, True, True), (0.9, False, True), (None, False, True)]
)
def test_doubtful_words_need_a_voice(confidence: float | None, voice: bool, kept: bool) -> None:
    pitch = 120 + 20 * np.sin(2 * np.pi * np.arange(5 * SAMPLE_RATE) / SAMPLE_RATE)
    vowel = 0.1 * np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE)).astype(np.float32)
    audio = Blocks(vowel if voice else speech(5))
    document = run(media(), audio, Machine(Echo(["Seven."], confidence=confidence)), OPTIONS)
    [transcript] = document.transcripts
    assert transcript.text == ("Seven." if kept else "")
    assert (transcript.language, len(transcript.words)) == (("English", 1) if kept else ("", 0))
    assert kinds(document.notes) == ([] if kept else ["noise", "silence"])
    assert all(note.span is not None for note in document.notes[:1])


def test_silence_gives_a_document_without_cues() -> None:
    document = run(media(), Blocks(np.zeros(SAMPLE_RATE * 40, dtype=np.float32)), Machine(Echo([])), OPTIONS)
    assert document.transcripts == ()
    assert document.utterances == ()
    assert kinds(document.notes) == ["silence"]


def test_without_alignment_the_aligner_is_never_asked() -> None:
    class Untouchable(Machine):
        @property
        def aligner(self) -> Even:  # type: ignore[override]
            raise AssertionError("the aligner was asked for")

        @aligner.setter
        def aligner(self, value: Even) -> None: ...

    options = Options(words=Words(align=False))
    document = run(media(), Blocks(speech(5)), Untouchable(Echo(["Some words here."])), options)
    assert document.transcripts[0].words == ()
    assert document.utterances[0].text == "Some words here."
    assert document.models == ("echo",)


def test_punctuation_alone_is_spread_over_its_chunk() -> None:
    document = run(media(), Blocks(speech(5)), Machine(Echo(["..."])), OPTIONS)
    [transcript] = document.transcripts
    [word] = transcript.words
    assert (word.text, word.start, word.end) == ("...", transcript.start, transcript.end)


def test_a_language_stays_with_its_chunk() -> None:
    texts = ["English|Good morning.", "Chinese|今天天气很好。", "Chinese|再见。"]
    pause = np.zeros(3 * SAMPLE_RATE, dtype=np.float32)
    audio = Blocks(np.concatenate([part for _ in texts for part in (speech(4), pause)]))
    document = run(media(), audio, Machine(Echo(texts)), OPTIONS)
    assert [utterance.language for utterance in document.utterances] == ["English", "Chinese"]
    assert document.utterances[1].text == "今天天气很好。再见。"


def test_a_missing_word_splitter_costs_accuracy_not_the_transcript() -> None:
    machine = Machine(Echo(["Japanese|今日は良い天気です。"]), Even(refuse=lambda language: language == "Japanese"))
    document = run(media(), Blocks(speech(5)), machine, OPTIONS)
    assert "".join(word.text for word in document.transcripts[0].words) == "今日は良い天気です。"
    assert kinds(document.notes) == ["alignment"]
    assert "install it" in document.notes[0].text


def test_a_language_the_aligner_does_not_know_is_noted() -> None:
    machine = Machine(Echo(["Swedish|God morgon."]), Even(languages=("English",)))
    document = run(media(), Blocks(speech(5)), machine, OPTIONS)
    assert "Swedish" in document.notes[0].text


def test_chunks_longer_than_the_aligner_takes_are_refused_before_work() -> None:
    options = replace(OPTIONS, chunking=Chunking(longest=120, look_ahead=150))
    with pytest.raises(OptionError, match="120 s were asked for"):
        run(media(), Blocks(speech(5)), Machine(Echo(["a"])), options)


def test_a_known_text_is_divided_among_chunks_and_kept_as_it_is() -> None:
    known = "The 1st sentence — with a dash. And now,\nthe second “sentence”."
    heard = ["the first sentence with the dash", "and now the second sentence"]
    pause = np.zeros(3 * SAMPLE_RATE, dtype=np.float32)
    audio = Blocks(np.concatenate([speech(4), pause, speech(4)]))
    options = replace(OPTIONS, decoding=Decoding(language="English"))
    document = run_alignment(media(), audio, known, Machine(Echo(heard)), options)
    assert [transcript.text.strip() for transcript in document.transcripts] == [
        "The 1st sentence — with a dash.",
        "And now,\nthe second “sentence”.",
    ]
    assert "".join(transcript.text for transcript in document.transcripts) == known


def test_an_empty_text_is_refused(tmp_path: object) -> None:
    with pytest.raises(OptionError, match="empty"):
        align(media().path, " \n")


@pytest.mark.parametrize("text", ["", " \n\t\u3000"])
def test_a_transcript_without_words_is_refused_before_the_media_is_looked_at(text: str) -> None:
    with pytest.raises(OptionError, match="The transcript to align is empty"):
        align(Path("no/such/film.mp4"), text)


@pytest.mark.parametrize(("spread", "words"), [(0, ""), (1, "one word"), (2, "2 words")])
def test_words_whose_times_are_estimates_are_counted(spread: int, words: str) -> None:
    class Unsure(Even):
        def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
            report = AlignmentReport(spread=spread)
            return tuple(replace(alignment, report=report) for alignment in super().align(clips))

    document = run(media(), Blocks(speech(5)), Machine(Echo(["Three words here."]), Unsure()), OPTIONS)
    told = [note.text for note in document.notes if note.kind == "alignment"]
    assert told == ([f"The times of {words} are estimates: they could not be aligned."] if words else [])
