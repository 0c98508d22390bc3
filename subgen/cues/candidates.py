"""All stretches of talk that may be shown as one cue, and what each costs apart from its times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from subgen.cues import syntax
from subgen.cues.grid import Milliseconds, Numbers
from subgen.cues.lines import Ruler
from subgen.cues.talk import LONGEST_PAUSE, Talk

PAUSE_IGNORED = 0.1
"""seconds of silence between words that mean nothing"""
PAUSE_SCALE = 0.8
"""seconds of silence that make a break e times cheaper"""

# Costs, on the scale of those in `syntax`.
CUE = 6.0
INNER_SENTENCE_END = 3.0
INNER_SENTENCE_PAUSE = 6.0
"""per second of silence after the inner sentence"""
INNER_PAUSE = 4.0
"""per second of silence elsewhere inside a cue"""
FRAGMENT = 10.0
FRAGMENT_SHARE = 0.28
"""a cue narrower than this share of a line that does not end a sentence or clause is a fragment"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Stretches of tokens `first` to `end` (exclusive), one row each."""

    first: Milliseconds
    end: Milliseconds
    second: Milliseconds
    """the first token of the second line, `end` where there is none"""
    columns: Numbers
    """what there is to read, on one line"""
    said: Milliseconds
    """when the last word ends"""
    cost: Numbers

    def at(self, rows: Milliseconds) -> Candidates:
        """The rows with these numbers."""
        return Candidates(*(getattr(self, field.name)[rows] for field in fields(self)))


def joined(parts: Sequence[Candidates]) -> Candidates:
    """The rows of all parts, of which there is at least one, in order."""
    return Candidates(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Candidates)))


def candidates(talk: Talk, begin: int = 0, stop: int | None = None) -> Candidates:
    """Every stretch of one utterance that fits on the screen, and every single token whether it fits or not.

    They begin with the tokens `begin` to `stop` (exclusive; None: all from there).
    """
    first, end = _stretches(talk, np.arange(len(talk.tokens))[begin:stop])
    limits = talk.limits
    cost, second = _lines(talk, first, end, limits.lines[first])
    cost[end - first == 1] = 0.0
    wide = talk.columns(first, end)
    inner, breaks = _inner(talk), break_costs(talk)
    cost += CUE + inner[end - 1] - inner[first] + breaks[end - 1]
    cost += FRAGMENT * ((wide < FRAGMENT_SHARE * limits.width[first]) & (breaks[end - 1] > syntax.COMMA))
    found = Candidates(first, end, second, wide, talk.end[end - 1], cost)
    return found.at(np.isfinite(cost).nonzero()[0])


def edges(talk: Talk, found: Candidates) -> Iterator[tuple[int, ...]]:
    """The first token of each line of each candidate, and the token after all."""
    places = [found.first, found.second]
    for above in range(1, max(rule.lines for rule in talk.rules) - 1):
        places.append(_lines(talk, places[-1], found.end, talk.limits.lines[found.first] - above)[1])
    for row, end in zip(np.stack(places, axis=1).tolist(), found.end.tolist(), strict=True):
        yield *(place for place in row if place < end), end


def _lines(talk: Talk, first: Milliseconds, end: Milliseconds, counts: Milliseconds) -> tuple[Numbers, Milliseconds]:
    """The cost of the best lines of stretches, at most `counts` each, and the first token of each second line."""
    ruler = Ruler(talk.places, talk.spaces, talk.costs)
    cost, second = np.zeros(len(first)), end.copy()
    for count in np.unique(counts).tolist():
        rows = ((counts == count) & (first < end)).nonzero()[0]
        cost[rows], second[rows] = ruler.lines(first[rows], end[rows], talk.limits.width[first[rows]], count)
    return cost, second


def break_costs(talk: Talk) -> Numbers:
    """The cost of a cue's end after each token: a pause makes it cheaper."""
    return talk.costs * np.exp(-np.maximum(0.0, talk.pauses - PAUSE_IGNORED) / PAUSE_SCALE)


def _inner(talk: Talk) -> Numbers:
    """What it costs that cues do not end after tokens, summed up before each token."""
    ends = INNER_SENTENCE_END + INNER_SENTENCE_PAUSE * talk.pauses
    return np.concatenate([[0.0], np.cumsum(np.where(talk.sentences, ends, INNER_PAUSE * talk.pauses))])


def _stretches(talk: Talk, first: Milliseconds) -> tuple[Milliseconds, Milliseconds]:
    """Stretches from these tokens without a long pause that are spoken in time and may fit, by rising length."""
    limits = talk.limits
    widest = limits.lines * (limits.width + 1)
    parted = np.append((talk.pauses > LONGEST_PAUSE)[:-1] | (np.diff(talk.utterance) != 0), True)
    firsts, ends = [first], [first + 1]
    while len(first):
        end = ends[-1]
        joined = ~parted[end - 1]
        first, end = first[joined], end[joined] + 1
        fits = (talk.columns(first, end) <= widest[first]) & (
            talk.end[end - 1] - talk.start[first] <= limits.longest[first]
        )
        first, end = first[fits], end[fits]
        firsts.append(first)
        ends.append(end)
    return np.concatenate(firsts), np.concatenate(ends)
