"""Where long audio is cut: silence is left out, speech is cut at its quietest points into 12 to 30 seconds.

Everything is decided on whole seconds and frames of 20 ms, so the result can't depend on how the input comes in, and
never more than `Chunking.look_ahead` seconds are held back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from subgen.cutpoints import Lengths, best_cuts, candidates
from subgen.loudness import FRAME, FRAMES, Heard, Levels, Mask, hear
from subgen.options import Chunking
from subgen.types import SAMPLE_RATE, Chunk, Samples, Seconds

_EDGE = 0.25
"""seconds of silence kept before and after speech, for soft consonants that the frames miss"""
_MOST_AHEAD = 10
"""seconds after a moment that are looked at for its floor, where the look-ahead leaves them"""


def split(blocks: Iterable[Samples], options: Chunking | None = None) -> Iterator[Chunk]:
    """Cut a stream of 16 kHz mono blocks, the first sample of which is at 0 s, into chunks in order.

    Chunks don't overlap, none is longer than `options.longest`, and silence longer than `options.skip_silence` is
    left out, so silent input gives none. A chunk comes at most `options.look_ahead` seconds after its start was read.
    """
    options = options or Chunking()
    ahead = int(min(max((options.look_ahead - options.longest) / 3, 1), _MOST_AHEAD))
    cutter = _Cutter(options, reach=int((options.look_ahead - ahead - 1) * FRAMES))
    for second in hear(blocks, ahead):
        cutter.add(second)
        yield from cutter.chunks(ended=False)
    yield from cutter.chunks(ended=True)


def quietest(samples: Samples, begin: Seconds, end: Seconds) -> Seconds:
    """The quietest point between two times of `samples` (n,): the least sample of the quietest 100 ms there.

    Of equally quiet points the one nearest the middle is taken. Times are seconds from the first sample.
    """
    first = max(round(begin * SAMPLE_RATE), 0)
    part = np.abs(samples[first : max(round(end * SAMPLE_RATE), 0)])
    if not part.size:
        raise ValueError(f"There is no sample between {begin} s and {end} s.")
    width = min(SAMPLE_RATE // 10, part.size)
    sums = np.cumsum(np.concatenate(([0.0], np.square(part, dtype=np.float64))))
    left = _central_least(np.round(sums[width:] - sums[:-width], 9))
    return (first + left + _central_least(part[left : left + width])) / SAMPLE_RATE


def _central_least(values: Levels) -> int:
    least = np.flatnonzero(values == values.min())
    return int(least[np.abs(least - (values.size - 1) / 2).argmin()])


class _Cutter:
    """Holds the seconds that are not yet decided. All positions are frames from the start of the media."""

    def __init__(self, options: Chunking, reach: int) -> None:
        self._lengths = Lengths.of(options)
        self._skip = int(options.skip_silence * FRAMES)
        self._edge = min(int(_EDGE * FRAMES), self._skip // 2)
        self._reach = reach
        self._base = 0
        """the first frame that is held"""
        self._done = 0
        """the first frame that is neither in a chunk nor passed over"""
        self._inside = False
        """whether the last cut went through a stretch of speech, the rest of which is still to come"""
        self._samples: list[Samples] = []
        self._excess: Levels = np.empty(0, dtype=np.float32)
        self._speech: Mask = np.empty(0, dtype=np.bool_)

    def add(self, second: Heard) -> None:
        """Take the next second."""
        self._samples.append(second.samples)
        self._excess = np.concatenate((self._excess, second.excess))
        self._speech = np.concatenate((self._speech, second.speech))

    def chunks(self, ended: bool) -> Iterator[Chunk]:
        """The chunks that can be decided now; all that are left when the input has ended."""
        while edges := self._decide(ended):
            for start, end in pairwise(edges):
                yield self._chunk(start, end)
            self._done = edges[-1]
            self._forget()

    def _decide(self, ended: bool) -> list[int]:
        """The edges of the next chunks; empty when more input has to come first, or when nothing is left."""
        known = self._base + self._speech.size
        frames = np.flatnonzero(self._speech[self._done - self._base :]) + self._done
        if not frames.size:
            self._pass_silence(known)
            return []
        gaps = np.flatnonzero(np.diff(frames) > self._skip)
        last = int(frames[gaps[0] if gaps.size else -1])
        start, end = self._start(int(frames[0])), min(last + 1 + self._edge, known)
        if gaps.size or ended or known - last > self._skip:
            self._inside = False
            return [start, *self._cuts(start, end), end]
        if known - start < self._reach:
            return []
        self._inside = True
        return [start, self._cuts(start, known, speech_end=end)[0]]

    def _start(self, first: int) -> int:
        """Where a chunk with this first frame of speech starts: at the last cut, if it is in the same stretch."""
        if self._inside and first - self._done <= self._skip:
            return self._done
        return max(self._done, first - self._edge)

    def _cuts(self, start: int, end: int, speech_end: int | None = None) -> list[int]:
        """Where to cut a stretch that ends at `end`, or goes on there after speech that ends at `speech_end`."""
        position, cost = candidates(self._excess[start - self._base : end - self._base])
        if speech_end is not None:  # should nothing follow, no crumb of it may be left
            clear = (position <= speech_end - start - self._lengths.least) | (position >= speech_end - start)
            position, cost = position[clear], cost[clear]
        cuts = best_cuts(end - start, (position, cost), self._lengths, ends=speech_end is None)
        return [start + cut for cut in cuts]

    def _pass_silence(self, known: int) -> None:
        """Let go of silence, but for the edge that speech to come may need."""
        if not self._inside or known - self._done > min(self._skip, self._reach):
            self._inside = False
            self._done = max(self._done, known - self._edge)
            self._forget()

    def _forget(self) -> None:
        """Drop the seconds that are decided as a whole."""
        seconds = (self._done - self._base) // FRAMES
        del self._samples[:seconds]
        self._excess = self._excess[seconds * FRAMES :]
        self._speech = self._speech[seconds * FRAMES :]
        self._base += seconds * FRAMES

    def _chunk(self, start: int, end: int) -> Chunk:
        first, last = (start - self._base) // FRAMES, -(-(end - self._base) // FRAMES)
        parts = self._samples[first:last]
        parts[-1] = parts[-1][: (end - self._base - (last - 1) * FRAMES) * FRAME]
        parts[0] = parts[0][(start - self._base - first * FRAMES) * FRAME :]
        samples = np.concatenate(parts)
        begin = start * FRAME
        return Chunk(begin / SAMPLE_RATE, (begin + samples.size) / SAMPLE_RATE, samples)
