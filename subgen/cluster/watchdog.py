"""A process that hangs, in a driver or on a share that is gone, ends itself so that others get its file."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Self

from subgen.types import Seconds


def end_process() -> None:
    """Ends this process at once: a thread that hangs in the kernel could not be ended otherwise."""
    os.kill(os.getpid(), signal.SIGKILL)


class Watchdog:
    """Bites when nobody has petted it for so long; a context manager."""

    def __init__(self, patience: Seconds, bite: Callable[[], None] = end_process) -> None:
        self._patience = patience
        self._bite = bite
        self._last = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> Self:
        self.pet()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def pet(self) -> None:
        """There was a sign of life."""
        self._last = time.monotonic()

    def _watch(self) -> None:
        while not self._ended.wait(max(0.0, self._last + self._patience - time.monotonic())):
            if time.monotonic() - self._last >= self._patience:
                self._bite()
                return
