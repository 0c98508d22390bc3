"""Repair of time lists that run backwards, by the rule of the published aligner (qwen-asr 0.0.6, fix_timestamp)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise


def repair(times: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Times in milliseconds made non-decreasing, and how many of them changed.

    The longest non-decreasing subsequence stays as it is. Of what lies outside it, one or two in a row take the value
    of the nearer neighbour that stays (the left one on a tie), three or more are spread evenly between both, cut to
    whole milliseconds; at an edge there is only one neighbour, which all take. Raises ValueError when `times` is empty.
    """
    if not times:
        raise ValueError("there are no times to repair")
    kept = longest_run(times)
    repaired = list(times)
    repaired[: kept[0]] = [times[kept[0]]] * kept[0]
    for left, right in pairwise(kept):
        if right - left > 1:
            repaired[left + 1 : right] = _between(times[left], times[right], right - left - 1)
    tail = len(times) - 1 - kept[-1]
    repaired[kept[-1] + 1 :] = [times[kept[-1]]] * tail
    changed = sum(before != after for before, after in zip(times, repaired, strict=True))
    return tuple(repaired), changed


def _between(left: int, right: int, count: int) -> list[int]:
    if count <= 2:
        return [left, right][:count]
    step = (right - left) / (count + 1)
    return [int(left + step * place) for place in range(1, count + 1)]


def longest_run(times: Sequence[int]) -> list[int]:
    """Indices of the longest non-decreasing subsequence, in O(n log n).

    Of several longest ones it is the one that the reference's O(n^2) table finds: it ends at the earliest index that
    reaches the full length, and each element follows the earliest one that reaches the length before its own. Among
    elements of one length values fall strictly from left to right (a later one that is not smaller would be longer),
    so the earliest that fits is found by bisection.
    """
    levels: list[tuple[list[int], list[int]]] = []  # for each length: negated values, rising, and their indices
    smallest: list[int] = []  # for each length: its last and smallest value; rises with the length
    parents: list[int] = []
    for index, time in enumerate(times):
        length = bisect_right(smallest, time)
        parents.append(_earliest(levels[length - 1], time) if length else -1)
        if length == len(levels):
            levels.append(([], []))
            smallest.append(time)
        smallest[length] = time
        levels[length][0].append(-time)
        levels[length][1].append(index)
    return _trace(levels[-1][1][0] if levels else -1, parents)


def _earliest(level: tuple[list[int], list[int]], time: int) -> int:
    negated, indices = level
    return indices[bisect_left(negated, -time)]


def _trace(index: int, parents: Sequence[int]) -> list[int]:
    run: list[int] = []
    while index >= 0:
        run.append(index)
        index = parents[index]
    return run[::-1]
