"""How a voice sounds at each moment, without a model: mel-frequency cepstra (Davis and Mermelstein, 1980)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from subgen.types import SAMPLE_RATE, Samples

Features = NDArray[np.float32]

HOP = SAMPLE_RATE // 100
_WINDOW, _SPECTRUM = SAMPLE_RATE // 40, 512
BANDS, CEPSTRA = 40, 19
_LOWEST, _HIGHEST = 80.0, 7600.0
_BATCH = 4000
"""frames transformed together, so that memory does not depend on the length"""


def timbre(samples: Samples) -> Features:
    """Cepstra 1 to CEPSTRA of every 10 ms of `samples` (n,), 16 kHz: (frames, CEPSTRA). Loudness is left out."""
    if samples.size < _WINDOW:
        return np.zeros((0, CEPSTRA), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::HOP]
    found = np.empty((len(frames), CEPSTRA), np.float32)
    for first in range(0, len(frames), _BATCH):
        part = frames[first : first + _BATCH] * np.hamming(_WINDOW).astype(np.float32)
        power = np.abs(np.fft.rfft(part, _SPECTRUM)) ** 2
        found[first : first + _BATCH] = np.log(power @ _filters().T + 1e-8) @ _cosines().T
    return found


@cache
def _filters() -> NDArray[np.float64]:
    """Triangles on the mel scale: (BANDS, _SPECTRUM // 2 + 1)."""
    lowest, highest = (1127 * np.log1p(np.array([_LOWEST, _HIGHEST]) / 700)).tolist()
    centres = 700 * np.expm1(np.linspace(lowest, highest, BANDS + 2) / 1127)
    bins = np.fft.rfftfreq(_SPECTRUM, 1 / SAMPLE_RATE)
    rising = (bins - centres[:-2, None]) / np.diff(centres)[:-1, None]
    falling = (centres[2:, None] - bins) / np.diff(centres)[1:, None]
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


@cache
def _cosines() -> NDArray[np.float64]:
    """The rows 1 to CEPSTRA of a discrete cosine transform: (CEPSTRA, BANDS)."""
    places = np.arange(BANDS) + 0.5
    return np.asarray(np.cos(np.pi / BANDS * np.outer(np.arange(1, CEPSTRA + 1), places)) * np.sqrt(2 / BANDS))
