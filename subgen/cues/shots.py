"""How cues keep to shot changes (Netflix timing guide): a cue appears with a shot, or at least half a second from a
change; it goes two frames before a change, or at least half a second from one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from subgen.cues.grid import Flags, Grid, Milliseconds, Numbers
from subgen.types import Seconds

LEAD_FRAMES = 2
"""how many frames before a change a cue goes; more where the gap between cues is larger"""
NEVER = 10**12
"""a time in ms after everything"""

# What a moved in-time costs a second. With these the half second before a change is divided as in the guide: from the
# last 7 of 12 frames a cue goes to the change, from the first 5 away from it.
EARLIER = 24.0
LATER = 17.0


class Shots:
    """The changes of a film's shots, and the distance that cues keep from them. Times in milliseconds."""

    def __init__(self, changes: Sequence[Seconds], grid: Grid) -> None:
        """`changes`: when the first frame of each new shot is shown, in any order."""
        times = np.floor(np.array(changes, np.float64) * 1000 + 1e-3).astype(np.int64)
        self._times = np.concatenate([[-NEVER], np.unique(times[times > 0]), [2 * NEVER]])
        self.half = max(500, grid.least(np.ceil(grid.rate / 2 - 0.05)))
        """half a second, and no less than its frames"""
        self._lead = grid.least(LEAD_FRAMES)

    def __bool__(self) -> bool:
        return len(self._times) > 2

    def lead(self, gap: Milliseconds) -> Milliseconds:
        """How long before a change cues go, where the gap between cues is `gap`."""
        return np.maximum(gap, self._lead)

    def around(self, times: Milliseconds) -> tuple[Milliseconds, Milliseconds]:
        """The last change at or before each time, and the first one after it."""
        after = np.searchsorted(self._times, times, "right")
        return self._times[after - 1], self._times[np.minimum(after, len(self._times) - 1)]

    def wrong_in(self, times: Milliseconds) -> Flags:
        """Whether cues must not appear at these times: near a change, and not with it."""
        before, after = self.around(times)
        near: Flags = (times != before) & ((times - before < self.half) | (after - times < self.half))
        return near

    def wrong_out(self, times: Milliseconds, gap: Milliseconds) -> Flags:
        """Whether cues must not go at these times: near a change, and not just before it."""
        before, after = self.around(times)
        near: Flags = (after - times < self.half) & (after - times != self.lead(gap))
        return near | (times - before < self.half)

    def entries(self, wanted: Milliseconds, gap: Milliseconds) -> list[tuple[Milliseconds, Milliseconds, Numbers]]:
        """Where cues may appear instead of near a change: rows of `wanted`, the times, and what the move costs.

        That is with the change before or after, half a second from either, or so much later than the change that the
        cue before may go half a second after it.
        """
        (rows,) = np.nonzero(self.wrong_in(wanted) | self.wrong_in(wanted - self.lead(gap)))
        times = wanted[rows]
        before, after = self.around(times)
        second = before + self.half + self.lead(gap[rows])
        found = []
        for place in (before, after, before + self.half, after - self.half, second):
            moved = (place - times) / 1000
            good = (abs(place - times) < self.half) & (place >= 0) & ~self.wrong_in(place) & (place != times)
            cost = np.where(moved > 0, LATER * moved, -EARLIER * moved)
            found.append((rows[good], place[good], cost[good]))
        return found

    def exits(self, wanted: Milliseconds, gap: Milliseconds) -> tuple[Milliseconds, ...]:
        """Where cues may go instead of at wrong times: before the change at hand or the next one, or well after it."""
        before, after = self.around(wanted)
        lead = self.lead(gap)
        return before - lead, after - lead, before + self.half
