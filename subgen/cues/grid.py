"""Whole milliseconds on the frames of a film, which is where cues may appear and go."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Milliseconds = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NTSC = 1.001
_NTSC_RATES = (24, 30, 48, 60, 120)
_ROUNDED = 0.005
"""frames per second by which people round 24000/1001 and its kind"""
_SLACK = 1e-6
"""of a millisecond or frame: what floating-point arithmetic may be off"""


@dataclass(frozen=True, slots=True)
class Grid:
    """The frames of a constant rate. A frame's time is rounded down, so that every player shows it with that frame.

    Rounding makes 83 or 84 ms of two frames at 24 a second; `least` always takes the larger number, so that a program
    which counts in milliseconds finds no rule broken.
    """

    rate: float
    """frames per second"""

    @classmethod
    def of(cls, frame_rate: float) -> Grid:
        """The grid of a frame rate; 23.976, 29.97 and 59.94 mean 24000/1001 and its multiples."""
        exact = (rate / _NTSC for rate in _NTSC_RATES)
        return cls(next((rate for rate in exact if abs(rate - frame_rate) < _ROUNDED), frame_rate))

    def least(self, frames: float) -> int:
        """Milliseconds that are never less than a number of frames."""
        return math.ceil(frames * 1000 / self.rate - _SLACK)

    def down(self, times: ArrayLike) -> Milliseconds:
        """The last frames that begin before or at times in ms, or less than a millisecond after."""
        return self._times(np.floor((np.asarray(times, np.float64) + 1) * self.rate / 1000 - _SLACK))

    def up(self, times: ArrayLike) -> Milliseconds:
        """The first frames that begin at or after times in ms."""
        return self._times(np.ceil(np.asarray(times, np.float64) * self.rate / 1000 - _SLACK))

    def _times(self, frames: Numbers) -> Milliseconds:
        return np.floor(frames * 1000 / self.rate + _SLACK).astype(np.int64)
