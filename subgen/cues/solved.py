"""Talk cut into cues: all of them, and how many of the first stay as they are whatever else is said later."""

from __future__ import annotations

import numpy as np

from subgen.cues.portions import portions
from subgen.cues.shots import NEVER
from subgen.cues.solve import Ways
from subgen.cues.talk import Talk
from subgen.cues.timing import EARLIEST, Spoken, Timing
from subgen.cues.wording import wordings
from subgen.types import Cue


class Solved:
    """The cheapest cues of talk."""

    def __init__(self, said: Talk, timing: Timing) -> None:
        self._said = said
        self._timing = timing
        self._ways = Ways(said, portions(said), timing)
        self._found, starts = self._ways.best()
        following = np.append(starts[1:], NEVER)
        limits = said.limits.at(self._found.first)
        self._spoken = Spoken(starts, self._found.said, self._found.columns, following, limits)

    def cues(self) -> tuple[Cue, ...]:
        """All cues, in order of time."""
        timed = zip(self._timing.times(self._spoken), wordings(self._said, self._found), strict=True)
        return tuple(
            Cue(start / 1000, end / 1000, wording.lines, wording.speakers, wording.words)
            for (start, end), wording in timed
        )

    def settled(self) -> int:
        """How many of the first cues stay the same whatever follows, as do the others if these are left out.

        Nothing that follows can be in one cue with words that began earlier than the longest cue before the last
        word; where all ways to these agree, what is not said yet has no part in it. A rest keeps times apart: a cue
        after so much silence may come as early as it ever could. When the cue after the last agreed one comes is not
        known so exactly, so the silence before it must be longer.
        """
        said, limits = self._said, self._spoken.limits
        recent = int(np.searchsorted(said.start, said.start[-1] - int(said.limits.longest.max())))
        agreed = self._ways.agreed(recent)
        times = np.array(list(self._timing.times(self._spoken)), np.int64)
        free = np.maximum(times[:, 0] + limits.shortest, self._spoken.said) + limits.gap
        following = self._spoken.following
        rests = following - free >= EARLIEST
        alone = following - times[:, 1] >= EARLIEST + limits.chain
        (ends,) = np.nonzero((rests & (alone | (np.arange(len(rests)) < agreed - 1)))[:agreed])
        return int(ends[-1]) + 1 if len(ends) else 0
