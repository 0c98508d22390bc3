"""Where a stretch of samples holds sound, by signal energy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aligner.types import SAMPLE_RATE, Samples, Seconds

FRAME = 160
"""samples per frame: 10 ms"""
FRAME_SECONDS = FRAME / SAMPLE_RATE
DIGITAL_SILENCE = -80.0
"""dBFS; everything below counts as this, so that exact zeros don't pull the noise floor to minus infinity"""
INAUDIBLE = -60.0
"""dBFS; samples whose loudest frames stay below hold no sound at all"""
UNIFORM = 12.0
"""dB between noise floor and loud frames; with less of it nothing can be told apart and all frames count as sound"""


@dataclass(frozen=True, slots=True)
class Activity:
    """Energy of samples in frames of 10 ms; times are seconds from the first sample."""

    level: NDArray[np.float64]
    """(frames,) dBFS"""
    active: NDArray[np.bool_]
    """(frames,) whether the frame stands out of the noise"""
    duration: Seconds

    def frames(self, start: Seconds, end: Seconds) -> slice:
        """The frames that lie at least half inside the span."""
        return slice(max(0, round(start / FRAME_SECONDS)), max(0, round(end / FRAME_SECONDS)))

    def sound(self, start: Seconds, end: Seconds) -> Seconds:
        """How much of the span is active."""
        return FRAME_SECONDS * int(np.count_nonzero(self.active[self.frames(start, end)]))

    def longest_pause(self, start: Seconds, end: Seconds) -> Seconds:
        """The longest stretch of the span without an active frame."""
        inside = self.active[self.frames(start, end)]
        edges = np.concatenate(([-1], np.flatnonzero(inside), [len(inside)]))
        return (int(np.diff(edges).max()) - 1) * FRAME_SECONDS

    def quietest(self, start: Seconds, end: Seconds) -> Seconds:
        """The middle of the quietest frame of the span, the last one on a tie; `end` when it holds no frame."""
        levels = self.level[self.frames(start, end)]
        if not len(levels):
            return end
        frame: int = self.frames(start, end).start + len(levels) - 1 - int(np.argmin(levels[::-1]))
        return min(max((frame + 0.5) * FRAME_SECONDS, start), end)

    def extent(self, start: Seconds, end: Seconds) -> tuple[Seconds, Seconds]:
        """From the first to the last active frame of the span; the span itself when it holds none."""
        found = np.flatnonzero(self.active[self.frames(start, end)]) + self.frames(start, end).start
        if not len(found):
            return start, end
        return max(start, int(found[0]) * FRAME_SECONDS), min(end, (int(found[-1]) + 1) * FRAME_SECONDS)


def measure(samples: Samples) -> Activity:
    """The activity of 16 kHz samples (n,).

    A frame is active when it is louder than a threshold 30 % of the way from the noise floor (10th percentile of the
    levels) to the loud frames (98th), and at least 6 dB above the floor: low, since to take a faint word for silence
    does more harm than to take noise for a word.
    """
    frames = np.zeros(-(-len(samples) // FRAME) * FRAME)
    frames[: len(samples)] = samples
    power = np.mean(frames.reshape(-1, FRAME) ** 2, axis=1)
    level = 10 * np.log10(np.maximum(power, 10 ** (DIGITAL_SILENCE / 10)))
    floor, loud = np.percentile(level, (10, 98)) if len(level) else (DIGITAL_SILENCE, DIGITAL_SILENCE)
    if loud < INAUDIBLE:
        active = np.zeros(len(level), dtype=np.bool_)
    elif loud - floor < UNIFORM:
        active = np.ones(len(level), dtype=np.bool_)
    else:
        active = level > floor + max(6.0, 0.3 * (loud - floor))
    return Activity(level, active, len(samples) / SAMPLE_RATE)
