"""Suspicious runs and their repair, on bursts of noise that stand for words and on aligners that fail on purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.activity import measure
from aligner.pace import letters, longest, shortest
from aligner.quality import Realign, repair, suspicious
from aligner.spread import spread
from aligner.types import SAMPLE_RATE, AlignedUnit, Span, Unit

steady = settings(deadline=None, max_examples=60)
"""seconds of samples are made for each example"""


def speech(spans, duration, noise=0.001):
    """Room noise with a burst for each span, louder in its middle."""
    rng = np.random.default_rng(7)
    samples = rng.normal(0, noise, int(duration * SAMPLE_RATE))
    for start, end in spans:
        part = slice(int(start * SAMPLE_RATE), int(end * SAMPLE_RATE))
        count = len(samples[part])
        samples[part] += rng.normal(0, 0.1, count) * (0.4 + np.hanning(count))
    return samples.astype(np.float32)


def talk(words, start=0.5, gap=0.06, rate=14.0):
    """Words one after the other with their true times; "|" is a pause of one second."""
    units, at = [], start
    for word in words:
        if word == "|":
            at += 1.0
            continue
        length = round(0.06 + letters(Unit(word, 0, 1)) / rate, 3)
        units.append(AlignedUnit(round(at, 3), round(at + length, 3), Unit(word, 0, len(word))))
        at += length + gap
    return tuple(units)


def heard_as(units, tail=1.0, noise=0.001):
    return speech([(unit.start, unit.end) for unit in units], units[-1].end + tail, noise)


def moved(units, times):
    """The units, those numbered in `times` at the times given there."""
    return tuple(
        AlignedUnit(*times[index], aligned.unit) if index in times else aligned for index, aligned in enumerate(units)
    )


@dataclass
class Perfect:
    """Knows the true times: it finds the window in the whole by its samples, and the units by identity."""

    truth: tuple[AlignedUnit, ...]
    samples: np.ndarray
    windows: list[Span] = field(default_factory=list)

    def __call__(self, samples, units):
        start = (samples.__array_interface__["data"][0] - self.samples.__array_interface__["data"][0]) / 4 / SAMPLE_RATE
        self.windows.append(Span(start, start + len(samples) / SAMPLE_RATE))
        times = {id(aligned.unit): aligned for aligned in self.truth}
        found = (times[id(unit)] for unit in units)
        return tuple(AlignedUnit(a.start - start, a.end - start, a.unit) for a in found)


@dataclass
class Fixed:
    """Gives every unit the same times, or nothing at all."""

    span: Span | None = field(default_factory=lambda: Span(0.0, 0.0))
    calls: int = 0

    def __call__(self, samples, units):
        self.calls += 1
        return tuple(AlignedUnit(self.span.start, self.span.end, unit) for unit in units) if self.span else ()


def forbidden(samples, units):
    raise AssertionError("nothing is suspicious, so nothing may be aligned again")


WORDS = re.findall(r"\S+", "this is a sentence of some | ordinary words and then another one | that ends here")


def test_a_good_alignment_is_left_alone():
    truth = talk(WORDS)
    assert repair(truth, heard_as(truth), forbidden) == (truth, 0, 0)


@steady
@given(
    st.lists(
        st.sampled_from(["I", "a", "to", "the", "word", "people", "understand", "世", "|"]), min_size=1, max_size=25
    ),
    st.lists(st.integers(-40, 40), min_size=50, max_size=50),
    st.sampled_from([0.0, 0.001, 0.01]),
)
def test_plausible_alignments_are_returned_identical(words, jitter, noise):
    truth = talk(["hello", *words])
    times = [time for aligned in truth for time in (aligned.start, aligned.end)]
    steps = [round((time + shift / 1000) / 0.08) * 0.08 for time, shift in zip(times, jitter * 2, strict=False)]
    ordered = np.maximum.accumulate(np.maximum(steps, 0)).round(3)
    units = tuple(
        AlignedUnit(float(ordered[2 * index]), float(ordered[2 * index + 1]), aligned.unit)
        for index, aligned in enumerate(truth)
    )
    if not any(left.duration == right.duration == 0 for left, right in pairwise(units)):
        assert repair(units, heard_as(truth, noise=noise), forbidden) == (units, 0, 0)


TRUTH = talk(WORDS)
HERE = TRUTH[3].end
PILE = {4: (HERE, HERE), 5: (HERE, HERE), 6: (HERE, HERE)}
SQUEEZED = {4: (HERE, HERE + 0.06), 5: (HERE + 0.06, HERE + 0.12), 6: (HERE + 0.12, HERE + 0.16)}
ZERO_WORD = {3: (HERE, HERE)}
ZERO_PAIR = {6: (3.0, 3.0), 7: (3.6, 3.6)}


@pytest.mark.parametrize("times", [PILE, SQUEEZED, ZERO_WORD, ZERO_PAIR], ids=["pile", "squeezed", "word", "pair"])
def test_islands_are_found_and_mended_by_a_second_alignment(times):
    samples = heard_as(TRUTH)
    units = moved(TRUTH, times)
    assert [index for index, mark in enumerate(suspicious(units, measure(samples))) if mark] == sorted(times)
    found, realigned, spread_ = repair(units, samples, Perfect(TRUTH, samples))
    assert [(a.unit, a.start, a.end) for a in found] == [
        (a.unit, pytest.approx(a.start, abs=0.002), pytest.approx(a.end, abs=0.002)) for a in TRUTH
    ]
    assert (realigned, spread_) == (len(times), 0)


def test_the_window_is_cut_in_quiet_places_around_good_neighbours():
    truth = talk(WORDS)
    samples = heard_as(truth)
    aligner = Perfect(truth, samples)
    repair(moved(truth, {7: (4.1, 4.1), 8: (4.1, 4.1)}), samples, aligner)
    (window,) = aligner.windows
    assert truth[4].end <= window.start <= truth[5].start
    assert truth[10].end <= window.end <= truth[11].start


@pytest.mark.parametrize(
    "useless",
    [
        Fixed(),
        Fixed(None),
        Fixed(Span(0.0, 500.0)),
        Fixed(Span(float("nan"), 0.1)),
        Fixed(Span(2.0, 1.0)),
        Fixed(Span(-9.0, -8.0)),
    ],
    ids=["pile", "nothing", "too long", "nan", "backwards", "outside"],
)
@pytest.mark.parametrize("times", [PILE, SQUEEZED], ids=["pile", "squeezed"])
def test_without_a_credible_alignment_words_are_spread_over_the_sound(useless, times):
    truth = talk(WORDS)
    samples = heard_as(truth)
    units = moved(truth, times)
    found, realigned, spread_ = repair(units, samples, useless)
    assert (realigned, spread_) == (0, len(times))
    assert not any(suspicious(found, measure(samples)))
    assert all(found[index] == units[index] for index in range(len(units)) if index not in times)
    assert max(abs(a.start - b.start) for a, b in zip(found, truth, strict=True)) < 0.35


def test_words_in_silence_go_to_the_sound_that_lacks_words():
    truth = talk(["one", "two", "|", "three", "four", "|", "five", "six"])
    samples = heard_as(truth)
    between = truth[1].end + 0.3
    units = moved(truth, {2: (between, between + 0.2), 3: (between + 0.2, between + 0.4)})
    found, _, spread_ = repair(units, samples, Fixed())
    assert spread_ == 2
    assert found[2].start == pytest.approx(truth[2].start, abs=0.15)
    assert found[3].end == pytest.approx(truth[3].end, abs=0.15)


def test_a_faint_word_without_other_sound_stays_in_its_silence():
    truth = talk(["one", "two", "|", "three"])
    samples = speech([(a.start, a.end) for a in truth if a.unit.text != "two"], 5.0)
    assert repair(truth, samples, forbidden) == (truth, 0, 0)


def test_an_endless_word_gets_a_plausible_end():
    truth = talk(["one", "two", "|", "|", "|", "|", "|", "three"])
    samples = heard_as(truth)
    units = moved(truth, {1: (truth[1].start, truth[2].start)})
    found, _, spread_ = repair(units, samples, Fixed())
    assert spread_ == 1
    assert found[1].start == pytest.approx(truth[1].start, abs=0.1)
    assert found[1].end == pytest.approx(truth[1].end, abs=0.1)


def test_an_endless_word_over_music_is_cut_where_it_began():
    units = (
        AlignedUnit(1.0, 1.3, Unit("one", 0, 3)),
        AlignedUnit(9.0, 18.0, Unit("two", 4, 7)),
        AlignedUnit(18.2, 18.5, Unit("three", 8, 13)),
    )
    found, _, spread_ = repair(units, speech([], 20.0, noise=0.1), Fixed())
    assert spread_ == 1
    assert found[1].start == 9.0
    assert found[1].duration == pytest.approx(longest(units[1].unit), abs=0.02)


def test_a_pile_at_the_end_takes_neighbours_in_until_there_is_room():
    truth = talk(["one", "two", "three", "four", "five", "six", "seven"])
    samples = heard_as(truth, tail=0.0)
    end = truth[-1].end
    units = moved(truth, dict.fromkeys(range(3, 7), (end, end)) | {2: (truth[2].start, end)})
    found, realigned, _ = repair(units, samples, Perfect(truth, samples))
    assert found == truth
    assert realigned >= 5


def test_text_that_has_no_room_is_left_as_it_is():
    units = tuple(AlignedUnit(0.4, 0.4, Unit("impossible", 0, 10)) for _ in range(40))
    assert repair(units, speech([(0.2, 0.6)], 1.0), Fixed()) == (units, 0, 0)


def test_a_pile_whose_neighbours_are_just_as_tight_is_left_as_it_is():
    truth = talk(["word"] * 60, gap=0.0, rate=29.0)
    units = moved(truth, dict.fromkeys(range(30, 45), (truth[30].start, truth[30].start)))
    samples = heard_as(truth)
    dense = tuple(AlignedUnit(a.start / 2, a.end / 2, a.unit) for a in units)
    found, _, _ = repair(dense, samples[: len(samples) // 2], Fixed())
    assert [a.unit for a in found] == [a.unit for a in dense]


def test_text_on_silence_is_spread_without_sound():
    units = tuple(AlignedUnit(0.0, 0.0, Unit("word", 0, 4)) for _ in range(3))
    found, realigned, spread_ = repair(units, np.zeros(3 * SAMPLE_RATE, np.float32), Fixed())
    assert (realigned, spread_) == (0, 3)
    assert all(left.end <= right.start for left, right in pairwise(found))


@pytest.mark.parametrize("count", [0, 1, 160, 1000])
def test_hardly_any_samples(count):
    units = (AlignedUnit(0.0, 0.0, Unit("word", 0, 4)), AlignedUnit(0.0, 80.0, Unit("word", 5, 9)))
    found, *counts = repair(units, np.zeros(count, np.float32), Fixed())
    assert counts == [0, 0]
    assert all(0 <= a.start <= a.end <= count / SAMPLE_RATE for a in found)


def test_no_units():
    assert repair((), speech([], 1.0), forbidden) == ((), 0, 0)


def test_times_past_the_end_are_cut():
    truth = talk(["one", "two"])
    units = moved(truth, {1: (truth[1].start, truth[1].end + 0.05)})
    found, *_ = repair(units, heard_as(truth, tail=0.0), forbidden)
    assert found == truth


wild = st.lists(
    st.tuples(
        st.integers(0, 100),
        st.integers(0, 60),
        st.sampled_from(["a", "of", "words", "understanding", "世", "かな", "1999", "안녕"]),
    ),
    max_size=14,
)
aligners = st.sampled_from([Span(0.0, 0.0), Span(0.1, 0.3), Span(float("inf"), 1.0), None])


@steady
@given(wild, st.lists(st.tuples(st.integers(0, 70), st.integers(5, 60)), max_size=8), aligners)
def test_any_result_is_ordered_within_the_samples_and_stable(rows, bursts, answer):
    times = sorted(time for start, length, _ in rows for time in (start * 0.08, (start + length) * 0.08))
    units = tuple(
        AlignedUnit(times[2 * index], times[2 * index + 1], Unit(text, index, index + 1))
        for index, (_, _, text) in enumerate(rows)
    )
    samples = speech([(start * 0.1, start * 0.1 + length * 0.02) for start, length in bursts], 8.0)
    heard = measure(samples)
    found, realigned, spread_ = repair(units, samples, Fixed(answer))
    flat = [time for aligned in found for time in (aligned.start, aligned.end)]
    assert [a.unit for a in found] == [a.unit for a in units]
    assert all(left <= right for left, right in pairwise([0.0, *flat, heard.duration]))
    clipped = tuple(AlignedUnit(min(a.start, 8.0), min(a.end, 8.0), a.unit) for a in units)
    assert sum(a != b for a, b in zip(clipped, found, strict=True)) <= realigned + spread_
    assert sum(suspicious(found, heard)) <= sum(suspicious(clipped, heard))
    assert repair(found, samples, Fixed(answer)) == (found, 0, 0)


@steady
@given(wild, st.integers(0, 60), st.integers(1, 90), st.lists(st.booleans(), min_size=800, max_size=800))
def test_spread_fills_the_hole_in_order(rows, start, length, pattern):
    heard = measure(speech([(i / 100, (i + 1) / 100) for i, sounds in enumerate(pattern) if sounds], 8.0))
    hole = Span(start * 0.1, min(8.0, (start + length) * 0.1))
    island = tuple(AlignedUnit(hole.start, hole.start, Unit(text, 0, 1)) for _, _, text in rows)
    if island:
        flat = [time for span in spread(island, hole, heard) for time in (span.start, span.end)]
        assert len(flat) == 2 * len(island)
        assert all(left <= right for left, right in pairwise([hole.start, *flat, hole.end]))


def test_spread_lays_no_word_across_a_pause():
    samples = speech([(1.0, 1.5), (4.0, 5.5)], 7.0)
    units = tuple(AlignedUnit(1.0, 1.0, Unit("word", 0, 4)) for _ in range(4))
    spans = spread(units, Span(0.5, 6.5), measure(samples))
    assert [round(span.start, 1) for span in spans][:2] == [1.0, 4.0]
    assert spans[0].end == pytest.approx(1.5, abs=0.02)
    assert spans[-1].end == pytest.approx(5.5, abs=0.02)


def test_the_noise_floor_adapts():
    quiet = measure(speech([(1.0, 2.0)], 4.0, noise=0.0005))
    noisy = measure(speech([(1.0, 2.0)], 4.0, noise=0.02))
    for heard in (quiet, noisy):
        assert heard.sound(1.0, 2.0) == pytest.approx(1.0, abs=0.1)
        assert heard.sound(2.1, 4.0) == pytest.approx(0.0, abs=0.05)
        assert heard.extent(0.0, 4.0) == pytest.approx((1.0, 2.0), abs=0.05)
        assert heard.longest_pause(1.5, 4.0) == pytest.approx(2.0, abs=0.05)
    assert measure(np.zeros(1600, np.float32)).sound(0, 1) == 0
    assert measure(speech([], 1.0, noise=0.1)).sound(0.0, 1.0) == pytest.approx(1.0)


def test_the_quietest_place_is_the_last_of_equals():
    samples = speech([(0.0, 1.0)], 2.0, noise=0.0)
    heard = measure(samples)
    assert heard.quietest(0.5, 1.5) == pytest.approx(1.495)
    assert heard.quietest(1.2, 1.2) == 1.2
    assert heard.extent(1.2, 1.8) == (1.2, 1.8)


@pytest.mark.parametrize(
    ("text", "expected"), [("hello", 5), ("世界", 6), ("かな", 4), ("10", 6), ("안녕", 6), ("𠮷a", 4)]
)
def test_letters_weigh_scripts(text, expected):
    assert letters(Unit(text, 0, 1)) == expected


@given(st.text(min_size=1, max_size=20))
def test_pace_is_possible(text):
    assert 0 < shortest(Unit(text, 0, 1)) < longest(Unit(text, 0, 1))


def test_the_fakes_are_aligners():
    fakes: tuple[Realign, ...] = (Fixed(), forbidden)
    assert len(fakes) == 2
