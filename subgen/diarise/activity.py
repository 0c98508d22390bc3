"""When something is heard, from the levels of a whole recording, and what of it makes a turn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from subgen.loudness import FRAME
from subgen.types import SAMPLE_RATE, Seconds, Turn

Levels = NDArray[np.float32]
Mask = NDArray[np.bool_]

RISE, DEEP = 9.0, 35.0
"""dB above the floor of a recording, and below its loud parts, from which on something is heard in it"""
QUIETEST = -70.0
"""dBFS below which all is silent"""
HOLE, CRUMB, PAD = 0.4, 0.2, 0.06
"""seconds: shorter pauses are no end of a turn, shorter turns no turns, and what is added on either side"""
_SECOND = FRAME / SAMPLE_RATE


def audible(row: Levels) -> Mask:
    """The frames in which something is heard above the floor."""
    if not row.size:
        return np.zeros(0, np.bool_)
    floor, loud = np.quantile(row, (0.1, 0.95))
    return np.asarray(row > max(min(floor + RISE, loud - RISE), loud - DEEP, QUIETEST))


def stretches(mask: Mask, name: str) -> Iterator[Turn]:
    """Turns from frames: short holes filled, crumbs dropped, a little room on either side."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8))).reshape(-1, 2)
    spans: list[tuple[Seconds, Seconds]] = []
    for start, end in (edges * _SECOND).tolist():
        if spans and start - spans[-1][1] < HOLE:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    for start, end in spans:
        if end - start >= CRUMB:
            yield Turn(max(start - PAD, 0.0), end + PAD, name)
