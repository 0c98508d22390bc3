"""Qwen3-ASR and Qwen3-ForcedAligner: one network, whose head gives either vocabulary or timestamp classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from aligner.qwen3.config import ModelConfig
from aligner.qwen3.decoder import Decoder, KeyValues
from aligner.qwen3.encoder import AudioEncoder
from aligner.qwen3.spectra import Features


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids around one run of audio: `before + audio + after`."""

    before: tuple[int, ...]
    after: tuple[int, ...]

    def length(self, audio: int) -> int:
        """Tokens of the prompt when it holds that many audio tokens."""
        return len(self.before) + audio + len(self.after)


@dataclass(frozen=True, slots=True)
class Prefill:
    """A batch of prompts, right-aligned: row b's first token is in column `starts[b]`, its last in the last."""

    embeddings: mx.array
    """(B, L, D)"""
    starts: tuple[int, ...]

    @property
    def mask(self) -> mx.array | str:
        """What a token may attend to: itself and earlier tokens of its row. (B, 1, L, L), or "causal".

        Padding attends to itself only: a softmax over nothing would be NaN, and NaN spreads through masked values.
        """
        if not any(self.starts):
            return "causal"
        columns = mx.arange(self.embeddings.shape[1])
        causal = columns[:, None] >= columns[None]
        real = columns[None, :] >= mx.array(list(self.starts))[:, None]
        return ((causal[None] & real[:, None, :]) | mx.eye(len(columns), dtype=mx.bool_)[None])[:, None]

    @property
    def offsets(self) -> mx.array:
        """(B,) position of column 0 in each row."""
        return mx.array([-start for start in self.starts])


class Qwen3ASR(nn.Module):
    """The audio tower, the decoder and a head. Attribute names are the checkpoints' without `thinker.`."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.audio_tower = AudioEncoder(config.audio)
        self.model = Decoder(config.text)
        if config.classes is not None:
            self.lm_head = nn.Linear(config.text.hidden_size, config.classes, bias=False)
        elif not config.text.tie_word_embeddings:
            self.lm_head = nn.Linear(config.text.hidden_size, config.text.vocab_size, bias=False)

    def prefill(self, prompts: Sequence[Prompt], mels: Sequence[Features]) -> Prefill:
        """Encodes the audio of all rows and puts text and audio embeddings into one right-aligned batch."""
        return self.embed(prompts, self.audio_tower(mels))

    def embed(self, prompts: Sequence[Prompt], audio: Sequence[mx.array]) -> Prefill:
        """One right-aligned batch of prompts around encoded audio, each clip (tokens, D)."""
        ids = [token for prompt in prompts for token in (*prompt.before, *prompt.after)]
        table = mx.concatenate([self.model.embed_tokens(mx.array(ids)), *audio])
        length = max(prompt.length(clip.shape[0]) for prompt, clip in zip(prompts, audio, strict=True))
        rows = np.zeros((len(prompts), length), dtype=np.int32)
        starts = []
        text_at, audio_at = 0, len(ids)
        for row, prompt, clip in zip(rows, prompts, audio, strict=True):
            before, after, sound = len(prompt.before), len(prompt.after), clip.shape[0]
            start = length - before - sound - after
            text = np.arange(text_at, text_at + before + after)
            row[start:] = np.concatenate([text[:before], np.arange(audio_at, audio_at + sound), text[before:]])
            starts.append(start)
            text_at += before + after
            audio_at += sound
        return Prefill(table[mx.array(rows)], tuple(starts))

    def __call__(
        self,
        embeddings: mx.array,
        mask: mx.array | str | None,
        offsets: mx.array,
        cache: list[KeyValues] | None = None,
    ) -> mx.array:
        """(B, L, D) embeddings to (B, L, D) hidden states, ready for `logits`."""
        return self.model(embeddings, mask, offsets, cache)

    def logits(self, hidden: mx.array) -> mx.array:
        """(..., D) hidden states to (..., vocabulary or classes)."""
        if "lm_head" in self:
            return self.lm_head(hidden)
        return self.model.embed_tokens.as_linear(hidden)
