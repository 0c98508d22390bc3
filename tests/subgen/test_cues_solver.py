"""The fast solver and ruler beside slow ones that try everything."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cues.lines import BREAK_SHARE, IMBALANCE, TOP_HEAVY, Ruler, columns
from subgen.cues.solve import LONGEST_PAUSE, Solver
from subgen.cues.tokens import Token
from subgen.options import Layout

WORDS = st.lists(
    st.tuples(
        st.sampled_from(["a", "the", "house", "stands", "here.", "yes,", "and", "wonderfully", "今", "天。"]),
        st.sampled_from([0.0, 0.0, 0.2, 0.9, 1.2]),
        st.sampled_from([0.0, 0.1, 0.3, 1.0, 8.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


def run_of(words):
    clock, run = 0.0, []
    for text, pause, duration, spaced in words:
        clock += pause
        run.append(Token(clock, clock + duration, text, spaced))
        clock += duration
    return run


def text_of(run):
    return "".join(token.text + " " * token.spaced for token in run).rstrip()


def splits(first, end, most):
    """Every way to cut first..end into at most `most` stretches."""
    for count in range(most):
        for inner in combinations(range(first + 1, end), count):
            yield tuple(pairwise((first, *inner, end)))


def slow_lines(run, costs, width, count):
    """The least cost of every break into lines; infinite when none fits."""
    if columns(text_of(run)) <= width:
        return 0.0
    found = [math.inf]
    for parts in splits(0, len(run), count):
        wide = [columns(text_of(run[a:b])) for a, b in parts]
        if max(wide) <= width:
            found.append(sum(_slow_break(costs, run, width, parts, number) for number in range(len(parts) - 1)))
    return min(found)


def _slow_break(costs, run, width, parts, number):
    """The cost of one break: the line above it against all that is below, as the ruler sees it from the top."""
    top = columns(text_of(run[parts[number][0] : parts[number][1]]))
    rest = columns(text_of(run[parts[number][1] :]))
    penalty = IMBALANCE * ((top - rest) / width) ** 2 + TOP_HEAVY * (top > rest)
    return BREAK_SHARE * costs[parts[number][1] - 1] + penalty


@given(WORDS, st.integers(8, 20), st.integers(1, 3))
def test_the_ruler_finds_the_cheapest_lines(words, width, count) -> None:
    run = run_of(words)
    costs = [float(len(token.text)) for token in run]
    ruler = Ruler(run, costs, width)
    assert ruler.columns(0, len(run)) == columns(text_of(run))
    cost, breaks = ruler.lines(0, len(run), count)
    assert cost == pytest.approx(slow_lines(run, costs, width, count))
    if cost < math.inf:
        assert all(columns(text_of(run[a:b])) <= width for a, b in pairwise((0, *breaks, len(run))))


def slow_best(solver, run, layout, following):
    """The cost of the cheapest of all cuts into cues that the limits allow."""

    def price(first, end):
        if end - first == 1:
            extra = 0.0
        elif run[end - 1].end - run[first].start > layout.longest or any(
            right.start - left.end > LONGEST_PAUSE for left, right in pairwise(run[first:end])
        ):
            return math.inf
        else:
            extra = solver.ruler.lines(first, end, layout.lines)[0]
        after = run[end].start if end < len(run) else following
        return solver.cost(first, end, after) + extra

    return min(sum(price(a, b) for a, b in parts) for parts in splits(0, len(run), len(run)))


@given(
    WORDS, st.builds(Layout, width=st.integers(8, 20), lines=st.integers(1, 3)), st.sampled_from([0.0, 3.0, math.inf])
)
def test_the_solver_finds_the_cheapest_cues(words, layout, pause) -> None:
    run = run_of(words)
    following = run[-1].end + pause
    solver = Solver(run, "English", layout, gap=0.084)
    pieces = solver.pieces(following)
    assert [piece.first for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == len(run)
    found = sum(
        solver.cost(piece.first, piece.end, run[piece.end].start if piece.end < len(run) else following)
        + (solver.ruler.lines(piece.first, piece.end, layout.lines)[0] if piece.end - piece.first > 1 else 0.0)
        for piece in pieces
    )
    assert found == pytest.approx(slow_best(solver, run, layout, following))
