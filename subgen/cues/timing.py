"""When cues are shown: in on the first word, out when it is read, never two at once, and what times cost the reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from subgen.cues.grid import Grid, Milliseconds, Numbers
from subgen.cues.limits import Limits
from subgen.cues.shots import NEVER, Shots

COMFORT = 0.85
"""share of the reading speed that a cue should keep to where there is room"""
LATEST = 1000
"""milliseconds by which a cue may come late so that the one before it is shown for the shortest time"""
EARLIEST = 500
"""milliseconds by which it may come early for that"""
FASTEST = 40
"""columns per second beyond which nobody speaks: such times are wrong, and the next cue waits for this one"""

# Costs, on the scale of those in `syntax`.
HURRIED = 20.0
HURRY = 140.0
"""per time that the reading speed is exceeded by its own amount"""
MOST_HURRY = 10.0
UNEASY = 8.0
"""the same for the comfortable speed"""
TOO_FAST = 60.0
FASTER = 20.0
"""per column per second beyond the fastest speed"""
SHORT = 250.0
FLICKER = 60.0
"""a gap that should have been closed"""
SHOT = 250.0
CUT_OFF = 20.0
"""per second that a cue goes before its last word ends"""
CUT_OFF_IGNORED = 150
"""milliseconds of that which touching words cost"""
OVERSTAY = 5.0
"""per second that a cue stays longer after its last word than it should for reading"""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is to be timed, one row for each cue: when it appears, when its words end, its columns on one line."""

    start: Milliseconds
    said: Milliseconds
    columns: Numbers
    following: Milliseconds
    """when the next cue appears, or NEVER"""
    limits: Limits

    def at(self, rows: Milliseconds) -> Spoken:
        """The rows with these numbers."""
        return Spoken(self.start[rows], self.said[rows], self.columns[rows], self.following[rows], self.limits.at(rows))


class Timing:
    """The rules of time of one film: its frames and its shots."""

    def __init__(self, grid: Grid, shots: Shots) -> None:
        self.grid = grid
        self.shots = shots

    def outs(self, spoken: Spoken) -> tuple[Milliseconds, Numbers]:
        """When cues go, and what their times cost."""
        limits, start = spoken.limits, spoken.start
        read = self.grid.up(start + spoken.columns * 1000 / (COMFORT * limits.speed))
        lingered = self.grid.down(spoken.said + limits.linger)
        out = self._closed(spoken, np.maximum(spoken.said, np.minimum(read, lingered)))
        cost = self._cost(spoken, out)
        if self.shots:
            (rows,) = np.nonzero(limits.shots & self.shots.wrong_out(out, limits.gap))
            if len(rows):
                out[rows], cost[rows] = self._moved(spoken.at(rows), out[rows], cost[rows])
        return out, cost

    def _moved(self, spoken: Spoken, out: Milliseconds, cost: Numbers) -> tuple[Milliseconds, Numbers]:
        """The cheapest of the times that keep to shot changes, and of those that are given."""
        for wanted in self.shots.exits(out, spoken.limits.gap):
            tried = self._closed(spoken, wanted)
            price = self._cost(spoken, tried)
            better = price < cost
            out, cost = np.where(better, tried, out), np.where(better, price, cost)
        return out, cost

    def _closed(self, spoken: Spoken, wanted: Milliseconds) -> Milliseconds:
        """Wanted out-times within the limits, and short gaps after them closed, or else opened."""
        limits, following = spoken.limits, spoken.following
        shortest = self.grid.up(spoken.start + limits.shortest)
        longest = np.minimum(self.grid.down(spoken.start + limits.longest), spoken.start + limits.longest)
        room = following - limits.gap
        out = np.minimum(np.maximum(wanted, shortest), np.minimum(room, longest))
        flickers = (out < room) & (following - out < limits.chain)
        opened = np.minimum(self.grid.down(following - limits.chain), following - limits.chain)
        out = np.where(flickers & (room <= longest), room, out)
        return np.where(flickers & (room > longest) & (opened >= shortest), opened, out)

    def _cost(self, spoken: Spoken, out: Milliseconds) -> Numbers:
        limits = spoken.limits
        shown = (out - spoken.start) / 1000
        speed = spoken.columns / np.maximum(shown, 1e-3)
        excess = np.minimum(speed / limits.speed - 1.0, MOST_HURRY)
        cost = np.where(excess > 0, HURRIED + HURRY * excess, 0.0)
        cost += UNEASY * np.clip(speed / (COMFORT * limits.speed) - 1.0, 0, 1)
        over = np.minimum(speed - limits.fastest, MOST_HURRY)
        cost += np.where(over > 0, TOO_FAST + FASTER * over, 0.0)
        share = np.maximum(out - spoken.start, 0) / limits.shortest
        cost += np.where(share < 1, SHORT * (2.0 - share), 0.0)
        rest = spoken.following - out
        cost += FLICKER * ((rest > limits.gap) & (rest < limits.chain))
        cost += CUT_OFF / 1000 * np.maximum(spoken.said - out - CUT_OFF_IGNORED, 0)
        cost += OVERSTAY / 1000 * np.maximum(out - spoken.said - limits.linger, 0)
        if self.shots:
            cost += SHOT * (limits.shots & self.shots.wrong_out(out, limits.gap))
        return cost

    def times(self, spoken: Spoken) -> Iterator[tuple[int, int]]:
        """When cues, in order, appear and go; where the words leave too little time for one, others give way."""
        start = self._starts(spoken)
        following = np.append(start[1:], NEVER)
        out, _ = self.outs(Spoken(start, spoken.said, spoken.columns, following, spoken.limits))
        return zip(start.tolist(), out.tolist(), strict=True)

    def _starts(self, spoken: Spoken) -> Milliseconds:
        """In-times that leave every cue the shortest time; at least that which its text is spoken in.

        A cue without room comes up to half a second early where nothing is said before it; then the next one comes
        up to a second late, or later where words come faster than anyone can speak.
        """
        limits = spoken.limits
        needed = (limits.shortest + limits.gap).tolist()
        spoken_in = np.minimum(limits.shortest, np.maximum(1, spoken.columns * 1000 // FASTEST))
        least = (spoken_in + limits.gap).astype(np.int64).tolist()
        gaps, said, wanted = limits.gap.tolist(), spoken.said.tolist(), spoken.start.tolist()
        starts: list[int] = wanted[:1]
        for number, time in enumerate(wanted[1:]):
            following = time
            if following - starts[-1] < needed[number]:
                before = max(starts[-2] + needed[number - 1], said[number - 1] + gaps[number - 1]) if number else 0
                earliest = max(before, wanted[number] - EARLIEST)
                starts[-1] = min(starts[-1], self._up(max(earliest, following - needed[number])))
                late = min(starts[-1] + needed[number], following + LATEST)
                following = max(following, self._up(max(late, starts[-1] + least[number])))
            starts.append(max(following, starts[-1] + least[number]))
        return np.array(starts, np.int64)

    def _up(self, time: int) -> int:
        return int(self.grid.up([time])[0])
