"""The fast ruler, candidates and solver beside slow ones that try everything."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.cues.candidates import candidates, edges, joined
from subgen.cues.dialogue import dialogues
from subgen.cues.grid import Grid
from subgen.cues.lines import BREAK_SHARE, IMBALANCE, TOP_HEAVY, Ruler, columns
from subgen.cues.portions import portions
from subgen.cues.shots import NEVER, Shots
from subgen.cues.solve import Entries, Ways
from subgen.cues.talk import LONGEST_PAUSE, talk
from subgen.cues.timing import Spoken, Timing
from subgen.cues.tokens import Token
from subgen.rules import Rules
from subgen.types import Utterance, Word

WORDS = st.lists(
    st.tuples(
        st.sampled_from(["a", "the", "house", "stands", "here.", "yes,", "and", "wonderfully", "今", "天。"]),
        st.sampled_from([0.0, 0.0, 0.2, 0.9, 1.2]),
        st.sampled_from([0.0, 0.1, 0.3, 1.0, 8.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
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


def ruler_of(run, costs):
    spaces = np.array([float(token.spaced) for token in run])
    widths = np.array([columns(token.text) for token in run])
    return Ruler(np.concatenate([[0.0], np.cumsum(widths + spaces)]), spaces, np.array(costs))


@given(WORDS, st.integers(8, 20), st.integers(1, 3))
def test_the_ruler_finds_the_cheapest_lines_of_every_stretch(words, width, count) -> None:
    run = run_of(words)
    costs = [float(len(token.text)) for token in run]
    pairs = list(combinations(range(len(run) + 1), 2))
    first, end = (np.array(column) for column in zip(*pairs, strict=True))
    ruler = ruler_of(run, costs)
    cost, second = ruler.lines(first, end, np.full(len(first), float(width)), count)
    assert ruler.columns(first, end).tolist() == [columns(text_of(run[a:b])) for a, b in pairs]
    for (a, b), price, place in zip(pairs, cost.tolist(), second.tolist(), strict=True):
        assert price == pytest.approx(slow_lines(run[a:b], costs[a:b], width, count))
        if math.isfinite(price):
            assert columns(text_of(run[a:place])) <= width


TURNS = st.lists(st.tuples(WORDS, st.sampled_from([None, "A", "B"])), min_size=1, max_size=3)
RULES = st.builds(
    Rules,
    width=st.integers(8, 20),
    lines=st.integers(1, 3),
    reading_speed=st.sampled_from([9.0, 17.0]),
    gap_frames=st.sampled_from([0, 2, 5]),
)


def talk_of(turns, rules):
    clock, utterances = 0.0, []
    for words, speaker in turns:
        run = run_of(words)
        said = [Word(clock + t.start, clock + t.end, t.text + " " * t.spaced) for t in run]
        utterances.append(Utterance(tuple(said), "English", speaker))
        clock += run[-1].end
    return talk(utterances, lambda _: rules, Grid.of(24))


@given(TURNS, RULES)
def test_all_stretches_that_fit_are_candidates(turns, rules) -> None:
    said = talk_of(turns, rules)
    found = candidates(said)
    rows = set(zip(found.first.tolist(), found.end.tolist(), strict=True))
    for a, b in combinations(range(len(said.tokens) + 1), 2):
        inside = said.tokens[a:b]
        allowed = (
            said.utterance[a] == said.utterance[b - 1]
            and said.end[b - 1] - said.start[a] <= rules.longest * 1000
            and all(right.start - left.end <= LONGEST_PAUSE + 1e-9 for left, right in pairwise(inside))
            and slow_lines(inside, said.costs[a:b], rules.width, rules.lines) < math.inf
        )
        assert ((a, b) in rows) == (allowed or b - a == 1)
    for places in edges(said, found):
        assert list(places) == sorted(set(places))
        fits = [columns(text_of(said.tokens[a:b])) <= rules.width for a, b in pairwise(places)]
        assert all(fits) or places[-1] - places[0] == 1


@given(TURNS, RULES)
def test_all_meetings_of_two_speakers_that_fit_are_dialogues(turns, rules) -> None:
    said = talk_of(turns, rules)
    alone = candidates(said)
    found = dialogues(said, alone, alone)
    rows = set(zip(found.first.tolist(), found.second.tolist(), found.end.tolist(), strict=True))
    single = set(zip(alone.first.tolist(), alone.end.tolist(), strict=True))
    speakers = [utterance.speaker for utterance in said.utterances]
    for a, b, c in combinations(range(len(said.tokens) + 1), 3):
        left, right = speakers[said.utterance[b - 1]], speakers[said.utterance[b]]
        allowed = (
            rules.lines > 1
            and (a, b) in single
            and (b, c) in single
            and left is not None
            and right is not None
            and left != right
            and said.pauses[b - 1] <= LONGEST_PAUSE
            and max(len(text_of(said.tokens[x:y])) for x, y in ((a, b), (b, c))) + 1 <= rules.width
            and max(said.end[b - 1], said.end[c - 1]) - said.start[a] <= rules.longest * 1000
        )
        assert ((a, b, c) in rows) == allowed


def slow_cheapest(said, found, timing):
    """The least cost of all ways to cover the talk with candidates, each at each entry; by recursion."""
    entries = Entries(said, timing)
    spans = list(zip(found.first.tolist(), found.end.tolist(), found.cost.tolist(), strict=True))

    def price(row, come, go):
        one = np.array([row])
        spoken = Spoken(
            entries.time[[come]],
            found.said[one],
            found.columns[one],
            entries.time[[go]],
            said.limits.at(found.first[one]),
        )
        return float(timing.outs(spoken)[1][0]) + spans[row][2] + float(entries.cost[come])

    best = {len(entries.token) - 1: 0.0}
    for come in range(len(entries.token) - 2, -1, -1):
        ways = [
            price(row, come, go) + best[go]
            for row, (first, end, _) in enumerate(spans)
            if first == entries.token[come]
            for go in range(entries.begin[end], entries.begin[end + 1])
        ]
        best[come] = min(ways)
    return min(best[come] for come in range(entries.begin[1]))


@given(TURNS, RULES, st.lists(st.floats(0, 20), max_size=6), st.integers(1, 30))
def test_the_solver_finds_the_cheapest_cues_and_in_times(turns, rules, changes, size) -> None:
    said = talk_of(turns, rules)
    alone = candidates(said)
    found = joined((alone, dialogues(said, alone, alone)))
    timing = Timing(Grid.of(24), Shots(changes, Grid.of(24)))
    best, starts = Ways(said, portions(said, size), timing).best()
    assert best.first.tolist() == [0, *best.end.tolist()[:-1]]
    assert best.end[-1] == len(said.tokens)
    entries = Entries(said, timing)
    moves = {(token, time): cost for token, time, cost in zip(entries.token, entries.time, entries.cost, strict=True)}
    spoken = Spoken(starts, best.said, best.columns, np.append(starts[1:], NEVER), said.limits.at(best.first))
    cost = timing.outs(spoken)[1] + best.cost
    total = cost.sum() + sum(moves[key] for key in zip(best.first, starts, strict=True))
    assert total == pytest.approx(slow_cheapest(said, found, timing))


def values(found):
    """The candidates as rows that can be compared."""
    columns = (found.first, found.end, found.second, found.columns, found.said, found.cost)
    return [*zip(*(column.tolist() for column in columns), strict=True)]


@given(TURNS, RULES, st.integers(1, 30))
def test_portions_hold_every_candidate_once_and_by_their_ends(turns, rules, size) -> None:
    said = talk_of(turns, rules)
    alone = candidates(said)
    parts = [*portions(said, size)]
    assert sorted(values(joined(parts))) == sorted(values(joined((alone, dialogues(said, alone, alone)))))
    for number, part in enumerate(parts):
        assert all(number * size < end <= (number + 1) * size for end in part.end.tolist())


@given(TURNS, RULES, st.lists(st.floats(0, 20), max_size=6), st.integers(1, 30))
def test_portions_of_any_size_give_the_same_cues(turns, rules, changes, size) -> None:
    said = talk_of(turns, rules)
    timing = Timing(Grid.of(24), Shots(changes, Grid.of(24)))
    whole, starts = Ways(said, portions(said), timing).best()
    parted, times = Ways(said, portions(said, size), timing).best()
    assert values(whole) == values(parted)
    assert starts.tolist() == times.tolist()
