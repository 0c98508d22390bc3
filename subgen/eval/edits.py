"""The cheapest way to edit one list of words into another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int | None, int | None]
"""an index of the reference and one of the hypothesis; None where a word has no counterpart"""
_Ids = NDArray[np.int64]

CELLS = 1_000_000
"""cost cells held at once (8 MB); longer lists are divided first"""


def alignment(reference: Sequence[str], hypothesis: Sequence[str], cells: int = CELLS) -> tuple[Pair, ...]:
    """Pairs every word with its counterpart, in order, with the fewest edits and among those the most equal pairs.

    At most `cells` costs are held at once, so memory grows with the sum of the lengths, time with their product:
    Hirschberg, "A linear space algorithm for computing maximal common subsequences", CACM 18 (1975).
    """
    numbers: dict[str, int] = {}
    ours = np.array([numbers.setdefault(word, len(numbers)) for word in reference], np.int64)
    theirs = np.array([numbers.setdefault(word, len(numbers)) for word in hypothesis], np.int64)
    return tuple(_pairs(ours, theirs, (0, 0), cells))


def _pairs(ours: _Ids, theirs: _Ids, origin: tuple[int, int], cells: int) -> Iterator[Pair]:
    """Pairs of two stretches that begin at `origin` of the whole."""
    if len(ours) < 2 or len(ours) * len(theirs) <= cells:
        yield from ((_moved(i, origin[0]), _moved(j, origin[1])) for i, j in _traced(ours, theirs))
        return
    middle = len(ours) // 2
    step = _step(len(ours), len(theirs))
    before = _last_row(ours[:middle], theirs, step)
    after = _last_row(ours[middle:][::-1], theirs[::-1], step)[::-1]
    split = int(np.argmin(before + after))
    yield from _pairs(ours[:middle], theirs[:split], origin, cells)
    yield from _pairs(ours[middle:], theirs[split:], (origin[0] + middle, origin[1] + split), cells)


def _moved(index: int | None, by: int) -> int | None:
    return None if index is None else index + by


def _step(rows: int, columns: int) -> int:
    """Cost of an edit: one more for a substitution, which can't add up to an edit, makes equal pairs preferred."""
    return rows + columns + 1


def _last_row(ours: _Ids, theirs: _Ids, step: int) -> _Ids:
    """The last row of the table of costs: what it takes to make all of `ours` into the first j of `theirs`."""
    row = np.arange(len(theirs) + 1) * step
    for word in ours:
        row = _next(row, word, theirs, step)
    return row


def _next(row: _Ids, word: np.int64, theirs: _Ids, step: int) -> _Ids:
    """The cost row after one more word of the reference."""
    best = row + step
    best[1:] = np.minimum(best[1:], row[:-1] + np.where(theirs == word, 0, step + 1))
    ramp = np.arange(len(row)) * step
    return np.minimum.accumulate(best - ramp) + ramp


def _traced(ours: _Ids, theirs: _Ids) -> list[Pair]:
    """The pairs of the cheapest path through the whole cost table."""
    step = _step(len(ours), len(theirs))
    table = [np.arange(len(theirs) + 1) * step]
    for word in ours:
        table.append(_next(table[-1], word, theirs, step))
    i, j = len(ours), len(theirs)
    backwards: list[Pair] = []
    while i or j:
        change = 0 if i and j and ours[i - 1] == theirs[j - 1] else step + 1
        if i and j and table[i][j] == table[i - 1][j - 1] + change:
            i, j = i - 1, j - 1
            backwards.append((i, j))
        elif i and table[i][j] == table[i - 1][j] + step:
            i -= 1
            backwards.append((i, None))
        else:
            j -= 1
            backwards.append((None, j))
    return backwards[::-1]
