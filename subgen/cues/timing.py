"""When cues are shown: in on the first word, out when it is read, never two at once. All times in milliseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from subgen.cues.solve import LINGER
from subgen.options import Layout
from subgen.types import Seconds, Span

CHAINED = 500
"""shorter gaps between cues flicker, so they are closed to the least gap (half a second, Netflix timing guide)"""
FASTEST = 40
"""columns per second beyond which nobody speaks: such times are wrong, and the next cue waits for this one"""


@dataclass(frozen=True, slots=True)
class Speech(Span):
    """When the words of a cue are spoken, and how wide its text is on one line, in columns."""

    columns: float


def least_gap(layout: Layout, frame_rate: float) -> int:
    """The least time between two cues in whole milliseconds, never less than the layout's frames."""
    return math.ceil(layout.gap_frames * 1000 / frame_rate - 1e-6)


def times(speech: Sequence[Speech], layout: Layout, frame_rate: float) -> list[Span]:
    """The times of cues whose speech is given in the order in which they are shown.

    Whole milliseconds, since every format writes those. A cue starts with its first word, and keeps its start when
    the words of two cues touch: the earlier one ends sooner. Only where words come faster than anyone can speak does
    a cue wait for the one before it.
    """
    if not speech:
        return []
    gap = least_gap(layout, frame_rate)
    starts = _starts(speech, math.ceil(layout.shortest * 1000 - 1e-6), gap)
    limits = [*(following - gap for following in starts[1:]), None]
    return [
        Span(start / 1000, _end(spoken, start, limit, layout) / 1000)
        for spoken, start, limit in zip(speech, starts, limits, strict=True)
    ]


def _starts(speech: Sequence[Speech], shortest: int, gap: int) -> list[int]:
    starts = [max(0, _milliseconds(speech[0].start))]
    for spoken, following in pairwise(speech):
        wanted = _milliseconds(following.start)
        room = wanted - gap - starts[-1]
        readable = min(shortest, max(1, int(spoken.columns * 1000 // FASTEST)))
        starts.append(wanted if room >= readable else starts[-1] + shortest + gap)
    return starts


def _end(spoken: Speech, start: int, limit: int | None, layout: Layout) -> int:
    """When a cue goes; `limit` is the latest time that the next cue leaves."""
    said = _milliseconds(spoken.end)
    read = start + math.ceil(spoken.columns * 1000 / layout.reading_speed)
    shortest = start + math.ceil(layout.shortest * 1000 - 1e-6)
    longest = start + math.floor(layout.longest * 1000 + 1e-6)
    end = min(max(said, shortest, min(read, said + round(LINGER * 1000))), longest)
    if limit is None or limit - end >= CHAINED or limit > longest:
        return end
    return limit


def _milliseconds(seconds: Seconds) -> int:
    return math.floor(seconds * 1000 + 0.5)
