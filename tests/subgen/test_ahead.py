"""Working ahead: same items, same errors, bounded, and nothing left running."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgen.ahead import Ahead


@given(st.lists(st.integers()), st.integers(1, 4))
def test_items_come_in_order(items: list[int], size: int) -> None:
    with Ahead(iter(items), size) as ahead:
        assert list(ahead) == items
        assert list(ahead) == []


def test_what_the_source_raises_is_raised_where_items_are_taken() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    with Ahead(source(), 4) as ahead:
        assert next(ahead) == 1
        for _ in range(2):
            with pytest.raises(ValueError, match="broken"):
                next(ahead)


def test_no_more_than_size_is_made_ahead_and_the_thread_ends() -> None:
    made: list[int] = []

    def source() -> Iterator[int]:
        for item in range(1000):
            made.append(item)
            yield item

    before = threading.active_count()
    with Ahead(source(), 3) as ahead:
        assert next(ahead) == 0
        deadline = time.monotonic() + 10
        while len(made) < 5 and time.monotonic() < deadline:  # taken, three waiting, and one in the hand
            time.sleep(0.01)
        assert len(made) == 5
    assert threading.active_count() == before
    assert len(made) <= 6


def test_an_error_of_the_user_leaves_no_thread() -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), Ahead(iter(range(100)), 2) as ahead:
        print(1 // next(ahead))
    assert threading.active_count() == before


def test_a_source_that_waits_is_stopped() -> None:
    """Else Ctrl-C would wait for an ffmpeg that hangs."""
    waiting, stopped = threading.Event(), threading.Event()

    def source() -> Iterator[int]:
        yield 1
        waiting.set()
        assert stopped.wait(60)

    with Ahead(source(), 4, stopped.set) as ahead:
        assert next(ahead) == 1
        assert waiting.wait(60)
    assert stopped.is_set()
