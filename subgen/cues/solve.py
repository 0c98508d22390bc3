"""Where one speaker's tokens are cut into cues: the cheapest way through all breaks (Viterbi), in linear time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from subgen.cues import syntax
from subgen.cues.lines import Ruler
from subgen.cues.tokens import Token
from subgen.options import Layout
from subgen.types import Seconds

LINGER = 0.5
"""seconds that a cue may stay after its speech so that it can be read (the half second of the Netflix timing guide)"""
LONGEST_PAUSE = 1.0
"""a longer silence is never inside a cue, in seconds"""

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
FRAGMENT_COLUMNS = 12
"""a narrower cue that does not end a sentence or clause is a fragment"""
HURRIED = 6.0
HURRY = 140.0
"""per time that the reading speed is exceeded by its own amount"""
MOST_HURRY = 10.0
SHORT = 250.0


@dataclass(frozen=True, slots=True)
class Piece:
    """The tokens `first` to `end` (exclusive) shown as one cue; `breaks` are the first tokens of its further lines."""

    first: int
    end: int
    breaks: tuple[int, ...]


class Solver:
    """Cuts the tokens of one run (one speaker, one language) into pieces."""

    def __init__(self, tokens: Sequence[Token], language: str, layout: Layout, gap: Seconds) -> None:
        """`gap`: the least time between two cues."""
        self._layout = layout
        self._gap = gap
        self._tokens = tokens
        costs = syntax.costs(tokens, language)
        self.ruler = Ruler(tokens, costs, layout.width)
        pauses = [right.start - left.end for left, right in pairwise(tokens)]
        self._costs = [cost * _patience(pause) for cost, pause in zip(costs, [*pauses, 0.0], strict=True)]
        self._split = [pause > LONGEST_PAUSE for pause in pauses]
        ends = syntax.sentence_ends(tokens, language)
        inner = [
            INNER_SENTENCE_END + INNER_SENTENCE_PAUSE * pause if end else INNER_PAUSE * pause
            for pause, end in zip(pauses, ends, strict=False)
        ]
        self._inner = [0.0, *accumulate(inner)]

    def pieces(self, following: Seconds) -> list[Piece]:
        """The cheapest cut; `following` is when the next run starts, infinite when none does."""
        count = len(self._tokens)
        starts = [*(token.start for token in self._tokens[1:]), following]
        best = [0.0] + [math.inf] * count
        came: list[Piece | None] = [None] * (count + 1)
        for end in range(1, count + 1):
            for first in self._firsts(end):
                cost = best[first] + self.cost(first, end, starts[end - 1])
                if cost >= best[end]:
                    continue
                extra, breaks = self.ruler.lines(first, end, self._layout.lines) if end - first > 1 else (0.0, ())
                if cost + extra < best[end]:
                    best[end] = cost + extra
                    came[end] = Piece(first, end, breaks)
        return _traced(came)

    def _firsts(self, end: int) -> range:
        """The tokens with which a piece that ends before `end` may begin: the last one always, others by the limits.

        The longest piece comes first: once it has set a price, few short ones are worth a look at their lines.
        """
        tokens, layout = self._tokens, self._layout
        widest = layout.lines * (layout.width + 1)
        earliest = tokens[end - 1].end - layout.longest
        first = end - 1
        while (
            first > 0
            and not self._split[first - 1]
            and tokens[first - 1].start >= earliest
            and self.ruler.columns(first - 1, end) <= widest
        ):
            first -= 1
        return range(first, end)

    def cost(self, first: int, end: int, following: Seconds) -> float:
        """The cost of a piece without that of its line breaks."""
        layout, tokens = self._layout, self._tokens
        start, last = tokens[first].start, self._costs[end - 1]
        width = self.ruler.columns(first, end)
        limit = min(layout.longest, following - self._gap - start)
        shown = min(limit, max(tokens[end - 1].end - start + LINGER, layout.shortest))
        cost = CUE + last + self._inner[end - 1] - self._inner[first]
        if width < FRAGMENT_COLUMNS and last > syntax.COMMA:
            cost += FRAGMENT
        needed = width / layout.reading_speed
        if shown < needed:
            hurry = min(needed / shown - 1.0, MOST_HURRY) if shown > 0 else MOST_HURRY
            cost += HURRIED + HURRY * hurry
        if limit < layout.shortest:
            cost += SHORT * (2.0 - max(limit, 0.0) / layout.shortest)
        return cost


def _patience(pause: float) -> float:
    return math.exp(-max(0.0, pause - PAUSE_IGNORED) / PAUSE_SCALE)


def _traced(came: Sequence[Piece | None]) -> list[Piece]:
    """The pieces on the cheapest way, first to last."""
    pieces: list[Piece] = []
    piece = came[-1]
    while piece is not None:
        pieces.append(piece)
        piece = came[piece.first]
    return pieces[::-1]
