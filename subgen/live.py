"""Subtitles while the rest of a film is still being recognised: cues are written once nothing later can change them.

A long silence ends what cues on its two sides have to do with each other: the earlier one is gone, however long it
lingers, before the later one can come. So what was said up to the last such silence is laid out by itself, and gives
the cues that the whole film would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf

from subgen.formats.render import cues_of, render
from subgen.formats.srt import srt
from subgen.formats.text import shown
from subgen.formats.vtt import HEADER, vtt
from subgen.options import Layout, Options, Writing
from subgen.rules import Rules, rules
from subgen.types import Document, Media, Seconds, Transcript, Utterance
from subgen.words import spread, utterances

FORMATS = ("srt", "vtt", "txt")
"""formats that grow at their end only"""
MARGIN: Seconds = 1.5
"""How much earlier or later than its words a cue may come for want of room or for a shot, beside lingering."""


def possible(format: str, options: Options) -> bool:
    """Whether a format can be written bit by bit: not when something is only known at the end, such as speakers."""
    later = options.speakers.wanted or options.input.shots
    sounds = options.writing.sdh or options.layout.audience == "sdh"
    return format in FORMATS and not (later or sounds)


class Live:
    """Writes one file's text as its transcripts come, in order: `open`, `add` for each, `close`."""

    def __init__(self, format: str, layout: Layout, writing: Writing, write: Callable[[str], object]) -> None:
        """`write` gets pieces of text whose sum is the whole."""
        self._format = format
        self._layout = layout
        self._writing = writing
        self._write = write
        self._media: Media | None = None
        self._waiting: list[Transcript] = []
        self._written = 0
        """words of the first waiting transcripts that have been written"""
        self._cues = 0

    def open(self, media: Media) -> None:
        """The file was probed: what begins every text is written."""
        self._media = media
        if self._format == "vtt":
            self._write(HEADER)

    def add(self, transcript: Transcript) -> None:
        """One more chunk was recognised."""
        self._waiting.append(transcript)
        held: tuple[Utterance, ...] = ()
        for stretch, following in pairwise(self._stretches()):
            held += stretch
            if self._put(held, following[0].words[0].start):
                held = ()

    def close(self) -> None:
        """Nothing follows: the rest is written."""
        held: tuple[Utterance, ...] = ()
        for stretch, following in pairwise((*self._stretches(), ())):
            held += stretch
            if self._put(held, following[0].words[0].start if following else inf):
                held = ()

    def _stretches(self) -> Sequence[tuple[Utterance, ...]]:
        """What was said and not written yet, from one long silence to the next."""
        return tuple(stretches(list(_without(utterances(self._waiting), self._written)), self._layout))

    def _put(self, stretch: tuple[Utterance, ...], following: Seconds) -> bool:
        """Writes what was said before a long silence, unless its cues, for want of room, may last until what follows."""
        assert self._media is not None
        document = Document(self._media, stretch[-1].words[-1].end, (), stretch)
        if self._format == "txt":
            self._write(render(document, "txt", self._layout, self._writing))
        else:
            cues = [cue for cue, _ in shown(cues_of(document, self._format, self._layout))]
            if cues and cues[-1].end + rules(self._layout, stretch[-1].language).chain + MARGIN > following:
                return False
            text = srt(cues, self._cues + 1) if self._format == "srt" else vtt(cues, self._writing.word_times)
            self._write(text.removeprefix(HEADER))
            self._cues += len(cues)
        self._forget(sum(len(utterance.words) for utterance in stretch))
        return True

    def _forget(self, words: int) -> None:
        """Counts written words, and lets go of transcripts that are written whole."""
        self._written += words
        while self._waiting and self._written >= (count := _count(self._waiting[0])):
            self._written -= count
            del self._waiting[0]


def stretches(spoken: Sequence[Utterance], layout: Layout) -> Iterator[tuple[Utterance, ...]]:
    """Utterances, cut where a silence is so long that cues on both sides can't touch."""
    held: list[Utterance] = []
    end = float("-inf")
    for utterance in spoken:
        silence = _reach(rules(layout, utterance.language))
        first = 0
        for number, word in enumerate(utterance.words):
            if word.start - end > silence and (held or number > first):
                if number > first:
                    held.append(replace(utterance, words=utterance.words[first:number]))
                yield tuple(held)
                held, first = [], number
            end = max(end, word.end)
        if first < len(utterance.words):
            held.append(replace(utterance, words=utterance.words[first:]))
    if held:
        yield tuple(held)


def _reach(rules: Rules) -> Seconds:
    return rules.shortest + rules.linger + rules.chain + MARGIN


def _without(spoken: Sequence[Utterance], count: int) -> Iterator[Utterance]:
    """Utterances without the first `count` of their words."""
    for utterance in spoken:
        if count < len(utterance.words):
            yield replace(utterance, words=utterance.words[count:])
        count = max(0, count - len(utterance.words))


def _count(transcript: Transcript) -> int:
    if not transcript.text:
        return 0
    return len(transcript.words or spread(transcript.text, transcript.start, transcript.end))
