"""Small doubles that satisfy the chain's Protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aligner.aligner import Clip
from aligner.errors import MissingDependency
from aligner.types import SAMPLE_RATE, AlignedUnit, Alignment
from aligner.units import units
from subgen.asr.recogniser import Recognised
from subgen.options import Decoding
from subgen.types import Chunk, Media, Note, Samples, Seconds, Track, Transcript

TRACK = Track(index=0, codec="pcm", sample_rate=16_000, channels=1, start=0.0)


def media(path: str = "talk.wav", duration: float | None = 60.0) -> Media:
    """A probed file that does not exist."""
    return Media(Path(path), duration, (TRACK,), TRACK)


def speech(seconds: float, seed: int = 0) -> Samples:
    """Noise bursts of 0.4 s with pauses of 0.1 s: loud enough to count as speech."""
    count = round(seconds * SAMPLE_RATE)
    noise = np.random.default_rng(seed).standard_normal(count) * 0.1
    gate = (np.arange(count) / SAMPLE_RATE) % 0.5 < 0.4
    return (noise * np.where(gate, 1.0, 1e-4)).astype(np.float32)


@dataclass
class Blocks:
    """Decoded audio from memory."""

    samples: Samples
    notes: tuple[Note, ...] = ()

    def __iter__(self) -> Iterator[Samples]:
        for first in range(0, len(self.samples), SAMPLE_RATE):
            yield self.samples[first : first + SAMPLE_RATE]

    def stop(self) -> None:
        """There is nothing to wait for."""

    @property
    def seconds(self) -> Seconds:
        return len(self.samples) / SAMPLE_RATE


@dataclass
class Echo:
    """A recogniser that gives each chunk the next of its texts; `language|text` sets the language."""

    texts: Sequence[str]
    finish: str = "stop"
    cuts: int = 0
    confidence: float | None = None
    chunks: list[Chunk] = field(default_factory=list)

    def recognise(self, chunks: Iterable[Chunk], options: Decoding) -> Iterator[Recognised]:
        for chunk, text in zip(chunks, self.texts, strict=False):
            self.chunks.append(chunk)
            language, _, said = text.rpartition("|")
            name = options.language or language or "English"
            transcript = Transcript(
                chunk.start, chunk.end, said, name if said else "", self.finish, self.confidence if said else None
            )
            yield Recognised(chunk, transcript, (), self.cuts)


@dataclass
class Even:
    """An aligner that gives every unit the same share of the clip."""

    longest: Seconds = 100.0
    languages: Sequence[str] = ()
    batch: int = 8
    refuse: Callable[[str], bool] = lambda language: False

    def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        if any(self.refuse(clip.language) for clip in clips):
            raise MissingDependency("The word splitter is missing; install it.")
        return tuple(self._one(clip) for clip in clips)

    def _one(self, clip: Clip) -> Alignment:
        found = units(clip.text, clip.language)
        share = len(clip.samples) / SAMPLE_RATE / max(1, len(found))
        return Alignment(
            tuple(AlignedUnit(index * share, (index + 1) * share, unit) for index, unit in enumerate(found))
        )


@dataclass
class Machine:
    """An engine made of fakes."""

    recogniser: Echo
    aligner: Even = field(default_factory=Even)
    names: tuple[str, ...] = ("echo", "even")


@dataclass
class Sound:
    """A recording in memory, of one channel."""

    sound: Samples
    media: Media = field(default_factory=media)

    def samples(self) -> Samples:
        return self.sound

    def channels(self) -> Iterator[tuple[Samples, ...]]:
        yield (self.sound,)
