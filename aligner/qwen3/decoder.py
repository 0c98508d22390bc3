"""The Qwen3 text decoder, for batches whose rows have their own lengths and positions.

Text and audio tokens take the same position on all three MRoPE axes, so the published multi-axis RoPE is the ordinary
one; `mx.fast.rope` computes it, with one offset per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import mlx.core as mx
import mlx.nn as nn

from aligner.qwen3.activation import swiglu
from aligner.qwen3.attention import attention
from aligner.qwen3.config import TextConfig


class KeyValues(Protocol):
    """What attention needs of a cache for one layer."""

    def update(self, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        """Stores the new (B, heads, L, head_dim) and returns all keys and values to attend to."""
        ...


def join(module: nn.Module, name: str, parts: Sequence[str]) -> None:
    """Puts linear layers that read the same input into one, `module.name`, whose outputs are theirs in order.

    Layers that are quantised in different ways stay as they are.
    """
    layers = [module[part] for part in parts]
    kinds = {(type(layer), getattr(layer, "bits", None), getattr(layer, "group_size", None)) for layer in layers}
    if len(kinds) > 1:
        return
    joined = layers[0]
    joined.update({key: mx.concatenate([layer[key] for layer in layers]) for key in layers[0].parameters()})
    for part in parts:
        delattr(module, part)
    setattr(module, name, joined)


class Attention(nn.Module):
    """Grouped-query attention with normalised queries and keys."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.key_heads = config.num_key_value_heads
        self.head_dim = config.head_dim
        self.theta = config.rope_theta
        self.q_proj = nn.Linear(config.hidden_size, self.heads * self.head_dim, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, self.key_heads * self.head_dim, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, self.key_heads * self.head_dim, bias=False)
        self.o_proj = nn.Linear(self.heads * self.head_dim, config.hidden_size, bias=False)
        self.q_norm = nn.RMSNorm(self.head_dim, eps=config.rms_norm_eps)
        self.k_norm = nn.RMSNorm(self.head_dim, eps=config.rms_norm_eps)

    def __call__(
        self, x: mx.array, mask: mx.array | str | None, offsets: mx.array, cache: KeyValues | None
    ) -> mx.array:
        """x (B, L, D); offsets (B,): position of each row's first column (negative inside left padding)."""
        B, L, _ = x.shape
        heads = self._project(x).reshape(B, L, self.heads + 2 * self.key_heads, self.head_dim)
        q, k, v = mx.split(heads, [self.heads, self.heads + self.key_heads], axis=2)
        q = self._rope(self.q_norm(q).transpose(0, 2, 1, 3), offsets)
        k = self._rope(self.k_norm(k).transpose(0, 2, 1, 3), offsets)
        v = v.transpose(0, 2, 1, 3)
        if cache is not None:
            k, v = cache.update(k, v)
        out = attention(q, k, v, self.head_dim**-0.5, mask)
        return self.o_proj(out.transpose(0, 2, 1, 3).reshape(B, L, -1))

    def fuse(self) -> None:
        """Joins the three projections: one product instead of three for each layer of each step."""
        join(self, "qkv_proj", ("q_proj", "k_proj", "v_proj"))

    def _project(self, x: mx.array) -> mx.array:
        """Queries, keys and values side by side."""
        if "qkv_proj" in self:
            return self.qkv_proj(x)
        return mx.concatenate([self.q_proj(x), self.k_proj(x), self.v_proj(x)], axis=-1)

    def _rope(self, x: mx.array, offsets: mx.array) -> mx.array:
        return mx.fast.rope(x, self.head_dim, traditional=False, base=self.theta, scale=1.0, offset=offsets)


class MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def __call__(self, x: mx.array) -> mx.array:
        """(B, L, D) -> (B, L, D)."""
        if "gate_up_proj" in self:
            return self.down_proj(swiglu(*mx.split(self.gate_up_proj(x), 2, axis=-1)))
        return self.down_proj(swiglu(self.gate_proj(x), self.up_proj(x)))

    def fuse(self) -> None:
        """Joins gate and up."""
        join(self, "gate_up_proj", ("gate_proj", "up_proj"))


class DecoderLayer(nn.Module):
    """A pre-norm transformer layer."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = MLP(config)
        self.input_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)
        self.post_attention_layernorm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)

    def __call__(
        self, x: mx.array, mask: mx.array | str | None, offsets: mx.array, cache: KeyValues | None
    ) -> mx.array:
        """(B, L, D) -> (B, L, D)."""
        x = x + self.self_attn(self.input_layernorm(x), mask, offsets, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    """Embeddings to hidden states. Attribute names are the checkpoints' (`model.*`)."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = [DecoderLayer(config) for _ in range(config.num_hidden_layers)]
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.rms_norm_eps)

    def fuse(self) -> None:
        """Joins what reads the same input, once the weights are loaded: fewer and larger products."""
        for layer in self.layers:
            layer.self_attn.fuse()
            layer.mlp.fuse()

    def __call__(
        self,
        x: mx.array,
        mask: mx.array | str | None,
        offsets: mx.array,
        cache: list[KeyValues] | None = None,
    ) -> mx.array:
        """(B, L, D) embeddings to (B, L, D) normalised hidden states."""
        for index, layer in enumerate(self.layers):
            x = layer(x, mask, offsets, cache[index] if cache is not None else None)
        return self.norm(x)
