"""Matching two long lists of tokens in order: rare runs first, then the best common sequence between them.

Runs of tokens that occur once in either list, in the same order, are certain (as in Bram Cohen's "patience diff"). They
cut the lists into boxes in which shorter runs become rare, until a box is small enough for the exact solution. Time
grows with the length of the lists, not with their product.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from subgen.retime.script import letters

_LEVELS = ((5, 10**9), (3, 10**9), (2, 1000), (1, 300))
"""tokens of a run, and the longest side of a box where runs that short still say something"""
_CELLS = 250_000
"""of the table for a box; larger ones without rare runs are left unmatched"""
_BASE, _PER_LETTER, _ADJACENT = 1.0, 0.25, 1.0
"""what a pair is worth: long words say more than short ones, and pairs that touch more than lone ones"""
_LONG = 8

Pair = tuple[int, int]
_Scores = NDArray[np.float32]


class _Box(NamedTuple):
    """The tokens `left` to `right` of the one list and `low` to `high` of the other."""

    left: int
    right: int
    low: int
    high: int

    @property
    def side(self) -> int:
        return max(self.right - self.left, self.high - self.low)

    @property
    def cells(self) -> int:
        return (self.right - self.left) * (self.high - self.low)


def matches(known: Sequence[str], heard: Sequence[str]) -> tuple[Pair, ...]:
    """Pairs of equal tokens (index of `known`, index of `heard`), both rising."""
    found: list[Pair] = []
    boxes = [(_Box(0, len(known), 0, len(heard)), 0)]
    while boxes:
        box, level = boxes.pop()
        if not box.cells:
            continue
        if level == len(_LEVELS):
            found += _best(known, heard, box) if box.cells <= _CELLS else ()
            continue
        size, widest = _LEVELS[level]
        runs = list(_runs(known, heard, box, size)) if box.side <= widest else []
        for run in runs:
            found += zip(range(run.left, run.right), range(run.low, run.high), strict=True)
        boxes += [(rest, level + (not runs)) for rest in _between(box, runs)]
    return tuple(sorted(found))


def _between(box: _Box, runs: Sequence[_Box]) -> Iterator[_Box]:
    """What of a box is left around runs inside it; the box itself without any."""
    first, last = _Box(box.left, box.left, box.low, box.low), _Box(box.right, box.right, box.high, box.high)
    for before, after in pairwise([first, *runs, last]):
        yield _Box(before.right, after.left, before.high, after.low)


def _runs(known: Sequence[str], heard: Sequence[str], box: _Box, size: int) -> Iterator[_Box]:
    """Maximal equal runs around the sequences of `size` tokens that occur once on both sides, in order."""
    ours = _unique(known, box.left, box.right, size)
    theirs = _unique(heard, box.low, box.high, size)
    pairs = [(place, theirs[gram]) for gram, place in ours.items() if gram in theirs]
    left, low = box.left, box.low
    for i, j in _rising(pairs):
        if i < left or j < low:
            continue  # inside the run before
        begin = 0
        while i - begin > left and j - begin > low and known[i - begin - 1] == heard[j - begin - 1]:
            begin += 1
        end = size
        while i + end < box.right and j + end < box.high and known[i + end] == heard[j + end]:
            end += 1
        left, low = i + end, j + end
        yield _Box(i - begin, left, j - begin, low)


def _unique(tokens: Sequence[str], begin: int, end: int, size: int) -> dict[tuple[str, ...], int]:
    """The place of each sequence of `size` tokens that occurs once, in order."""
    found: dict[tuple[str, ...], int] = {}
    often: set[tuple[str, ...]] = set()
    for place in range(begin, end - size + 1):
        gram = tuple(tokens[place : place + size])
        if gram in found:
            often.add(gram)
        found.setdefault(gram, place)
    return {gram: place for gram, place in found.items() if gram not in often}


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest run of pairs, sorted by their first number, in which the second rises, too."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        place = bisect_left(tails, second)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [second]
        ends[place : place + 1] = [index]
    chain: list[Pair] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _best(known: Sequence[str], heard: Sequence[str], box: _Box) -> list[Pair]:
    """The common sequence of a box that is worth most; a pair that touches the box's corner touches what is outside."""
    ours, theirs = known[box.left : box.right], heard[box.low : box.high]
    values = np.array([_BASE + _PER_LETTER * min(letters(token), _LONG) for token in ours], np.float32)
    equal = np.array(ours, object)[:, None] == np.array(theirs, object)[None, :]
    if not equal.any():
        return []
    return [(box.left + i, box.low + j) for i, j in _traced(values, equal)]


def _traced(values: _Scores, equal: NDArray[np.bool_]) -> list[Pair]:
    """The pairs of the best path: `paired[i, j]` is the worth of i and j tokens when the last two are a pair."""
    rows, columns = equal.shape
    paired = np.full((rows + 1, columns + 1), -np.inf, np.float32)
    free = np.zeros_like(paired)
    paired[0, 0] = 0.0
    for i in range(1, rows + 1):
        joined = np.maximum(free[i - 1, :-1], paired[i - 1, :-1] + _ADJACENT) + values[i - 1]
        paired[i, 1:] = np.where(equal[i - 1], joined, -np.inf)
        best = np.maximum(free[i - 1], paired[i - 1])
        best[1:] = np.maximum(best[1:], paired[i, :-1])
        free[i] = np.maximum.accumulate(best)
    return _back(values, paired, free)


def _back(values: _Scores, paired: _Scores, free: _Scores) -> list[Pair]:
    i, j = paired.shape[0] - 1, paired.shape[1] - 1
    chosen: list[Pair] = []
    inside = paired[i, j] + _ADJACENT >= free[i, j]
    while i and j:
        if inside:
            chosen.append((i - 1, j - 1))
            inside = bool(paired[i - 1, j - 1] + _ADJACENT >= free[i - 1, j - 1])
            i, j = i - 1, j - 1
        elif free[i, j] == paired[i - 1, j] or free[i, j] == paired[i, j - 1]:
            inside = True
            i, j = (i - 1, j) if free[i, j] == paired[i - 1, j] else (i, j - 1)
        else:
            i, j = (i - 1, j) if free[i, j] == free[i - 1, j] else (i, j - 1)
    return chosen[::-1]
