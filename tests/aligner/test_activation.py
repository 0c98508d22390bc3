"""The fast functions against the standard library's and MLX's."""

from __future__ import annotations

import math

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from aligner.qwen3.activation import erf, exp, gelu, swiglu


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


def test_exp_everywhere() -> None:
    """As exact as MLX's: both read x to 24 bits only, which is 4e-6 of the result at -87."""
    x = np.linspace(-87.5, 88, 50_001).astype(np.float32)
    error = np.abs(np.array(exp(mx.array(x)), dtype=np.float64) / np.exp(x.astype(np.float64)) - 1)
    assert error.max() < 6e-6
    assert error[np.abs(x) < 1].max() < 3e-7


def test_exp_of_what_is_too_low_or_too_high() -> None:
    low, high = np.array(exp(mx.array([-mx.inf, -1e6, -100.0]))), np.array(exp(mx.array([89.0, 1e6, mx.inf])))
    assert (low == 0).all()
    assert (np.isfinite(high) & (high > 1e38)).all()
    assert np.isnan(np.array(exp(mx.array([mx.nan])))).all()


def test_swiglu_is_what_it_says() -> None:
    gate, up = mx.linspace(-120, 120, 5001), mx.linspace(3, -2, 5001)
    np.testing.assert_allclose(np.array(swiglu(gate, up)), np.array(nn.silu(gate) * up), rtol=5e-6, atol=1e-6)
    half = gate.astype(mx.float16)
    assert mx.array_equal(swiglu(half, half), nn.silu(half) * half)
