"""Features of audio on the device that uses them: on a GPU the host only hands over samples.

`mel.log_mel`, which runs on the host, is the slow reference of what the GPU computes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeAlias

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from aligner.processors import processors
from aligner.qwen3.lanes import on_cpu
from aligner.qwen3.mel import HOP, MIN_SAMPLES, N_FFT, Mel, log_mel, mel_filters, window
from aligner.stages import stage
from aligner.types import Samples

Features: TypeAlias = Mel | mx.array
"""(frames, bins) float32"""

BLOCK_FRAMES = 3072
"""Frames transformed at once, 31 s. Always as many, since the GPU's library makes a plan for every number."""


def features(clips: Sequence[Samples], bins: int) -> list[Features]:
    """Log-mel features of clips as `log_mel` gives them; clips too short for one spectrum are padded with zeros."""
    return stage("log-mel", lambda: _features(clips, bins), _computed)


def _computed(mels: Sequence[Features]) -> None:
    mx.eval([mel for mel in mels if isinstance(mel, mx.array)])


def _features(clips: Sequence[Samples], bins: int) -> list[Features]:
    padded = [_long_enough(samples) for samples in clips]
    if not on_cpu():
        return [device_log_mel(samples, bins) for samples in padded]
    if len(padded) == 1:
        return [log_mel(padded[0], bins)]
    return list(_pool().map(lambda samples: log_mel(samples, bins), padded))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), "mel")


def _long_enough(samples: Samples) -> Samples:
    return samples if len(samples) >= MIN_SAMPLES else np.pad(samples, (0, MIN_SAMPLES - len(samples)))


def device_log_mel(samples: Samples, bins: int) -> mx.array:
    """`log_mel` of one clip, to be computed on the default device."""
    frames, margin = len(samples) // HOP, N_FFT // 2
    blocks = -(-frames // BLOCK_FRAMES)
    sound = np.zeros(max(blocks * BLOCK_FRAMES * HOP, len(samples)) + N_FFT, dtype=np.float32)
    end = margin + len(samples)
    sound[:margin] = samples[margin:0:-1]
    sound[margin:end] = samples
    sound[end : end + margin] = samples[-2 : -margin - 2 : -1]
    on_device = mx.array(sound)
    power = _mel_power(on_device, blocks, bins)[:frames]
    peak = mx.maximum(mx.abs(on_device).max(), 1.0)
    log = mx.log10(mx.maximum(power / (peak * peak), 1e-10))
    return (mx.maximum(log, log.max() - 8.0) + 4.0) / 4.0


def _mel_power(sound: mx.array, blocks: int, bins: int) -> mx.array:
    """(samples,) to (blocks * BLOCK_FRAMES, bins)."""
    hann, *filters = _constants(bins)
    mels = []
    for block in range(blocks):
        windows = mx.as_strided(sound, (BLOCK_FRAMES, N_FFT), (HOP, 1), block * BLOCK_FRAMES * HOP)
        spectrum = mx.fft.rfft(windows * hann, axis=1)
        real, imaginary = mx.real(spectrum), mx.imag(spectrum)
        mels.append(_product(real * real + imaginary * imaginary, filters))
    return mx.concatenate(mels) if blocks > 1 else mels[0]


@cache
def _constants(bins: int) -> tuple[mx.array, ...]:
    """Window, and the filters in two halves."""
    return tuple(mx.array(values) for values in (window(), *_halves(mel_filters(bins))))


def _halves(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Numbers as the sum of two of fewer bits: a TF32 product keeps 11 bits of its factors."""
    high = (values.view(np.int32) & np.int32(-8192)).view(np.float32)
    return high, values - high


def _product(power: mx.array, filters: Sequence[mx.array]) -> mx.array:
    """A matrix product in float32, also where the GPU rounds the factors to TF32: the sum of those of the halves."""
    high = mx.view(mx.bitwise_and(mx.view(power, mx.int32), -8192), mx.float32)
    return high @ filters[0] + ((power - high) @ filters[0] + high @ filters[1])
