"""Finds the runs of an alignment that can't be right, and repairs them.

The model answers with classes of 80 ms and knows nothing of speaking rates, so it piles words up at one instant,
squeezes a sentence into a moment, or leaves words in silence; after such a place it is often right again. Each such
island is aligned once more in a window of its own, and what comes out is taken if it passes the same judgement;
otherwise the words are laid over the sound between the good neighbours, if that passes. Everything else stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Protocol

from aligner.activity import Activity, measure
from aligner.pace import letters, longest, shortest
from aligner.spread import spread
from aligner.types import SAMPLE_RATE, AlignedUnit, Samples, Seconds, Span, Unit

GRID = 0.08
"""seconds of one class of the published aligner: no time is better known than this"""
LONG_ZERO = 4
"""letters from which one unit of no length is suspicious; shorter ones often fall between two classes"""
UNITS_PER_SECOND = 12.0
LETTERS_PER_SECOND = 35.0
"""over three units; synthetic speech at 280 words a minute stays below 8 units and 32 letters"""
FAR_TOO_LONG = 3.0
"""seconds beyond the slowest plausible delivery"""
LONG_PAUSE = 1.0
"""seconds without sound that no word has inside it"""
MARGIN = 2
"""good units on either side that are aligned again together with an island, to hold it"""
REACH = 0.5
"""seconds before and after those in which a quiet place to cut is sought"""
GROWTH = 8
"""good units that an island may take in on both sides together when there is no room between its neighbours"""
TOLERANCE = 0.1
"""seconds (one class, and rounding) by which a new time may overlap a good neighbour; it is cut back to it"""


class Realign(Protocol):
    """Aligns units within samples of their own; times count from the first of these samples."""

    def __call__(self, samples: Samples, units: Sequence[Unit]) -> tuple[AlignedUnit, ...]: ...


def repair(
    units: tuple[AlignedUnit, ...], samples: Samples, realign: Realign
) -> tuple[tuple[AlignedUnit, ...], int, int]:
    """The units with suspicious runs repaired; how many times come from a second alignment, and how many are spread.

    `units` are in order (as `monotone.repair` leaves them), their times count from the first of `samples` (n,). Times
    past the end of the samples are cut to it. The result is in order too; to repair it again changes nothing.
    """
    heard = measure(samples)
    units = tuple(_clipped(aligned, heard.duration) for aligned in units)
    work = _Repair(list(units), samples, heard, realign, {})
    while work.sweep():
        pass
    realigned = sum(work.realigned.values())
    return tuple(work.units), realigned, len(work.realigned) - realigned


def suspicious(units: Sequence[AlignedUnit], heard: Activity) -> list[bool]:
    """For each unit whether its times can't be right."""
    marks = [_impossible(aligned, heard) for aligned in units]
    for index, (left, right) in enumerate(pairwise(units)):
        if left.duration == right.duration == 0:
            marks[index] = marks[index + 1] = True
    for index in range(len(units) - 2):
        if _squeezed(units[index : index + 3]):
            marks[index : index + 3] = [True] * 3
    for begin, end in _runs([_silent(aligned, heard) for aligned in units]):
        if _misses_sound(units, begin, end, heard):
            marks[begin:end] = [True] * (end - begin)
    return marks


def _impossible(aligned: AlignedUnit, heard: Activity) -> bool:
    """No time at all for a whole word, or far more than any word takes."""
    if aligned.duration == 0:
        return letters(aligned.unit) >= LONG_ZERO
    excess = aligned.duration - longest(aligned.unit)
    if excess > FAR_TOO_LONG:
        return True
    return excess > LONG_PAUSE and heard.longest_pause(aligned.start, aligned.end) >= LONG_PAUSE


def _squeezed(units: Sequence[AlignedUnit]) -> bool:
    time = units[-1].end - units[0].start + GRID
    return len(units) > UNITS_PER_SECOND * time or sum(letters(a.unit) for a in units) > LETTERS_PER_SECOND * time


def _silent(aligned: AlignedUnit, heard: Activity) -> bool:
    return heard.sound(aligned.start - GRID, aligned.end + GRID) == 0


def _misses_sound(units: Sequence[AlignedUnit], begin: int, end: int, heard: Activity) -> bool:
    """Whether sound that could be these silent units lies between their neighbours."""
    hole = _hole(units, begin, end, heard)
    need = sum(shortest(aligned.unit) for aligned in units[begin:end])
    return heard.sound(hole.start + GRID, hole.end - GRID) >= max(0.1, need / 2)


def _hole(units: Sequence[AlignedUnit], begin: int, end: int, heard: Activity) -> Span:
    return Span(units[begin - 1].end if begin else 0.0, units[end].start if end < len(units) else heard.duration)


def _runs(marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Begin and end of each stretch of true marks."""
    for marked, group in groupby(range(len(marks)), key=marks.__getitem__):
        if marked:
            indices = list(group)
            yield indices[0], indices[-1] + 1


def _clipped(aligned: AlignedUnit, duration: Seconds) -> AlignedUnit:
    if aligned.end <= duration:
        return aligned
    return AlignedUnit(min(aligned.start, duration), duration, aligned.unit)


@dataclass(slots=True)
class _Repair:
    units: list[AlignedUnit]
    samples: Samples
    heard: Activity
    realign: Realign
    realigned: dict[int, bool]
    """for each repaired unit whether it was aligned again (else spread)"""

    def sweep(self) -> bool:
        """Tries each island once, left to right. Whether one was mended: then others may have got room.

        Every mended island lowers the number of suspicious units, so rounds come to an end; and as the last one
        changed nothing, a repair of its result changes nothing either.
        """
        mended, done = False, 0
        while island := next((run for run in _runs(self._marks(self.units)) if run[0] >= done), None):
            done = island[1]
            mended |= self._mend(*island)
        return mended

    def _marks(self, units: Sequence[AlignedUnit]) -> list[bool]:
        return suspicious(units, self.heard)

    def _mend(self, begin: int, end: int) -> bool:
        grown = self._grown(begin, end)
        if grown is None:
            return False
        begin, end = grown
        hole = _hole(self.units, begin, end, self.heard)
        return self._accept(begin, end, self._aligned_again(begin, end, hole), again=True) or self._accept(
            begin, end, spread(tuple(self.units[begin:end]), hole, self.heard), again=False
        )

    def _grown(self, begin: int, end: int) -> tuple[int, int] | None:
        """The island with so many neighbours that it has time enough to be spoken; None when that takes too many."""
        for _ in range(GROWTH + 1):
            hole = _hole(self.units, begin, end, self.heard)
            if hole.duration >= sum(shortest(aligned.unit) for aligned in self.units[begin:end]):
                return begin, end
            sides = [
                side for side in ((begin - 1, end), (begin, end + 1)) if side[0] >= 0 and side[1] <= len(self.units)
            ]
            if not sides:
                return None
            begin, end = max(sides, key=self._slack)
        return None

    def _slack(self, island: tuple[int, int]) -> Seconds:
        needed = sum(shortest(aligned.unit) for aligned in self.units[slice(*island)])
        return _hole(self.units, *island, self.heard).duration - needed

    def _aligned_again(self, begin: int, end: int, hole: Span) -> tuple[Span, ...]:
        """New spans for an island from a window of its own; none when they leave the hole or make no sense."""
        first, last = max(0, begin - MARGIN), min(len(self.units), end + MARGIN)
        start, stop = (int(time * SAMPLE_RATE) for time in self._window(first, last, hole))
        found = self.realign(self.samples[start:stop], tuple(aligned.unit for aligned in self.units[first:last]))
        if len(found) != last - first:
            return ()
        shift = start / SAMPLE_RATE
        return _fitted([Span(a.start + shift, a.end + shift) for a in found[begin - first : end - first]], hole)

    def _window(self, first: int, last: int, hole: Span) -> tuple[Seconds, Seconds]:
        """From a quiet place before the first unit to one behind the last; at an end of the text, around the sound."""
        outer = _hole(self.units, first, last, self.heard)
        onset, offset = self.heard.extent(hole.start, hole.end)
        start, stop = max(0.0, onset - REACH), min(self.heard.duration, offset + REACH)
        if hole.start > 0:
            begin = self.units[first].start
            start = self.heard.quietest(max(outer.start, begin - REACH), begin)
        if hole.end < self.heard.duration:
            end = self.units[last - 1].end
            stop = self.heard.quietest(end, min(outer.end, end + REACH))
        return start, stop

    def _accept(self, begin: int, end: int, spans: tuple[Span, ...], *, again: bool) -> bool:
        """Takes new spans for the units of an island if these are no longer suspicious and no other becomes so."""
        if not spans:
            return False
        trial = self.units.copy()
        trial[begin:end] = [
            AlignedUnit(span.start, span.end, aligned.unit)
            for span, aligned in zip(spans, self.units[begin:end], strict=True)
        ]
        marks, before = self._marks(trial), self._marks(self.units)
        if any(marks[begin:end]) or sum(marks) > sum(before) - sum(before[begin:end]):
            return False
        self.units = trial
        self.realigned.update(dict.fromkeys(range(begin, end), again))
        return True


def _fitted(spans: Sequence[Span], hole: Span) -> tuple[Span, ...]:
    """The spans, rounded to milliseconds and cut to the hole; none when they run backwards or leave it."""
    times = [time for span in spans for time in (span.start, span.end)]
    if any(not left <= right for left, right in pairwise(times)):
        return ()
    if times[0] < hole.start - TOLERANCE or times[-1] > hole.end + TOLERANCE:
        return ()
    return tuple(Span(_within(span.start, hole), _within(span.end, hole)) for span in spans)


def _within(time: Seconds, hole: Span) -> Seconds:
    return min(max(round(time, 3), hole.start), hole.end)
