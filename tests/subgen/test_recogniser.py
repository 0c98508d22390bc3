"""The recogniser around the network: order, second chances for loops, token spans, confidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest

from aligner.qwen3.lanes import on_cpu
from aligner.qwen3.weights import Loaded, load
from subgen.asr.decode import Answer, Request
from subgen.asr.prompt import build_prompt
from subgen.asr.recogniser import CPU_ROWS, GPU_ROWS, LEAST_PIECE, Recogniser, default_batch, halves, read_answer
from subgen.options import Decoding
from subgen.types import SAMPLE_RATE, Chunk


@pytest.fixture(scope="module")
def tiny(golden: Path) -> Loaded:
    return load(golden / "asr", dtype=mx.float32)


def chunk(start: float, seconds: float) -> Chunk:
    """Noise with a quiet dip at 40 % of its length."""
    samples = np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE)).astype(np.float32) * 0.1
    dip = round(0.4 * len(samples))
    samples[dip : dip + 1600] *= 0.001
    return Chunk(start, start + seconds, samples)


class Scripted:
    """A decoder that loops on audio longer than `patience` seconds, and else says how long it was."""

    def __init__(self, tiny: Loaded, patience: float, loop: str = " again") -> None:
        self.encode = tiny.tokenizer.encode
        self.patience = patience
        self.loop = loop
        self.seen: list[float] = []

    def __call__(self, take: Callable[[], Request | None], rows: int) -> Iterator[Answer]:
        held: list[Request] = []
        while True:
            while len(held) < rows and (request := take()) is not None:
                held.append(request)
            if not held:
                return
            request = held.pop()  # the last first: the recogniser must restore the order
            seconds = len(request.samples) / 16_000
            self.seen.append(seconds)
            looping = seconds > self.patience
            text = "language English<asr_text>" + ("So" + self.loop * 60 if looping else f"{seconds:.1f} s.")
            ids = self.encode(text)
            yield Answer(request.key, ids, (math.log(0.5),) * len(ids), "loop" if looping else "stop")


def recognise(
    tiny: Loaded, decoder: Scripted, chunks: list[Chunk], batch: int = 3
) -> list[tuple[float, str, str, int]]:
    results = Recogniser(*tiny, decoder).recognise(chunks, Decoding(batch=batch))
    return [
        (round(result.chunk.start, 1), result.transcript.text, result.transcript.finish, result.cuts)
        for result in results
    ]


def test_the_model_is_told_the_context_and_then_the_glossary(tiny: Loaded) -> None:
    class Reading(Scripted):
        def __call__(self, take: Callable[[], Request | None], rows: int) -> Iterator[Answer]:
            def read() -> Request | None:
                request = take()
                prompts.extend([request.prompt] if request else [])
                return request

            return super().__call__(read, rows)

    prompts: list[object] = []
    options = Decoding(context="A call.", glossary=("Anna", "Ben"))
    assert list(Recogniser(*tiny, Reading(tiny, 100)).recognise([chunk(0, 5)], options))
    assert prompts == [build_prompt(tiny.tokenizer, "A call. Anna, Ben")]


def test_results_come_in_order(tiny: Loaded) -> None:
    chunks = [chunk(10.0 * index, 5 + index) for index in range(7)]
    results = recognise(tiny, Scripted(tiny, 100), chunks)
    assert results == [(10.0 * index, f"{5 + index}.0 s.", "stop", 0) for index in range(7)]


def test_a_looping_chunk_is_cut_at_its_quietest_point_and_decoded_again(tiny: Loaded) -> None:
    results = recognise(tiny, Scripted(tiny, 15), [chunk(0, 10), chunk(10, 20), chunk(30, 10)])
    assert [(start, finish, cuts) for start, _, finish, cuts in results] == [
        (0.0, "stop", 0),
        (10.0, "stop", 1),
        (18.0, "stop", 1),
        (30.0, "stop", 0),
    ]
    assert [text for _, text, _, _ in results] == ["10.0 s.", "8.0 s.", "12.0 s.", "10.0 s."]


def test_what_loops_in_every_piece_is_dropped_and_said(tiny: Loaded) -> None:
    decoder = Scripted(tiny, 0)
    results = recognise(tiny, decoder, [chunk(0, 20)])
    assert len(results) > 2
    assert all(finish == "loop" and text == "So" for _, text, finish, _ in results)
    assert min(decoder.seen) < 2 * LEAST_PIECE


def test_a_chunk_that_never_ends_is_decoded_in_pieces(tiny: Loaded) -> None:
    class Endless(Scripted):
        def __call__(self, take: Callable[[], Request | None], rows: int) -> Iterator[Answer]:
            for answer in super().__call__(take, rows):
                finish = "length" if answer.finish == "loop" else "stop"
                yield Answer(answer.key, answer.tokens, answer.logprobs, finish)

    results = recognise(tiny, Endless(tiny, 12, loop=" word"), [chunk(0, 20)])
    assert [finish for _, _, finish, _ in results] == ["stop", "stop"]


def test_halves_cover_the_chunk_exactly() -> None:
    whole = chunk(100, 10)
    left, right = halves(whole)
    assert left.start == 100
    assert left.end == right.start
    assert right.end == 110
    assert 103.9 < left.end < 104.2
    np.testing.assert_array_equal(np.concatenate([left.samples, right.samples]), whole.samples)


def answer_of(tiny: Loaded, text: str, finish: str = "stop") -> Answer:
    ids = tiny.tokenizer.encode(text)
    return Answer(0, ids, tuple(-0.1 * (index + 1) for index in range(len(ids))), finish)


@pytest.mark.parametrize("text", ["Hello, naïve café – 5 €!", "今天天气很好。", "สวัสดี 😀 ok"])
def test_token_spans_cover_the_text(tiny: Loaded, text: str) -> None:
    result = read_answer(answer_of(tiny, f"language English<asr_text>{text}"), chunk(0, 1), tiny.tokenizer, None)
    assert result.transcript.text == text
    assert result.transcript.language == "English"
    covered = sorted({index for token in result.tokens for index in range(token.begin, token.end)})
    assert covered == list(range(len(text)))
    assert [token.begin for token in result.tokens] == sorted(token.begin for token in result.tokens)
    mean = sum(token.logprob for token in result.tokens) / len(result.tokens)
    assert result.transcript.confidence == round(math.exp(mean), 4)


def test_an_answer_without_speech(tiny: Loaded) -> None:
    result = read_answer(answer_of(tiny, "language None<asr_text>"), chunk(0, 1), tiny.tokenizer, None)
    assert (result.transcript.text, result.transcript.language) == ("", "")
    assert result.transcript.confidence is None
    assert result.tokens == ()


def test_broken_utf8_does_not_break_spans(tiny: Loaded) -> None:
    good = tiny.tokenizer.encode("<asr_text>ab")
    euro = tiny.tokenizer.encode("€")
    answer = Answer(0, (*good, euro[0]), (-0.5,) * (len(good) + 1), "stop")
    result = read_answer(answer, chunk(0, 1), tiny.tokenizer, None)
    assert result.transcript.text.startswith("ab")
    assert all(0 <= token.begin < token.end <= len(result.transcript.text) for token in result.tokens)


def test_very_short_audio_is_padded_not_refused(tiny: Loaded) -> None:
    short = Chunk(0, 0.01, np.zeros(160, dtype=np.float32))
    assert recognise(tiny, Scripted(tiny, 100), [short]) == [(0.0, "0.0 s.", "stop", 0)]


def test_a_forced_language_is_the_transcripts(tiny: Loaded) -> None:
    result = read_answer(answer_of(tiny, "Guten Tag."), chunk(0, 1), tiny.tokenizer, "German")
    assert (result.transcript.language, result.transcript.text) == ("German", "Guten Tag.")


def test_the_batch_fits_the_memory(golden: Path) -> None:
    config = load(golden / "asr", dtype=mx.float32).model.config
    assert default_batch(replace(config, text=replace(config.text, num_hidden_layers=10**9))) == 1
    assert default_batch(config) == (CPU_ROWS if on_cpu() else GPU_ROWS)
