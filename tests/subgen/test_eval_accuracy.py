"""Word error rate and word-time errors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subgen.eval.accuracy import CLOSE, WordErrors, boundary_errors, normalise, word_error_rate
from subgen.types import Word

texts = st.lists(st.sampled_from(["the", "boat", "it's", "ten", "2,000"]), max_size=10).map(" ".join)


def timed(text, start=0.0, length=0.4):
    return [Word(start + i, start + i + length, word + " ") for i, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", "hello world"),
        ("It's 5 o\N{RIGHT SINGLE QUOTATION MARK}clock -- already?", "it's 5 o'clock already"),
        ("'quoted' dogs' bark", "quoted dogs bark"),
        ("10,000 at 3.5%, 12:30.", "10,000 at 3.5 12:30"),
        ("well-known e.g. this", "well known e g this"),
        ("Žluťoučký kůň", "žluťoučký kůň"),
        ("हिन्दी भाषा", "हिन्दी भाषा"),
        ("… — !", ""),
    ],
)
def test_normalise(text, words):
    assert " ".join(normalise(text)) == words


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(" ".join(once)) == once


@pytest.mark.parametrize(
    ("reference", "hypothesis", "errors"),
    [
        ("The boat came home.", "the boat came home", WordErrors(0, 0, 0, 4)),
        ("The boat came home.", "The boats came home", WordErrors(1, 0, 0, 4)),
        ("The boat came home.", "boat came", WordErrors(0, 2, 0, 4)),
        ("The boat", "Then the old boat", WordErrors(0, 0, 2, 2)),
        ("", "word", WordErrors(0, 0, 1, 0)),
        ("", "", WordErrors(0, 0, 0, 0)),
    ],
)
def test_word_errors(reference, hypothesis, errors):
    assert word_error_rate(reference, hypothesis) == errors


def test_rates():
    assert WordErrors(1, 2, 3, 12).errors == 6
    assert WordErrors(1, 2, 3, 12).rate == 0.5
    assert WordErrors(0, 0, 2, 0).rate == 2.0


@settings(deadline=None)
@given(texts, texts)
def test_kinds_of_errors_explain_the_lengths(reference, hypothesis):
    errors = word_error_rate(reference, hypothesis)
    back = word_error_rate(hypothesis, reference)
    ours, theirs = len(reference.split()), len(hypothesis.split())
    assert errors.words == ours
    assert theirs == ours - errors.deletions + errors.insertions
    assert max(ours, theirs) >= errors.errors >= abs(ours - theirs)
    assert (back.substitutions, back.deletions, back.insertions) == (
        errors.substitutions,
        errors.insertions,
        errors.deletions,
    )


def test_times_of_words_in_common():
    truth = timed("the old boat came home")
    result = timed("The boat came late home.", 0.05, 0.3)
    # "the" 0.05 late, ends 0.05 early; "boat" and "came" one second early; "home" in place
    errors = boundary_errors(truth, result)
    assert errors is not None
    assert errors.matched == 4
    assert errors.starts.mean == pytest.approx((0.05 + 0.95 + 0.95 + 0.05) / 4)
    assert errors.ends.mean == pytest.approx((0.05 + 1.05 + 1.05 + 0.05) / 4)
    assert errors.both.largest == pytest.approx(1.05)
    assert errors.both.median == pytest.approx(0.5)
    assert errors.both.close == 0.5


def test_a_step_of_the_grid_is_close():
    errors = boundary_errors([Word(1.0, 2.0, "a")], [Word(1.0 + CLOSE / 2, 2.0 + CLOSE * 2, "A!")])
    assert errors is not None
    assert (errors.starts.close, errors.ends.close, errors.both.close) == (1.0, 0.0, 0.5)


def test_punctuation_has_no_times():
    errors = boundary_errors(timed("well - done"), [Word(0.0, 0.4, "Well, "), Word(2.0, 2.4, "done.")])
    assert errors is not None
    assert (errors.matched, errors.both.largest) == (2, 0.0)


@pytest.mark.parametrize(("truth", "result"), [("", ""), ("a b", ""), ("", "a b"), ("a b", "c d")])
def test_nothing_in_common(truth, result):
    assert boundary_errors(timed(truth), timed(result)) is None


@settings(deadline=None)
@given(texts.filter(bool), st.floats(-3, 3))
def test_a_shift_is_measured_exactly(text, shift):
    errors = boundary_errors(timed(text), timed(text, shift))
    assert errors is not None
    assert errors.both.mean == pytest.approx(abs(shift), abs=1e-9)
    assert errors.both.largest == pytest.approx(abs(shift), abs=1e-9)
