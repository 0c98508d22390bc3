"""Telling a decoder that has fallen into a loop from one that merely repeats a word."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST_PERIOD = 32
"""tokens; the loops that were seen repeat a word, a phrase or a short sentence"""
REPEATS = 12
"""copies that make a loop; people do say a word ten times"""
LEAST_TOKENS = 36
"""length of the repeated run, so that short periods need more copies than REPEATS"""


class LoopGuard:
    """Watches the tokens of one row and says when they have become periodic. O(LONGEST_PERIOD) a token."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._run = [0] * (LONGEST_PERIOD + 1)  # per period: tokens in a row that equal the one a period before

    def add(self, token: int) -> bool:
        """Takes the next token; true when the last tokens are a loop."""
        tokens = self._tokens
        looping = False
        for period in range(1, min(len(tokens), LONGEST_PERIOD) + 1):
            if tokens[-period] == token:
                self._run[period] += 1
                length = self._run[period] + period
                looping = looping or (length >= LEAST_TOKENS and length >= REPEATS * period)
            else:
                self._run[period] = 0
        tokens.append(token)
        return looping


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
