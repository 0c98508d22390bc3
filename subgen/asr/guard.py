"""Telling a decoder that has fallen into a loop from one that merely repeats a word."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

LONGEST_PERIOD = 32
"""tokens; the loops that were seen repeat a word, a phrase or a short sentence"""
REPEATS = 12
"""copies that make a loop; people do say a word ten times"""
LEAST_TOKENS = 36
"""length of the repeated run, so that short periods need more copies than REPEATS"""


class LoopGuard:
    """Watches the tokens of one row and says when they have become periodic.

    The cost of a token is the number of times that it stands among the last LONGEST_PERIOD tokens: mostly none.
    """

    def __init__(self) -> None:
        self._count = 0
        self._places: dict[int, deque[int]] = {}  # per token: where it stood last
        self._run: dict[int, int] = {}  # per period: tokens in a row that equal the one a period before

    def add(self, token: int) -> bool:
        """Takes the next token; true when the last tokens are a loop."""
        places = self._places.setdefault(token, deque())
        while places and self._count - places[0] > LONGEST_PERIOD:
            places.popleft()
        self._run = {period: self._run.get(period, 0) + 1 for period in (self._count - place for place in places)}
        places.append(self._count)
        self._count += 1
        return any(
            run + period >= LEAST_TOKENS and run + period >= REPEATS * period for period, run in self._run.items()
        )


def loop_start(tokens: Sequence[int]) -> int | None:
    """Index of the first token of a loop that the sequence ends in; None when it does not end in one."""
    for period in range(1, min(len(tokens) // 2, LONGEST_PERIOD) + 1):
        start = len(tokens) - period
        while start > 0 and tokens[start - 1] == tokens[start - 1 + period]:
            start -= 1
        length = len(tokens) - start
        if length >= LEAST_TOKENS and length >= REPEATS * period:
            return start
    return None
