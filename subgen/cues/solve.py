"""Where talk is cut into cues: the cheapest way through all breaks and in-times (Viterbi), in linear time."""

from __future__ import annotations

import math

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


def chosen(talk: Talk, found: Candidates, timing: Timing) -> tuple[Milliseconds, Milliseconds]:
    """The rows of the candidates that together are the cheapest, in order, and when each of them appears."""
    entries = Entries(talk, timing)
    row, come, go = _steps(found, entries)
    spoken = Spoken(
        entries.time[come], found.said[row], found.columns[row], entries.time[go], talk.limits.at(found.first[row])
    )
    cost = timing.outs(spoken)[1] + found.cost[row] + entries.cost[come]
    way = _cheapest(come, go, cost, entries)
    return row[way], entries.time[come[way]]


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


def _cheapest(come: Milliseconds, go: Milliseconds, cost: Numbers, entries: Entries) -> Milliseconds:
    """The steps of the cheapest way from any first entry to the last one."""
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
    way: list[int] = []
    place = last
    while came[place] >= 0:
        way.append(came[place])
        place = int(come[way[-1]])
    return np.array(way[::-1], np.int64)
