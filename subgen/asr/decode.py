"""Greedy decoding of many prompts in one batch whose rows are refilled as they end.

No audio is padded: a row's tokens are those it would have alone, whatever else is in the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import mlx.core as mx

from aligner.qwen3.mel import Mel
from aligner.qwen3.model import Prompt, Qwen3ASR
from subgen.asr.cache import BatchCache
from subgen.asr.guard import LoopGuard
from subgen.types import Finish

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


class _Batch:
    """The state of a running batch: who sits in which row, the cache, and each row's last token."""

    def __init__(self, model: Qwen3ASR, stops: frozenset[int], rows: int) -> None:
        self.model = model
        self.stops = stops
        self.rows: list[_Row | None] = [None] * rows
        self.cache = BatchCache(len(model.model.layers))
        self.last = [0] * rows

    @property
    def free(self) -> list[int]:
        return [index for index, row in enumerate(self.rows) if row is None]

    def admit(self, requests: list[Request]) -> list[Answer]:
        """Prefills prompts into free rows; answers those that end with their first token."""
        prefill = self.model.prefill([request.prompt for request in requests], [request.mel for request in requests])
        group = BatchCache(len(self.cache.layers))
        hidden = self.model(prefill.embeddings, prefill.mask, prefill.offsets, list(group.layers))
        group.advance(prefill.embeddings.shape[1])
        tokens, logprobs = _choose(self.model.logits(hidden[:, -1]))
        places = self.free[: len(requests)]
        self._take_over(places, group)
        for place, request, start in zip(places, requests, prefill.starts, strict=True):
            self.rows[place] = _Row(request, self.cache.length - group.length + start)
        return self._record(places, tokens, logprobs)

    def _take_over(self, places: list[int], group: BatchCache) -> None:
        """Puts a prefilled group into the running cache, moving that as far as needed."""
        active = [row for row in self.rows if row is not None]
        if not active:
            self.cache = _spread(group, places, len(self.rows))
            return
        slack = min(row.start for row in active)
        columns = group.length - self.cache.length
        if columns <= 0:
            columns = -min(slack, -columns) if slack > SLACK else 0
        if columns:
            self.cache.shift(columns)
            for row in active:
                row.start += columns
        self.cache.adopt(places, group)

    def step(self) -> list[Answer]:
        """One more token for every row; answers those that end with it."""
        starts = [self.cache.length if row is None else row.start for row in self.rows]
        offsets = mx.array([self.cache.length - start for start in starts])
        mask = None
        if any(starts):
            mask = (mx.arange(self.cache.length + 1)[None] >= mx.array(starts)[:, None])[:, None, None]
        embeddings = self.model.model.embed_tokens(mx.array(self.last)[:, None])
        hidden = self.model(embeddings, mask, offsets, list(self.cache.layers))
        self.cache.advance(1)
        tokens, logprobs = _choose(self.model.logits(hidden[:, -1]))
        places = [index for index, row in enumerate(self.rows) if row is not None]
        return self._record(places, [tokens[place] for place in places], [logprobs[place] for place in places])

    def _record(self, places: list[int], tokens: list[int], logprobs: list[float]) -> list[Answer]:
        answers = []
        for place, token, logprob in zip(places, tokens, logprobs, strict=True):
            row = self.rows[place]
            assert row is not None
            self.last[place] = token
            finish = row.add(token, logprob, self.stops)
            if finish is not None:
                answers.append(row.answer(finish))
                self.rows[place] = None
        return answers


def _spread(group: BatchCache, places: list[int], rows: int) -> BatchCache:
    """A cache of `rows` rows with the group's rows at `places` (the group itself when that changes nothing)."""
    if places == list(range(rows)):
        return group
    source = [0] * rows
    for index, place in enumerate(places):
        source[place] = index
    spread = BatchCache(len(group.layers))
    spread.length = group.length
    take = mx.array(source)
    for mine, theirs in zip(spread.layers, group.layers, strict=True):
        assert theirs.keys is not None
        assert theirs.values is not None
        mine.keys, mine.values = theirs.keys[take], theirs.values[take]
    return spread


def _choose(logits: mx.array) -> tuple[list[int], list[float]]:
    """Most probable token of each row of (B, V) logits, and its log-probability in float32."""
    logits = logits.astype(mx.float32)
    tokens = mx.argmax(logits, axis=-1)
    logprobs = mx.take_along_axis(logits, tokens[:, None], axis=-1)[:, 0] - mx.logsumexp(logits, axis=-1)
    mx.eval(tokens, logprobs)
    return [int(token) for token in tokens.tolist()], [float(value) for value in logprobs.tolist()]  # type: ignore[union-attr, arg-type]


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
            while len(requests) < free and (request := take()) is not None:
                requests.append(request)
        if requests:
            yield from batch.admit(requests)
        elif free == rows:
            return
        else:
            yield from batch.step()
