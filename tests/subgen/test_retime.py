"""Repairing the times of subtitles: the matching of text, the pieces of a film, the places of cues."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.media.parts import parts
from subgen.retime.anchors import matches
from subgen.retime.evidence import Evidence, evidence
from subgen.retime.pieces import Piece, pieces
from subgen.retime.places import NEIGHBOURS, PIECE, WORDS, Place, placed
from subgen.retime.report import notes
from subgen.retime.script import heard, script
from subgen.retime.stretches import LONGEST, stretches
from subgen.types import SAMPLE_RATE, Cue, Span, Word


def texts(*cues: str) -> list[str]:
    return [token.text for token in script([Cue(0, 1, tuple(text.split("\n"))) for text in cues]).tokens]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don’t go, O'Neill!", ["don't", "go", "o'neill"]),
        ("[door slams] <i>Who</i>'s\nthere?", ["who", "s", "there"]),
        ("ANNA: Hello.\n- Old Man: Hi.", ["hello", "hi"]),
        ("Note this: it is 10:30.", ["note", "this", "it", "is", "10", "30"]),
        ("（音楽）今日はＡＢＣ", ["今", "日", "は", "abc"]),
        ("♪ La la ♪", ["la", "la"]),
        ("(sighs)", []),
    ],
)
def test_tokens_are_what_is_said(text, tokens):
    assert texts(text) == tokens


def test_tokens_know_their_cue_and_place():
    found = script([Cue(0, 1, ("[bell]",)), Cue(1, 2, ("One two",)), Cue(2, 3, ("three",))])
    assert [token.cue for token in found.tokens] == [1, 1, 2]
    assert [found.text[token.begin : token.end] for token in found.tokens] == ["One", "two", "three"]


def test_tokens_of_one_word_share_its_time():
    assert [
        (token.text, token.start, token.end) for token in heard([Word(1.0, 3.0, "今日。"), Word(3.0, 3.5, "… ")])
    ] == [
        ("今", 1.0, 2.0),
        ("日", 2.0, 3.0),
    ]


words = st.lists(st.sampled_from("abcdefg"), max_size=40)


@given(words, words)
def test_pairs_are_equal_and_rise(known, said):
    found = matches(known, said)
    assert all(known[i] == said[j] for i, j in found)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(found))


@given(words, words)
def test_small_lists_share_nearly_their_longest_common_sequence(known, said):
    table = np.zeros((len(known) + 1, len(said) + 1), int)
    for i, one in enumerate(known):
        for j, other in enumerate(said):
            table[i + 1, j + 1] = table[i, j] + 1 if one == other else max(table[i, j + 1], table[i + 1, j])
    assert table[-1, -1] / 3 <= len(matches(known, said)) <= table[-1, -1]


@given(words)
def test_a_list_matches_itself(known):
    assert matches(known, known) == tuple((i, i) for i in range(len(known)))


@pytest.mark.parametrize("vocabulary", [40, 2000])
def test_a_misheard_book_still_matches(vocabulary):
    chance = random.Random(vocabulary)
    known = [f"w{int(chance.paretovariate(0.6)) % vocabulary}" for _ in range(6000)]
    said, truth = [], []
    for place, word in enumerate(known):
        luck = chance.random()
        if 2000 <= place < 2300 or luck < 0.05:  # left out
            continue
        if luck < 0.1:
            said.append("misheard")
            continue
        truth.append((place, len(said)))
        said.append(word)
    found = set(matches(known, said))
    assert len(found & set(truth)) >= 0.95 * len(truth)
    assert len(found - set(truth)) <= 0.05 * len(truth)


def test_what_repeats_without_end_is_left_unmatched():
    assert matches(["la"] * 600, ["la"] * 700) == ()


def timed(*said: str, start=0.0, each=0.5):
    """Tokens heard one after the other."""
    return heard(Word(start + each * n, start + each * (n + 1), word) for n, word in enumerate(said))


def stretches_of(cues, said, duration=60.0):
    found, words = script([Cue(0, 1, (cue,)) for cue in cues]), timed(*said)
    pairs = dict(matches([token.text for token in found.tokens], [word.text for word in words]))
    return stretches(found, words, pairs, duration)


def test_only_beginnings_of_cues_are_aligned_again():
    assert not stretches_of(["one two three", "four five six"], ["one", "two", "three", "four", "five", "nix"])
    [stretch] = stretches_of(["one two three", "four five six"], ["one", "two", "three", "nor", "five", "six"])
    assert stretch.text == "two three\nfour five six"
    assert (stretch.first, stretch.end_token) == (1, 6)
    assert (stretch.start, stretch.end) == (0.2, 3.3)


def test_margins_are_words_that_were_heard_together():
    [stretch] = stretches_of(["one two", "three four five"], ["one", "um", "two", "free", "four", "er", "five"])
    assert stretch.text == "two\nthree four"


def test_what_cannot_be_said_in_a_hole_is_not_aligned():
    assert not stretches_of(["one two", "this was cut out of the film", "three four"], ["one", "two", "three", "four"])
    assert not stretches_of(["one two", "what is this"], ["one", "two"], duration=1.0 + LONGEST + 1)
    [stretch] = stretches_of(["what", "one two"], ["hot", "one", "two"])
    assert (stretch.start, stretch.text) == (0.0, "what\none two")
    [stretch] = stretches_of(["one two", "what"], ["one", "two", "hot"], duration=1.5)
    assert (stretch.end, stretch.text) == (1.5, "one two\nwhat")


rates = st.sampled_from([1.0, 1.04, 1 / 1.04, 25 / 23.976, 23.976 / 25, 0.97])


@given(rates, st.floats(-100, 100), st.integers(0, 40), st.floats(5, 60), st.integers(0, 10_000))
def test_pieces_explain_shift_stretch_and_cut(rate, shift, place, length, seed):
    chance = np.random.default_rng(seed)
    old = np.cumsum(chance.uniform(1.5, 6.0, 60))
    truth = rate * old + shift + np.where(np.arange(60) >= place, length, 0.0)
    new = truth + chance.normal(0, 0.04, 60)
    wrong = chance.random(60) < 0.1
    new[wrong] += chance.uniform(-20, 20, wrong.sum())
    found = pieces(list(zip(old.tolist(), new.tolist(), strict=True)))
    errors = [
        min(abs(piece(one) - true) for piece in found if piece.start <= one <= piece.end)
        for one, true in zip(old, truth, strict=True)
        if any(piece.start <= one <= piece.end for piece in found)
    ]
    assert np.median(errors) < 0.03
    assert np.quantile(errors, 0.9) < 0.1


@pytest.mark.parametrize("points", [[], [(3.0, 8.0)], [(3.0, 8.0), (3.2, 8.2)], [(1.0, 1.02), (50.0, 49.99)]])
def test_few_points_give_a_shift(points):
    found = pieces(points)
    assert [piece.rate for piece in found] == [1.0] * bool(points)
    assert [piece.shift for piece in found] == ([0.0] if points[0][0] == 1.0 else [5.0]) if points else not found


def test_long_pieces_may_have_rates_of_their_own():
    old = np.arange(0, 400, 4.0)
    new = np.where(old < 200, old, 250 + 1.04 * (old - 200))
    first, second = pieces(list(zip(old.tolist(), new.tolist(), strict=True)))
    assert (first.rate, first.points, first.agreement) == (1.0, 50, 1.0)
    assert second.rate == pytest.approx(1.04, abs=1e-3)
    assert second(300.0) == pytest.approx(354.0, abs=0.01)


def test_careless_files_are_few_pieces():
    chance = np.random.default_rng(2)
    old = np.cumsum(chance.uniform(2, 6, 800))
    new = 1.04 * old + np.where(old > 1600, 20.0, 0.0) + chance.uniform(-0.6, 0.6, 800)
    found = pieces(list(zip(old.tolist(), new.tolist(), strict=True)))
    assert len(found) <= 4
    assert found[0].rate == pytest.approx(1.04, abs=1e-3)
    assert found[0].agreement < 0.5


def test_evidence_tells_firm_from_chance():
    found = script(
        [Cue(0, 2, ("some words here",)), Cue(2, 3, ("[bell]",)), Cue(3, 5, ("Never said it",)), Cue(5, 6, ("No",))]
    )
    span = Span(1.0, 1.4)
    first, bell, second, third = evidence(
        found, [Span(0, 2), Span(2, 3), Span(3, 5), Span(5, 6)], {1: span, 2: Span(2, 3), 3: span}, {1, 2}
    )
    assert first.firm
    assert first.exact is None
    assert first.start == pytest.approx(1.0 - 2 * 5 / 15)
    assert first.end == 3.0
    assert bell == Evidence(says=False)
    assert (second.exact, second.firm) == (1.0, False)
    assert third == Evidence()


GOOD = Piece(0.0, 100.0, 1.0, 5.0, 20, 1.0)
LOOSE = replace(GOOD, agreement=0.5)


def at(start, firm=True, end=None):
    return Evidence(start, start, end, firm)


@pytest.mark.parametrize(
    ("piece", "heard_at", "firm", "start", "source"),
    [
        (GOOD, 15.4, True, 15.0, PIECE),
        (GOOD, 15.6, True, 15.6, WORDS),
        (GOOD, 15.3, False, 15.0, PIECE),
        (LOOSE, 15.1, True, 15.0, PIECE),
        (LOOSE, 15.2, True, 15.2, WORDS),
    ],
)
def test_a_cue_leaves_its_piece_for_its_words(piece, heard_at, firm, start, source):
    [place] = placed([Span(10, 12)], [at(heard_at, firm)], [piece])
    assert (place.start, place.end, place.source, place.matched) == (start, start + 2, source, True)


def test_words_that_are_said_longer_are_shown_longer():
    [place] = placed([Span(10, 12)], [at(19, end=22)], [GOOD])
    assert place.end == 22


def test_cues_that_nothing_is_heard_of_stay_between_their_neighbours():
    old = [Span(0, 1), Span(2, 3), Span(4, 5), Span(6, 7)]
    silent = [at(5.0), Evidence(), Evidence(says=False), at(11.0)]
    assert [(place.start, place.matched) for place in placed(old, silent, [GOOD])] == [
        (5, True),
        (7, False),
        (9, True),
        (11, True),
    ]


def test_cues_at_a_cut_belong_to_the_side_that_has_room():
    before, after = Piece(0, 10, 1.0, 0.0, 5, 1.0), Piece(20, 30, 1.0, 30.0, 5, 1.0)
    old = [Span(9, 10), Span(11, 12), Span(17, 18), Span(20, 21)]
    starts = [place.start for place in placed(old, [at(9.0), Evidence(), Evidence(), at(50.0)], [before, after])]
    assert starts == [9, 11, 17, 50]


def test_cues_without_room_share_what_there_is():
    before, after = Piece(0, 10, 1.0, 0.0, 5, 1.0), Piece(30, 40, 1.0, -19.0, 5, 1.0)
    old = [Span(9, 10), Span(12, 14), Span(16, 18), Span(30, 31)]
    places = placed(old, [at(9.0), Evidence(), Evidence(), at(11.0)], [before, after])
    assert [place.source for place in places] == [PIECE, NEIGHBOURS, NEIGHBOURS, PIECE]
    assert [place.matched for place in places] == [True, False, False, True]
    assert 10 <= places[1].start < places[1].end <= places[2].start < places[2].end <= 11


def test_chance_words_far_from_any_piece_are_no_match():
    first, second = placed([Span(10, 11), Span(12, 13)], [at(15.0), at(60.0, firm=False)], [GOOD])
    assert (second.start, second.matched, first.matched) == (17, False, True)


def test_without_any_home_the_first_piece_counts():
    assert [place.start for place in placed([Span(1, 2)], [Evidence()], [GOOD])] == [6]


spans = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 8)), min_size=1, max_size=12).map(
    lambda rows: [Span(start, start + length) for start, length in sorted(rows)]
)
clues = st.one_of(
    st.just(Evidence()),
    st.just(Evidence(says=False)),
    st.builds(at, st.floats(0, 200), st.booleans(), st.one_of(st.none(), st.floats(0, 200))),
)
lines = st.builds(
    Piece, st.floats(0, 50), st.floats(50, 100), st.floats(0.9, 1.1), st.floats(-50, 50), st.just(5), st.floats(0, 1)
)


@given(spans, st.data(), st.lists(lines, min_size=1, max_size=3))
def test_places_are_in_order_and_overlap_only_where_they_did(old, data, found):
    known = data.draw(st.lists(clues, min_size=len(old), max_size=len(old)))
    places = placed(old, known, found)
    assert len(places) == len(old)
    assert all(0 <= place.start < place.end for place in places)
    for (before, after), (left, right) in zip(pairwise(old), pairwise(places), strict=True):
        assert left.start < right.start
        overlap = max(before.end - after.start, 0.0)
        assert left.end <= right.start + overlap + 1e-9


def test_reports_say_what_was_done():
    old = [Span(n, n + 1) for n in range(12)]
    two = [replace(GOOD, start=0.0, end=4.0), Piece(6.0, 11.0, 25 / 23.976, -2.0, 6, 1.0)]
    places = [Place(span.start, span.end, PIECE, True) for span in old]
    places[5] = Place(5, 6, NEIGHBOURS, False)
    places[7] = places[9] = places[10] = Place(9, 10, WORDS, True)
    assert [note.text for note in notes(old, places, two)] == [
        "Cues 1 to 5: +5.000 s.",
        "Cues 7 to 12: -1.744 s to -1.530 s, stretched by +4.27 % (25 to 23.976 frames per second).",
        "Cues 8, 10 and 11 follow their own words, unlike the cues around.",
        "Cue 6 was placed between neighbours: nothing like the text is heard.",
    ]
    same = replace(GOOD, shift=0.0)
    one = [Place(0, 1, WORDS, True), Place(1, 2, NEIGHBOURS, False), Place(2, 3, NEIGHBOURS, False)]
    assert [note.text for note in notes(old[:3], one, [same])] == [
        "All cues: in time already.",
        "Cue 1 follows its own words, unlike the cues around.",
        "Cues 2 to 3 were placed between neighbours: nothing like the text is heard.",
    ]


@given(
    st.lists(st.integers(1, 4 * SAMPLE_RATE), max_size=4),
    st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), max_size=4),
)
def test_parts_are_slices(sizes, edges):
    whole = np.arange(sum(sizes), dtype=np.float32)
    wanted = [Span(min(pair), max(pair)) for pair in edges]
    blocks = np.split(whole, np.cumsum(sizes)[:-1]) if sizes else []
    for span, part in zip(wanted, parts(blocks, wanted), strict=True):
        slow = whole[round(span.start * SAMPLE_RATE) : round(span.end * SAMPLE_RATE)]
        assert np.array_equal(part, slow)


def test_parts_read_no_further_than_they_must():
    blocks = iter([np.zeros(SAMPLE_RATE, np.float32)] * 5)
    assert [part.size for part in parts(blocks, [Span(0.5, 1.5)])] == [SAMPLE_RATE]
    assert len(list(blocks)) == 3
