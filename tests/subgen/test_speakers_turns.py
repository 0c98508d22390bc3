"""Turns are tidied: inside the recording, numbered by appearance, one speaker's apart; ghosts are found and folded."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.speakers.turns import CRUMB, ghosts, talk_time, tidied
from subgen.types import Turn, Turns

TIMES = st.floats(-5, 60, allow_nan=False)
TURNS = st.lists(
    st.builds(
        lambda start, length, who: Turn(start, start + length, who), TIMES, st.floats(0, 20), st.sampled_from("ABCD")
    ),
    max_size=20,
)


def test_labels_are_numbered_by_appearance_and_remember_where_they_come_from() -> None:
    turns, speakers = tidied(Turns((Turn(5, 8, "Zoe"), Turn(1, 2, "Bob"), Turn(7, 9, "Bob"))), 20)
    assert [(turn.start, turn.speaker) for turn in turns.overlapping] == [
        (1, "SPEAKER_00"),
        (5, "SPEAKER_01"),
        (7, "SPEAKER_00"),
    ]
    assert [(one.label, one.source, one.seconds) for one in speakers] == [
        ("SPEAKER_00", "Bob", 3),
        ("SPEAKER_01", "Zoe", 3),
    ]


def test_what_lies_outside_or_is_a_crumb_is_dropped() -> None:
    found = Turns((Turn(-1, 2, "A"), Turn(4, 4.04, "B"), Turn(9, 12, "C"), Turn(11, 12, "D"), Turn(3, 3, "A")))
    turns, speakers = tidied(found, 10)
    assert [(turn.start, turn.end) for turn in turns.overlapping] == [(0, 2), (9, 10)]
    assert [one.source for one in speakers] == ["A", "C"]


def test_turns_of_one_speaker_that_touch_are_joined_with_the_lower_confidence() -> None:
    found = Turns((Turn(0, 1, "A", 0.9), Turn(1, 2, "A", 0.5), Turn(1.5, 1.7, "A", 0.8), Turn(3, 4, "A", 0.7)))
    assert tidied(found, 10)[0].overlapping == (Turn(0, 2, "SPEAKER_00", 0.5), Turn(3, 4, "SPEAKER_00", 0.7))
    unsure = Turns((Turn(0, 1, "A", 0.9), Turn(0.5, 2, "A")))
    assert tidied(unsure, 10)[0].overlapping == (Turn(0, 2, "SPEAKER_00", None),)


def test_exclusive_turns_get_the_same_labels() -> None:
    found = Turns((Turn(0, 3, "B"), Turn(2, 5, "A")), (Turn(2.5, 5, "A"), Turn(0, 2.5, "B"), Turn(5, 6, "C")), "model")
    turns, _ = tidied(found, 10)
    assert [turn.speaker for turn in turns.exclusive] == ["SPEAKER_00", "SPEAKER_01"]
    assert turns.model == "model"


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        ([Turn(0, 60, "A"), Turn(60, 61, "B")], ("B",)),
        ([Turn(0, 60, "A"), Turn(60, 62, "B")], ()),  # 3 % of all speech
        ([Turn(0, 600, "A"), Turn(600, 602.1, "B")], ()),  # a turn of over 2 s
        ([Turn(0, 600, "A"), *(Turn(600 + 2 * i, 601 + 2 * i, "B") for i in range(5))], ("B",)),
        ([Turn(i, i + 1, f"S{i}") for i in range(60)], ()),  # nobody talks more
        ([], ()),
    ],
)
def test_ghosts_hardly_talk_and_never_for_long(turns, found) -> None:
    assert ghosts(turns) == found


def test_folded_ghosts_give_their_turns_to_whoever_is_nearest() -> None:
    found = Turns(
        (Turn(0, 50, "A"), Turn(49.5, 50.5, "G"), Turn(60, 100, "B"), Turn(59, 59.5, "G")), (Turn(50, 50.5, "G"),)
    )
    turns, speakers = tidied(found, 200, fold=True)
    assert turns.overlapping == (Turn(0, 50.5, "SPEAKER_00"), Turn(59, 59.5, "SPEAKER_01"), Turn(60, 100, "SPEAKER_01"))
    assert turns.exclusive == ()
    assert [one.source for one in speakers] == ["A", "B"]
    assert len(tidied(found, 200)[1]) == 3


@given(TURNS, st.booleans())
def test_whatever_comes_out_is_tidy(turns, fold) -> None:
    tidy, speakers = tidied(Turns(tuple(turns), tuple(turns)), 30.0, fold=fold)
    assert all(turn.start >= 0 and turn.end <= 30 and turn.duration >= CRUMB for turn in tidy.overlapping)
    assert list(tidy.overlapping) == sorted(tidy.overlapping, key=lambda turn: turn.start)
    labels = list(dict.fromkeys(turn.speaker for turn in tidy.overlapping))
    assert labels == [f"SPEAKER_{number:02d}" for number in range(len(labels))] == [one.label for one in speakers]
    assert {one.source for one in speakers} <= {turn.speaker for turn in turns}
    for label in labels:
        own = [turn for turn in tidy.overlapping if turn.speaker == label]
        assert all(left.end < right.start for left, right in pairwise(own))
    seconds = talk_time(tidy.overlapping)
    assert [one.seconds for one in speakers] == list(seconds.values())
    if not fold:
        assert tidied(tidy, 30.0)[0].overlapping == tidy.overlapping
