"""Speech as paragraphs, for the formats that people read as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from subgen.formats.text import clean
from subgen.types import Seconds, Span, Utterance, Word

PARAGRAPH: Seconds = 2.0
"""a longer silence between two words starts a new paragraph"""


@dataclass(frozen=True, slots=True)
class Paragraph(Span):
    """What one speaker says without a long silence, as one clean line; `speaker` is "" when not known."""

    text: str
    speaker: str = ""


def paragraphs(utterances: Sequence[Utterance]) -> Iterator[Paragraph]:
    """The paragraphs that have any text: utterances, or their parts up to a long silence."""
    for utterance in utterances:
        speaker = clean(utterance.speaker or "")
        for words in _parts(utterance.words):
            text = clean("".join(word.text for word in words))
            if text:
                yield Paragraph(words[0].start, words[-1].end, text, speaker)


def ended(utterances: Sequence[Utterance]) -> int:
    """How many of the words are in paragraphs that others follow."""
    return sum([len(part) for utterance in utterances for part in _parts(utterance.words)][:-1])


def _parts(words: Sequence[Word]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in words:
        if part and word.start - part[-1].end > PARAGRAPH:
            yield part
            part = []
        part.append(word)
    if part:
        yield part
