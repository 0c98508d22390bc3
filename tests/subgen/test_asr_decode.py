"""Batched decoding: whatever shares the batch, a row's tokens are those it gets alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import mlx.core as mx
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aligner.blas import use_threads
from aligner.qwen3.lanes import on_cpu
from aligner.qwen3.mel import log_mel
from aligner.qwen3.weights import Loaded, load
from aligner.types import Samples
from subgen.asr.budget import SLACK
from subgen.asr.cache import STEP, BatchCache
from subgen.asr.decode import FIRST_ROWS, HEAVY, Answer, Request, decode
from subgen.asr.prompt import build_prompt

GOLDEN = Path(__file__).parents[1] / "golden" / "qwen3"
FRAMES = st.sampled_from([2, 30, 99, 100, 250, 801])
MARGIN_STOPS = 8
"""how many token ids end an answer in these tests, so that random networks end rows at different steps"""


@cache
def tiny() -> Loaded:
    return load(GOLDEN / "asr", dtype=mx.float32)


@cache
def noise(frames: int) -> Samples:
    generator = np.random.default_rng(frames)
    return generator.standard_normal(frames * 160).astype(np.float32) * np.float32(0.1)


def stops() -> frozenset[int]:
    """Frequent ids: with them random networks end at very different lengths, some with the first token."""
    return frozenset(range(0, 512, 512 // MARGIN_STOPS))


def source(requests: list[Request]) -> Callable[[], Request | None]:
    waiting: Iterator[Request] = iter(requests)
    return lambda: next(waiting, None)


def request(key: int, frames: int, limit: int, context: str = "") -> Request:
    return Request(key, build_prompt(tiny().tokenizer, context), noise(frames), limit)


@cache
def alone(frames: int, limit: int, context: str) -> Answer:
    [answer] = decode(tiny().model, stops(), source([request(0, frames, limit, context)]), 1)
    return answer


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([2, 30, 99, 100, 250, 801]), st.sampled_from([1, 5, 40]), st.sampled_from(["", "a b"])
        ),
        min_size=1,
        max_size=7,
    ),
    st.integers(1, 5),
)
def test_any_batch_gives_the_tokens_of_batch_one(jobs: list[tuple[int, int, str]], rows: int) -> None:
    requests = [request(key, *job) for key, job in enumerate(jobs)]
    answers = {answer.key: answer for answer in decode(tiny().model, stops(), source(requests), rows)}
    assert sorted(answers) == list(range(len(jobs)))
    for key, job in enumerate(jobs):
        expected = alone(*job)
        assert answers[key].tokens == expected.tokens
        assert answers[key].finish == expected.finish
        np.testing.assert_allclose(answers[key].logprobs, expected.logprobs, atol=2e-3)


def test_rows_that_end_make_room_in_a_long_run() -> None:
    """Many more prompts than rows: the cache is moved left again and again, and tokens do not change."""
    jobs = [(30 + 7 * (index % 11), 60, "") for index in range(40)]
    requests = [request(key, *job) for key, job in enumerate(jobs)]
    answers = list(decode(tiny().model, frozenset(), source(requests), 2))
    assert len(answers) == len(jobs)
    for answer in answers:
        frames, limit, context = jobs[answer.key]
        requests = [request(0, frames, limit, context)]
        [expected] = decode(tiny().model, frozenset(), source(requests), 1)
        assert answer.tokens == expected.tokens


def asked_before_the_first_answer(loaded: Loaded) -> int:
    """How many prompts a batch of 6 rows takes at first, whose answers are all one token."""
    asked: list[int] = []

    def take() -> Request | None:
        asked.append(len(asked))
        return request(asked[-1], 30, 1) if len(asked) <= 12 else None

    next(decode(loaded.model, frozenset(), take, 6))
    return len(asked)


def test_a_batch_is_full_at_once_where_reading_the_weights_is_what_takes_time() -> None:
    first = asked_before_the_first_answer(tiny())
    heavy = load(GOLDEN / "asr", dtype=mx.float32)
    heavy.model.unused = mx.zeros(HEAVY // 4 + 1)  # is counted, and never computed
    try:
        assert asked_before_the_first_answer(heavy) == (6 if on_cpu() else first)
    finally:
        use_threads(1)
    assert first == FIRST_ROWS or not on_cpu()


def test_requests_added_while_it_runs_are_answered() -> None:
    waiting = [request(0, 30, 5)]
    keys = []
    for answer in decode(tiny().model, frozenset(), lambda: waiting.pop() if waiting else None, 3):
        keys.append(answer.key)
        if answer.key < 4:
            waiting.append(request(answer.key + 1, 30, 5))
    assert keys == [0, 1, 2, 3, 4]


def test_logprobs_are_those_of_a_softmax() -> None:
    model, _ = tiny()
    [answer] = decode(model, frozenset(), source([request(0, 100, 1)]), 1)
    prompt = request(0, 100, 1)
    prefill = model.prefill([prompt.prompt], [log_mel(prompt.samples, 128)])
    hidden = model(prefill.embeddings, prefill.mask, prefill.offsets)
    logits = np.array(model.logits(hidden[:, -1]))[0].astype(np.float64)
    expected = logits.max() - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
    assert answer.tokens == (int(logits.argmax()),)
    assert abs(answer.logprobs[0] - expected) < 1e-4


def filled(rows: int, columns: int, first: float) -> BatchCache:
    cache = BatchCache(1, rows)
    values = mx.arange(rows * columns, dtype=mx.float32).reshape(rows, 1, columns, 1) + first
    cache.layers[0].update(values, -values)
    cache.advance(columns)
    return cache


def test_cache_grows_shifts_and_adopts() -> None:
    cache = filled(2, 3, 0)
    keys, values = cache.layers[0].update(mx.full((2, 1, STEP, 1), 9.0), mx.full((2, 1, STEP, 1), 8.0))
    assert keys.shape == (2, 1, STEP + 3, 1)
    assert keys[1, 0, :4, 0].tolist() == [3, 4, 5, 9]
    assert values[0, 0, :4, 0].tolist() == [0, -1, -2, 8]
    cache.shift(2)
    assert cache.length == 5
    cache.adopt([1], filled(1, 4, 100))
    stored = cache.layers[0].store
    assert stored is not None
    assert stored[0, :, 0, :5, 0].tolist() == [[0, 0, 0, 1, 2], [0, 100, 101, 102, 103]]
    cache.shift(-3)
    stored = cache.layers[0].store
    assert stored is not None
    assert stored[0, :, 0, :, 0].tolist() == [[1, 2], [102, 103]]
    assert SLACK > 0
