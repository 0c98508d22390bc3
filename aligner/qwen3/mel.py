"""Log-mel spectrogram of the Whisper family, as the official feature extractor computes it for Qwen3-ASR."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from aligner.types import SAMPLE_RATE, Samples

N_FFT = 400
"""25 ms"""
HOP = 160
"""10 ms: 100 frames a second"""
MAX_HZ = SAMPLE_RATE / 2
MIN_SAMPLES = N_FFT // 2 + 1
"""fewer can't be reflected at the edges; the official extractor raises there"""

Mel = NDArray[np.float32]

_BLOCK_FRAMES = 3000
"""frames transformed at once: 30 s, 4.8 MB of windows, which stays in cache better than a long file"""


def _hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slaney scale: linear below 1 kHz (15 mels), logarithmic above (27 steps for a factor 6.4)."""
    linear = hz * 3.0 / 200.0
    logarithmic = 15.0 + np.log(np.maximum(hz, 1e-10) / 1000.0) * (27.0 / np.log(6.4))
    return np.where(hz >= 1000.0, logarithmic, linear)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel >= 15.0, 1000.0 * np.exp((mel - 15.0) * (np.log(6.4) / 27.0)), mel * 200.0 / 3.0)


@cache
def mel_filters(bins: int) -> NDArray[np.float32]:
    """Triangular Slaney-normalised filters, shape (n_fft // 2 + 1, bins), 0 Hz to 8 kHz."""
    frequencies = np.linspace(0.0, MAX_HZ, N_FFT // 2 + 1)
    lowest, highest = _hz_to_mel(np.array([0.0, MAX_HZ])).tolist()
    edges = _mel_to_hz(np.linspace(lowest, highest, bins + 2))
    widths = np.diff(edges)
    slopes = edges[None, :] - frequencies[:, None]
    triangles = np.maximum(0.0, np.minimum(-slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]))
    return np.asarray(triangles * (2.0 / (edges[2:] - edges[:-2])), dtype=np.float32)


@cache
def _bands(bins: int) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.intp]]:
    """The filters without their zeros: which frequency, with what weight, and where each filter begins in these.

    Raises ValueError for more filters than there are frequencies between them.
    """
    filters = mel_filters(bins).T
    owners, frequencies = np.nonzero(filters)
    if len(np.unique(owners)) < bins:
        raise ValueError(f"{bins} mel bins are too many for {N_FFT // 2 + 1} frequencies")
    return frequencies, filters[owners, frequencies], np.searchsorted(owners, np.arange(bins))


@cache
def window() -> NDArray[np.float32]:
    """Periodic Hann window of 25 ms."""
    return np.hanning(N_FFT + 1)[:-1].astype(np.float32)  # periodic


def log_mel(samples: Samples, bins: int) -> Mel:
    """Log-mel features of one clip, shape (len(samples) // 160, bins), float32.

    Power spectrum of centred 25 ms Hann windows, the last frame dropped, log10 floored at 1e-10 and at 8 below
    the clip's own maximum, then (x + 4) / 4. Louder than full scale is divided by its peak first, as the
    official loader does.

    Raises:
        ValueError: fewer than 201 samples.
    """
    if len(samples) < MIN_SAMPLES:
        raise ValueError(f"at least {MIN_SAMPLES} samples are needed, got {len(samples)}")
    peak = float(np.abs(samples).max())
    if peak > 1.0:
        samples = samples / np.float32(peak)
    padded = np.pad(samples, N_FFT // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP][: len(samples) // HOP]
    frequencies, weights, begins = _bands(bins)
    mel = np.empty((len(windows), bins), dtype=np.float32)
    for first in range(0, len(windows), _BLOCK_FRAMES):
        spectrum = np.fft.rfft(windows[first : first + _BLOCK_FRAMES] * window(), axis=1)
        power = np.asarray(spectrum.real**2 + spectrum.imag**2, dtype=np.float32)
        # No matrix product: its threads, which NumPy starts on every processor, then wait in a busy loop for the next.
        np.add.reduceat(power[:, frequencies] * weights, begins, axis=1, out=mel[first : first + _BLOCK_FRAMES])
    log = np.log10(np.maximum(mel, np.float32(1e-10)))
    log = np.maximum(log, log.max() - np.float32(8.0))
    return np.asarray((log + np.float32(4.0)) / np.float32(4.0), dtype=np.float32)


def audio_tokens(frames: int) -> int:
    """Number of audio tokens for that many mel frames: 13 per full 100, an eighth (rounded up) of the rest."""
    return 13 * (frames // 100) + -(-(frames % 100) // 8)
