"""Text-faithful words: a transcript cut into timed words by character spans, and words joined to utterances.

Nothing is ever rebuilt from aligner units: `"".join(word.text for word in words)` is the transcript, whatever the
units are, so numbers, hyphens, apostrophes, signs and punctuation come out as the recogniser wrote them.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

from aligner.types import AlignedUnit
from subgen.languages import spaced, unspaced
from subgen.types import Seconds, Transcript, Utterance, Word

DIGITS = 4
"""decimals of confidences; the sixth depends on what else was in a batch, where sums are rounded otherwise"""
_GRAPHEME = regex.compile(r"\X")
_OPENER = regex.compile(r"[\p{Ps}\p{Pi}‚„¿¡#@]")
_LONE_OPENERS = regex.compile(r"(?<=\s)[\p{Ps}\p{Pi}‚„¿¡]+\s+$")
"""an opening quote between two spaces, as French writes it, at the end of a text"""
_CURRENCY = regex.compile(r"\p{Sc}")


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """The characters `begin` to `end` of a text that one token of the recogniser wrote, and its log-probability."""

    begin: int
    end: int
    logprob: float


def confidence(logprobs: Sequence[float]) -> float | None:
    """Geometric mean of the probabilities of tokens, 0 to 1, in `DIGITS` decimals; None: there are none."""
    if not logprobs:
        return None
    return round(min(1.0, math.exp(sum(logprobs) / len(logprobs))), DIGITS)


def cut(
    text: str, units: Sequence[AlignedUnit], offset: Seconds = 0.0, confidences: Sequence[TokenSpan] = ()
) -> tuple[Word, ...]:
    """Cut a transcript into words, one for each aligned unit, whose texts joined are the transcript.

    `offset` is added to the units' times. `confidences` are in text order. A text without units is one word of no
    length at `offset` (`spread` gives it a stretch); an empty text has no words. A unit that would split a grapheme
    cluster or lies outside of the text gives its time to the word before.
    """
    if not units:
        return (Word(offset, offset, text, _Confidence(confidences)(0, len(text))),) if text else ()
    sure = _Confidence(confidences)
    words: list[Word] = []
    edges = _edges(text, [(unit.unit.begin, unit.unit.end) for unit in units])
    for unit, (begin, end) in zip(units, pairwise(edges), strict=True):
        start, stop = offset + unit.start, offset + max(unit.start, unit.end)
        if begin < end:
            piece = text[begin:end]
            left = begin + len(piece) - len(piece.lstrip())
            words.append(Word(start, stop, piece, sure(left, begin + len(piece.rstrip()))))
        elif words:
            words[-1] = replace(words[-1], end=max(words[-1].end, stop))
    return tuple(words)


def spread(text: str, start: Seconds, end: Seconds) -> tuple[Word, ...]:
    """Cut a text that has no alignment into words whose times are proportional to their number of characters."""
    if not text:
        return ()
    rate = (end - start) / len(text)
    edges = _edges(text, list(_spans(text)) or [(0, len(text))])
    return tuple(
        Word(start + rate * begin, start + rate * stop if stop < len(text) else end, text[begin:stop])
        for begin, stop in pairwise(edges)
        if begin < stop
    )


def utterances(transcripts: Sequence[Transcript]) -> tuple[Utterance, ...]:
    """Join the words of consecutive transcripts to utterances, one for each stretch of one language.

    Where two transcripts meet without white space and the language wants some, the left word gets a space.
    A transcript without words (alignment off) is spread evenly over its time.
    """
    found: list[tuple[str, list[Word]]] = []
    for transcript, space in _seams(transcripts):
        words = list(transcript.words or spread(transcript.text, transcript.start, transcript.end))
        words[-1] = replace(words[-1], text=words[-1].text + space)
        if found and found[-1][0] == transcript.language:
            found[-1][1].extend(words)
        else:
            found.append((transcript.language, words))
    return tuple(Utterance(tuple(words), language) for language, words in found)


def text_of(transcripts: Sequence[Transcript]) -> str:
    """The text of all transcripts, joined as `utterances` joins their words."""
    return "".join(transcript.text + space for transcript, space in _seams(transcripts))


def _seams(transcripts: Sequence[Transcript]) -> Iterator[tuple[Transcript, str]]:
    """Each transcript that has text, with the white space to add after it: one space or none."""
    spoken = [transcript for transcript in transcripts if transcript.text]
    for left, right in pairwise(spoken):
        yield left, " " if _wants_space(left, right) else ""
    if spoken:
        yield spoken[-1], ""


def _wants_space(left: Transcript, right: Transcript) -> bool:
    before, after = left.text[-1], right.text[0]
    if before.isspace() or after.isspace() or (unspaced(before) and unspaced(after)):
        return False
    if spaced(left.language) or spaced(right.language):
        return True
    # Two Latin words that meet in Chinese text.
    return before.isalpha() and after.isalpha() and not unspaced(before) and not unspaced(after)


class _Confidence:
    """Geometric mean of the probabilities of the tokens that overlap a span of characters."""

    def __init__(self, tokens: Sequence[TokenSpan]) -> None:
        self._begins = [token.begin for token in tokens]
        self._ends = [token.end for token in tokens]
        self._logprobs = [token.logprob for token in tokens]

    def __call__(self, begin: int, end: int) -> float | None:
        return confidence(self._logprobs[bisect_right(self._ends, begin) : bisect_left(self._begins, end)])


def _edges(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The cuts around the words of spans: from 0 to the text's length, rising, never inside a grapheme cluster."""
    clusters = None if text.isascii() and "\r" not in text else [*(m.start() for m in _GRAPHEME.finditer(text))]
    edges = [0]
    for (_, left_end), (right_begin, _) in pairwise(spans):
        edge = min(max(_boundary(text, max(left_end, 0), min(right_begin, len(text))), edges[-1]), len(text))
        if clusters is not None:
            nearest = bisect_left(clusters, edge)
            edge = clusters[nearest] if nearest < len(clusters) else len(text)
        edges.append(edge)
    return [*edges, len(text)]


def _boundary(text: str, begin: int, end: int) -> int:
    """Where to cut the characters between two units.

    After the last white space, or before an opening quote that stands alone between spaces; without white space
    before the opening brackets, opening quotes and signs that touch the right unit.
    """
    between = text[begin:end]
    spaces = [i for i, character in enumerate(between) if character.isspace()]
    if spaces:
        lone = _LONE_OPENERS.search(between[: spaces[-1] + 1])
        return begin + (lone.start() if lone else spaces[-1] + 1)
    edge = end
    while edge > begin and _opens(text, edge - 1):
        edge -= 1
    return edge


def _opens(text: str, position: int) -> bool:
    """Whether the character belongs to what follows it: opening marks, and currency before a number."""
    character = text[position]
    if character == '"':  # straight quotes open and close in turn
        return text.count('"', 0, position) % 2 == 0
    if _CURRENCY.match(character):
        return position + 1 < len(text) and text[position + 1].isdigit()
    return _OPENER.match(character) is not None


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The character spans of words by white space, and of single characters in scripts without word spaces."""
    begin: int | None = None
    for match in _GRAPHEME.finditer(text):
        first = match[0][0]
        alone = unspaced(first)
        if begin is not None and (alone or first.isspace()):
            yield begin, match.start()
            begin = None
        if alone and first.isalnum():
            yield match.span()
        elif begin is None and first.isalnum() and not alone:
            begin = match.start()
    if begin is not None:
        yield begin, len(text)
