"""Whether somebody may be speaking: a pitch that glides, as voices do and noise, taps and plucked strings do not.

Vowels are periodic at the pitch of the voice, and even a monotonous speaker's pitch moves within a syllable. Noise has
no period, a tap no time for one, and a note keeps its own. Whispers have no pitch, and a violin's can glide: this is
evidence to be used beside other evidence, never alone. Pure numpy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from subgen.types import SAMPLE_RATE, Samples, Seconds

HOP = SAMPLE_RATE // 100
_WINDOW = SAMPLE_RATE // 25
"""40 ms: two periods and more of every voice above 50 Hz"""
_SHORTEST, _LONGEST = 40, 230
"""periods of voices in samples: 400 to 70 Hz"""
_PERIODIC = 0.6
"""autocorrelation at one period; white noise stays below 0.4 in windows of this length"""
_OCTAVE = 0.98
"""share of the highest peak from which an earlier one is the period: two periods are as periodic as one"""
_FAINT = 30.0
"""dB below the loudest window from which a period no longer counts"""
_STEP = 0.1
"""octaves in 10 ms beyond which a pitch jumps rather than glides"""
_RUN = 5
"""windows without a jump that make a glide: 50 ms, the vowel of a fast unstressed syllable"""
_GLIDE = 0.02
"""octaves, as standard deviation within a run; 0.003 to 0.01 in guitar and hens, 0.015 to 0.15 in speech"""
_LEAST: Seconds = 0.05
_SHARE = 0.02
"""of the sound that must glide: noise and music have up to 0.003 by chance, clips of people 0.05 and more"""
_BATCH = 500
"""windows transformed together, so that memory does not depend on the length"""

_Values = NDArray[np.float64]


def has_voice(samples: Samples) -> bool:
    """Whether enough of `samples` (n,), 16 kHz, is periodic with a pitch that glides."""
    return gliding(samples) >= max(_LEAST, _SHARE * samples.size / SAMPLE_RATE)


def gliding(samples: Samples) -> Seconds:
    """How long a gliding pitch is heard in `samples` (n,), 16 kHz."""
    if samples.size < _WINDOW:
        return 0.0
    periodicity, octave, level = _pitch(samples)
    voiced = (periodicity > _PERIODIC) & (level > level.max() - _FAINT)
    joined = voiced[1:] & voiced[:-1] & (np.abs(np.diff(octave)) < _STEP)
    runs = np.split(octave, np.flatnonzero(~joined) + 1)
    return sum(run.size for run in runs if run.size >= _RUN and run.std() >= _GLIDE) * HOP / SAMPLE_RATE


def _pitch(samples: Samples) -> tuple[_Values, _Values, _Values]:
    """Of each window: autocorrelation at the likeliest period, pitch in octaves above 1 Hz, and level in dB."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::HOP]
    parts = [_window_pitch(windows[first : first + _BATCH]) for first in range(0, len(windows), _BATCH)]
    periodicity, octave, level = (np.concatenate(values) for values in zip(*parts, strict=True))
    return periodicity, octave, level


def _window_pitch(windows: Samples) -> tuple[_Values, _Values, _Values]:
    """`_pitch` for windows (f, n). The autocorrelation is divided by the taper's own (Boersma 1993)."""
    centred = windows - windows.mean(axis=1, keepdims=True, dtype=np.float64)
    taper = np.hanning(_WINDOW)
    correlation = _autocorrelation(centred * taper) / _autocorrelation(taper[np.newaxis])
    searched = correlation[:, _SHORTEST - 1 : _LONGEST + 2]
    before, at, after = searched[:, :-2], searched[:, 1:-1], searched[:, 2:]
    peaks = (at >= before) & (at > after)
    highest = at.max(axis=1, keepdims=True)
    inside = np.where(peaks, at, 0.0).max(axis=1) == highest[:, 0]  # else the range cuts a slope: too high for a voice
    first = (peaks & (at >= _OCTAVE * highest)).argmax(axis=1)
    row = np.arange(len(windows))
    before, at, after = before[row, first], at[row, first], after[row, first]
    peak = peaks[row, first] & inside
    offset = np.where(peak, 0.5 * (before - after) / np.where(peak, before - 2 * at + after, -1.0), 0.0)
    level = 10 * np.log10(np.square(centred).mean(axis=1) + 1e-12)
    return np.where(peak, at, 0.0), np.log2(SAMPLE_RATE / (first + _SHORTEST + offset)), level


def _autocorrelation(windows: _Values) -> _Values:
    """Autocorrelation (f, periods), 1 at no shift; 0 for digital silence."""
    power = np.abs(np.fft.rfft(windows, 2048, axis=1)) ** 2
    values = np.fft.irfft(power, axis=1)[:, : _LONGEST + 2]
    return np.asarray(values / np.maximum(values[:, :1], 1e-12))
