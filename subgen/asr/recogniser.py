"""The recogniser: chunks of audio to transcripts, in order, with a second chance for chunks that loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

import mlx.core as mx
import numpy as np

from aligner.errors import BadWeights
from aligner.qwen3.config import ModelConfig
from aligner.qwen3.lanes import memory, on_cpu
from aligner.qwen3.model import Qwen3ASR
from aligner.qwen3.tokenizer import TextTokenizer
from aligner.qwen3.weights import load
from subgen.asr.budget import most_rows
from subgen.asr.decode import Answer, Request, decode
from subgen.asr.guard import loop_start
from subgen.asr.output import parse
from subgen.asr.prompt import build_prompt
from subgen.chunk import quietest
from subgen.options import Decoding
from subgen.types import SAMPLE_RATE, Chunk, Seconds, Transcript
from subgen.words import TokenSpan, confidence

TOKENS_PER_SECOND = 20
"""Bound on what speech can need. Fast speech is 7 words or characters a second; scripts that the tokenizer breaks
into single bytes take up to three tokens a character."""
TOKENS_BASE = 64
"""for the language tag, and so that short chunks have room"""
CPU_ROWS = 16
"""where rows are no longer nearly free on a CPU"""
GPU_ROWS = 128
"""beyond this a step takes longer in proportion (H200: 64 rows 5.1 ms, 128 7.9 ms, 256 12.7 ms)"""
LEAST_PIECE: Seconds = 2.0
"""a looping chunk shorter than twice this is not cut again"""


class Decodes(Protocol):
    """Answers requests as `subgen.asr.decode.decode` does, which see."""

    def __call__(self, take: Callable[[], Request | None], rows: int) -> Iterator[Answer]: ...


class Recognised(NamedTuple):
    """A transcript, the audio that it was made from, and where its tokens are in its text."""

    chunk: Chunk
    transcript: Transcript
    tokens: tuple[TokenSpan, ...]
    cuts: int = 0
    """how often its chunk was cut and decoded again before this answer"""


@dataclass(slots=True)
class _Piece:
    """Audio being decoded: which of the caller's chunks it is from, and how often that was cut to get it."""

    job: int
    chunk: Chunk
    cuts: int = 0


@dataclass(slots=True)
class _Job:
    """One of the caller's chunks: pieces still running, and what the finished pieces gave."""

    running: int = 0
    results: list[Recognised] = field(default_factory=list)


class Recogniser:
    """Owns a network with a vocabulary head. Not for use from several threads: MLX wants one."""

    def __init__(self, model: Qwen3ASR, tokenizer: TextTokenizer, decoder: Decodes | None = None) -> None:
        """`decoder` replaces the network's greedy decoding. Raises BadWeights when the network is an aligner."""
        if model.config.classes is not None:
            raise BadWeights(f"{tokenizer.directory} is a forced aligner, not a recogniser: use it with --aligner.")
        self._tokenizer = tokenizer
        self._decoder: Decodes = decoder or partial(decode, model, tokenizer.stops)
        self.batch = default_batch(model.config)
        """chunks that are decoded together, unless options say otherwise"""
        self.languages = model.config.languages

    @classmethod
    def open(cls, directory: Path, audio: Path | None = None, dtype: mx.Dtype | None = None) -> Recogniser:
        """Loads a model directory (and the audio tower from a second one, if it lacks one). Raises ModelError."""
        return cls(*load(directory, audio, dtype))

    def recognise(self, chunks: Iterable[Chunk], options: Decoding) -> Iterator[Recognised]:
        """Transcribes chunks in batches and yields the results in order.

        A chunk that falls into a loop or reaches the token limit is cut at its quietest point and its pieces are
        decoded again, so one chunk may give several transcripts. What still loops in a piece too short to cut is
        dropped; the transcript's `finish` says so.
        """
        run = _Run(self._decoder, self._tokenizer, options)
        return run.results(iter(chunks), options.batch or self.batch)


class _Run:
    """One call of `recognise`: the queue of pieces to decode again, and results waiting for their turn."""

    def __init__(self, decoder: Decodes, tokenizer: TextTokenizer, options: Decoding) -> None:
        self.decoder = decoder
        self.tokenizer = tokenizer
        self.options = options
        self.prompt = build_prompt(tokenizer, options.told, options.language)
        self.jobs: dict[int, _Job] = {}
        self.pieces: dict[int, _Piece] = {}  # by request key
        self.again: deque[_Piece] = deque()
        self.keys = 0

    def results(self, chunks: Iterator[Chunk], rows: int) -> Iterator[Recognised]:
        due = 0
        incoming = enumerate(chunks)

        def take() -> Request | None:
            if self.again:
                return self._request(self.again.popleft())
            following = next(incoming, None)
            if following is None:
                return None
            self.jobs[following[0]] = _Job(running=1)
            return self._request(_Piece(*following))

        for answer in self.decoder(take, rows):
            self._settle(answer)
            while due in self.jobs and not self.jobs[due].running:
                yield from sorted(self.jobs.pop(due).results, key=lambda result: result.chunk.start)
                due += 1

    def _request(self, piece: _Piece) -> Request:
        key = self.keys
        self.keys += 1
        self.pieces[key] = piece
        limit = TOKENS_BASE + round(TOKENS_PER_SECOND * piece.chunk.duration)
        return Request(key, self.prompt, piece.chunk.samples, limit)

    def _settle(self, answer: Answer) -> None:
        """Files an answer as a result, or puts the halves of its audio back into the queue."""
        piece = self.pieces.pop(answer.key)
        job = self.jobs[piece.job]
        if answer.finish != "stop" and piece.chunk.duration >= 2 * LEAST_PIECE:
            self.again.extend(_Piece(piece.job, half, piece.cuts + 1) for half in halves(piece.chunk))
            job.running += 1
            return
        job.running -= 1
        result = read_answer(answer, piece.chunk, self.tokenizer, self.options.language)
        job.results.append(result._replace(cuts=piece.cuts))


def default_batch(config: ModelConfig) -> int:
    """Chunks decoded together: as many as pay, and as a quarter of the memory has room for.

    Rows are counted as long as a chunk of 30 s can make them; most end far earlier.
    """
    most, width = (CPU_ROWS, 4) if on_cpu() else (GPU_ROWS, 2)
    return most_rows(config, most, width, memory() // 4)


def halves(chunk: Chunk) -> tuple[Chunk, Chunk]:
    """A chunk cut at the quietest point of its middle half."""
    cut = quietest(chunk.samples, chunk.duration / 4, chunk.duration * 3 / 4)
    index = round(cut * SAMPLE_RATE)
    middle = chunk.start + index / SAMPLE_RATE
    return (
        Chunk(chunk.start, middle, chunk.samples[:index]),
        Chunk(middle, chunk.end, chunk.samples[index:]),
    )


def read_answer(answer: Answer, chunk: Chunk, tokenizer: TextTokenizer, forced: str | None) -> Recognised:
    """An answer's tokens as a transcript; the looping end of one that loops is left out."""
    count = len(answer.tokens)
    if answer.finish == "loop":
        start = loop_start(answer.tokens)
        count = count if start is None else start
    raw, spans = _spans(answer.tokens[:count], answer.logprobs[:count], tokenizer)
    language, text = parse(raw, forced)
    at = raw.rfind(text) if text else -1
    tokens = tuple(
        TokenSpan(max(0, span.begin - at), min(len(text), span.end - at), span.logprob)
        for span in spans
        if at >= 0 and span.end > at and span.begin < at + len(text)
    )
    sure = confidence([token.logprob for token in tokens])
    transcript = Transcript(chunk.start, chunk.end, text, language, answer.finish, sure)
    return Recognised(chunk, transcript, tokens)


def _spans(ids: tuple[int, ...], logprobs: tuple[float, ...], tokenizer: TextTokenizer) -> tuple[str, list[TokenSpan]]:
    """The text of token ids, and which of its characters each token has a byte of."""
    pieces = [tokenizer.token_bytes(index) for index in ids]
    raw = b"".join(pieces).decode("utf-8", errors="replace")
    ends = np.cumsum([0, *(len(piece) for piece in pieces)])
    # Character index of each byte; broken UTF-8 decodes to fewer or more characters, then the end is clamped.
    lengths = [len(character.encode("utf-8", errors="replace")) for character in raw]
    owner = np.repeat(np.arange(len(raw)), lengths)
    spans = []
    for (begin, end), logprob in zip(pairwise(ends.tolist()), logprobs, strict=True):
        if begin < end and begin < len(owner):
            spans.append(TokenSpan(int(owner[begin]), int(owner[min(end, len(owner)) - 1]) + 1, logprob))
    return raw, spans
