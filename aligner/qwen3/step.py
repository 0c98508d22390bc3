"""One token more for every row of a batch, on an NVIDIA GPU: the decoder's layers in the kernels of `cuda`.

The same network as `decoder`, which is the slow reference of this module; only the order in which it is written down
differs. The whole step is traced once for each shape of the cache and replayed, so the host does not build it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import mlx.core as mx

from aligner.qwen3 import cuda
from aligner.qwen3.decoder import Decoder

Choose = Callable[[mx.array], tuple[mx.array, mx.array]]
"""Final hidden states (B, D) to tokens and their log-probabilities, each (B,)"""


class Kernels(Protocol):
    """The functions of `cuda` that a step is made of."""

    def rotate(
        self,
        heads: mx.array,
        weights: tuple[mx.array, mx.array],
        state: mx.array,
        store: mx.array,
        constants: mx.array,
    ) -> mx.array: ...

    def attend(self, queries: mx.array, store: mx.array, state: mx.array) -> mx.array: ...

    def add_norm(
        self, x: mx.array, y: mx.array, weight: mx.array, constants: mx.array
    ) -> tuple[mx.array, mx.array]: ...


class Step:
    """A decode step of a whole batch; `choose` turns hidden states into tokens."""

    def __init__(
        self,
        decoder: Decoder,
        choose: Choose,
        kernels: Kernels = cuda,
        trace: Callable[[Any], Any] = mx.compile,
    ) -> None:
        """`kernels` and `trace` (which makes the step replayable) are for comparisons with slower ones."""
        self._decoder = decoder
        self._choose = choose
        self._kernels = kernels
        self._replay = trace(self._work)

    @staticmethod
    def possible(decoder: Decoder) -> bool:
        """Whether this machine and this network allow it."""
        attention = decoder.layers[0].self_attn
        return cuda.available() and attention.head_dim in cuda.HEAD_DIMS and "qkv_proj" in attention

    def __call__(self, tokens: mx.array, state: mx.array, stores: Sequence[mx.array]) -> tuple[mx.array, mx.array]:
        """The next tokens and their log-probabilities; the given tokens' keys and values go into the stores.

        Args:
            tokens: (B,) int32, the last of each row.
            state: (B + 1,) int32, each row's first column, then the number of columns filled.
            stores: of each layer, (2, B, heads, columns, head_dim), contiguous, with an empty column after the filled
                ones. They are changed in place: nobody else may hold them.
        """
        chosen, logprobs = self._replay(tokens, state, *stores)
        return chosen, logprobs

    def _work(self, tokens: mx.array, state: mx.array, *stores: mx.array) -> tuple[mx.array, mx.array]:
        decoder = self._decoder
        x = decoder.embed_tokens(tokens)
        normed = decoder.layers[0].input_layernorm(x)
        norms = [*(layer.input_layernorm for layer in decoder.layers[1:]), decoder.norm]
        for layer, norm, store in zip(decoder.layers, norms, stores, strict=True):
            attention = layer.self_attn
            epsilon = cuda.numbers(norm.eps)
            queries = self._kernels.rotate(
                attention.qkv_proj(normed),
                (attention.q_norm.weight, attention.k_norm.weight),
                state,
                store,
                cuda.rotation_constants(attention.q_norm.eps, attention.theta),
            )
            seen = attention.o_proj(self._kernels.attend(queries, store, state))
            x, normed = self._kernels.add_norm(x, seen, layer.post_attention_layernorm.weight, epsilon)
            x, normed = self._kernels.add_norm(x, layer.mlp(normed), norm.weight, epsilon)
        return self._choose(normed)
