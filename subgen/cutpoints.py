"""The best places to cut a stretch of speech, by dynamic programming over its quietest points.

All lengths and positions are frames of 20 ms, positions from the start of the stretch; all costs are dB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from subgen.loudness import FRAMES, RISE, Levels
from subgen.options import Chunking

Positions = NDArray[np.int64]
Costs = NDArray[np.float64]

_GROUP = 5
"""frames (100 ms) of which the best point is a candidate; also the distance of the context that a cut is judged by"""
_HALF_RUN = 12
"""frames (0.24 s) on each side of a cut that the quiet around it is measured in: about 0.5 s in all"""
_NO_RUN_COST = 20.0
"""dB that a cut costs which has no quiet around it"""
_SHORTEST_COST, _LONGEST_COST = 10.0, 5.0
"""dB that a chunk of the shortest and the longest length costs, against 0 at the target"""
_TOO_SHORT_COST = 200.0
"""dB more that a chunk of no length at all would cost"""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a chunk may be; `costs[n]` is what one of n frames costs, infinite below `least`."""

    least: int
    longest: int
    costs: Costs

    @classmethod
    def of(cls, options: Chunking) -> Lengths:
        """The lengths that the options ask for. A second is the least, or a quarter of a very short longest length."""
        longest = int(options.longest * FRAMES + 1e-6)
        least = min(FRAMES, longest // 4)
        length = np.arange(longest + 1) / FRAMES
        short = np.clip((options.target - length) / max(options.target - options.shortest, 1 / FRAMES), 0, 1)
        long = np.clip((length - options.target) / max(options.longest - options.target, 1 / FRAMES), 0, 1)
        too_short = np.clip(options.shortest - length, 0, None) / options.shortest
        costs = _SHORTEST_COST * short**2 + _LONGEST_COST * long**2 + _TOO_SHORT_COST * too_short
        costs[:least] = np.inf
        return cls(least, longest, costs)


def candidates(excess: Levels) -> tuple[Positions, Costs]:
    """The best cut of each 100 ms and its cost, from the frames' dB above the speech threshold.

    A cut at frame p lies between the frames p-1 and p. It costs the level above the floor there, a quarter of the
    levels 100 ms before and after, and more the shorter the quiet around it. A perfect cut costs 0: none is made for
    its own sake.
    """
    level = np.maximum(excess + RISE, 0.0).astype(np.float64)
    at = np.maximum(level, np.concatenate((level[:1], level[:-1])))
    around = np.pad(at, _GROUP, mode="edge")
    cost = at + (around[: at.size] + around[2 * _GROUP :]) / 4 + _NO_RUN_COST * (1 - _quiet(level))
    groups = -(-cost.size // _GROUP)
    padded = np.pad(cost, (0, groups * _GROUP - cost.size), constant_values=np.inf).reshape(groups, _GROUP)
    best = np.argmin(padded, axis=1) + np.arange(groups) * _GROUP
    return best, cost[best]


def best_cuts(stretch: int, points: tuple[Positions, Costs], lengths: Lengths, ends: bool = True) -> list[int]:
    """The cuts of least total cost that leave no chunk of the `stretch` too long; none if it fits as it is.

    With `ends=False` speech goes on after the stretch, and what is left after the last cut costs nothing.
    """
    if ends and stretch <= lengths.longest:
        return []
    inner = (points[0] >= lengths.least) & (points[0] <= stretch - lengths.least)
    position = np.concatenate(([0], points[0][inner], [stretch]))
    cost = np.concatenate(([0.0], points[1][inner], [0.0]))
    total, previous = _paths(position, cost, lengths)
    last = int(previous[-1])
    if not ends:
        tails = np.flatnonzero(position[:-1] >= max(stretch - lengths.longest, 1))
        last = int(tails[np.argmin(total[tails])])
    return _walk(position, previous, last)


def _quiet(level: Costs) -> Costs:
    """The share, 0..1, of the 0.24 s on each side of every cut that belong to one unbroken run of quiet.

    Quiet is what is under the speech threshold, or, where nothing is, within 3 dB of the lowest level there.
    """
    windows = sliding_window_view(np.pad(level, _HALF_RUN, constant_values=np.inf), 2 * _HALF_RUN)[: level.size]
    quiet = windows <= np.maximum(windows.min(axis=1, keepdims=True) + 3.0, RISE)
    before = np.logical_and.accumulate(quiet[:, _HALF_RUN - 1 :: -1], axis=1).sum(axis=1)
    after = np.logical_and.accumulate(quiet[:, _HALF_RUN:], axis=1).sum(axis=1)
    return np.asarray((before + after) / (2 * _HALF_RUN))


def _paths(position: Positions, cost: Costs, lengths: Lengths) -> tuple[Costs, Positions]:
    """The least cost of reaching each position in allowed steps, and the position (as an index) before it."""
    total = np.full(position.size, np.inf)
    total[0] = 0.0
    previous = np.zeros(position.size, dtype=np.int64)
    firsts = np.searchsorted(position, position - lengths.longest)
    for index in range(1, position.size):
        first = firsts[index]
        steps = total[first:index] + lengths.costs[position[index] - position[first:index]]
        best = int(steps.argmin())
        previous[index] = first + best
        total[index] = steps[best] + cost[index]
    return total, previous


def _walk(position: Positions, previous: Positions, last: int) -> list[int]:
    cuts = []
    while last:
        cuts.append(int(position[last]))
        last = int(previous[last])
    return cuts[::-1]
