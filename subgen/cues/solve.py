"""Where talk is cut into cues: the cheapest way through all breaks and in-times (Viterbi), in linear time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from subgen.cues.candidates import Candidates
from subgen.cues.grid import Milliseconds, Numbers
from subgen.cues.shots import NEVER
from subgen.cues.talk import Talk
from subgen.cues.timing import SHOT, Spoken, Timing

SAME = 1e-6
"""Ways whose costs differ by less cost the same: the first is taken, whatever rounding adds elsewhere in the film."""


class Entries:
    """When cues may appear: each token's own time, and others where that is near a shot change.

    The last entry is that of the token after all, and never comes.
    """

    def __init__(self, talk: Talk, timing: Timing) -> None:
        tokens, times, costs = [np.arange(len(talk.tokens) + 1)], [np.append(talk.start, NEVER)], []
        costs.append(np.zeros(len(times[0])))
        if timing.shots:
            (bound,) = np.nonzero(talk.limits.shots)
            costs[0][bound] = SHOT * timing.shots.wrong_in(talk.start[bound])
            for rows, places, moves in timing.shots.entries(talk.start[bound], talk.limits.gap[bound]):
                tokens.append(bound[rows])
                times.append(places)
                costs.append(moves)
        token = np.concatenate(tokens)
        order = np.argsort(token, kind="stable")
        self.token = token[order]
        self.time = np.concatenate(times)[order]
        self.cost = np.concatenate(costs)[order]
        self.begin = np.searchsorted(self.token, np.arange(len(talk.tokens) + 2))
        """the first entry of each token"""


class Ways:
    """The cheapest way to every entry, a way being cues that follow each other from the beginning."""

    def __init__(self, talk: Talk, found: Candidates, timing: Timing) -> None:
        self._entries = Entries(talk, timing)
        self._row, self._come, go = _steps(found, self._entries)
        spoken = Spoken(
            self._entries.time[self._come],
            found.said[self._row],
            found.columns[self._row],
            self._entries.time[go],
            talk.limits.at(found.first[self._row]),
        )
        cost = timing.outs(spoken)[1] + found.cost[self._row] + self._entries.cost[self._come]
        self._came = _cheapest(self._come, go, cost, self._entries)
        """the last step of the way to each entry, -1 where no way leads"""

    def best(self) -> tuple[Milliseconds, Milliseconds]:
        """The rows of the candidates that together are the cheapest, in order, and when each of them appears."""
        steps = [step for step, _ in self._back(len(self._came) - 1)][::-1]
        return self._row[steps], self._entries.time[self._come[steps]]

    def agreed(self, token: int) -> int:
        """How many steps the cheapest of all ways begins with as do those to the entries of that token and later ones.

        Ways through other tokens have to pass one of these entries if no candidate reaches over all of them.
        """
        whole = len(self._came) - 1
        numbers = {place: number for number, (_, place) in enumerate([*self._back(whole)][::-1])}
        ends = range(int(self._entries.begin[token]), whole)
        met = (next((numbers[at] for at in self._places(end) if at in numbers), len(numbers)) for end in ends)
        return min(met, default=len(numbers))

    def _places(self, place: int) -> Iterator[int]:
        """An entry and those before it on its way, the last one first."""
        yield place
        yield from (before for _, before in self._back(place))

    def _back(self, place: int) -> Iterator[tuple[int, int]]:
        """The steps of the way to an entry, the last one first, each with the entry that it begins at."""
        while self._came[place] >= 0:
            step = self._came[place]
            place = int(self._come[step])
            yield step, place


def _steps(found: Candidates, entries: Entries) -> tuple[Milliseconds, Milliseconds, Milliseconds]:
    """Every candidate with every entry of its first token and of the token after it: row, entry, entry."""
    counts = np.diff(entries.begin)
    row = np.repeat(np.arange(len(found.first)), counts[found.first])
    come = entries.begin[found.first[row]] + _within(counts[found.first])
    ways = counts[found.end[row]]
    go = np.repeat(entries.begin[found.end[row]], ways) + _within(ways)
    return np.repeat(row, ways), np.repeat(come, ways), go


def _within(counts: Milliseconds) -> Milliseconds:
    """0, 1, ... for each of the counts."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _cheapest(come: Milliseconds, go: Milliseconds, cost: Numbers, entries: Entries) -> list[int]:
    """The last step of the cheapest way to each entry from any of the first."""
    order = np.argsort(go, kind="stable")
    roots, last = int(entries.begin[1]), len(entries.token) - 1
    best = [0.0] * roots + [math.inf] * (last + 1 - roots)
    came = [-1] * (last + 1)
    for step, left, right, price in zip(
        order.tolist(), come[order].tolist(), go[order].tolist(), cost[order].tolist(), strict=True
    ):
        whole = best[left] + price
        if whole < best[right] - SAME:
            best[right] = whole
            came[right] = step
    return came
