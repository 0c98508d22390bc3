"""The rules of several languages as columns of numbers, so that all cues of a film are judged at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from subgen.cues.grid import Flags, Grid, Milliseconds, Numbers
from subgen.rules import Rules


@dataclass(frozen=True, slots=True)
class Limits:
    """Rules, one row each; times in milliseconds, none of them ever less than its frames."""

    width: Numbers
    lines: Milliseconds
    speed: Numbers
    fastest: Numbers
    """columns per second"""
    shortest: Milliseconds
    longest: Milliseconds
    gap: Milliseconds
    chain: Milliseconds
    linger: Milliseconds
    shots: Flags

    @classmethod
    def of(cls, rules: Sequence[Rules], grid: Grid) -> Limits:
        """One row for each of the rules."""
        return cls(
            width=np.array([rule.width for rule in rules], np.float64),
            lines=_whole([rule.lines for rule in rules]),
            speed=np.array([rule.reading_speed for rule in rules], np.float64),
            fastest=np.array([rule.fastest for rule in rules], np.float64),
            shortest=_whole([np.ceil(rule.shortest * 1000 - 1e-6) for rule in rules]),
            longest=_whole([np.floor(rule.longest * 1000 + 1e-6) for rule in rules]),
            gap=_whole([grid.least(rule.gap_frames) for rule in rules]),
            chain=_whole([chained(rule, grid) for rule in rules]),
            linger=_whole([round(rule.linger * 1000) for rule in rules]),
            shots=np.array([rule.shots for rule in rules], np.bool_),
        )

    def at(self, rows: Milliseconds) -> Limits:
        """The rows with these numbers."""
        return Limits(*(getattr(self, field.name)[rows] for field in fields(self)))


def chained(rule: Rules, grid: Grid) -> int:
    """Gaps under this many milliseconds are closed; no less than the same number of whole frames; 0: none is."""
    if rule.chain <= 0:
        return 0
    return max(int(np.ceil(rule.chain * 1000)), grid.least(round(rule.chain * grid.rate)))


def _whole(numbers: Sequence[float]) -> Milliseconds:
    return np.array(numbers, np.int64)
