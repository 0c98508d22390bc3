"""How wide text is, and where a cue is best broken into lines."""

from __future__ import annotations

import unicodedata

import numpy as np
import regex

from subgen.cues.grid import Milliseconds, Numbers

_GRAPHEME = regex.compile(r"\X")
_INVISIBLE = regex.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""direction marks and zero-width spaces, which are grapheme clusters of their own"""

# A line break costs a share of what a cue break would, for the cue stays on the screen; unequal lines cost the square
# of their difference; a longer top line costs a little, because the eye likes a pyramid.
BREAK_SHARE = 0.7
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
    """The best breaks of many stretches of tokens into lines, all at once.

    A stretch is the tokens `first` to `end` (exclusive); its lines are at most `width` columns wide.
    """

    def __init__(self, places: Numbers, spaces: Numbers, costs: Numbers) -> None:
        """`places`: columns before each token and after the last; `spaces`: of the white space after each token.

        `costs[i]` is that of a break after token i.
        """
        self._places = places
        self._spaces = spaces
        self._costs = costs

    def columns(self, first: Milliseconds, end: Milliseconds) -> Numbers:
        """The widths of stretches, each of at least one token, on one line."""
        return self._places[end] - self._places[first] - self._spaces[end - 1]

    def lines(self, first: Milliseconds, end: Milliseconds, width: Numbers, count: int) -> tuple[Numbers, Milliseconds]:
        """The cheapest break into at most `count` lines: its cost, and the first token of the second line.

        The cost is infinite where the tokens do not fit; the token is `end` where there is one line only.
        """
        cost = np.where(self.columns(first, end) <= width, 0.0, np.inf)
        place = end.copy()
        (open_,) = np.nonzero(np.isinf(cost) & (end - first > 1))
        if count > 1 and len(open_):
            cost[open_], place[open_] = self._broken(first[open_], end[open_], width[open_], count)
        return cost, place

    def _broken(
        self, first: Milliseconds, end: Milliseconds, width: Numbers, count: int
    ) -> tuple[Numbers, Milliseconds]:
        """The cheapest break of stretches that are too wide for one line."""
        lowest, highest = self._candidates(first, end, width, count)
        best, place = np.full(len(first), np.inf), end.copy()
        for step in range(int(np.max(highest - lowest, initial=-1)) + 1):
            (rows,) = np.nonzero(lowest + step <= highest)
            tried = lowest[rows] + step
            cost = self.cost(first[rows], tried, end[rows], width[rows])
            if count > 2:
                cost += self.lines(tried, end[rows], width[rows], count - 1)[0]
            better = cost < best[rows]
            best[rows[better]], place[rows[better]] = cost[better], tried[better]
        return best, place

    def _candidates(
        self, first: Milliseconds, end: Milliseconds, width: Numbers, count: int
    ) -> tuple[Milliseconds, Milliseconds]:
        """The tokens before which a first line may end so that it and, of two lines, the second fit."""
        places, spaces = self._places, self._spaces
        lowest = first + 1
        if count == 2:
            lowest = np.maximum(lowest, np.searchsorted(places, places[end] - spaces[end - 1] - width))
        highest = np.minimum(np.searchsorted(places, places[first] + width, "right") - 1, end - 1)
        # The space at the end of a line does not count.
        after = np.minimum(highest + 1, end - 1)
        highest = np.where(places[after] - spaces[after - 1] - places[first] <= width, after, highest)
        return lowest, highest

    def cost(self, first: Milliseconds, place: Milliseconds, end: Milliseconds, width: Numbers) -> Numbers:
        """What it costs to break stretches before the tokens `place` into two lines."""
        top, bottom = self.columns(first, place), self.columns(place, end)
        unequal = (top - bottom) / width
        return BREAK_SHARE * self._costs[place - 1] + IMBALANCE * unequal * unequal + TOP_HEAVY * (top > bottom)
