"""Greedy decoding of many prompts in one batch whose rows are refilled as they end.

No audio is padded: a row's tokens are those it would have alone, whatever else is in the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import mlx.core as mx
import numpy as np
from mlx.utils import tree_flatten

from aligner.blas import use_threads
from aligner.processors import processors
from aligner.qwen3.lanes import on_cpu, portions, queued, row_groups, side_by_side
from aligner.qwen3.model import Prompt, Qwen3ASR
from aligner.qwen3.spectra import features
from aligner.qwen3.step import Step
from aligner.stages import stage
from subgen.asr.budget import ADMITTED, SLACK
from subgen.asr.cache import BatchCache
from subgen.asr.guard import LoopGuard
from subgen.types import Finish, Samples

FIRST_ROWS, HEAD_START = 2, 16
"""Where a row costs time, a batch starts with few rows, which give the first answers early. There may be twice as many
when they have answers, or so many tokens, about as many as a sentence has."""
HEAVY = 1 << 28
"""bytes of weights that no cache holds: steps take as long as reading them takes, and few rows cost as much as many"""


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt with its audio. `key` comes back with the answer; `limit` is the most tokens to generate."""

    key: int
    prompt: Prompt
    samples: Samples
    """float32 (n,), 16 kHz mono"""
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
    """Tokens that the device has made or is making, and for whom: the rows of the batch when they were queued."""

    rows: list[_Row | None]
    tokens: mx.array
    logprobs: mx.array


class _Batch:
    """The state of a running batch: who sits in which row, the cache, and each row's last token.

    The device is always one step ahead of the host, so it never waits for it: a step takes its tokens from the step
    before on the device, and a row that has ended computes one token more, which nobody reads.
    """

    def __init__(self, model: Qwen3ASR, stops: frozenset[int], most: int) -> None:
        """`most`: rows that there may ever be."""
        self.model = model
        self.stops = stops
        self.most = most
        self.rows: list[_Row | None] = []
        self.cache = BatchCache(len(model.model.layers), 0)
        self.last = mx.zeros(0, dtype=mx.int32)
        self.queued: _Step | None = None
        self.choose = partial(_chosen, model)
        self.replay = Step(model.model, self.choose) if Step.possible(model.model) else None
        self.heavy = on_cpu() and sum(weight.nbytes for _, weight in tree_flatten(model.parameters())) > HEAVY
        self.allowed = most if self.replay or self.heavy else min(most, FIRST_ROWS)
        self.steps = 0

    @property
    def active(self) -> int:
        """Rows that are not done."""
        return sum(row is not None for row in self.rows)

    @property
    def wanted(self) -> int:
        """Prompts that should be admitted now: none before a quarter of the rows is free, then all that fit."""
        free = self.allowed - self.active
        return min(free, ADMITTED) if free * 4 >= self.allowed else 0

    def admit(self, requests: list[Request]) -> list[Answer]:
        """Prefills prompts into free rows; answers those that end with their first token."""
        mx.eval(self.last)  # a step may still be changing the cache in place
        self.cache.settle()
        self._spread(1)
        groups = queued(self._start, portions(requests))
        tokens, logprobs = _choose(mx.concatenate([group.logits for group in groups]))
        self._resize(self.active + len(requests))
        places = [index for index, row in enumerate(self.rows) if row is None][: len(requests)]
        self._make_room(max(group.cache.length for group in groups))
        waiting = iter(zip(places, requests, strict=True))
        for group in groups:
            seats = [next(waiting) for _ in group.starts]
            self.cache.adopt([place for place, _ in seats], group.cache)
            for (place, request), start in zip(seats, group.starts, strict=True):
                self.rows[place] = _Row(request, self.cache.length - group.cache.length + start)
        self.last[mx.array(places)] = tokens
        return self._collect(_Step([self.rows[place] for place in places], tokens, logprobs))

    def _resize(self, count: int) -> None:
        """Makes room for `count` rows, or gives up half of the rows and more, where a row costs time.

        Where steps are traced, the number of rows is a power of two or the most, so that few are.
        """
        size = min(self.most, 1 << max(count - 1, 0).bit_length()) if self.replay else count
        have = len(self.rows)
        if have >= size and (self.replay or count == 0 or 2 * size > have):
            return
        kept = [index for index, row in enumerate(self.rows) if row is not None] if size < have else list(range(have))
        self.cache.resize(kept, size)
        places = mx.array(kept + [0] * (size - len(kept)), dtype=mx.int32)
        self.last = self.last[places] if have else mx.zeros(size, dtype=mx.int32)
        self.rows = [*(self.rows[index] for index in kept), *[None] * (size - len(kept))]

    def _start(self, requests: Sequence[Request]) -> list[_Group]:
        """Audio and prompts through the network."""
        mels = features([request.samples for request in requests], self.model.config.audio.num_mel_bins)
        sounds = stage("encoder", lambda: self.model.audio_tower(mels), mx.eval)
        groups = list(row_groups(list(zip(requests, sounds, strict=True))))
        return stage("prefill", lambda: side_by_side(self._prefill, groups, _audio_tokens), _computed)

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
            self.cache = BatchCache(len(self.cache.layers), len(self.rows), length)
            return
        if length > self.cache.length:
            self._shift(length - self.cache.length)

    def _tidy(self) -> None:
        """Moves the cache to the left where it would have to grow, if that gives room enough for a while."""
        slack = min((row.start for row in self.rows if row is not None), default=0)
        if self.cache.full and slack >= SLACK:
            mx.eval(self.last)  # a step may still be changing the cache in place
            self._shift(-slack)

    def _shift(self, columns: int) -> None:
        self.cache.shift(columns)
        for row in self.rows:
            if row is not None:
                row.start += columns

    def _spread(self, threads: int) -> None:
        """How many processors share a product: all in the steps of a large model, which wait for its weights."""
        if self.heavy:
            use_threads(threads)

    def step(self) -> list[Answer]:
        """Queues one more token for every row; answers those that ended with the token before."""
        self._spread(processors())
        ready, self.queued = self.queued, self._queue()
        answers = self._collect(ready) if ready is not None else []
        self.steps += 1
        if answers or self.steps % HEAD_START == 0:
            self.allowed = min(self.most, 2 * self.allowed)
        if answers:
            self._spread(1)
            self._resize(self.active)
        return answers

    def _queue(self) -> _Step:
        self._tidy()
        starts = [self.cache.length if row is None else row.start for row in self.rows]
        if self.replay is None:
            self.last, logprobs = self.choose(self._forward(starts))
        else:
            state = mx.array([*starts, self.cache.length], dtype=mx.int32)
            self.last, logprobs = self.replay(self.last, state, self.cache.stores())
        self.cache.advance(1)
        mx.async_eval(self.last, logprobs)  # type: ignore[no-untyped-call] # has no types in MLX
        return _Step(list(self.rows), self.last, logprobs)

    def _forward(self, starts: list[int]) -> mx.array:
        """Hidden states (B, D) of the last tokens, whose keys and values go into the next column of the cache."""
        offsets = mx.array([self.cache.length - start for start in starts])
        mask = None
        if any(starts):
            mask = (mx.arange(self.cache.length + 1)[None] >= mx.array(starts)[:, None])[:, None, None]
        embeddings = self.model.model.embed_tokens(self.last[:, None])
        return self.model(embeddings, mask, offsets, list(self.cache.layers))[:, -1]

    def _collect(self, step: _Step) -> list[Answer]:
        """Gives the rows of a step their tokens, but for rows that have been left since it was queued."""
        answers = []
        here = {id(row): place for place, row in enumerate(self.rows) if row is not None}
        results = zip(np.array(step.tokens).tolist(), np.array(step.logprobs).tolist(), strict=True)
        for row, (token, logprob) in zip(step.rows, results, strict=True):
            if row is None or id(row) not in here:
                continue
            finish = row.add(token, logprob, self.stops)
            if finish is not None:
                answers.append(row.answer(finish))
                self.rows[here[id(row)]] = None
        return answers


def _computed(groups: Sequence[_Group]) -> None:
    mx.eval([group.logits for group in groups])


def _audio_tokens(pairs: Sequence[tuple[Request, mx.array]]) -> int:
    return sum(audio.shape[0] for _, audio in pairs)


def _chosen(model: Qwen3ASR, hidden: mx.array) -> tuple[mx.array, mx.array]:
    return _choose(model.logits(hidden))


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
        rows: how many prompts run at once, at most.
    """
    batch = _Batch(model, stops, rows)
    while True:
        requests: list[Request] = []
        while len(requests) < batch.wanted and (request := take()) is not None:
            requests.append(request)
        if requests:
            yield from batch.admit(requests)
        elif batch.active == 0:
            return
        else:
            yield from stage("steps", batch.step)
