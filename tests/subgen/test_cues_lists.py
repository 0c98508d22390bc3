"""Lists of 3,000 timed words: rules counted in the written SubRip, with shots and without, and harder lists of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subgen.cues import cues
from subgen.formats.srt import srt
from subgen.options import Layout
from subgen.types import Cue, Utterance, Word
from tests.subgen.cue_checks import assert_same_text
from tests.subgen.cue_counter import Count, count, read, shot_faults
from tests.subgen.cue_table import own, row
from tests.subgen.timed_words import LISTS, utterances

LAYOUT = Layout()
RATES = (24000 / 1001, 24.0, 25.0, 30000 / 1001, 50.0, 60000 / 1001)
DOCS = Path(__file__).parents[2] / "docs/subtitles.md"


@pytest.mark.parametrize(
    ("name", "cue_count", "fast", "faster", "torn"),
    [("prose2.5", 274, 0, 0, 0), ("prose3.5", 232, 150, 26, 5), ("dialog3.0", 298, 106, 11, 4)],
)
def test_rules_are_kept_where_they_can_be(name, cue_count, fast, faster, torn) -> None:
    found = count(own(name))
    limits = Count(cue_count, wide=0, fast=fast, faster=faster, short=0, long=0, close=0, loose=0, torn=torn)
    over = {key: value for key, value in vars(found).items() if value > getattr(limits, key)}
    assert not over


@pytest.mark.parametrize("name", LISTS)
def test_the_documentation_has_these_figures(name) -> None:
    assert row(name, "subgen", own(name)) in DOCS.read_text(encoding="utf-8").splitlines()


def changes(seconds: float, frame_rate: float, seed: int, steady: bool = True) -> list[float]:
    """Shots of 4.8 s on average, half a second at least; on frames of the rate, or where it is not steady, between."""
    pick, time, found = random.Random(seed), 0.0, []
    while time < seconds:
        time += max(0.5, pick.expovariate(1 / 4.8))
        found.append(round(time * frame_rate) / frame_rate if steady else time)
    return found


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("frame_rate", "steady"), [(24000 / 1001, True), (25.0, True), (30000 / 1001, True), (26.37, False)]
)
def test_shot_changes_are_kept_to_but_not_for_the_shortest_time_and_the_gap(name, frame_rate, steady) -> None:
    said = utterances(name)
    minutes = said[-1].words[-1].end / 60
    cuts = changes(minutes * 60, frame_rate, seed=len(name), steady=steady)
    blind, seeing = (srt(cues(said, LAYOUT, frame_rate, shots)) for shots in ((), cuts))
    assert sum(shot_faults(blind, cuts, frame_rate)) > 20
    assert shot_faults(seeing, cuts, frame_rate) == (0, 0)
    before, after = count(blind, frame_rate), count(seeing, frame_rate)
    assert (after.short, after.close, after.long, after.wide, after.loose) == (0, 0, 0, 0, 0)
    assert after.fast <= before.fast + 10


def retimed(seed: int, words: int) -> list[Utterance]:
    """A part of a list at another speed, with other pauses, on a grid or not, of one to three speakers."""
    pick = random.Random(seed)
    texts = [word.text for utterance in utterances(pick.choice(LISTS)) for word in utterance.words]
    begin, clock = pick.randrange(len(texts) - words), pick.uniform(0, 3)
    speed, step, pauses = pick.uniform(2, 4.5), pick.choice([0.001, 0.08]), pick.choice([(0, 0.2, 0.5), (0.1, 0.42, 3)])
    speakers, left = pick.choice([(None,), ("A", "B"), ("A", "B", "C")]), 0
    said: list[Utterance] = []
    for text in texts[begin : begin + words]:
        if left == 0 or not said:
            other = [name for name in speakers if not said or name != said[-1].speaker] or [None]
            said.append(Utterance((), "English", pick.choice(other)))
            left = pick.choice([2, 3, 5, 13]) if len(speakers) > 1 else -1
        end = clock + max(0.08, len(text) / 5.2 / speed * pick.uniform(0.6, 1.4))
        word = Word(round(clock / step) * step, round(end / step) * step, text)
        said[-1] = replace(said[-1], words=(*said[-1].words, word))
        clock, left = end + (pick.choice(pauses) if pick.random() < 0.1 else 0), left - 1
    return said


@pytest.mark.parametrize("seed", range(24))
def test_harder_lists_break_no_rule_that_can_be_kept(seed) -> None:
    said = retimed(seed, words=400)
    frame_rate = RATES[seed % len(RATES)]
    for shots in ((), changes(said[-1].words[-1].end, frame_rate, seed)):
        shown = cues(said, LAYOUT, frame_rate, shots)
        found = count(srt(shown), frame_rate)
        assert (found.wide, found.short, found.long, found.close, found.loose) == (0, 0, 0, 0, 0)
        assert_same_text(shown, "".join(word.text for utterance in said for word in utterance.words))


@pytest.mark.parametrize("frame_rate", RATES)
def test_times_are_those_of_frames(frame_rate) -> None:
    """A cue appears with the frame whose time it has, rounded down; it goes then too, or a millisecond before."""
    for cue in read(srt(cues(utterances("prose2.5"), LAYOUT, frame_rate))):
        appears = round(cue.start * frame_rate / 1000)
        assert cue.start == int(appears * 1000 / frame_rate + 1e-6)
        goes = round(cue.end * frame_rate / 1000)
        assert -1e-6 <= goes * 1000 / frame_rate - cue.end < 2


@pytest.mark.parametrize("name", LISTS)
def test_cues_appear_with_the_frame_in_which_their_first_word_begins(name) -> None:
    for cue in cues(utterances(name), LAYOUT, 25.0):
        assert -1e-3 <= cue.words[0][0].start - cue.start < 1 / 25


def as_utterances(shown: Sequence[Cue]) -> list[Utterance]:
    """Cues as what was said: an utterance for each, or for each speaker of a dialogue."""
    said = []
    for cue in shown:
        if len(cue.speakers) > 1:
            said += [Utterance(words, "English", name) for words, name in zip(cue.words, cue.speakers, strict=True)]
        else:
            words = tuple(word for line in cue.words for word in line)
            said.append(Utterance(words, "English", *cue.speakers))
    return said


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("frame_rate", [24000 / 1001, 25.0])
def test_cues_laid_out_again_stay_as_they_are(name, frame_rate) -> None:
    shown = cues(utterances(name), LAYOUT, frame_rate)
    assert cues(as_utterances(shown), LAYOUT, frame_rate) == shown


@settings(max_examples=30)
@given(st.integers(100, 10**6), st.booleans())
def test_cues_of_harder_lists_laid_out_again_stay_as_they_are(seed, with_shots) -> None:
    said = retimed(seed, words=60)
    shots = changes(said[-1].words[-1].end, 25.0, seed) if with_shots else ()
    shown = cues(said, LAYOUT, 25.0, shots)
    assert cues(as_utterances(shown), LAYOUT, 25.0, shots) == shown
    words = [word for cue in shown for line in cue.words for word in line]
    assert words == [word for utterance in said for word in utterance.words]
    assert all(left.end < right.start for left, right in pairwise(shown))
