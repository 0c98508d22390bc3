"""Attention for CPUs beside MLX's, the slow reference."""

from __future__ import annotations

import mlx.core as mx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.qwen3.attention import attention


def made(rows: int, heads: int, key_heads: int, length: int, keys: int, seed: int = 0) -> tuple[mx.array, ...]:
    """Queries, keys and values of 8 numbers."""
    mx.random.seed(seed)
    shapes = ((rows, heads, length, 8), (rows, key_heads, keys, 8), (rows, key_heads, keys, 8))
    return tuple(mx.random.normal(shape) for shape in shapes)


def check(parts: tuple[mx.array, ...], mask: mx.array | str | None) -> None:
    expected = mx.fast.scaled_dot_product_attention(*parts, scale=0.35, mask=mask)
    found = attention(*parts, 0.35, mask)
    assert found.shape == expected.shape
    np.testing.assert_allclose(np.array(found), np.array(expected), atol=2e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.sampled_from([(1, 1), (4, 2), (4, 4)]), st.integers(1, 150), st.integers(0, 70))
def test_causal_queries_see_what_they_may(rows: int, heads: tuple[int, int], length: int, before: int) -> None:
    check(made(rows, *heads, length, before + length), "causal")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.sampled_from([(1, 1), (4, 2)]), st.integers(1, 20), st.integers(1, 90), st.integers(0, 99))
def test_masks_of_rows(rows: int, heads: tuple[int, int], length: int, keys: int, seed: int) -> None:
    starts = np.random.default_rng(seed).integers(0, keys, rows)
    mask = mx.array(np.arange(keys)[None] >= starts[:, None])[:, None, None]
    check(made(rows, *heads, length, keys, seed), mask)
    check(made(rows, *heads, length, keys, seed), None)


def test_a_mask_for_each_query() -> None:
    mask = mx.array(np.random.default_rng(0).random((2, 1, 30, 40)) > 0.5) | (mx.arange(40) == 0)
    check(made(2, 4, 2, 30, 40), mask)


def test_what_is_not_seen_does_not_count_at_all() -> None:
    """Values of 1e30 behind the mask change nothing."""
    q, k, v = made(1, 4, 2, 20, 20)
    expected = attention(q, k, v, 0.35, "causal")
    v[:, :, 10:] = 1e30
    assert mx.array_equal(attention(q, k, v, 0.35, "causal")[:, :, :10], expected[:, :, :10])


@pytest.mark.parametrize("dtype", [mx.float16, mx.bfloat16])
def test_other_types_are_left_to_mlx(dtype: mx.Dtype) -> None:
    parts = [part.astype(dtype) for part in made(1, 4, 2, 20, 20)]
    expected = mx.fast.scaled_dot_product_attention(*parts, scale=0.35, mask="causal")
    assert mx.array_equal(attention(*parts, 0.35, "causal"), expected)
