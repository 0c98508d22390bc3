"""The time repair against the published vectors, against a slow reference, and by its properties."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.monotone import longest_run, repair

VECTORS = json.loads((Path(__file__).parents[1] / "golden" / "aligner_text.json").read_text("utf-8"))["fix_timestamp"]

times = st.lists(st.integers(0, 40).map(lambda step: step * 80), min_size=1, max_size=60)
bursts = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from([-3, -1, 0, 1, 2])), min_size=1, max_size=12
).map(lambda runs: [first + slope * place for first, count, slope in runs for place in range(count)])


def slow_run(values):
    """The O(n^2) table: first predecessor that reaches the best length, first index that reaches the full one."""
    length, parent = [1] * len(values), [-1] * len(values)
    for i in range(len(values)):
        for j in range(i):
            if values[j] <= values[i] and length[j] + 1 > length[i]:
                length[i], parent[i] = length[j] + 1, j
    index, run = length.index(max(length)), []
    while index != -1:
        run.insert(0, index)
        index = parent[index]
    return run


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{len(vector['x'])}:{vector['x'][0]}")
def test_published_vectors(vector):
    repaired, changed = repair(vector["x"])
    assert list(repaired) == vector["out"]
    assert changed == sum(a != b for a, b in zip(vector["x"], vector["out"], strict=True))
    assert all(type(time) is int for time in repaired)


def test_there_are_79_vectors():
    assert len(VECTORS) == 79


def test_nothing_to_repair_is_an_error():
    with pytest.raises(ValueError, match="no times"):
        repair([])


def test_no_run_in_nothing():
    assert longest_run([]) == []


@settings(deadline=None)
@given(times | bursts)
def test_selects_what_the_table_selects(values):
    assert longest_run(values) == slow_run(values)


@settings(deadline=None)
@given(times | bursts)
def test_result_is_ordered_within_range_and_stable(values):
    repaired, changed = repair(values)
    assert len(repaired) == len(values)
    assert all(a <= b for a, b in pairwise(repaired))
    assert min(values) <= repaired[0]
    assert repaired[-1] <= max(values)
    assert repair(repaired) == (repaired, 0)
    assert changed <= len(values) - len(longest_run(values))


@settings(deadline=None)
@given(times)
def test_ordered_times_stay(values):
    assert repair(sorted(values)) == (tuple(sorted(values)), 0)


def test_a_long_list_is_quick_enough_to_be_exact():
    values = [(index * 7919) % 20_011 for index in range(20_000)]  # the table would need 4e8 comparisons
    repaired, _ = repair(values)
    assert all(a <= b for a, b in pairwise(repaired))
