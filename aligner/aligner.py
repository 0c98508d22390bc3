"""The forced aligner: samples and their known text to word times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import mlx.core as mx
import numpy as np

from aligner.errors import BadWeights
from aligner.monotone import repair as make_monotone
from aligner.quality import repair as repair_suspicious
from aligner.qwen3.lanes import on_cpu, portions, queued, row_groups, side_by_side
from aligner.qwen3.model import Prompt, Qwen3ASR
from aligner.qwen3.spectra import features
from aligner.qwen3.tokenizer import TextTokenizer
from aligner.qwen3.weights import load
from aligner.stages import stage
from aligner.types import SAMPLE_RATE, AlignedUnit, Alignment, AlignmentReport, Samples, Seconds, Unit
from aligner.units import units as split_units

CPU_BATCH, GPU_BATCH = 8, 64
"""clips aligned in one pass, on a CPU and on a GPU: what keeps a pass's activations below those of recognition"""


@dataclass(frozen=True, slots=True)
class Clip:
    """Audio (float32 (n,), 16 kHz mono), what is said in it, and the language's canonical name ("" when unknown)."""

    samples: Samples
    text: str
    language: str = ""


class _Marked(NamedTuple):
    """A prompt, and where in its text part the timestamps are."""

    prompt: Prompt
    marks: list[int]


class Aligner:
    """Owns a network with a timestamp head. Not for use from several threads: MLX wants one."""

    def __init__(self, model: Qwen3ASR, tokenizer: TextTokenizer) -> None:
        """Raises BadWeights when the network is a recogniser."""
        if model.config.classes is None:
            raise BadWeights(f"{tokenizer.directory} is a recogniser, not a forced aligner: name one with --aligner.")
        self._model = model
        self._tokenizer = tokenizer
        self._step = model.config.segment_ms / 1000
        self.languages = model.config.languages
        self.longest: Seconds = model.config.classes * self._step
        """seconds of audio that the timestamp classes can address"""
        self.batch = CPU_BATCH if on_cpu() else GPU_BATCH
        """clips that are best given together"""
        self._timestamp = tokenizer.id("<timestamp>")
        self._around = (tokenizer.id("<|audio_start|>"), tokenizer.id("<|audio_end|>"))

    @classmethod
    def open(cls, directory: Path, dtype: mx.Dtype | None = None) -> Aligner:
        """Loads an aligner's model directory. Raises ModelError."""
        return cls(*load(directory, dtype=dtype))

    def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        """Times of every unit of every clip's text, relative to the clip: monotone, inside it, and plausible.

        The model's answers are repaired where they are not credible; each alignment's report counts that.

        Raises:
            ValueError: a clip is longer than `longest`.
        """
        return stage("align", lambda: self._aligned(clips))

    def _aligned(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        texts = [split_units(clip.text, clip.language) for clip in clips]
        predictions: list[tuple[tuple[AlignedUnit, ...], int]] = []
        for first in range(0, len(clips), self.batch):
            group = slice(first, first + self.batch)
            predictions += self.predict([clip.samples for clip in clips[group]], texts[group])
        return tuple(
            self._finish(clip.samples, units, moved) for clip, (units, moved) in zip(clips, predictions, strict=True)
        )

    def predict(
        self, clips: Sequence[Samples], texts: Sequence[Sequence[Unit]]
    ) -> list[tuple[tuple[AlignedUnit, ...], int]]:
        """The model's own times after the official monotonic repair, and how many timestamps that moved.

        One pass for all clips. A text without units has no times and costs nothing.
        """
        for samples in clips:
            if len(samples) > self.longest * SAMPLE_RATE:
                raise ValueError(f"a clip of {len(samples) / SAMPLE_RATE:.1f} s exceeds the aligner's {self.longest} s")
        rows = [index for index, text in enumerate(texts) if text]
        classes = self._classes([clips[row] for row in rows], [texts[row] for row in rows]) if rows else []
        answers: list[tuple[tuple[AlignedUnit, ...], int]] = [((), 0)] * len(clips)
        for row, found in zip(rows, classes, strict=True):
            answers[row] = self._timed(texts[row], found)
        return answers

    def _timed(self, units: Sequence[Unit], classes: Sequence[int]) -> tuple[tuple[AlignedUnit, ...], int]:
        segment = self._model.config.segment_ms
        times, moved = make_monotone([number * segment for number in classes])
        pairs = zip(times[::2], times[1::2], units, strict=True)
        return tuple(AlignedUnit(start / 1000, end / 1000, unit) for start, end, unit in pairs), moved

    def _classes(self, clips: Sequence[Samples], texts: Sequence[Sequence[Unit]]) -> list[list[int]]:
        """Most probable class at every timestamp position: two per unit, start and end."""
        groups = queued(self._portion, portions(list(zip(clips, texts, strict=True))))
        mx.eval(groups)
        return [np.array(found).tolist() for group in groups for found in group]

    def _portion(self, rows: Sequence[tuple[Samples, Sequence[Unit]]]) -> list[list[mx.array]]:
        """The most probable classes of rows that go through the encoder together, in groups."""
        mels = features([samples for samples, _ in rows], self._model.config.audio.num_mel_bins)
        marked = [self._prompt(text) for _, text in rows]
        pairs = list(zip(marked, self._model.audio_tower(mels), strict=True))
        return side_by_side(self._best, list(row_groups(pairs)), _tokens)

    def _best(self, rows: Sequence[tuple[_Marked, mx.array]]) -> list[mx.array]:
        """The most probable classes of rows that go through the decoder together."""
        prefill = self._model.embed([marked.prompt for marked, _ in rows], [audio for _, audio in rows])
        hidden = self._model(prefill.embeddings, prefill.mask, prefill.offsets)
        columns = prefill.embeddings.shape[1]
        return [
            mx.argmax(self._model.logits(row[columns - len(marked.prompt.after) + mx.array(marked.marks)]), axis=-1)
            for row, (marked, _) in zip(hidden, rows, strict=True)
        ]

    def _prompt(self, units: Sequence[Unit]) -> _Marked:
        """The bare aligner prompt: audio, then every unit with its two timestamps."""
        start, end = self._around
        after = [end]
        for unit in units:
            after += [*self._tokenizer.encode(unit.text), self._timestamp, self._timestamp]
        marks = [index for index, token in enumerate(after) if token == self._timestamp]
        return _Marked(Prompt((start,), tuple(after)), marks)

    def _finish(self, samples: Samples, units: tuple[AlignedUnit, ...], moved: int) -> Alignment:
        end = len(samples) / SAMPLE_RATE
        inside = tuple(AlignedUnit(min(unit.start, end), min(unit.end, end), unit.unit) for unit in units)
        repaired, realigned, spread = repair_suspicious(inside, samples, self._realign)
        return Alignment(repaired, AlignmentReport(moved, realigned, spread))

    def _realign(self, samples: Samples, units: Sequence[Unit]) -> tuple[AlignedUnit, ...]:
        [(found, _)] = self.predict([samples], [units])
        return found


def _tokens(rows: Sequence[tuple[_Marked, mx.array]]) -> int:
    return sum(marked.prompt.length(audio.shape[0]) for marked, audio in rows)
