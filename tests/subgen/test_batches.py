"""From samples to timed words: whatever is recognised and aligned together, a chunk gets what it gets alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

import mlx.core as mx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aligner.aligner import Aligner, Clip
from aligner.qwen3.weights import load
from subgen.asr.decode import decode
from subgen.asr.recogniser import Recognised, Recogniser
from subgen.chunk import split
from subgen.demo import aligner_path, asr_path
from subgen.media import open_audio, probe
from subgen.options import Decoding
from subgen.types import Chunk, Word
from subgen.words import cut

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "qwen3"
KINDS = {"end": (1.0, 64), "end at once": (1.0, 2), "loop": (0.5, 0)}
"""How strong the layers of the random network are, and which ids end an answer: every so manyth. With layers that add
little a token follows from the one before, and answers loop; their chunks are cut and decoded again."""
SECONDS = (0.02, 0.3, 0.99, 1.0, 2.5, 4.7, 8.01)
TEXTS = ("", "...", "one", "one two, three!", "a b c d e f g h i j k l m n o p q r s t u v w x y z", "今日は 12 %")

Answer = tuple[float, float, str, str, str, tuple[tuple[int, int], ...]]


@cache
def recogniser(kind: str) -> Recogniser:
    model, tokenizer = load(GOLDEN / "asr", dtype=mx.float32)
    strength, every = KINDS[kind]
    for layer in model.model.layers:
        for product in (layer.self_attn.o_proj, layer.mlp.down_proj):
            product.weight = product.weight * strength
    stops = frozenset(range(0, 512, every) if every else ())
    return Recogniser(model, tokenizer, partial(decode, model, stops))


@cache
def aligner() -> Aligner:
    return Aligner.open(GOLDEN / "aligner", mx.float32)


@cache
def chunk(seconds: float) -> Chunk:
    """Noise that swells and fades, so that it has a quietest point to be cut at."""
    count = round(seconds * 16000)
    noise = np.random.default_rng(count).standard_normal(count) * 0.1
    return Chunk(10.0, 10.0 + seconds, (noise * np.sin(np.arange(count) / 5000) ** 2).astype(np.float32))


def answer(result: Recognised) -> Answer:
    """All that is said of a result but its probabilities, which may differ in the last digits."""
    said = result.transcript
    spans = tuple((token.begin, token.end) for token in result.tokens)
    return said.start, said.end, said.text, said.language, said.finish, spans


def heard(recogniser: Recogniser, chunks: Sequence[Chunk], batch: int) -> list[list[Recognised]]:
    """What is recognised in each chunk, which may be several pieces. The chunks stand one after another."""
    moved = [Chunk(100.0 * n, 100.0 * n + each.duration, each.samples) for n, each in enumerate(chunks)]
    results: list[list[Recognised]] = [[] for _ in chunks]
    for result in recogniser.recognise(moved, Decoding(batch=batch)):
        results[int(result.chunk.start // 100)].append(result)
    return results


def timed(results: Sequence[Recognised], aligner: Aligner, batch: int) -> list[tuple[Word, ...]]:
    """The words of results that are aligned in groups."""
    words = []
    for first in range(0, len(results), batch):
        group = results[first : first + batch]
        clips = [Clip(each.chunk.samples, each.transcript.text, each.transcript.language) for each in group]
        for result, alignment in zip(group, aligner.align(clips), strict=True):
            words.append(cut(result.transcript.text, alignment.units, result.transcript.start))
    return words


@cache
def alone(seconds: float, kind: str) -> tuple[Answer, ...]:
    [results] = heard(recogniser(kind), [chunk(seconds)], 1)
    return tuple(answer(result) for result in results)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(SECONDS), min_size=1, max_size=6), st.integers(1, 7), st.sampled_from(sorted(KINDS)))
def test_any_batch_in_any_order_hears_what_is_heard_alone(lengths, batch, kind) -> None:
    results = heard(recogniser(kind), [chunk(seconds) for seconds in lengths], batch)
    for number, (seconds, found) in enumerate(zip(lengths, results, strict=True)):
        expected = alone(seconds, kind)
        assert len(found) == len(expected)
        for one, other in zip(map(answer, found), expected, strict=True):
            assert one[2:] == other[2:]
            assert one[:2] == pytest.approx((other[0] + 100.0 * number, other[1] + 100.0 * number), abs=1e-9)


def test_the_lengths_above_hold_rows_that_end_at_once_and_rows_that_loop() -> None:
    at_once, loops = ([alone(seconds, kind) for seconds in SECONDS] for kind in ("end at once", "loop"))
    assert {text for [(_, _, text, *_), *_] in at_once} > {""}
    assert {finish for results in loops for *_, finish, _ in results} >= {"loop", "length"}
    assert max(map(len, loops)) > 1


@cache
def times_alone(seconds: float, text: str) -> object:
    [alignment] = aligner().align([Clip(chunk(seconds).samples, text, "English")])
    return alignment


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(SECONDS), st.sampled_from(TEXTS)), min_size=1, max_size=9), st.integers(1, 9))
def test_any_clips_aligned_together_get_the_times_they_get_alone(pairs, batch) -> None:
    together = aligner()
    together.batch = batch
    clips = [Clip(chunk(seconds).samples, text, "English") for seconds, text in pairs]
    assert list(together.align(clips)) == [times_alone(*pair) for pair in pairs]


@cache
def spoken() -> tuple[Chunk, ...]:
    """Chunks of the sample film: people's words, of lengths that differ."""
    with open_audio(probe(ROOT / "samples" / "film.mp4")) as audio:
        whole = list(split(iter(audio)))[:3]
    halves = [Chunk(0.0, len(part) / 16000, part) for each in whole for part in np.array_split(each.samples, 2)]
    return (*halves[:4], Chunk(0.0, 0.5, np.zeros(8000, np.float32)))


@cache
def toys() -> tuple[Recogniser, Aligner]:
    return Recogniser.open(asr_path(), dtype=mx.float32), Aligner.open(aligner_path(), mx.float32)


@cache
def spoken_alone() -> tuple[tuple[Answer, ...], ...]:
    return tuple(tuple(map(answer, results)) for each in spoken() for results in heard(toys()[0], [each], 1))


@cache
def words_alone(number: int) -> tuple[tuple[Word, ...], ...]:
    [results] = heard(toys()[0], [spoken()[number]], 1)
    return tuple(timed(results, toys()[1], 1))


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(5)), st.integers(2, 5), st.integers(2, 5))
def test_words_and_times_of_speech_are_those_of_one_chunk_alone(order, rows, group) -> None:
    """The demo's networks on speech, in float32: the text of every word and both its times, exactly."""
    networks = toys()
    results = heard(networks[0], [spoken()[number] for number in order], rows)
    words = iter(timed([each for found in results for each in found], networks[1], group))
    for place, (number, found) in enumerate(zip(order, results, strict=True)):
        assert [answer(each)[2:] for each in found] == [each[2:] for each in spoken_alone()[number]]
        for expected in words_alone(number):
            got = next(words)
            assert [word.text for word in got] == [word.text for word in expected]
            for one, other in zip(got, expected, strict=True):
                assert (one.start, one.end) == pytest.approx(
                    (other.start + 100 * place, other.end + 100 * place), abs=1e-9
                )
    assert next(words, None) is None
    assert sum(len(word) for number in range(5) for word in words_alone(number)) > 40
