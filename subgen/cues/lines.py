"""How wide text is, and where a cue is best broken into lines."""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

import regex

from subgen.cues.tokens import Token

_GRAPHEME = regex.compile(r"\X")
_INVISIBLE = regex.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""direction marks and zero-width spaces, which are grapheme clusters of their own"""

# A line break costs a share of what a cue break would, for the cue stays on the screen; unequal lines cost the square
# of their difference; a longer top line costs a little, because the eye likes a pyramid.
BREAK_SHARE = 0.6
IMBALANCE = 8.0
TOP_HEAVY = 1.0


def columns(text: str, full_width: bool = False) -> float:
    """The width of a text: its visible grapheme clusters; with `full_width`, narrow ones are half a column."""
    if text.isascii():
        return len(text) / 2 if full_width else len(text)
    graphemes = _GRAPHEME.findall(_INVISIBLE.sub("", text))
    if not full_width:
        return len(graphemes)
    return sum(1.0 if unicodedata.east_asian_width(grapheme[0]) in "WF" else 0.5 for grapheme in graphemes)


class Ruler:
    """Widths of runs of tokens, and their best break into lines no wider than `width` columns."""

    def __init__(self, tokens: Sequence[Token], costs: Sequence[float], width: int) -> None:
        """`costs[i]` is that of a break after token i."""
        self._costs = costs
        self._width = width
        self._spaces = [int(token.spaced) for token in tokens]
        self._places = [
            0,
            *accumulate(columns(token.text) + space for token, space in zip(tokens, self._spaces, strict=True)),
        ]

    def columns(self, first: int, end: int) -> float:
        """The width of tokens `first` to `end` (exclusive, at least one) on one line."""
        return self._places[end] - self._places[first] - self._spaces[end - 1]

    def lines(self, first: int, end: int, count: int) -> tuple[float, tuple[int, ...]]:
        """The cheapest break of tokens into at most `count` lines: its cost and the first token of each further line.

        The cost is infinite when the tokens do not fit.
        """
        if self.columns(first, end) <= self._width:
            return 0.0, ()
        best: tuple[float, tuple[int, ...]] = (math.inf, ())
        if count == 1:
            return best
        for place in self._candidates(first, end, count):
            rest, breaks = (0.0, ()) if count == 2 else self.lines(place, end, count - 1)
            cost = rest + self._break(first, place, end)
            if cost < best[0]:
                best = cost, (place, *breaks)
        return best

    def _candidates(self, first: int, end: int, count: int) -> range:
        """The tokens before which a first line may end so that it and, of two lines, the second fit."""
        places, spaces = self._places, self._spaces
        lowest = first + 1
        if count == 2:
            lowest = bisect_left(places, places[end] - spaces[end - 1] - self._width, lowest, end)
        highest = bisect_right(places, places[first] + self._width, lowest, end) - 1
        # The space at the end of a line does not count.
        if highest + 1 < end and places[highest + 1] - spaces[highest] - places[first] <= self._width:
            highest += 1
        return range(lowest, highest + 1)

    def _break(self, first: int, place: int, end: int) -> float:
        top, bottom = self.columns(first, place), self.columns(place, end)
        unequal = (top - bottom) / self._width
        return BREAK_SHARE * self._costs[place - 1] + IMBALANCE * unequal * unequal + TOP_HEAVY * (top > bottom)
