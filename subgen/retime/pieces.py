"""Which shift and stretch turns the times of a file into those of the audio, piece by piece.

A file made for another version is late by so much, faster by a share (25 instead of 23.976 frames per second), and
jumps where something was cut or put in. So its cues lie on a few straight lines, but for errors. Lines are proposed
by pairs of points, the cheapest way along them is found exactly, the lines are fitted again to the points that chose
them, and so on (Isack and Boykov, "Energy-based geometric multi-model fitting", IJCV 97, 2012; a chain needs no cuts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from subgen.types import Seconds, Span

REACH: Seconds = 0.4
"""from a line; a point beyond does not belong to it, unless all are scattered more widely"""
SCATTER = 3.0
"""standard deviations of that scatter that belong to a line"""
CLOSE: Seconds = 0.125
"""three frames: from a line, a point this near agrees with it"""
JUMP = 1.5
"""points that must be lost before another line is worth a jump"""
_RATES = (0.85, 1.18)
"""beyond these nobody would watch"""
_KNOWN = (1.001, 1000 / 1001, 25 / 24, 24 / 25, 25 / 23.976, 23.976 / 25, 30 / 29.97, 29.97 / 30)
"""rates that files have because of frame rates; one is taken where the points can't tell it from their own,
and 1 even where they hardly can"""
_STILL: Seconds = 0.06
"""a piece that nothing would move by more stays as it is: word times are no better"""
_STEPS = (2, 5, 12, 30, 100)
"""points from one to the next of a pair that proposes a line"""
_MOST = 400
"""proposals from pairs"""
_ROUNDS = 6
_OWN_POINTS, _OWN_DRIFT = 10, 0.3
"""points, and seconds of difference at its end, that make a piece have a rate of its own"""

_Values = NDArray[np.float64]
_Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece(Span):
    """A stretch of the old times, and the line that turns them into new ones."""

    rate: float
    shift: Seconds
    points: int
    """how many cues it is known from"""
    agreement: float
    """share of its points that are `CLOSE`"""

    def __call__(self, old: Seconds) -> Seconds:
        """The new time of an old one."""
        return self.rate * old + self.shift


@dataclass(frozen=True, slots=True)
class _Lines:
    rates: _Values
    shifts: _Values

    def misses(self, old: _Values, new: _Values) -> _Values:
        """How far each point (rows) is from each line."""
        return np.abs(new[:, None] - old[:, None] * self.rates - self.shifts)

    def joined(self, others: _Lines) -> _Lines:
        return _Lines(np.append(self.rates, others.rates), np.append(self.shifts, others.shifts))


def pieces(points: Sequence[tuple[Seconds, Seconds]]) -> tuple[Piece, ...]:
    """The pieces of (old, new) times, in order of the old ones; () without points."""
    if not points:
        return ()
    old, new = np.array(sorted(points), np.float64).T
    reach = _reach(old, new)
    lines = proposed = _proposed(old, new)
    for _ in range(_ROUNDS):
        lines = _fitted(old, new, lines, reach).joined(proposed)
    lines = _fitted(old, new, lines, reach)
    labels = _path(lines.misses(old, new), reach)
    return tuple(_piece(old, new, rows, lines) for rows in _runs(labels))


def _reach(old: _Values, new: _Values) -> Seconds:
    """How far a point may be from its line: more where neighbours differ much, as in a file made carelessly."""
    steps = np.diff(new - old)
    if len(steps) < 4:
        return REACH
    spread = 1.4826 * float(np.median(np.abs(steps - np.median(steps)))) / 2**0.5
    return max(REACH, SCATTER * spread)


def _runs(labels: _Labels) -> list[tuple[int, int, int]]:
    """First point, end and line of each run of points on one line."""
    runs, place = [], 0
    for label, group in groupby(labels.tolist()):
        size = len(list(group))
        runs.append((place, place + size, label))
        place += size
    return runs


def _piece(old: _Values, new: _Values, run: tuple[int, int, int], lines: _Lines) -> Piece:
    first, end, label = run
    rate, shift = float(lines.rates[label]), float(lines.shifts[label])
    misses = np.abs(new[first:end] - rate * old[first:end] - shift)
    near, agreeing = int((misses <= REACH).sum()), float((misses <= CLOSE).mean())
    start, stop = float(old[first]), float(old[end - 1])
    if max(abs((rate - 1) * edge + shift) for edge in (start, stop)) <= _STILL:
        rate, shift = 1.0, 0.0
    return Piece(start, stop, rate, shift, near, agreeing)


def _proposed(old: _Values, new: _Values) -> _Lines:
    """Lines through pairs of points, and through each point with the usual rate."""
    stride = max(1, len(old) * len(_STEPS) // _MOST)
    pairs = [(first, first + step) for step in _STEPS for first in range(0, len(old) - step, stride)]
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    run = old[second] - old[first]
    rates = (new[second] - new[first]) / np.maximum(run, 1e-9)
    sane = (run >= 1.0) & (rates >= _RATES[0]) & (rates <= _RATES[1])
    first, rates = first[sane], rates[sane]
    lines = _Lines(rates, new[first] - rates * old[first]).joined(_alike(old, new, 1.0))
    return lines.joined(_alike(old, new, float(np.median(rates)))) if len(rates) else lines


def _alike(old: _Values, new: _Values, rate: float) -> _Lines:
    """The lines of one rate through the points, those that nearly coincide once."""
    shifts = np.unique(np.round((new - rate * old) * 5) / 5)
    return _Lines(np.full(len(shifts), rate), shifts)


def _path(misses: _Values, reach: Seconds) -> _Labels:
    """The line of each point on the cheapest way along the points: misses cost their square, up to 1; jumps cost."""
    cost = np.minimum((misses / reach) ** 2, 1.0)
    came = np.zeros(cost.shape, np.int64)
    total = cost[0]
    for row in range(1, len(cost)):
        best = int(total.argmin())
        jump = total[best] + JUMP
        came[row] = np.where(total <= jump, np.arange(len(total)), best)
        total = np.minimum(total, jump) + cost[row]
    labels = [int(total.argmin())]
    for row in range(len(cost) - 1, 0, -1):
        labels.append(int(came[row, labels[-1]]))
    return np.array(labels[::-1])


def _fitted(old: _Values, new: _Values, lines: _Lines, reach: Seconds) -> _Lines:
    """The lines in use, fitted to their points: one rate for all where nothing speaks against it."""
    misses = lines.misses(old, new)
    labels = _path(misses, reach)
    used = np.unique(labels)
    near = misses[np.arange(len(old)), labels] <= reach
    groups = [np.flatnonzero((labels == label) & near) for label in used]
    rate = _rate(old, new, groups, float(np.median(lines.rates[labels])))
    fits = [_fit(old[rows], new[rows], rate) for rows in groups if len(rows)]
    return _Lines(*np.array(fits or [(1.0, 0.0)]).T)


def _fit(old: _Values, new: _Values, rate: float) -> tuple[float, Seconds]:
    """Rate and shift of one line: a rate of its own only if many points want it."""
    if len(old) >= _OWN_POINTS:
        own = _rate(old, new, [np.arange(len(old))], rate)
        if abs(own - rate) * (old[-1] - old[0]) > _OWN_DRIFT:
            rate = own
    return rate, float(np.median(new - rate * old))


def _rate(old: _Values, new: _Values, groups: Sequence[_Labels], otherwise: float) -> float:
    """The rate that all groups of points have in common, each with its own shift; least squares."""
    x = np.concatenate([np.zeros(0), *(old[rows] - old[rows].mean() for rows in groups if len(rows) > 1)])
    y = np.concatenate([np.zeros(0), *(new[rows] - new[rows].mean() for rows in groups if len(rows) > 1)])
    power = float(x @ x)
    if power < 1.0:
        return otherwise
    rate = float(x @ y) / power
    error = float(np.sqrt(np.mean((y - rate * x) ** 2) / power)) if len(x) > 2 else np.inf
    if abs(rate - 1.0) <= 2 * error:
        return 1.0
    nearest = min(_KNOWN, key=lambda known: abs(known - rate))
    return nearest if abs(nearest - rate) <= error else min(max(rate, _RATES[0]), _RATES[1])
