"""The audio encoder of Qwen3-ASR: a convolutional stem over 1 s chunks and windowed self-attention.

Attention never crosses a window of `n_window_infer` mel frames (8 s in the published models). That is what the
FlashAttention, vLLM and transformers implementations compute; the official eager path forgets the window, and is not
the reference. Windows are independent, so those of all clips of a batch go through the layers together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from aligner.qwen3.activation import gelu
from aligner.qwen3.attention import attention
from aligner.qwen3.config import CHUNK_FRAMES, AudioConfig
from aligner.qwen3.lanes import on_cpu, side_by_side
from aligner.qwen3.mel import audio_tokens
from aligner.qwen3.spectra import Features

CHUNK_TOKENS = audio_tokens(CHUNK_FRAMES)
"""13: audio tokens of a full chunk"""

_TILE = (4, 256)
"""Windows that go through the network together, on a CPU and on a GPU. A CPU is fastest when a layer's activations stay
in its cache; a GPU when its launches are few (256 windows of the 1.7B model hold 1.1 GB in their feed-forward)."""
_STEM = (4, 64)
"""Chunks convolved at once, likewise: 64 bound the activations to 0.4 GB in float32 for the published shapes."""


class AudioAttention(nn.Module):
    """Bidirectional multi-head attention with biases everywhere."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        width = config.d_model
        self.heads = config.encoder_attention_heads
        self.scale = (width // self.heads) ** -0.5
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def __call__(self, x: mx.array, mask: mx.array | None) -> mx.array:
        """x (W, T, D); mask (W, 1, 1, T), true where a key may be seen."""
        W, T, D = x.shape
        q, k, v = (
            projection(x).reshape(W, T, self.heads, -1).transpose(0, 2, 1, 3)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        out = attention(q, k, v, self.scale, mask)
        return self.out_proj(out.transpose(0, 2, 1, 3).reshape(W, T, D))


class AudioLayer(nn.Module):
    """A pre-norm transformer layer."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.self_attn = AudioAttention(config)
        self.self_attn_layer_norm = nn.LayerNorm(config.d_model)
        self.fc1 = nn.Linear(config.d_model, config.encoder_ffn_dim)
        self.fc2 = nn.Linear(config.encoder_ffn_dim, config.d_model)
        self.final_layer_norm = nn.LayerNorm(config.d_model)

    def __call__(self, x: mx.array, mask: mx.array | None) -> mx.array:
        """(W, T, D) -> (W, T, D)."""
        x = x + self.self_attn(self.self_attn_layer_norm(x), mask)
        x = x + self.fc2(gelu(self.fc1(self.final_layer_norm(x))))
        if x.dtype == mx.float16:  # the official layer clamps there: float16 ends at 65504
            limit = float(np.finfo(np.float16).max) - 1000
            x = mx.clip(x, -limit, limit)
        return x


def _positions(length: int, width: int) -> mx.array:
    """Sinusoids, shape (length, width): sines in the first half, cosines in the second."""
    rates = np.exp(np.arange(width // 2) * -(math.log(10_000.0) / (width // 2 - 1)))
    angles = np.arange(length)[:, None] * rates[None, :]
    return mx.array(np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32))


class Window(NamedTuple):
    """Chunks that attend to each other, (chunks, frames, bins), and how many of their tokens are real."""

    chunks: Features
    tokens: int


class AudioEncoder(nn.Module):
    """Log-mel clips of any lengths to audio embeddings. Attribute names are the checkpoints' (`audio_tower.*`)."""

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.downsample_hidden_size
        rows = config.num_mel_bins
        for _ in range(3):
            rows = (rows + 1) // 2
        self.conv2d1 = nn.Conv2d(1, channels, 3, stride=2, padding=1)
        self.conv2d2 = nn.Conv2d(channels, channels, 3, stride=2, padding=1)
        self.conv2d3 = nn.Conv2d(channels, channels, 3, stride=2, padding=1)
        self.conv_out = nn.Linear(channels * rows, config.d_model, bias=False)
        self.layers = [AudioLayer(config) for _ in range(config.encoder_layers)]
        self.ln_post = nn.LayerNorm(config.d_model)
        self.proj1 = nn.Linear(config.d_model, config.d_model)
        self.proj2 = nn.Linear(config.d_model, config.output_dim)
        self._table = _positions(CHUNK_TOKENS, config.d_model)

    def __call__(self, mels: Sequence[Features]) -> list[mx.array]:
        """Encodes clips together; each result (audio_tokens(frames), output_dim) is what the clip alone would give.

        Args:
            mels: log-mel features, each (frames, num_mel_bins) with at least one frame.
        """
        clips = [list(self._windows(mel)) for mel in mels]
        tiles = list(_tiles([window for clip in clips for window in clip], _TILE[0 if on_cpu() else 1]))
        stemmed = list(zip(tiles, self._stems(tiles), strict=True))
        done = side_by_side(self._encode, stemmed, lambda part: _chunks_in(part[0]))
        encoded = iter([tokens for tile in done for tokens in tile])
        return [mx.concatenate([next(encoded) for _ in clip]) for clip in clips]

    def _stems(self, tiles: Sequence[Sequence[Window]]) -> list[list[mx.array]]:
        """The convolved chunks of each tile, in parts of a few chunks that are small enough for a processor's cache."""
        size = _STEM[0 if on_cpu() else 1]
        parts = []
        for tile in tiles:
            chunks = mx.concatenate([mx.array(window.chunks) for window in tile])
            parts.append([chunks[first : first + size] for first in range(0, len(chunks), size)])
        done = iter(side_by_side(self._stem, [part for each in parts for part in each], len))
        return [[next(done) for _ in each] for each in parts]

    def _windows(self, mel: Features) -> Iterator[Window]:
        """A clip as windows of whole chunks, the last chunk zero-padded; one below one chunk stays as it is."""
        frames, bins = mel.shape
        tokens = audio_tokens(frames)
        if frames < CHUNK_FRAMES:
            yield Window(mel[None], tokens)
            return
        padding = [(0, -frames % CHUNK_FRAMES), (0, 0)]
        padded = mx.pad(mel, padding) if isinstance(mel, mx.array) else np.pad(mel, padding)
        chunks = padded.reshape(-1, CHUNK_FRAMES, bins)
        for first in range(0, len(chunks), self.config.chunks_per_window):
            window = chunks[first : first + self.config.chunks_per_window]
            yield Window(window, min(len(window) * CHUNK_TOKENS, tokens - first * CHUNK_TOKENS))

    def _encode(self, stemmed: tuple[Sequence[Window], Sequence[mx.array]]) -> list[mx.array]:
        """Windows of equal frames per chunk, and their convolved chunks, to (window.tokens, output_dim) each."""
        tile, tokens = stemmed
        nothing = mx.zeros((1, *tokens[0].shape[1:]), dtype=tokens[0].dtype)
        x = mx.concatenate([*tokens, nothing])[_places([len(window.chunks) for window in tile])]
        x = x.reshape(len(tile), -1, self.config.d_model)
        x = self._transform(x, [window.tokens for window in tile])
        return [row[: window.tokens] for row, window in zip(x, tile, strict=True)]

    def _stem(self, chunks: mx.array) -> mx.array:
        """(N, frames, M) -> (N, ceil(frames / 8), D) with positions added, counted from 0 in every chunk."""
        x = chunks.astype(self.conv2d1.weight.dtype).transpose(0, 2, 1)[..., None]
        for convolution in (self.conv2d1, self.conv2d2, self.conv2d3):
            x = gelu(convolution(x))
        N, F, T, C = x.shape
        x = self.conv_out(x.transpose(0, 2, 3, 1).reshape(N, T, C * F))
        return x + self._table[:T].astype(x.dtype)

    def _transform(self, x: mx.array, lengths: Sequence[int]) -> mx.array:
        """(W, T, D) -> (W, T, output_dim); tokens beyond a window's length are never attended to."""
        T = x.shape[1]
        mask = None
        if any(length < T for length in lengths):
            mask = (mx.arange(T)[None] < mx.array(list(lengths))[:, None])[:, None, None]
        for layer in self.layers:
            x = layer(x, mask)
        return self.proj2(gelu(self.proj1(self.ln_post(x))))


def _chunks_in(tile: Sequence[Window]) -> int:
    return sum(len(window.chunks) for window in tile)


def _places(counts: Sequence[int]) -> mx.array:
    """(windows, most chunks): which of all chunks stands where in each window, one after the last where none does."""
    places = np.full((len(counts), max(counts)), sum(counts), dtype=np.int32)
    first = 0
    for row, count in zip(places, counts, strict=True):
        row[:count] = np.arange(first, first + count)
        first += count
    return mx.array(places)


def _tiles(windows: Sequence[Window], size: int) -> Iterator[list[Window]]:
    """Consecutive windows in groups of at most `size`, whose chunks all have the same number of frames."""
    for _, group in groupby(windows, key=lambda window: window.chunks.shape[1]):
        same = list(group)
        for first in range(0, len(same), size):
            yield same[first : first + size]
