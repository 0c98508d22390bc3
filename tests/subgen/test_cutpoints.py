"""Cutting a stretch: the fast search and the vectorised costs against slow ones that say what is meant."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cutpoints import Lengths, best_cuts, candidates
from subgen.options import Chunking

DEFAULT = Lengths.of(Chunking())


def small(least, longest, seed):
    costs = np.random.default_rng(seed).uniform(0, 10, longest + 1)
    costs[:least] = np.inf
    return Lengths(least, longest, costs)


def exhaustive(stretch, position, cost, lengths, ends):
    """The least cost over all ways to cut, tried one after the other."""
    points = {
        int(at): price
        for at, price in zip(position, cost, strict=True)
        if lengths.least <= at <= stretch - lengths.least
    }

    @cache
    def rest(start):
        here = stretch - start
        options = []
        if ends and lengths.least <= here <= lengths.longest:
            options.append(lengths.costs[here])
        if not ends and here <= lengths.longest and start:
            options.append(0.0)
        for at, price in points.items():
            if lengths.least <= at - start <= lengths.longest:
                options.append(lengths.costs[at - start] + price + rest(at))
        return min(options, default=np.inf)

    return rest(0)


def price_of(cuts, stretch, position, cost, lengths, ends):
    price = dict(zip(position.tolist(), cost.tolist(), strict=True))
    edges = [0, *cuts, stretch] if ends else [0, *cuts]
    return sum(lengths.costs[b - a] for a, b in pairwise(edges)) + sum(price[cut] for cut in cuts)


@given(st.integers(31, 110), st.integers(0, 10**6), st.booleans())
def test_the_search_finds_what_trying_everything_finds(stretch, seed, ends):
    random = np.random.default_rng(seed)
    position = np.unique(np.concatenate((np.arange(0, stretch, 5), random.integers(0, stretch, 8))))
    cost = random.uniform(0, 30, position.size)
    lengths = small(3, 30, seed)
    cuts = best_cuts(stretch, (position, cost), lengths, ends)
    assert cuts == sorted(set(cuts))
    assert price_of(cuts, stretch, position, cost, lengths, ends) == pytest.approx(
        exhaustive(stretch, position, cost, lengths, ends)
    )


def test_what_fits_is_not_cut():
    assert best_cuts(1500, candidates(np.zeros(1500, np.float32)), DEFAULT) == []


def test_even_loudness_is_cut_near_the_target():
    cuts = best_cuts(5000, candidates(np.full(5000, 30, np.float32)), DEFAULT)
    assert np.diff([0, *cuts, 5000]) == pytest.approx(np.full(4, 1250), abs=5)


def slow_cost(excess, at):
    """The cost of one cut, frame by frame."""
    level = [max(value + 6, 0.0) for value in excess.tolist()]

    def between(cut):
        cut = min(max(cut, 0), len(level) - 1)
        return max(level[cut], level[max(cut - 1, 0)])

    limit = max(min(level[max(at - 12, 0) : at + 12]) + 3, 6)
    run = 0
    for direction in (range(at - 1, at - 13, -1), range(at, at + 12)):
        for frame in direction:
            if not 0 <= frame < len(level) or level[frame] > limit:
                break
            run += 1
    return between(at) + (between(at - 5) + between(at + 5)) / 4 + 20 * (1 - run / 24)


@given(st.lists(st.integers(-20, 40), min_size=1, max_size=90))
def test_candidates_are_the_cheapest_of_each_tenth_of_a_second(values):
    excess = np.array(values, dtype=np.float32)
    position, cost = candidates(excess)
    assert [at // 5 for at in position] == list(range(-(-len(values) // 5)))
    for at, price in zip(position, cost, strict=True):
        first = at // 5 * 5
        group = [slow_cost(excess, other) for other in range(first, min(first + 5, len(values)))]
        assert price == pytest.approx(min(group), abs=1e-4)
        assert price == pytest.approx(slow_cost(excess, int(at)), abs=1e-4)
        assert price >= 0


def test_lengths_cost_nothing_at_the_target_and_more_away_from_it():
    costs = DEFAULT.costs
    assert costs[1250] == 0
    assert costs[600] == pytest.approx(10)
    assert costs[1500] == pytest.approx(5)
    assert (np.diff(costs[50:1251]) < 0).all()
    assert (np.diff(costs[1250:]) > 0).all()
    assert np.isinf(costs[:50]).all()


@pytest.mark.parametrize("options", [Chunking(1, 1, 1, 2, 60), Chunking(30, 30, 30), Chunking(1, 400, 400, 2, 500)])
def test_lengths_of_extreme_options_are_finite_from_the_least_on(options):
    lengths = Lengths.of(options)
    assert lengths.costs.size == lengths.longest + 1 == options.longest * 50 + 1
    assert np.isfinite(lengths.costs[lengths.least :]).all()
