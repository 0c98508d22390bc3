"""Where talk is cut into cues: the cheapest way through all breaks and in-times (Viterbi), in linear time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from subgen.cues.candidates import Candidates, joined
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

    def __init__(self, talk: Talk, portions: Iterable[Candidates], timing: Timing) -> None:
        """`portions`: all candidates, those that end at an earlier token in the same portion or an earlier one."""
        self._entries = Entries(talk, timing)
        count, roots = len(self._entries.token), int(self._entries.begin[1])
        self._before = [-1] * count
        """where the last cue of the way to each entry begins, -1 where no way leads"""
        self._last = [-1] * count
        """which of the cues that is"""
        costs = [0.0] * roots + [math.inf] * (count - roots)
        kept: list[Candidates] = []
        cues = 0
        for found in portions:
            kept.append(found.at(self._extend(costs, _steps(talk, found, self._entries, timing), cues)))
            cues += len(kept[-1].first)
        self._cues = joined(kept)

    def best(self) -> tuple[Candidates, Milliseconds]:
        """The candidates that together are the cheapest, in order, and when each of them appears."""
        *begins, _ = places = [*self._places(len(self._before) - 1)][::-1]
        return self._cues.at(np.array([self._last[end] for end in places[1:]])), self._entries.time[begins]

    def agreed(self, token: int) -> int:
        """How many steps the cheapest of all ways begins with as do those to the entries of that token and later ones.

        Ways through other tokens have to pass one of these entries if no candidate reaches over all of them.
        """
        whole = len(self._before) - 1
        begins = [*self._places(whole)][:0:-1]
        numbers = {place: number for number, place in enumerate(begins)}
        ends = range(int(self._entries.begin[token]), whole)
        met = (next((numbers[at] for at in self._places(end) if at in numbers), len(numbers)) for end in ends)
        return min(met, default=len(numbers))

    def _places(self, place: int) -> Iterator[int]:
        """An entry and those before it on its way, the last one first."""
        while place >= 0:
            yield place
            place = self._before[place]

    def _extend(self, costs: list[float], steps: _Steps, known: int) -> Milliseconds:
        """Takes steps into the ways, given the `costs` of those so far; the rows of those taken, `known` before them.

        Of steps that cost the same the last cue is as short as can be, whatever is in the portion.
        """
        came: dict[int, int] = {}
        columns = (steps.come, steps.go, steps.cost)
        for step, left, right, price in zip(
            steps.order.tolist(), *(column[steps.order].tolist() for column in columns), strict=True
        ):
            whole = costs[left] + price
            if whole < costs[right] - SAME:
                costs[right] = whole
                came[right] = step
        for number, (place, step) in enumerate(came.items(), known):
            self._before[place] = int(steps.come[step])
            self._last[place] = number
        return steps.row[np.array([*came.values()], np.int64)]


@dataclass(frozen=True, slots=True)
class _Steps:
    """Candidates with an entry of their first token and one of the token after them."""

    row: Milliseconds
    """which candidate"""
    come: Milliseconds
    go: Milliseconds
    cost: Numbers
    order: Milliseconds
    """by where they end, the shorter ones first"""


def _steps(talk: Talk, found: Candidates, entries: Entries, timing: Timing) -> _Steps:
    """Every candidate with every entry of its first token and of the token after it."""
    counts = np.diff(entries.begin)
    row = np.repeat(np.arange(len(found.first)), counts[found.first])
    come = entries.begin[found.first[row]] + _within(counts[found.first])
    ways = counts[found.end[row]]
    go = np.repeat(entries.begin[found.end[row]], ways) + _within(ways)
    row, come = np.repeat(row, ways), np.repeat(come, ways)
    first = found.first[row]
    spoken = Spoken(entries.time[come], found.said[row], found.columns[row], entries.time[go], talk.limits.at(first))
    cost = timing.outs(spoken)[1] + found.cost[row] + entries.cost[come]
    return _Steps(row, come, go, cost, np.lexsort((found.second[row], -first, go)))


def _within(counts: Milliseconds) -> Milliseconds:
    """0, 1, ... for each of the counts."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
