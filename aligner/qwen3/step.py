"""One token more for every row of a batch, on an NVIDIA GPU: the decoder's layers in the kernels of `cuda`.

The same network as `decoder`, which is the slow reference of this module; only the order in which it is written down
differs. The whole step is traced once for each shape of the cache and replayed, so the host does not build it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mlx.core as mx

from aligner.qwen3 import cuda
from aligner.qwen3.decoder import Decoder

Choose = Callable[[mx.array], tuple[mx.array, mx.array]]
"""Final hidden states (B, D) to tokens and their log-probabilities, each (B,)"""


class Step:
    """A decode step of a whole batch; `choose` turns hidden states into tokens."""

    def __init__(self, decoder: Decoder, choose: Choose) -> None:
        self._decoder = decoder
        self._choose = choose
        self._replay: Any = mx.compile(self._work)

    @staticmethod
    def possible(decoder: Decoder) -> bool:
        """Whether this machine and this network allow it."""
        attention = decoder.layers[0].self_attn
        return cuda.available() and attention.head_dim in cuda.HEAD_DIMS and "qkv_proj" in attention

    def __call__(
        self, tokens: mx.array, state: mx.array, stores: Sequence[mx.array]
    ) -> tuple[mx.array, mx.array, list[mx.array]]:
        """The next tokens, their log-probabilities, and the caches with the given tokens' keys and values.

        Args:
            tokens: (B,) int32, the last of each row.
            state: (B + 1,) int32, each row's first column, then the number of columns filled.
            stores: of each layer, (2, B, heads, columns, head_dim), with an empty column after the filled ones. Give
                them up: an array that is still held elsewhere has to be copied.
        """
        chosen, logprobs, *caches = self._replay(tokens, state, *stores)
        return chosen, logprobs, caches

    def _work(self, tokens: mx.array, state: mx.array, *stores: mx.array) -> tuple[mx.array, ...]:
        decoder = self._decoder
        x = decoder.embed_tokens(tokens)
        normed = decoder.layers[0].input_layernorm(x)
        norms = [*(layer.input_layernorm for layer in decoder.layers[1:]), decoder.norm]
        caches = []
        for layer, norm, store in zip(decoder.layers, norms, stores, strict=True):
            attention = layer.self_attn
            epsilon = cuda.numbers(norm.eps)
            queries, added = cuda.rotate(
                attention.qkv_proj(normed),
                (attention.q_norm.weight, attention.k_norm.weight),
                state,
                (attention.heads, attention.key_heads),
                cuda.rotation_constants(attention.q_norm.eps, attention.theta),
            )
            cache = mx.slice_update(store, added, state[-1:], axes=(3,))
            caches.append(cache)
            seen = attention.o_proj(cuda.attend(queries, cache, state))
            x, normed = cuda.add_norm(x, seen, layer.post_attention_layernorm.weight, epsilon)
            x, normed = cuda.add_norm(x, layer.mlp(normed), norm.weight, epsilon)
        return (*self._choose(normed), *caches)
