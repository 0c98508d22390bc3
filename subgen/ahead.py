"""Working ahead: an iterator that runs on a thread of its own, a few items before whoever takes them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Full, Queue
from typing import Generic, Self, TypeVar

from aligner.stages import stage

Item = TypeVar("Item")

_PATIENCE = 0.1
"""seconds between two looks whether anybody still wants the items"""


class _End:
    """What the thread puts last: nothing went wrong, or this did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Ahead(Generic[Item]):
    """The items of `source`, at most `size` of them made before they are taken; a context manager.

    The source runs on one other thread, which has ended when the context has. What it raises is raised here.
    """

    def __init__(self, source: Iterator[Item], size: int, stop: Callable[[], object] = lambda: None) -> None:
        """`stop` ends the wait of a source that nobody wants any more, should it be waiting for something."""
        self._stop = stop
        self._source = source
        self._queue: Queue[Item | _End] = Queue(size)
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ahead", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._unwanted.set()
        self._stop()
        self._thread.join()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        item = stage("waiting", self._queue.get)
        if not isinstance(item, _End):
            return item
        self._queue.put(item)  # so that asking again gives the same answer
        if item.error is not None:
            raise item.error
        raise StopIteration

    def _work(self) -> None:
        last = _End()
        try:
            for item in self._source:
                self._offer(item)
                if self._unwanted.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by whoever takes the items
            last = _End(error)
        self._offer(last)

    def _offer(self, item: Item | _End) -> None:
        while not self._unwanted.is_set():
            with suppress(Full):
                self._queue.put(item, timeout=_PATIENCE)
                return
