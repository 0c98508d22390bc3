"""Times for units that no alignment could place: laid over the sound between their neighbours."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from aligner.activity import FRAME_SECONDS, Activity
from aligner.pace import longest, shortest
from aligner.types import AlignedUnit, Seconds, Span

PAUSE = 30
"""frames without sound (0.3 s) that no word should be laid across"""


def spread(island: tuple[AlignedUnit, ...], hole: Span, heard: Activity) -> tuple[Span, ...]:
    """A span for each unit of the island, in order inside the hole, as long as its letters ask for.

    Only frames with sound are used, or the frames nearest to them when there is too little sound for so much text, or
    the whole hole when there is none. When there is more sound than so few words can fill, the part nearest to where
    they were is used. A boundary near a pause moves to it.
    """
    frames = _usable(hole, heard, sum(shortest(aligned.unit) for aligned in island))
    room = sum(longest(aligned.unit) for aligned in island) / FRAME_SECONDS
    if room < len(frames):
        first = min(int(np.searchsorted(frames, island[0].start / FRAME_SECONDS)), len(frames) - int(room))
        frames = frames[first : first + int(room)]
    shares = np.cumsum([0.0, *(shortest(aligned.unit) for aligned in island)])
    places = _snapped(shares / shares[-1] * len(frames), frames)
    spans = ((_time(frames, start), _time(frames, end, ends=True)) for start, end in pairwise(places))
    return tuple(Span(_inside(start, hole), _inside(max(start, end), hole)) for start, end in spans)


def _usable(hole: Span, heard: Activity, need: Seconds) -> NDArray[np.int64]:
    """Numbers of the frames to lay text over, rising: `need` seconds of them at least where the hole has them."""
    window = heard.frames(hole.start, hole.end)
    numbers = np.arange(window.start, max(window.start + 1, min(window.stop, len(heard.active))))
    sounding = np.flatnonzero(heard.active[window])
    if not len(sounding):
        return numbers
    wanted = max(len(sounding), int(np.ceil(need / FRAME_SECONDS)))
    places = np.arange(len(numbers))
    behind = np.searchsorted(sounding, places).clip(max=len(sounding) - 1)
    distance = np.minimum(abs(sounding[behind] - places), abs(sounding[np.maximum(behind - 1, 0)] - places))
    return np.sort(numbers[np.argsort(distance, kind="stable")[:wanted]])


def _snapped(places: NDArray[np.float64], frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """Boundaries (positions in `frames`), each pause having drawn the nearest one to itself."""
    snapped = places.copy()
    for pause in np.flatnonzero(np.diff(frames) > PAUSE) + 1:
        nearest = int(np.argmin(np.abs(places - pause)))
        if snapped[nearest] == places[nearest]:
            snapped[nearest] = pause
    return snapped


def _time(frames: NDArray[np.int64], place: float, *, ends: bool = False) -> Seconds:
    """The time at a position in `frames`; at a jump, that before it for an end and that behind it for a start."""
    index = int(np.ceil(place)) - 1 if ends else int(place)
    index = min(max(index, 0), len(frames) - 1)
    return (float(frames[index]) + min(max(place - index, 0.0), 1.0)) * FRAME_SECONDS


def _inside(time: Seconds, hole: Span) -> Seconds:
    return min(max(round(time, 3), hole.start), hole.end)
