"""The decode step for NVIDIA GPUs, with kernels written in MLX's own operations: the same network as the decoder."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.qwen3 import cuda
from aligner.qwen3.step import Step
from aligner.qwen3.weights import Loaded, load
from subgen.asr.cache import BatchCache

GOLDEN = Path(__file__).parents[1] / "golden" / "qwen3"


class Plain:
    """What the kernels of `cuda` compute, one operation after the other."""

    def rotate(self, heads, weights, state, store, constants):
        _, rows, key_heads, _, dim = store.shape
        epsilon, rate = constants.tolist()
        *starts, length = state.tolist()
        parts = heads.reshape(rows, 1, -1, dim)
        queries = parts.shape[2] - 2 * key_heads
        q, k, v = mx.split(parts, [queries, queries + key_heads], axis=2)
        offsets = length - mx.array(starts)

        def turned(x, weight):
            x = mx.fast.rms_norm(x, weight, epsilon).transpose(0, 2, 1, 3)
            return mx.fast.rope(x, dim, traditional=False, base=2.0**rate, scale=1.0, offset=offsets)

        store[0, :, :, length : length + 1] = turned(k, weights[1])
        store[1, :, :, length : length + 1] = v.transpose(0, 2, 1, 3)
        return turned(q, weights[0])[:, :, 0]

    def attend(self, queries, store, state):
        *starts, length = state.tolist()
        seen = (mx.arange(length + 1)[None] >= mx.array(starts)[:, None])[:, None, None]
        keys, values = store[0, :, :, : length + 1], store[1, :, :, : length + 1]
        scale = queries.shape[-1] ** -0.5
        out = mx.fast.scaled_dot_product_attention(queries[:, :, None], keys, values, scale=scale, mask=seen)
        return out.reshape(len(starts), -1)

    def add_norm(self, x, y, weight, constants):
        return x + y, mx.fast.rms_norm(x + y, weight, constants.tolist()[0])


@cache
def tiny() -> Loaded:
    return load(GOLDEN / "asr", dtype=mx.float32)


def cache_of(rows: int, length: int) -> BatchCache:
    """A cache filled with the same random keys and values every time."""
    model = tiny().model
    text = model.config.text
    filled = BatchCache(len(model.model.layers), rows)
    for number, layer in enumerate(filled.layers):
        shape = (rows, text.num_key_value_heads, length, text.head_dim)
        keys, values = (mx.random.normal(shape, key=mx.random.key(2 * number + part)) for part in (0, 1))
        layer.update(keys, values)
    filled.advance(length)
    return filled


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=5), st.integers(1, 3))
def test_a_step_is_the_decoders(starts: list[int], tokens: int) -> None:
    model, length, rows = tiny().model, 30, len(starts)
    last = mx.arange(rows, dtype=mx.int32) + tokens
    slow, fast = cache_of(rows, length), cache_of(rows, length)
    columns = mx.arange(length + 1)
    mask = (columns[None] >= mx.array(starts)[:, None])[:, None, None]
    offsets = length - mx.array(starts)
    hidden = model(model.model.embed_tokens(last[:, None]), mask, offsets, list(slow.layers))[:, -1]

    def choose(hidden: mx.array) -> tuple[mx.array, mx.array]:
        return mx.argmax(model.logits(hidden), axis=-1), hidden

    trace: Callable[[Callable], Callable] = lambda work: work  # noqa: E731
    chosen, found = Step(model.model, choose, Plain(), trace)(
        last, mx.array([*starts, length], dtype=mx.int32), fast.stores()
    )
    np.testing.assert_allclose(np.array(found), np.array(hidden), atol=1e-4)
    assert chosen.tolist() == mx.argmax(model.logits(hidden), axis=-1).tolist()
    for one, other in zip(slow.layers, fast.layers, strict=True):
        np.testing.assert_allclose(
            np.array(other.store[:, :, :, : length + 1]), np.array(one.store[:, :, :, : length + 1]), atol=1e-4
        )


def test_steps_need_an_nvidia_gpu() -> None:
    assert Step.possible(tiny().model.model) == (
        cuda.available() and tiny().model.config.text.head_dim in cuda.HEAD_DIMS
    )


def test_constants_of_a_model() -> None:
    assert cuda.rotation_constants(1e-6, 2.0**20).tolist() == pytest.approx([1e-6, 20.0])
    assert cuda.numbers(1.0, 2.0) is cuda.numbers(1.0, 2.0)
