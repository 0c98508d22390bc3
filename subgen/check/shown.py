"""Cues as their viewer gets them: whole milliseconds and columns, under the rules of one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from subgen.cues import columns
from subgen.cues.grid import Grid, Milliseconds
from subgen.cues.limits import Limits
from subgen.languages import unspaced
from subgen.rules import Rules
from subgen.types import Cue, Finding, Span

ROUNDED = 1.5
"""milliseconds that a length may be off because its ends are rounded to milliseconds"""
ROUNDED_MORE = 10.0
"""the same for times in hundredths of a second, as in ASS"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is checked, row by row."""

    cues: tuple[Cue, ...]
    rules: Rules
    language: str
    """canonical name, "" when it is not known"""
    grid: Grid
    limits: Limits
    """one row, of `rules`"""
    starts: Milliseconds
    ends: Milliseconds
    slack: float
    """milliseconds that are forgiven, for files round times"""

    @classmethod
    def of(cls, cues: Sequence[Cue], rules: Rules, frame_rate: float, language: str) -> Shown:
        """Cues in the order of their file."""
        grid = Grid.of(frame_rate)
        times = np.array([(cue.start, cue.end) for cue in cues], np.float64).reshape(-1, 2)
        whole = np.rint(times * 1000).astype(np.int64)
        slack = ROUNDED_MORE if hundredths(whole) else ROUNDED
        return cls(tuple(cues), rules, language, grid, Limits.of((rules,), grid), whole[:, 0], whole[:, 1], slack)

    def columns(self, text: str) -> float:
        """The width of a line."""
        return columns(text, self.rules.full_width)

    def reading(self, cue: Cue) -> float:
        """The columns of a cue on one line: where lines meet, a space is read in scripts that have one."""
        lines = [line for line in cue.lines if line]
        spaces = sum(not (unspaced(left[-1]) or unspaced(right[0])) for left, right in pairwise(lines))
        return sum(map(self.columns, lines)) + spaces * self.columns(" ")

    def finding(
        self, index: int, rule: str, text: str, figure: float | None = None, limit: float | None = None
    ) -> Finding:
        """A finding about the cue in a row."""
        cue = self.cues[index]
        span = Span(cue.start, max(cue.start, cue.end))
        return Finding(index + 1, rule, text, _rounded(figure), _rounded(limit), span)


def hundredths(times: Milliseconds) -> bool:
    """Whether times in ms were rounded to hundredths of a second; those on frames of 20 ms were not."""
    return not (times % 10).any() and bool((times % 20).any())


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(float(number), 3)
