"""Where the time goes: how long each stage of the work takes. Nothing is measured unless somebody asks.

A device works while the host goes on, so that a stage which is measured waits for its result, and what would overlap
comes one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import TypeVar

from aligner.types import Seconds

Result = TypeVar("Result")
Item = TypeVar("Item")


class Stages:
    """Seconds that were measured, by the names of stages."""

    def __init__(self, clock: Callable[[], Seconds] = perf_counter) -> None:
        self.seconds: dict[str, Seconds] = {}
        """of what one thread did, one stage after another"""
        self.beside: dict[str, Seconds] = {}
        """of what other threads did in the meantime"""
        self._clock = clock
        self._busy = False

    def take(self, name: str, work: Callable[[], Result], finish: Callable[[Result], object] | None) -> Result:
        """What `work` gives, once `finish` has waited for it. A stage inside another one counts for that one."""
        if self._busy:
            return work()
        self._busy = True
        start = self._clock()
        try:
            result = work()
            if finish is not None:
                finish(result)
            return result
        finally:
            self._busy = False
            self._add(self.seconds, name, start)

    def passing(self, name: str, items: Iterator[Item]) -> Iterator[Item]:
        """The same items; what it takes to make them, on the thread that asks for them, counts as done beside."""
        while True:
            start = self._clock()
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self._add(self.beside, name, start)
            yield item

    def _add(self, seconds: dict[str, Seconds], name: str, start: Seconds) -> None:
        seconds[name] = seconds.get(name, 0.0) + self._clock() - start


_asked: ContextVar[Stages | None] = ContextVar("stages", default=None)


@contextmanager
def measured() -> Iterator[Stages]:
    """Measures the stages that this thread comes to in this context."""
    stages = Stages()
    token = _asked.set(stages)
    try:
        yield stages
    finally:
        _asked.reset(token)


def stage(name: str, work: Callable[[], Result], finish: Callable[[Result], object] | None = None) -> Result:
    """What `work` gives, which is a stage of that name; `finish` waits for what a device has yet to compute."""
    stages = _asked.get()
    return work() if stages is None else stages.take(name, work, finish)


def beside(name: str, items: Iterator[Item]) -> Iterator[Item]:
    """Items that another thread will ask for, making which is a stage of that name."""
    stages = _asked.get()
    return items if stages is None else stages.passing(name, items)
