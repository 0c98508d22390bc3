"""The edit alignment against a slow one, and its guarantees."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subgen.eval.edits import alignment

words = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12)


def slow_cost(reference, hypothesis):
    """Fewest edits, then fewest substitutions, by plain recursion."""

    @cache
    def cost(i, j):
        if i == 0 or j == 0:
            return (i + j, 0)
        edit, substituted = cost(i - 1, j - 1)
        wrong = reference[i - 1] != hypothesis[j - 1]
        ways = [(edit + wrong, substituted + wrong)]
        for edit, substituted in (cost(i - 1, j), cost(i, j - 1)):
            ways.append((edit + 1, substituted))
        return min(ways)

    return cost(len(reference), len(hypothesis))


def cost_of(pairs, reference, hypothesis):
    wrong = [(i, j) for i, j in pairs if i is None or j is None or reference[i] != hypothesis[j]]
    return len(wrong), sum(i is not None and j is not None for i, j in wrong)


def check(reference, hypothesis, **limits):
    pairs = alignment(reference, hypothesis, **limits)
    assert [i for i, _ in pairs if i is not None] == list(range(len(reference)))
    assert [j for _, j in pairs if j is not None] == list(range(len(hypothesis)))
    assert cost_of(pairs, reference, hypothesis) == slow_cost(tuple(reference), tuple(hypothesis))


@settings(deadline=None)
@given(words, words)
def test_alignment_is_complete_and_cheapest(reference, hypothesis):
    check(reference, hypothesis)


@settings(deadline=None)
@given(words, words)
def test_divided_alignment_is_as_cheap(reference, hypothesis):
    check(reference, hypothesis, cells=4)


@settings(deadline=None)
@given(words)
def test_equal_lists_pair_one_to_one(reference):
    assert alignment(reference, reference) == tuple((i, i) for i in range(len(reference)))


@pytest.mark.parametrize(
    ("reference", "hypothesis", "pairs"),
    [
        ("", "", ()),
        ("a", "", ((0, None),)),
        ("", "a", ((None, 0),)),
        ("a b c", "a c", ((0, 0), (1, None), (2, 1))),
        ("a b", "b c", ((0, None), (1, 0), (None, 1))),
        ("a b c", "a x c", ((0, 0), (1, 1), (2, 2))),
    ],
)
def test_examples(reference, hypothesis, pairs):
    assert alignment(reference.split(), hypothesis.split()) == pairs


def test_a_long_list_needs_little_memory():
    reference = [str(number % 97) for number in range(3_000)]
    hypothesis = reference[:1_000] + ["new"] * 5 + reference[1_100:]
    pairs = alignment(reference, hypothesis)
    assert cost_of(pairs, reference, hypothesis) == (100, 5)
