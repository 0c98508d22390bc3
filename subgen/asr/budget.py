"""How much memory a batch takes, counted in bytes, and how many rows a budget has room for.

Counted is what grows with the rows: keys and values, and logits. What the network works on besides does not grow with
large batches: it takes prompts and windows of audio in portions.
"""

from __future__ import annotations

from aligner.qwen3.config import ModelConfig, TextConfig
from aligner.qwen3.encoder import CHUNK_TOKENS
from aligner.qwen3.lanes import PORTION, lanes, on_cpu
from subgen.asr.cache import STEP

ADMITTED = 32
"""prompts that start together, which bounds the memory of a prefill"""
SLACK = 128
"""Empty leading columns that are tolerated when the cache has to grow, which costs as much as moving it to the left."""
PROMPT = 420
"""tokens of a chunk of 30 s, 390 of them audio, and of a prompt without context"""
ROW = PROMPT + 664
"""prompt and longest answer of such a chunk"""

_STEM = 10.5
"""Largest sum of arrays that the convolutions of a chunk hold at once, in outputs of the first one (measured on a CPU:
patches that are multiplied with the kernel, and the parts of GELU)"""
_SCORES = 2
"""arrays as large as all scores of a layer's attention"""
_TOWER = 2.7
"""Arrays that a GPU holds of each chunk on its way through the encoder, in outputs of the first convolution (measured
with the 0.6B and the 1.7B model)"""
_STEMS = 4
"""chunks that a lane of a CPU convolves at once"""
_MEL_ROWS, _MEL_COLUMNS = 2, 50
"""the first convolution halves the 100 frames of a chunk and its bins"""


def columns(tokens: int) -> int:
    """Columns of a cache that holds so many tokens: it grows in steps."""
    return -(-tokens // STEP) * STEP


def cache_bytes(text: TextConfig, rows: int, tokens: int, width: int) -> int:
    """Keys and values of rows with room for so many tokens each, in numbers of `width` bytes."""
    token = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * width
    return rows * columns(tokens) * token


def batch_bytes(config: ModelConfig, rows: int, width: int, longest: int = ROW, prompt: int = PROMPT) -> int:
    """The most that decoding so many rows takes beside the weights.

    `longest`: tokens of the longest row; `prompt`: of the longest prompt.
    """
    work = lane_bytes(config, width, prompt) if on_cpu() else portion_bytes(config, rows, width, prompt)
    return row_bytes(config, rows, width, longest, prompt) + work


def row_bytes(config: ModelConfig, rows: int, width: int, longest: int = ROW, prompt: int = PROMPT) -> int:
    """What is kept of rows.

    The cache is as long as its longest row and the slack before that. While it grows, one layer is there twice; new
    prompts have caches of their own until they are copied into it.
    """
    text, admitted = config.text, min(rows, ADMITTED)
    cache = cache_bytes(text, rows, longest + SLACK + 1, width)
    prompts = cache_bytes(text, admitted, prompt, width)
    logits = rows * text.vocab_size * 2 * 4
    return cache + cache // text.num_hidden_layers + prompts + logits


def lane_bytes(config: ModelConfig, width: int, prompt: int = PROMPT) -> int:
    """What the lanes of a CPU work on: convolutions, or one layer."""
    stem = round(_STEMS * _STEM * _first_output(config))
    layer = prompt * (_layer_numbers(config.text) + _SCORES * config.text.num_attention_heads * prompt)
    return len(lanes()) * max(stem, layer) * width


def portion_bytes(config: ModelConfig, rows: int, width: int, prompt: int = PROMPT) -> int:
    """What a GPU works on: encoder and all layers of a portion of rows."""
    sound = round(_TOWER * _first_output(config) * -(-prompt // CHUNK_TOKENS))
    layers = prompt * config.text.num_hidden_layers * _layer_numbers(config.text)
    return min(rows, PORTION) * (sound + layers) * width


def _first_output(config: ModelConfig) -> int:
    """Numbers that the first convolution makes of a chunk."""
    return config.audio.num_mel_bins // _MEL_ROWS * _MEL_COLUMNS * config.audio.downsample_hidden_size


def _layer_numbers(text: TextConfig) -> int:
    """Numbers that a layer makes of a token."""
    heads = text.num_attention_heads + 2 * text.num_key_value_heads
    return 4 * text.hidden_size + 3 * text.intermediate_size + 2 * heads * text.head_dim


def most_rows(config: ModelConfig, most: int, width: int, budget: int) -> int:
    """How many rows, from 1 to `most`, a budget in bytes has room for."""
    return next((rows for rows in range(most, 1, -1) if batch_bytes(config, rows, width) <= budget), 1)
