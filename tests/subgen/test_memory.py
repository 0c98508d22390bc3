"""Memory does not grow with the length of the media, but for the text."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field

from aligner.types import SAMPLE_RATE
from subgen.cues import cues
from subgen.options import Layout, Options
from subgen.pipeline import run
from subgen.types import Document, Note, Samples, Seconds, Utterance, Word
from tests.fakes import Echo, Even, Machine, media, speech


@dataclass
class Endless:
    """One minute of speech with a pause at its end, again and again, in blocks of their own."""

    minutes: int
    notes: tuple[Note, ...] = ()
    seconds: Seconds = field(default=0.0, init=False)

    def __iter__(self) -> Iterator[Samples]:
        samples = speech(60)
        samples[-5 * SAMPLE_RATE :] = 0
        for _ in range(self.minutes):
            for first in range(0, len(samples), SAMPLE_RATE):
                self.seconds += 1
                yield samples[first : first + SAMPLE_RATE].copy()

    def stop(self) -> None:
        """There is nothing to wait for."""


class Nothing(list):  # type: ignore[type-arg]
    """A list that stays empty: the fake recogniser keeps no chunk."""

    def append(self, _: object) -> None:
        return None


def peak(minutes: int) -> tuple[int, Document]:
    """The most bytes that Python held while it worked through this many minutes, and the result."""
    machine = Machine(Echo(["Word after word."] * 10_000, "loop", chunks=Nothing()), Even())
    gc.collect()
    tracemalloc.start()
    try:
        document = run(media(duration=60.0 * minutes), Endless(minutes), machine, Options())
        return tracemalloc.get_traced_memory()[1], document
    finally:
        tracemalloc.stop()


def test_four_times_the_length_needs_no_more_memory() -> None:
    """The shorter one is long enough to fill all queues: 25 chunks are decoded ahead or wait for their words."""
    peak(1)  # imports and caches
    short, _ = peak(15)
    long, document = peak(60)
    assert document.duration == 3600
    assert len(document.transcripts) == len(document.notes) >= 120
    minute_of_audio = 60 * SAMPLE_RATE * 4
    assert long - short < minute_of_audio


def cue_peak(minutes: int) -> int:
    """The most bytes that Python and NumPy held while cues were made of so much talk without a rest."""
    count = minutes * 60 * 3
    signs = ("", "", "", "", "", ",", "", "", "", "", "", ".")
    words = tuple(Word(n / 3, n / 3 + 0.3, f"word{signs[n % 12]} ") for n in range(count))
    talk = (Utterance(words, "English"),)
    gc.collect()
    tracemalloc.start()
    try:
        assert len(cues(talk, Layout())) > count / 20
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_cues_of_a_long_talk_are_not_all_tried_at_once() -> None:
    """What there is to choose from takes 44 MB an hour, the words and cues themselves a tenth of that."""
    cue_peak(1)  # imports and caches
    assert (cue_peak(60) - cue_peak(20)) / (40 / 60) < 12_000_000
