"""Word error rate, and how far word times are from the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

import regex

from subgen.eval.edits import Pair, alignment
from subgen.types import Seconds, Word

CLOSE: Seconds = 0.08
"""one step of the published aligner's time grid"""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}\p{N}]+|(?<=\p{N})[.,:](?=\p{N})[\p{L}\p{M}\p{N}]+)*")


@dataclass(frozen=True, slots=True)
class WordErrors:
    """What it takes to edit a reference of `words` words into a hypothesis."""

    substitutions: int
    deletions: int
    insertions: int
    words: int

    @property
    def errors(self) -> int:
        """All edits."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Edits per word of the reference; an empty reference counts as one word."""
        return self.errors / max(self.words, 1)


@dataclass(frozen=True, slots=True)
class Deviation:
    """Absolute errors of a set of times, in seconds; `close` is the share of at most CLOSE."""

    mean: Seconds
    median: Seconds
    largest: Seconds
    close: float


@dataclass(frozen=True, slots=True)
class BoundaryErrors:
    """Errors of the times of the words that reference and hypothesis have in common."""

    starts: Deviation
    ends: Deviation
    both: Deviation
    """starts and ends together"""
    matched: int
    """words in common"""


def normalise(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: lower case, no punctuation, hyphens part words, numbers as written.

    Apostrophes stay inside words, curly ones made straight; points and commas stay between digits.
    """
    return tuple(_WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")))


def word_error_rate(reference: str, hypothesis: str) -> WordErrors:
    """Counts the word edits between two texts after `normalise`: the fewest, with the most words kept.

    Other tools may split the same number of edits differently into the three kinds.
    """
    ours, theirs = normalise(reference), normalise(hypothesis)
    return count(ours, theirs, alignment(ours, theirs))


def count(ours: Sequence[str], theirs: Sequence[str], pairs: Sequence[Pair]) -> WordErrors:
    """Counts the edits in an alignment of two lists of words."""
    return WordErrors(
        substitutions=sum(i is not None and j is not None and ours[i] != theirs[j] for i, j in pairs),
        deletions=sum(j is None for _, j in pairs),
        insertions=sum(i is None for i, _ in pairs),
        words=len(ours),
    )


def boundary_errors(reference: Sequence[Word], hypothesis: Sequence[Word]) -> BoundaryErrors | None:
    """Compares the times of the words that both have, found by the edit alignment; None when they share none.

    Words are compared after `normalise`; what has nothing but punctuation is left out.
    """
    ours, theirs = _keyed(reference), _keyed(hypothesis)
    pairs = alignment([key for key, _ in ours], [key for key, _ in theirs])
    matches = [
        (ours[i][1], theirs[j][1]) for i, j in pairs if i is not None and j is not None and ours[i][0] == theirs[j][0]
    ]
    if not matches:
        return None
    starts = [abs(truth.start - word.start) for truth, word in matches]
    ends = [abs(truth.end - word.end) for truth, word in matches]
    return BoundaryErrors(_deviation(starts), _deviation(ends), _deviation(starts + ends), len(matches))


def _keyed(words: Sequence[Word]) -> list[tuple[str, Word]]:
    keyed = ((" ".join(normalise(word.text)), word) for word in words)
    return [(key, word) for key, word in keyed if key]


def _deviation(errors: Sequence[Seconds]) -> Deviation:
    close = sum(error <= CLOSE for error in errors) / len(errors)
    return Deviation(fmean(errors), median(errors), max(errors), close)
