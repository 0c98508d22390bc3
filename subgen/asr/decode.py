"""Greedy decoding of many prompts in one batch whose rows are refilled as they end.

No audio is padded: a row's tokens are those it would have alone, whatever else is in the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import mlx.core as mx
import numpy as np

from aligner.qwen3.lanes import row_groups, side_by_side
from aligner.qwen3.mel import Mel
from aligner.qwen3.model import Prompt, Qwen3ASR
from subgen.asr.cache import BatchCache
from subgen.asr.guard import LoopGuard
from subgen.types import Finish

ADMITTED = 32
"""prompts that start together: their spectra are made on the host while the device prefills those before"""
SLACK = 512
"""empty leading columns that are tolerated before the cache is moved left"""


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt with its audio. `key` comes back with the answer; `limit` is the most tokens to generate."""

    key: int
    prompt: Prompt
    mel: Mel
    limit: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Generated tokens without the stop token, with the natural logarithm of each one's probability."""

    key: int
    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    finish: Finish


@dataclass(slots=True)
class _Row:
    request: Request
    start: int
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    guard: LoopGuard = field(default_factory=LoopGuard)

    def add(self, token: int, logprob: float, stops: frozenset[int]) -> Finish | None:
        """Takes one generated token; says why the row ends, if it does."""
        if token in stops:
            return "stop"
        self.tokens.append(token)
        self.logprobs.append(logprob)
        if self.guard.add(token):
            return "loop"
        return "length" if len(self.tokens) >= self.request.limit else None

    def answer(self, finish: Finish) -> Answer:
        return Answer(self.request.key, tuple(self.tokens), tuple(self.logprobs), finish)


class _Group(NamedTuple):
    """Prompts that went through the decoder together: their cache, first columns, and logits of the next token."""

    cache: BatchCache
    starts: tuple[int, ...]
    logits: mx.array


class _Step(NamedTuple):
    """Tokens that the device has made or is making, and for whom: places in the batch and who sat there then."""

    seats: list[tuple[int, _Row | None]]
    tokens: mx.array
    logprobs: mx.array


class _Batch:
    """The state of a running batch: who sits in which row, the cache, and each row's last token.

    The device is always one step ahead of the host, so it never waits for it: a step takes its tokens from the step
    before on the device, and a row that has ended computes one token more, which nobody reads.
    """

    def __init__(self, model: Qwen3ASR, stops: frozenset[int], rows: int) -> None:
        self.model = model
        self.stops = stops
        self.rows: list[_Row | None] = [None] * rows
        self.cache = BatchCache(len(model.model.layers), rows)
        self.last = mx.zeros(rows, dtype=mx.int32)
        self.queued: _Step | None = None

    @property
    def free(self) -> list[int]:
        return [index for index, row in enumerate(self.rows) if row is None]

    def admit(self, requests: list[Request]) -> list[Answer]:
        """Prefills prompts into free rows; answers those that end with their first token."""
        audio = self.model.audio_tower([request.mel for request in requests])
        pairs = list(zip(requests, audio, strict=True))
        groups = side_by_side(self._prefill, row_groups(pairs))
        tokens, logprobs = _choose(mx.concatenate([group.logits for group in groups]))
        places = self.free[: len(requests)]
        self._make_room(max(group.cache.length for group in groups))
        waiting = iter(zip(places, requests, strict=True))
        for group in groups:
            seats = [next(waiting) for _ in group.starts]
            self.cache.adopt([place for place, _ in seats], group.cache)
            for (place, request), start in zip(seats, group.starts, strict=True):
                self.rows[place] = _Row(request, self.cache.length - group.cache.length + start)
        self.last[mx.array(places)] = tokens
        return self._collect(_Step([(place, self.rows[place]) for place in places], tokens, logprobs))

    def _prefill(self, pairs: Sequence[tuple[Request, mx.array]]) -> _Group:
        prefill = self.model.embed([request.prompt for request, _ in pairs], [audio for _, audio in pairs])
        cache = BatchCache(len(self.cache.layers), len(pairs))
        hidden = self.model(prefill.embeddings, prefill.mask, prefill.offsets, list(cache.layers))
        cache.advance(prefill.embeddings.shape[1])
        return _Group(cache, prefill.starts, self.model.logits(hidden[:, -1]))

    def _make_room(self, length: int) -> None:
        """Moves the running cache so that a prompt of that length can end in its last column."""
        active = [row for row in self.rows if row is not None]
        if not active:
            self.cache = BatchCache(len(self.cache.layers), len(self.rows))
            self.cache.length = length
            return
        columns = length - self.cache.length
        if columns <= 0:
            slack = min(row.start for row in active)
            columns = -min(slack, -columns) if slack > SLACK else 0
        if columns:
            self.cache.shift(columns)
            for row in active:
                row.start += columns

    def step(self) -> list[Answer]:
        """Queues one more token for every row; answers those that ended with the token before."""
        ready, self.queued = self.queued, self._queue()
        return self._collect(ready) if ready is not None else []

    def _queue(self) -> _Step:
        starts = [self.cache.length if row is None else row.start for row in self.rows]
        offsets = mx.array([self.cache.length - start for start in starts])
        mask = None
        if any(starts):
            mask = (mx.arange(self.cache.length + 1)[None] >= mx.array(starts)[:, None])[:, None, None]
        embeddings = self.model.model.embed_tokens(self.last[:, None])
        hidden = self.model(embeddings, mask, offsets, list(self.cache.layers))
        self.cache.advance(1)
        self.last, logprobs = _choose(self.model.logits(hidden[:, -1]))
        mx.async_eval(self.last, logprobs)  # type: ignore[no-untyped-call] # has no types in MLX
        return _Step(list(enumerate(self.rows)), self.last, logprobs)

    def _collect(self, step: _Step) -> list[Answer]:
        """Gives the rows of a step their tokens, but for rows that have been left since it was queued."""
        answers = []
        results = zip(np.array(step.tokens).tolist(), np.array(step.logprobs).tolist(), strict=True)
        for (place, row), (token, logprob) in zip(step.seats, results, strict=True):
            if row is None or self.rows[place] is not row:
                continue
            finish = row.add(token, logprob, self.stops)
            if finish is not None:
                answers.append(row.answer(finish))
                self.rows[place] = None
        return answers


def _choose(logits: mx.array) -> tuple[mx.array, mx.array]:
    """Most probable token of each row of (B, V) logits, int32, and its log-probability in float32."""
    logits = logits.astype(mx.float32)
    tokens = mx.argmax(logits, axis=-1)
    logprobs = mx.take_along_axis(logits, tokens[:, None], axis=-1)[:, 0] - mx.logsumexp(logits, axis=-1)
    return tokens.astype(mx.int32), logprobs


def decode(model: Qwen3ASR, stops: frozenset[int], take: Callable[[], Request | None], rows: int) -> Iterator[Answer]:
    """Answers requests in the order in which they end.

    Args:
        stops: token ids that end an answer.
        take: gives the next request, or None when there is none now. It is asked again after every answer, so
            whoever consumes the answers may add requests.
        rows: how many prompts run at once. Free rows are refilled when a quarter of them is free.
    """
    batch = _Batch(model, stops, rows)
    while True:
        free = len(batch.free)
        requests: list[Request] = []
        if free * 4 >= rows:
            while len(requests) < min(free, ADMITTED) and (request := take()) is not None:
                requests.append(request)
        if requests:
            yield from batch.admit(requests)
        elif free == rows:
            return
        else:
            yield from batch.step()
