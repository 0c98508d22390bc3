"""Scaled dot-product attention, fast on CPUs too.

MLX computes it there as products around a softmax whose exponentials take most of the time, and multiplies all queries
with all keys where a causal mask leaves half of them.
"""

from __future__ import annotations

import mlx.core as mx

from aligner.qwen3.activation import exp
from aligner.qwen3.lanes import on_cpu

_QUERIES = 64
"""Causal queries taken together, with the keys that the last of them may see: the scores of 16 heads and 400 keys are
1.6 MB, which a processor's cache holds"""


def attention(q: mx.array, k: mx.array, v: mx.array, scale: float, mask: mx.array | str | None) -> mx.array:
    """What each query takes of the values, (B, heads, L, D).

    Args:
        q: (B, heads, L, D).
        k, v: (B, key heads, S, D); each serves as many heads as there are for one.
        mask: true where a query may see a key, of a shape that broadcasts to (B, heads, L, S); "causal": the last
            query sees all keys, each one before it one less; None: all are seen.
    """
    if not on_cpu() or q.dtype != mx.float32:
        return mx.fast.scaled_dot_product_attention(q, k, v, scale=scale, mask=mask)
    if not isinstance(mask, str):
        return _attend(q * scale, k, v, mask)
    length, keys = q.shape[2], k.shape[2]
    ahead = keys - length
    parts = []
    for first in range(0, length, _QUERIES):
        last = min(first + _QUERIES, length)
        seen = mx.arange(ahead + last)[None] <= mx.arange(ahead + first, ahead + last)[:, None]
        queries = q[:, :, first:last] * scale
        parts.append(_attend(queries, k[:, :, : ahead + last], v[:, :, : ahead + last], seen))
    return mx.concatenate(parts, axis=2) if len(parts) > 1 else parts[0]


def _attend(q: mx.array, k: mx.array, v: mx.array, mask: mx.array | None) -> mx.array:
    """Attention of scaled queries; the heads that share keys are multiplied together."""
    B, heads, L, D = q.shape
    key_heads = k.shape[1]
    scores = q.reshape(B, key_heads, heads // key_heads * L, D) @ k.swapaxes(-1, -2)
    if mask is not None:
        scores = mx.where(mask, scores.reshape(B, heads, L, -1), -mx.inf).reshape(scores.shape)
    weights = exp(scores - scores.max(axis=-1, keepdims=True))
    return ((weights @ v) / weights.sum(axis=-1, keepdims=True)).reshape(B, heads, L, D)
