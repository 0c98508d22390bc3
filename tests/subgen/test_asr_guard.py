"""The loop guard: loops are caught, people who repeat themselves are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.asr.guard import LEAST_TOKENS, LONGEST_PERIOD, REPEATS, LoopGuard, loop_start

HEADS = st.lists(st.integers(0, 1), max_size=60)


def first_alarm(tokens: list[int]) -> int | None:
    guard = LoopGuard()
    for index, token in enumerate(tokens):
        if guard.add(token):
            return index
    return None


def is_loop(tokens: list[int]) -> bool:
    """Slow reference: do the last tokens consist of enough copies of one piece?"""
    for period in range(1, LONGEST_PERIOD + 1):
        needed = max(LEAST_TOKENS, REPEATS * period)
        tail = tokens[-needed:]
        if len(tail) == needed and all(a == b for a, b in zip(tail, tail[period:], strict=False)):
            return True
    return False


@given(
    st.lists(st.integers(0, 1), max_size=60), st.lists(st.integers(0, 3), min_size=1, max_size=5), st.integers(1, 40)
)
def test_guard_agrees_with_the_reference(head: list[int], piece: list[int], copies: int) -> None:
    tokens = head + piece * copies
    alarm = first_alarm(tokens)
    expected = next((index for index in range(len(tokens)) if is_loop(tokens[: index + 1])), None)
    assert alarm == expected
    assert (loop_start(tokens) is not None) == is_loop(tokens)


@given(st.lists(st.integers(10, 20), max_size=20), st.integers(1, LONGEST_PERIOD))
def test_the_start_of_a_loop_is_found(head: list[int], period: int) -> None:
    piece = list(range(100, 100 + period))
    tokens = head + piece * max(REPEATS, -(-LEAST_TOKENS // period))
    assert first_alarm(tokens) == len(tokens) - 1
    assert loop_start(tokens) == len(head)


@pytest.mark.parametrize("words", [["no"] * 11, ["ha", ","] * 10, ["la", "la", "land"] * 5])
def test_people_may_repeat_themselves(words: list[str]) -> None:
    assert first_alarm([hash(word) for word in words]) is None
