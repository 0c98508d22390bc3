"""When to look at folders again: the time, and events of the file system where there are any."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

from subgen.library.stop import Stop
from subgen.output import is_hidden
from subgen.types import Seconds

STEP: Seconds = 0.5
"""of a wait: so soon a wish to stop is seen"""


class Clock(Protocol):
    """The time, which tests let pass as they like."""

    def now(self) -> float:
        """Seconds of the epoch."""
        ...

    def sleep(self, seconds: Seconds) -> None:
        """Lets time pass."""
        ...


class Hints(Protocol):
    """Waits until something may have happened. What happens without a hint is found by looking, only later."""

    def wait(self, seconds: Seconds) -> bool:
        """Waits so long at most; whether something in the folders has changed."""
        ...


class SystemClock:
    """The time of this machine."""

    def now(self) -> float:
        """Seconds of the epoch."""
        return time.time()

    def sleep(self, seconds: Seconds) -> None:
        """Lets time pass."""
        time.sleep(seconds)


class Patience:
    """No hints: time passes until it is over, or until work should end."""

    def __init__(self, clock: Clock, stop: Stop) -> None:
        self._clock = clock
        self._stop = stop

    def wait(self, seconds: Seconds) -> bool:
        """Always False."""
        until = self._clock.now() + seconds
        while not self._stop.asked and (left := until - self._clock.now()) > 0:
            self._clock.sleep(min(left, STEP))
        return False


class Events:
    """What the system says of changes in folders on local disks, and time for all others."""

    def __init__(self, changes: Iterator[Iterable[object]], clock: Clock, stop: Stop) -> None:
        """`changes` gives what has changed about every `STEP`, or nothing; when it ends, only time is left."""
        self._changes = changes
        self._clock = clock
        self._stop = stop

    def wait(self, seconds: Seconds) -> bool:
        """Waits so long at most; whether something in the folders has changed."""
        until = self._clock.now() + seconds
        while not self._stop.asked and self._clock.now() < until:
            changed = next(self._changes, None)
            if changed is None:
                return Patience(self._clock, self._stop).wait(until - self._clock.now())
            if any(True for _ in changed):
                return True
        return False


def hints(folders: Sequence[Path], clock: Clock, stop: Stop) -> Hints:
    """Events of these folders where the extra `watch` is installed and the system agrees, else patience."""
    changes = _changes(folders) if folders else None
    return Patience(clock, stop) if changes is None else Events(changes, clock, stop)


def _changes(folders: Sequence[Path]) -> Iterator[Iterable[object]] | None:
    """Names that appear and vanish below folders, gathered from now on; None where that can't be had."""
    try:
        from watchfiles import Change, watch
    except ImportError:
        return None

    def appears(change: Change, path: str) -> bool:
        return change is not Change.modified and not is_hidden(Path(path).name)  # files that grow are looked at anyway

    step = round(STEP * 1000)
    changes = watch(*folders, watch_filter=appears, rust_timeout=step, yield_on_timeout=True, debounce=step)
    try:
        first = next(changes)
    except (OSError, RuntimeError):  # a folder that is gone; more folders than the system watches
        return None
    return chain((first,), changes)
