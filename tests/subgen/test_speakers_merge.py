"""Every word gets its speaker: on talks with known speakers, beside other rules, and whatever the turns are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.speakers.merge import cheapest, speakers_of
from subgen.speakers.rttm import read_rttm
from subgen.speakers.turns import tidied
from subgen.types import Turn, Turns, Word
from tests.subgen.talks import RULES, TALKS, jittered, rates, runs, table, talk, talk_of

CUES, OVERLAP, OURS = RULES


def test_exact_turns() -> None:
    found = rates([talk(name) for name in TALKS])
    assert found[OURS] <= 0.015
    assert found[OURS] < found[OVERLAP]
    assert found[CUES] > 0.25


def test_jittered_turns() -> None:
    found = rates([jittered(talk(name), seed) for name in TALKS for seed in range(10)])
    assert found[OURS] <= 0.020
    assert found[OVERLAP] > 0.02
    assert found[CUES] > 0.25


def test_the_page_shows_what_is_measured() -> None:
    page = Path(__file__).parents[2] / "docs/meetings.md"
    assert table() in page.read_text(encoding="utf-8")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("rttm", "limit"), [("phone/sample.rttm", 0.0125), ("recorded_community1_phone/reference.rttm", 0.025)]
)
def test_phone_call(shared, rttm, limit) -> None:
    folder = shared / "data/diarisation"
    said = []
    for line in (folder / "phone/sample.stm").read_text().splitlines():
        _, _, speaker, start, end, text = line.split(" ", 5)
        said.append((Turn(float(start), float(end), speaker), text))
    (turns,) = read_rttm((folder / rttm).read_text(), rttm).values()
    found = rates([talk_of(said, turns)])
    assert found[OURS] <= limit
    assert found[OURS] < found[OVERLAP] < found[CUES]


def said_by(words: Sequence[Word], *turns: Turn, exclusive: tuple[Turn, ...] = (), estimated=()) -> list[str | None]:
    given_turns = Turns(tuple(sorted(turns, key=lambda turn: turn.start)), exclusive)
    return [said.speaker for said in speakers_of(words, given_turns, estimated)]


def even(text: str, start: float = 0.0, each: float = 0.3) -> list[Word]:
    """Words of equal length without pauses."""
    return [
        Word(start + each * place, start + each * (place + 1), f"{word} ") for place, word in enumerate(text.split())
    ]


def test_a_turn_that_begins_late_does_not_tear_the_sentence() -> None:
    words = even("I am here. You are there now.")
    assert said_by(words, Turn(0, 1.05, "A"), Turn(1.05, 2.1, "B")) == ["A"] * 3 + ["B"] * 4


def test_a_back_channel_keeps_its_speaker() -> None:
    words = [*even("so we went on"), Word(1.8, 2.1, "Yes. "), *even("and on and on", 2.4)]
    turns = Turn(0, 3.6, "A"), Turn(1.8, 2.1, "B")
    assert said_by(words, *turns) == ["A"] * 4 + ["B"] + ["A"] * 4


def test_one_doubtful_word_inside_a_phrase_is_no_interruption() -> None:
    words = even("this is one long phrase of mine")
    assert set(said_by(words, Turn(0, 2.1, "A"), Turn(0.6, 0.9, "B"))) == {"A"}


def test_one_word_that_may_be_another_ones_is_none_either() -> None:
    words = even("one two. three four five")
    turns = Turn(0, 0.6, "A"), Turn(0.6, 0.9, "B"), Turn(0.6, 0.7, "C"), Turn(0.9, 2, "A")
    assert set(said_by(words, *turns)) == {"A"}
    assert said_by(words, turns[0], turns[1], turns[3])[2] == "B"


def test_one_sure_word_is() -> None:
    words = even("this is my long. phrase, all of it")
    turns = Turn(0, 0.9, "A"), Turn(0.9, 1.2, "B"), Turn(1.2, 2.4, "A")
    assert said_by(words, *turns) == ["A"] * 3 + ["B"] + ["A"] * 4


def test_words_spoken_at_once_have_two_speakers() -> None:
    words = [Word(0, 1, "one "), Word(0.1, 1.1, "two "), Word(1.1, 2, "three")]
    found = said_by(words, Turn(0, 2, "A"), Turn(0, 2, "B"))
    assert found[0] != found[1]


@pytest.mark.parametrize(("place", "speaker"), [(2.5, "A"), (2.59, "A"), (2.7, None), (7.0, None), (9.45, "B")])
def test_a_word_between_turns_goes_to_the_nearest_edge_if_it_is_near(place, speaker) -> None:
    # The turn of B is the shorter one: its middle is nearer than that of A at 2.5 s.
    assert said_by([Word(place, place + 0.1, "so")], Turn(0, 2, "A"), Turn(10, 10.5, "B")) == [speaker]


def test_the_exclusive_turns_break_ties() -> None:
    both = Turn(0, 3, "A"), Turn(0, 3, "B")
    words = even("who says this now", 1.0, 0.25)
    for speaker in "AB":
        assert set(said_by(words, *both, exclusive=(Turn(0, 3, speaker),))) == {speaker}


def test_a_word_without_length_lies_in_its_turn() -> None:
    (said,) = speakers_of([Word(1, 1, "I")], Turns((Turn(0, 2, "A"), Turn(2, 3, "B"))))
    assert said.speaker == "A"
    assert said.confidence == pytest.approx(0.99, abs=0.01)


def test_who_talks_besides_is_told_with_the_confidence() -> None:
    turns = Turns((Turn(0, 2, "A"), Turn(0.5, 1.0, "B"), Turn(1.7, 2, "C")))
    words = [Word(0.1, 0.3, "one "), Word(0.5, 0.9, "two "), Word(0.95, 1.2, "three "), Word(1.2, 1.9, "four")]
    found = speakers_of(words, turns)
    assert [said.speaker for said in found] == ["A"] * 4
    assert [said.overlap for said in found] == [(), ("B",), (), ()]
    assert found[1].confidence is not None
    assert found[1].confidence < 0.6 < (found[0].confidence or 0)


def test_estimated_times_change_speakers_at_the_ends_of_sentences_only() -> None:
    words = even("We met today. Yes we did, and it was good.")
    turns = Turn(0, 1.3, "A"), Turn(1.3, 3, "B")
    assert said_by(words, *turns, estimated=[True] * 10) == ["A"] * 3 + ["B"] * 7
    turns = Turn(0, 1.7, "A"), Turn(1.7, 3, "B")
    assert runs(said_by(words, *turns)) == ["A", "B"]
    assert said_by(words, *turns)[3] == "A"
    assert said_by(words, *turns, estimated=[True] * 10)[3:] == ["B"] * 7


@pytest.mark.parametrize("mark", [".", "?", "!", "。", "？", "！", "…", "۔", "؟", "।", '."', "?)", "。」"])
def test_ends_of_sentences_in_many_scripts(mark) -> None:
    words = [Word(0, 0.3, "one "), Word(0.3, 0.6, f"two{mark} "), Word(0.6, 0.9, "three ")]
    torn = [Word(0, 0.3, "one "), Word(0.3, 0.6, "two "), Word(0.6, 0.9, "three ")]
    turns = Turn(0, 0.5, "A"), Turn(0.45, 0.9, "B")
    assert said_by(words, *turns) == ["A", "A", "B"]
    assert len(set(said_by(torn, *turns, estimated=[True] * 3))) == 1


def test_without_turns_nobody_speaks() -> None:
    assert said_by(even("one two")) == [None, None]
    assert said_by([], Turn(0, 1, "A")) == []


TIMES = st.floats(0, 30, allow_nan=False)
WORDS = st.lists(st.tuples(TIMES, st.floats(0, 2), st.sampled_from(["a ", "b. ", "c, ", "d"])), max_size=30)
TURNS = st.lists(st.tuples(TIMES, st.floats(0, 6), st.sampled_from("WXYZ")), max_size=15)


@given(WORDS, TURNS, st.booleans())
def test_whatever_comes_every_word_has_one_of_the_speakers_or_none(words, turns, estimated) -> None:
    made = [Word(start, start + length, text) for start, length, text in words]
    tidy, _ = tidied(Turns(tuple(Turn(start, start + length, who) for start, length, who in turns)), 40.0)
    found = speakers_of(made, tidy, [estimated] * len(made))
    assert len(found) == len(made)
    for word, said in zip(made, found, strict=True):
        assert (said.speaker is None) == (said.confidence is None)
        assert said.speaker is None or said.speaker in {turn.speaker for turn in tidy.overlapping}
        assert said.speaker not in said.overlap
        near = any(turn.start - 0.6 <= word.end + 0.021 and word.start - 0.621 <= turn.end for turn in tidy.overlapping)
        assert near or said.speaker is None
        assert said.confidence is None or 0 <= said.confidence <= 1


@given(st.data())
def test_the_path_is_the_best_of_all_paths(data) -> None:
    """Against trying every path over the same evidence and costs."""
    count = data.draw(st.integers(1, 5))
    speakers = data.draw(st.integers(1, 3))
    numbers = st.floats(-5, 0)
    likelihoods = np.array([[data.draw(numbers) for _ in range(speakers)] for _ in range(count)])
    costs = np.array([data.draw(st.sampled_from([-2.0, 0.3, 1.5, 3.5, np.inf])) for _ in range(count)])

    def worth(path: Sequence[int]) -> float:
        gained = sum(likelihoods[index, who] for index, who in enumerate(path))
        return gained - sum(costs[index] for index in range(count - 1) if path[index] != path[index + 1])

    best = max(worth(path) for path in product(range(speakers), repeat=count))
    assert worth(cheapest(likelihoods, costs).tolist()) == pytest.approx(best)
