"""The numbers of a Qwen3-ASR or Qwen3-ForcedAligner checkpoint, read from its config, never assumed.

The defaults in the official code are not the published values, so a missing number is an error here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aligner.errors import BadWeights

CHUNK_FRAMES = 100
"""Mel frames that the convolutions see at once: 2 * n_window, fixed by the official length formula."""

SEGMENT_KEY = "timestamp_segment_time"
DEFAULT_SEGMENT_MS = 80
"""Milliseconds per timestamp class where a checkpoint does not say (the transformers layout; its processor's value)."""


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """Shape of the audio encoder."""

    d_model: int
    encoder_layers: int
    encoder_attention_heads: int
    encoder_ffn_dim: int
    downsample_hidden_size: int
    output_dim: int
    num_mel_bins: int
    n_window_infer: int

    @property
    def chunks_per_window(self) -> int:
        """Chunks of 100 mel frames that attend to each other."""
        return self.n_window_infer // CHUNK_FRAMES


@dataclass(frozen=True, slots=True)
class TextConfig:
    """Shape of the Qwen3 decoder."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    vocab_size: int
    rms_norm_eps: float
    rope_theta: float
    tie_word_embeddings: bool


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Shape of the whole network. `classes` is the size of the aligner's head; None for a recogniser."""

    audio: AudioConfig
    text: TextConfig
    classes: int | None
    segment_ms: int
    """milliseconds per timestamp class (aligner)"""
    languages: tuple[str, ...]
    """canonical names that the checkpoint claims to support; empty when it claims none"""


class _Reader:
    """Reads numbers from one JSON object and names object and file in its complaints."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = values
        self._where = where

    def number(self, *names: str) -> float:
        for name in names:
            value = self._values.get(name)
            if value is not None:
                return value
        raise BadWeights(f"{self._where} lacks {names[0]!r}; the model directory is incomplete: fetch it again.")

    def integer(self, name: str) -> int:
        return int(self.number(name))


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises BadWeights when it is not one."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadWeights(f"{path} can't be read as JSON ({error}); fetch the model again.") from error
    if not isinstance(values, dict):
        raise BadWeights(f"{path} does not hold a JSON object; fetch the model again.")
    return values


def parse_audio(values: Mapping[str, Any], where: str) -> AudioConfig:
    """The audio encoder's shape from an `audio_config` object."""
    read = _Reader(values, f"{where} (audio_config)")
    if read.integer("n_window") * 2 != CHUNK_FRAMES:
        raise BadWeights(f"{where} has n_window {values['n_window']}; only 50 is defined for this model family.")
    if values.get("activation_function", "gelu") != "gelu":
        raise BadWeights(f"{where} wants activation {values['activation_function']!r}; only 'gelu' is supported.")
    window = read.integer("n_window_infer")
    if window < CHUNK_FRAMES or window % CHUNK_FRAMES:
        raise BadWeights(f"{where} has n_window_infer {window}; it must be a multiple of {CHUNK_FRAMES}.")
    return AudioConfig(
        d_model=read.integer("d_model"),
        encoder_layers=read.integer("encoder_layers"),
        encoder_attention_heads=read.integer("encoder_attention_heads"),
        encoder_ffn_dim=read.integer("encoder_ffn_dim"),
        downsample_hidden_size=read.integer("downsample_hidden_size"),
        output_dim=read.integer("output_dim"),
        num_mel_bins=read.integer("num_mel_bins"),
        n_window_infer=window,
    )


def parse_text(values: Mapping[str, Any], where: str) -> TextConfig:
    """The decoder's shape from a `text_config` object or a bare Qwen3 language-model config."""
    read = _Reader(values, f"{where} (text_config)")
    rope = values.get("rope_parameters") or values.get("rope_scaling") or {}
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind not in {"default", "mrope"}:
        # Text and audio positions advance together on all three MRoPE axes, so plain RoPE is the same function;
        # a scaled RoPE would not be.
        raise BadWeights(f"{where} wants rope type {kind!r}; only the default is supported.")
    if values.get("attention_bias"):
        raise BadWeights(f"{where} wants attention biases, which Qwen3 decoders do not have.")
    return TextConfig(
        hidden_size=read.integer("hidden_size"),
        intermediate_size=read.integer("intermediate_size"),
        num_hidden_layers=read.integer("num_hidden_layers"),
        num_attention_heads=read.integer("num_attention_heads"),
        num_key_value_heads=read.integer("num_key_value_heads"),
        head_dim=read.integer("head_dim"),
        vocab_size=read.integer("vocab_size"),
        rms_norm_eps=float(read.number("rms_norm_eps")),
        rope_theta=float(values.get("rope_theta") or _Reader(rope, f"{where} (rope)").number("rope_theta")),
        tie_word_embeddings=bool(values.get("tie_word_embeddings", False)),
    )


def _classes(config: Mapping[str, Any], thinker: Mapping[str, Any]) -> int | None:
    if "forced_aligner" in str(thinker.get("model_type", "")):
        return int(_Reader(thinker, "thinker_config").number("classify_num"))
    if any("TokenClassification" in str(name) for name in config.get("architectures") or ()):
        return len(config.get("id2label") or ()) or int(_Reader(config, "config.json").number("num_labels"))
    return None


def parse_config(config: Mapping[str, Any], where: str) -> ModelConfig:
    """The network's shape from an official (`thinker_config`) or a transformers-5 (flat) config.

    Raises:
        BadWeights: it describes another kind of model, or lacks a number.
    """
    thinker: Mapping[str, Any] = config.get("thinker_config", config)
    if "audio_config" not in thinker or "text_config" not in thinker:
        raise BadWeights(f"{where} does not describe a Qwen3-ASR or Qwen3-ForcedAligner model.")
    text = dict(thinker["text_config"])
    text.setdefault("tie_word_embeddings", thinker.get("tie_word_embeddings", False))
    return ModelConfig(
        audio=parse_audio(thinker["audio_config"], where),
        text=parse_text(text, where),
        classes=_classes(config, thinker),
        segment_ms=int(config.get(SEGMENT_KEY) or DEFAULT_SEGMENT_MS),
        languages=tuple(str(name) for name in config.get("support_languages") or ()),
    )
