"""The fast error function against the standard library's."""

from __future__ import annotations

import math

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from aligner.qwen3.activation import erf, gelu


def test_erf_everywhere() -> None:
    x = np.linspace(-9, 9, 20_001).astype(np.float32)
    expected = np.array([math.erf(value) for value in x])
    np.testing.assert_allclose(np.array(erf(mx.array(x))), expected, atol=6e-7)


def test_gelu_is_mlx_gelu() -> None:
    x = mx.linspace(-12, 12, 5001)
    np.testing.assert_allclose(np.array(gelu(x)), np.array(nn.gelu(x)), atol=3e-6)
    half = x.astype(mx.float16)
    assert mx.array_equal(gelu(half), nn.gelu(half))
    assert gelu(x).dtype == mx.float32
