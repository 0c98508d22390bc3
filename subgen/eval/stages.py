"""What is measured of one model: every stage of the chain by itself, and the chain as a whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mlx.core as mx

from aligner.aligner import Aligner, Clip
from aligner.qwen3.spectra import Features, features
from aligner.qwen3.weights import Loaded
from aligner.types import AlignedUnit, Alignment
from aligner.units import units as split_units
from subgen.asr.decode import Request, decode
from subgen.asr.prompt import build_prompt
from subgen.asr.recogniser import Recogniser
from subgen.chunk import split
from subgen.engine import Aligns, Recognises
from subgen.errors import ModelNotFound
from subgen.eval.measure import Clock, Row, Work
from subgen.formats import render
from subgen.media import open_audio, probe, several
from subgen.options import Decoding, Options, Words
from subgen.pipeline import run
from subgen.types import SAMPLE_RATE, Chunk, Document, Samples, Seconds

STEPS = 32
"""decode steps that are timed; short of what the loop guard may call a loop"""
_ENTRY = "from subgen.cli import main; main()"
FRONT = "any"
"""the model's name in rows that no model has a part in"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A recogniser to measure, and an aligner if word times are wanted."""

    name: str
    directory: Path
    loaded: Loaded
    tokens: int | None = None
    """that each answer has, with random weights; None when the weights are real and answers end where they should"""
    aligner: Aligner | None = None
    aligner_directory: Path | None = None


class Spread:
    """An aligner with random weights: the network runs, and its answers give way to evenly spread words.

    Random times would all be taken for mistakes and aligned again, many times the work that real ones make.
    """

    def __init__(self, aligner: Aligner) -> None:
        self._aligner = aligner
        self.longest: Seconds = aligner.longest
        self.languages: Sequence[str] = aligner.languages
        self.batch = aligner.batch

    def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        """Even times for every clip's units, after a pass of the network over all."""
        texts = [split_units(clip.text, clip.language) for clip in clips]
        found = self._aligner.predict([clip.samples for clip in clips], texts)
        return tuple(_evenly(units, clip) for (units, _), clip in zip(found, clips, strict=True))


def _evenly(units: Sequence[AlignedUnit], clip: Clip) -> Alignment:
    step = len(clip.samples) / SAMPLE_RATE / max(len(units), 1)
    return Alignment(tuple(AlignedUnit(i * step, (i + 1) * step, each.unit) for i, each in enumerate(units)))


@dataclass(frozen=True, slots=True)
class Models:
    """What the chain needs of an engine, with models that are there already."""

    recogniser: Recognises
    times: Aligns | None
    names: tuple[str, ...]

    @property
    def aligner(self) -> Aligns:
        """The aligner. Raises ModelNotFound where there is none, which a chain without word times does not notice."""
        if self.times is None:
            raise ModelNotFound(f"No aligner was given for {self.names[0]}: name one with --aligner.")
        return self.times


def front(media: Path, samples: Samples, pieces: Sequence[Chunk], clock: Clock) -> Iterator[Row]:
    """Decoding, chunking and features, which are the same for every model."""
    seconds = len(samples) / SAMPLE_RATE
    blocks = [samples[first : first + SAMPLE_RATE] for first in range(0, len(samples), SAMPLE_RATE)]
    yield _row(clock, FRONT, Work("media decode", audio=seconds), lambda: _drain(media))
    yield _row(clock, FRONT, Work("chunking", audio=seconds), lambda: list(split(blocks)))
    heard = sum(piece.duration for piece in pieces)
    clips = [each.samples for each in pieces]
    yield _row(clock, FRONT, Work("log-mel", audio=heard), lambda: _evaluated(features(clips, 128)))


def _evaluated(mels: list[Features]) -> list[Features]:
    mx.eval([mel for mel in mels if isinstance(mel, mx.array)])
    return mels


def _drain(media: Path) -> None:
    with open_audio(probe(media), processes=several()) as audio:
        for _ in audio:
            pass


def network(subject: Subject, pieces: Sequence[Chunk], batch: int, clock: Clock) -> Iterator[Row]:
    """The parts of the recogniser, for a batch of pieces (repeated where there are fewer)."""
    model = subject.loaded.model
    chosen = [pieces[index % len(pieces)] for index in range(batch)]
    mels = _evaluated(features([piece.samples for piece in chosen], model.config.audio.num_mel_bins))
    prompt = build_prompt(subject.loaded.tokenizer)
    seconds = sum(piece.duration for piece in chosen)
    yield _row(clock, subject.name, Work("encoder", batch, seconds), lambda: mx.eval(model.audio_tower(mels)))
    prefill = model.prefill([prompt] * batch, mels)
    mx.eval(prefill.embeddings)

    def first_token() -> None:
        hidden = model(prefill.embeddings, prefill.mask, prefill.offsets)
        mx.eval(model.logits(hidden[:, -1]))

    yield _row(clock, subject.name, Work("prefill", batch, seconds), first_token)

    def generate(limit: int) -> Callable[[], object]:
        def work() -> object:
            waiting = iter([Request(key, prompt, piece.samples, limit) for key, piece in enumerate(chosen)])
            return list(decode(model, frozenset(), lambda: next(waiting, None), batch))

        return work

    timing, memory = clock.difference(generate(1 + STEPS), generate(1))
    yield Row(subject.name, Work("decode", batch, None, STEPS * batch), timing, memory)


def texts_of(subject: Subject, pieces: Sequence[Chunk], batch: int) -> tuple[str, ...]:
    """What the recogniser hears in each piece."""
    recogniser = Recogniser(*subject.loaded)
    texts = dict.fromkeys((piece.start for piece in pieces), "")
    for result in recogniser.recognise(pieces, Decoding(batch=batch)):
        home = max(start for start in texts if start <= result.transcript.start)
        texts[home] = f"{texts[home]} {result.transcript.text}".strip()
    return tuple(texts.values())


def text(subject: Subject, pieces: Sequence[Chunk], batch: int, clock: Clock) -> Row:
    """PCM to text: everything that the recogniser does, features included."""
    recogniser = Recogniser(*subject.loaded)
    seconds = sum(piece.duration for piece in pieces)
    tokens = subject.tokens * len(pieces) if subject.tokens else None
    work = Work("pcm to text", batch, seconds, tokens)
    return _row(clock, subject.name, work, lambda: list(recogniser.recognise(pieces, Decoding(batch=batch))))


def alignment(subject: Subject, pieces: Sequence[Chunk], texts: Sequence[str], clock: Clock) -> Iterator[Row]:
    """Text and audio to times; nothing without an aligner."""
    aligner = _aligns(subject)
    if aligner is None:
        return
    clips = [Clip(piece.samples, words, "English") for piece, words in zip(pieces, texts, strict=True)]
    seconds = sum(piece.duration for piece in pieces)
    yield _row(clock, subject.name, Work("align", None, seconds), lambda: aligner.align(clips))


def _aligns(subject: Subject) -> Aligns | None:
    return subject.aligner if subject.tokens is None or subject.aligner is None else Spread(subject.aligner)


def film(subject: Subject, media: Path, seconds: Seconds, batch: int, clock: Clock) -> Iterator[Row]:
    """File to SRT with the models loaded, and of that the laying out of cues."""
    documents: list[Document] = []

    def whole() -> None:
        document = _document(subject, media, batch)
        documents.append(document)
        render(document, "srt")

    yield _row(clock, subject.name, Work("file to srt", batch, seconds), whole)
    yield _row(clock, subject.name, Work("cues and srt", None, seconds), lambda: render(documents[-1], "srt"))


def command(subject: Subject, media: Path, seconds: Seconds, clock: Clock) -> Row:
    """The whole command, from the shell and back: start-up, loading, file to SRT. For real weights only."""
    chosen = ["--aligner", str(subject.aligner_directory)] if subject.aligner_directory else ["--no-words"]
    place = ["-o", str(media.with_suffix(".srt")), "--overwrite", "-q"]
    arguments = [sys.executable, "-c", _ENTRY, str(media), "-m", str(subject.directory), *chosen, *place]
    work = Work("command", None, seconds)
    return _row(clock, subject.name, work, lambda: subprocess.run(arguments, check=True))


def _document(subject: Subject, media: Path, batch: int) -> Document:
    recogniser = Recogniser(*subject.loaded)
    options = Options(decoding=Decoding(batch=batch), words=Words(align=subject.aligner is not None))
    found = probe(media)
    models = Models(recogniser, _aligns(subject), (subject.name,))
    with open_audio(found) as audio:
        return run(found, audio, models, options)


def _row(clock: Clock, model: str, what: Work, work: Callable[[], object]) -> Row:
    timing, memory = clock.time(work)
    return Row(model, what, timing, memory)
