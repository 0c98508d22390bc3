"""Spectra made on the device equal those made on the host."""

from __future__ import annotations

import mlx.core as mx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.qwen3.lanes import on_cpu
from aligner.qwen3.mel import MIN_SAMPLES, log_mel
from aligner.qwen3.spectra import BLOCK_FRAMES, device_log_mel, features


def noise(samples: int, loudness: float) -> np.ndarray:
    return (np.random.default_rng(samples).standard_normal(samples) * loudness).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.integers(MIN_SAMPLES, 40_000), st.sampled_from([0.0, 1e-4, 0.1, 3.0]))
def test_the_device_computes_what_the_host_does(samples: int, loudness: float) -> None:
    clip = noise(samples, loudness)
    np.testing.assert_allclose(np.array(device_log_mel(clip, 128)), log_mel(clip, 128), atol=1e-4)


def test_long_clips_take_several_blocks() -> None:
    clip = noise(2 * BLOCK_FRAMES * 160 + 77, 0.1)
    np.testing.assert_allclose(np.array(device_log_mel(clip, 80)), log_mel(clip, 80), atol=1e-4)


def test_features_of_many_clips_are_in_order() -> None:
    clips = [noise(samples, 0.1) for samples in (5000, 100, 0, 3210)]
    for clip, found in zip(clips, features(clips, 128), strict=True):
        padded = np.pad(clip, (0, max(0, MIN_SAMPLES - len(clip))))
        assert isinstance(found, np.ndarray if on_cpu() else mx.array)
        np.testing.assert_allclose(np.array(found), log_mel(padded, 128), atol=1e-4)


def test_more_bins_than_frequencies_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        log_mel(noise(1000, 0.1), 300)
