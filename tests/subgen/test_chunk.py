"""Chunks of synthetic speech with known word times: what must hold for every input, and the cases by name."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subgen.chunk import quietest, split
from subgen.options import Chunking

RATE = 16_000
SMALL = Chunking(shortest=3, target=5, longest=6, skip_silence=2, look_ahead=16)


def noise(seconds, dbfs, seed=0):
    samples = np.random.default_rng(seed).standard_normal(round(seconds * RATE), dtype=np.float32)
    return samples * np.float32(10 ** (dbfs / 20))


def spoken(layout, background=-90.0, loud=-20.0):
    """Audio and word times of (word, pause) seconds: words are noise that swells and falls, over steady noise."""
    samples = noise(sum(word + pause for word, pause in layout) + 0.1, background, seed=1)
    words, at = [], 0.1
    for word, pause in layout:
        first, size = round(at * RATE), round(word * RATE)
        swell = np.sin(np.linspace(0.3, np.pi - 0.3, size)).astype(np.float32)
        samples[first : first + size] += noise(size / RATE, loud, seed=first) * swell
        words.append((at, at + word))
        at += word + pause
    return samples, words


def talk(seconds, seed=0, pause=0.5):
    """A (word, pause) layout: phrases of 4 to 9 words with short gaps, and a longer pause between phrases."""
    random = np.random.default_rng(seed)
    layout, total = [], 0.0
    while total < seconds:
        for left in reversed(range(random.integers(4, 10))):
            layout.append((random.uniform(0.15, 0.6), random.uniform(0.03, 0.08) if left else pause))
            total += sum(layout[-1])
    return layout


def times(chunks):
    return [(round(chunk.start, 2), round(chunk.end, 2)) for chunk in chunks]


def check(samples, chunks, options):
    """What holds for every input: in order, disjoint, capped, exactly the media's samples."""
    for chunk in chunks:
        first = round(chunk.start * RATE)
        assert (chunk.start, chunk.end) == (first / RATE, (first + chunk.samples.size) / RATE)
        assert np.array_equal(chunk.samples, samples[first : first + chunk.samples.size])
        assert 0 < chunk.samples.size <= options.longest * RATE
        assert chunk.samples.dtype == np.float32
    for one, other in pairwise(chunks):
        assert one.end <= other.start


layouts = st.lists(
    st.tuples(st.floats(0.08, 4), st.sampled_from([0.05, 0.1, 0.3, 0.8, 1.7, 2.6, 5.0])), min_size=1, max_size=12
)


@given(layouts, st.sampled_from([-120.0, -80.0, -45.0]))
@settings(deadline=None, max_examples=60)
def test_every_word_is_in_a_chunk_and_long_silence_in_none(layout, background):
    samples, words = spoken(layout, background)
    chunks = list(split([samples], SMALL))
    check(samples, chunks, SMALL)
    covered = np.zeros(samples.size, dtype=bool)
    for chunk in chunks:
        covered[round(chunk.start * RATE) : round(chunk.end * RATE)] = True
    for start, end in words:
        assert covered[round((start + 0.06) * RATE) : round((end - 0.06) * RATE)].all()
    if background < -70:  # steady noise in a file that is mostly speech can't be told from it
        for (_, end), (start, _) in pairwise(words):
            if start - end > 2.5:
                assert not covered[round((end + 0.3) * RATE) : round((start - 0.3) * RATE)].any()


@given(layouts, st.lists(st.integers(1, 60_000), min_size=1, max_size=20))
@settings(deadline=None, max_examples=40)
def test_chunks_do_not_depend_on_the_blocks(layout, sizes):
    samples, _ = spoken(layout)
    whole = list(split([samples], SMALL))
    blocks = np.split(samples, [cut for cut in np.cumsum(sizes) if cut < samples.size])
    parts = list(split(iter(blocks), SMALL))
    assert times(whole) == times(parts)
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(whole, parts, strict=True))


@pytest.mark.parametrize("background", [-120, -60, -35])
@pytest.mark.parametrize("pause", [0.15, 0.3, 0.7])
def test_no_cut_falls_inside_a_word(pause, background):
    samples, words = spoken(talk(240, seed=int(pause * 100), pause=pause), background)
    chunks = list(split([samples]))
    check(samples, chunks, Chunking())
    cuts = [chunk.end for chunk in chunks]
    assert not [cut for cut in cuts for start, end in words if start + 0.02 < cut < end - 0.02]
    lengths = [chunk.end - chunk.start for chunk in chunks]
    assert min(lengths[:-1]) >= 12
    assert 20 <= np.mean(lengths) <= 28


def test_steady_sound_is_cut_under_the_cap():
    for samples in (noise(100, -20), np.sin(np.arange(100 * RATE) * 0.3).astype(np.float32) * 0.1):
        chunks = list(split([samples]))
        check(samples, chunks, Chunking())
        assert chunks[0].start == 0
        assert chunks[-1].end == 100
        assert all(one.end == other.start for one, other in pairwise(chunks))


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros(100, np.float32),
        np.zeros(70 * RATE, np.float32),
        np.full(10 * RATE, 0.3, np.float32),
        noise(70, -66),
        noise(5, -90),
    ],
    ids=["nothing", "an instant", "digital", "offset", "hiss", "dither"],
)
def test_silence_gives_nothing(samples):
    assert not list(split([samples]))


def test_a_click_is_not_speech():
    samples = noise(20, -80)
    samples[10 * RATE : 10 * RATE + 300] = 0.5
    assert not list(split([samples]))


@pytest.mark.parametrize(("loud", "background"), [(-20, -90), (-50, -90), (-62, -95), (-20, -24)])
def test_speech_is_kept_at_any_level_and_in_noise(loud, background):
    samples, words = spoken(talk(20), background, loud)
    (chunk,) = split([samples])
    assert chunk.start <= words[0][0] + 0.05
    assert chunk.end >= words[-1][1] - 0.05


def test_quiet_speech_after_a_loud_scene_is_kept():
    quiet, words = spoken(talk(40), -70, -48)
    samples = np.concatenate((noise(130, -12) * np.repeat([0.2, 1.0], 65 * RATE).astype(np.float32), quiet))
    chunks = list(split([samples]))
    for start, end in words:
        assert any(chunk.start <= 130 + (start + end) / 2 < chunk.end for chunk in chunks)


def test_a_long_silence_parts_and_a_short_one_joins():
    samples, _ = spoken([(0.4, 3.0), (0.4, 1.0), (0.4, 2.5), (0.2, 4.0)])
    edges = [edge for chunk in times(split([samples])) for edge in chunk]
    assert edges == pytest.approx([0, 0.75, 3.25, 5.55, 7.55, 8.25], abs=0.06), "0.25 s are kept around each"


def test_speech_that_begins_and_ends_at_once_loses_nothing():
    samples = noise(3.005, -20)
    (chunk,) = split([samples])
    assert np.array_equal(chunk.samples, samples)


def test_what_is_a_little_too_long_leaves_no_crumb():
    samples = noise(30.3, -20)
    assert min(chunk.duration for chunk in split([samples])) >= 10
    (*_, last) = split([noise(60.5, -20)], Chunking(30, 30, 30))
    assert last.duration >= 1


def test_no_crumb_is_left_when_speech_ends_at_the_look_ahead():
    for tenths in range(0, 40, 2):
        samples = np.concatenate((noise(44 + tenths / 10, -20), np.zeros(40 * RATE, np.float32)))
        assert min(chunk.duration for chunk in split([samples])) >= 1


@pytest.mark.parametrize(
    "options",
    [
        Chunking(1, 1, 1, 2, 4),
        Chunking(30, 30, 30, 2, 60),
        Chunking(1, 2, 3, 0, 6),
        Chunking(3, 5, 6, 1000, 16),
        Chunking(2, 200, 400, 2, 403),
        Chunking(12, 25, 30, 0.3, 42),
    ],
    ids=str,
)
def test_extreme_options_hold_too(options):
    samples, words = spoken([*talk(25), (0.3, 20.0), *talk(8), (0.5, 1.9)])
    chunks = list(split([samples], options))
    check(samples, chunks, options)
    for start, end in words:
        middle = (start + end) / 2
        assert any(chunk.start <= middle < chunk.end for chunk in chunks)


def test_silence_that_is_not_to_be_skipped_stays_within_the_cap():
    samples, _ = spoken([(1.0, 70.0), (1.0, 0.5)])
    chunks = list(split([samples], Chunking(skip_silence=1000)))
    check(samples, chunks, Chunking())
    assert all(one.end == other.start for one, other in pairwise(chunks))
    assert len(chunks) == 3


@pytest.mark.parametrize("options", [Chunking(), SMALL, Chunking(1, 1, 1, 2, 4)], ids=str)
def test_a_chunk_comes_within_the_look_ahead(options):
    samples, _ = spoken(talk(150))
    read = 0

    def blocks():
        nonlocal read
        for first in range(0, samples.size, 1000):
            read = first + 1000
            yield samples[first : first + 1000]

    for chunk in split(blocks(), options):
        assert read / RATE - chunk.start <= options.look_ahead + 0.0625


def test_memory_does_not_grow_with_the_length():
    def peak(seconds):
        tracemalloc.start()
        for _ in split(noise(1, -20, seed) for seed in range(seconds)):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(500) < peak(200) + 300_000  # 300 s more are 19 MB


@given(st.integers(1, 6000), st.integers(0, 99))
@settings(deadline=None)
def test_the_quietest_point_is_what_a_slow_search_finds(size, seed):
    samples = noise(size / RATE, -20, seed)
    begin, end = sorted(np.random.default_rng(seed).integers(0, size, 2).tolist())
    end += 1
    found = round(quietest(samples, begin / RATE, end / RATE) * RATE)
    width = min(1600, end - begin)
    power = [np.square(samples[at : at + width], dtype=np.float64).sum() for at in range(begin, end - width + 1)]
    left = begin + int(np.argmin(power))
    assert found == left + int(np.abs(samples[left : left + width]).argmin())


def test_the_quietest_point_of_silence_is_the_middle():
    samples = noise(10, -20)
    samples[2 * RATE : 6 * RATE] = 0
    assert quietest(samples, 1, 7) == pytest.approx(4, abs=0.001)
    assert quietest(samples, 3, 5) == pytest.approx(4, abs=0.001)
    assert quietest(np.zeros(RATE, np.float32), -1, 9) == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize(("begin", "end"), [(2, 3), (0.5, 0.5), (-2, -1)])
def test_no_quietest_point_where_there_are_no_samples(begin, end):
    with pytest.raises(ValueError, match="no sample between"):
        quietest(noise(1, -20), begin, end)
