"""Subtitles while the rest of a film is still being recognised: cues are written once nothing later can change them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain

from subgen.cues import FRAME_RATE, cues, settled
from subgen.formats.paragraphs import ended
from subgen.formats.render import Rendering
from subgen.formats.srt import srt
from subgen.formats.text import shown
from subgen.formats.txt import lines
from subgen.formats.vtt import HEADER, vtt
from subgen.options import Layout, Options, Writing
from subgen.types import Cue, Document, Media, Transcript, Utterance, Word
from subgen.words import spread, utterances

FORMATS = ("srt", "vtt", "txt")
"""formats that grow at their end only"""
GROWTH = 1.25
"""What waits is looked at again when it has grown by so much, so that a talk without a rest takes linear time."""


def possible(format: str, options: Options) -> bool:
    """Whether a format can be written bit by bit: not when something is only known at the end, such as speakers."""
    later = options.speakers.wanted or options.input.shots
    sounds = options.sdh
    return format in FORMATS and not (later or sounds)


class Live:
    """Writes one file's text as its transcripts come, in order: `open`, `add` for each, `close`."""

    def __init__(self, format: str, layout: Layout, writing: Writing, write: Callable[[str], object]) -> None:
        """`write` gets pieces of text whose sum is the whole."""
        self._format = format
        self._layout = layout
        self._writing = writing
        self._write = write
        self._waiting: list[Transcript] = []
        self._written = 0
        """words of the first waiting transcripts that have been written"""
        self._cues = 0
        self._enough = 0
        """words that must wait before it is worth another look at them"""

    def open(self, media: Media) -> None:
        """The file was probed: what begins every text is written."""
        self._layout = Rendering(Document(media, 0.0, (), ()), self._layout).layout
        if self._format == "vtt":
            self._write(HEADER)

    def add(self, transcript: Transcript) -> None:
        """One more chunk was recognised."""
        self._waiting.append(transcript)
        spoken = self._spoken()
        words = sum(len(utterance.words) for utterance in spoken)
        if words < self._enough:
            return
        done = self._put_paragraphs(spoken) if self._format == "txt" else self._put_settled(spoken)
        self._forget(done)
        self._enough = int(GROWTH * (words - done))

    def close(self) -> None:
        """Nothing follows: the rest is written."""
        if self._format == "txt":
            self._put_text(self._spoken())
        else:
            self._put_cues(cues(self._spoken(), self._layout, self._rate))

    @property
    def _rate(self) -> float:
        return self._layout.frame_rate or FRAME_RATE

    def _spoken(self) -> tuple[Utterance, ...]:
        """What was said and not written yet."""
        return tuple(_without(utterances(self._waiting), self._written))

    def _put_settled(self, spoken: Sequence[Utterance]) -> int:
        """Writes the cues that stay as they are, and says of how many words they are."""
        found = settled(spoken, self._layout, self._rate)
        ends = list(accumulate(_letters(word) for utterance in spoken for word in utterance.words))
        letters = accumulate(sum(map(_letters, chain(*cue.words))) for cue in found)
        whole = [(place, end) for place, end in enumerate(letters, 1) if end in ends[:-1]]
        if not whole:
            return 0
        self._put_cues(found[: whole[-1][0]])
        return ends.index(whole[-1][1]) + 1

    def _put_paragraphs(self, spoken: Sequence[Utterance]) -> int:
        """Writes the paragraphs that others follow, and says of how many words they are."""
        done = ended(spoken)
        self._put_text(tuple(_first(spoken, done)))
        return done

    def _put_cues(self, found: Sequence[Cue]) -> None:
        seen = [cue for cue, _ in shown(found)]
        if seen:
            text = srt(seen, self._cues + 1) if self._format == "srt" else vtt(seen, self._writing.word_times)
            self._write(text.removeprefix(HEADER))
            self._cues += len(seen)

    def _put_text(self, spoken: Sequence[Utterance]) -> None:
        text = lines(spoken)
        if text:
            self._write(text)

    def _forget(self, words: int) -> None:
        """Counts written words, and lets go of transcripts that are written whole."""
        self._written += words
        while self._waiting and self._written >= (count := _count(self._waiting[0])):
            self._written -= count
            del self._waiting[0]


def _count(transcript: Transcript) -> int:
    if not transcript.text:
        return 0
    return len(transcript.words or spread(transcript.text, transcript.start, transcript.end))


def _without(spoken: Sequence[Utterance], count: int) -> Iterator[Utterance]:
    """Utterances without the first `count` of their words."""
    for utterance in spoken:
        if count < len(utterance.words):
            yield replace(utterance, words=utterance.words[count:])
        count = max(0, count - len(utterance.words))


def _first(spoken: Sequence[Utterance], count: int) -> Iterator[Utterance]:
    """The first `count` words of utterances."""
    for utterance in spoken:
        if count > 0:
            yield replace(utterance, words=utterance.words[:count])
        count -= len(utterance.words)


def _letters(word: Word) -> int:
    """The characters that are not white space, by which cues tell how much of a word is theirs."""
    return len("".join(word.text.split()))
