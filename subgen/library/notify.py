"""Telling others that a file is done or has failed, from threads of their own: the work never waits for them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

from subgen.library.stop import Stop
from subgen.library.work import End, Outcome
from subgen.types import Seconds

SCHEMA = "subgen/notice/1"
PAUSES: tuple[Seconds, ...] = (1.0, 5.0)
"""before a notice that did not arrive is sent again"""
FLUSH: Seconds = 30.0
"""how long the end of a run waits for notices that are on their way"""
FLUSH_STOPPED: Seconds = 1.5
"""the same for a run that was told to stop, which ends in less than 10 s"""


class Undelivered(Exception):
    """A notice did not arrive; `str` is a sentence that holds no secrets. A warning, never an error of the run."""

    def __init__(self, sentence: str, *, again: bool = False) -> None:
        """`again`: whether sending it again may help."""
        super().__init__(sentence)
        self.again = again


@dataclass(frozen=True, slots=True)
class Notice:
    """A file is done or has failed."""

    outcome: Outcome
    moment: float
    """seconds of the epoch"""

    @property
    def path(self) -> Path:
        """The media file."""
        return self.outcome.path

    def values(self) -> dict[str, object]:
        """The notice as JSON has it; docs/libraries.md has the schema."""
        outcome = self.outcome
        return {
            "schema": SCHEMA,
            "event": str(outcome.end),
            "path": str(outcome.path),
            "outputs": [str(path) for path in outcome.outputs],
            "audio_seconds": round(outcome.seconds, 3),
            "why": outcome.why,
            "again": _moment(outcome.again) if outcome.again else None,
            "moment": _moment(self.moment),
        }


class Channel(Protocol):
    """A way to tell somebody."""

    @property
    def name(self) -> str:
        """For messages; holds no secrets."""
        ...

    @property
    def most(self) -> int:
        """Notices that it takes at once: they arrive, or are sent again, together."""
        ...

    def send(self, notices: Sequence[Notice]) -> None:
        """Tells them; takes its time. Raises Undelivered."""
        ...

    def stop(self) -> None:
        """Ends what `send` is doing, as far as that is possible; called from another thread."""
        ...


Complain = Callable[[Path, str], None]
"""Says that the notice about a file was not delivered; called from several threads."""


class Notifier:
    """Takes what is to be told and returns at once; a context manager, whose end waits for what is on its way."""

    def __init__(
        self,
        channels: Iterable[Channel],
        complain: Complain,
        stop: Stop | None = None,
        pauses: Sequence[Seconds] = PAUSES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._lines = [_Line(channel, complain, pauses) for channel in channels]
        self._stop = stop or Stop()
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close(FLUSH_STOPPED if self._stop.asked else FLUSH)

    def tell(self, outcome: Outcome) -> None:
        """Tells of a file that is done or has failed; what was skipped is no news."""
        if outcome.end is not End.SKIPPED:
            notice = Notice(outcome, self._clock())
            for line in self._lines:
                line.put(notice)

    def close(self, limit: Seconds) -> None:
        """Waits until all is delivered, but not for longer than that; then what is left is complained about."""
        until = time.monotonic() + limit
        for line in self._lines:
            line.end()
        for line in self._lines:
            line.join(max(0.0, until - time.monotonic()))


class _Line:
    """The notices for one channel and the thread that sends them."""

    def __init__(self, channel: Channel, complain: Complain, pauses: Sequence[Seconds]) -> None:
        self._channel = channel
        self._complain = complain
        self._pauses = pauses
        self._queue: queue.SimpleQueue[Notice | None] = queue.SimpleQueue()
        self._given_up = threading.Event()
        self._thread = threading.Thread(target=self._work, name="notices", daemon=True)
        self._put = self._sent = self._named = 0
        self._lost = 0
        """in a row, by now"""
        self._last = Path()

    def put(self, notice: Notice) -> None:
        """Never waits."""
        self._put += 1
        self._last = notice.path
        self._queue.put(notice)
        if self._put == 1:
            self._thread.start()

    def end(self) -> None:
        """Nothing will follow."""
        self._queue.put(None)

    def join(self, limit: Seconds) -> None:
        """Waits for the thread, and says what was not sent."""
        if self._put == 0:
            return
        self._thread.join(limit)
        self._given_up.set()
        if self._thread.is_alive():
            self._channel.stop()
            self._thread.join(FLUSH_STOPPED / 3)
        left = self._put - self._sent - self._named
        if left:
            self._complain(self._last, f"Not delivered to {self._channel.name}: {left} other notices.")

    def _work(self) -> None:
        going = True
        while going and not self._given_up.is_set():
            group = [self._queue.get()]
            while len(group) < self._channel.most and group[-1] is not None and not self._queue.empty():
                group.append(self._queue.get())
            going = group[-1] is not None
            notices = [notice for notice in group if notice is not None]
            if notices:
                self._deliver(notices)

    def _deliver(self, notices: Sequence[Notice]) -> None:
        """Sends notices, several times if need be; once only while others before them did not arrive either."""
        pauses = [*self._pauses] if not self._lost else []
        while True:
            try:
                self._channel.send(notices)
            except Undelivered as error:
                if error.again and pauses and not self._given_up.wait(pauses.pop(0)):
                    continue
                if not self._lost:
                    self._named += len(notices)
                    self._complain(notices[0].path, str(error))
                self._lost += len(notices)
            else:
                self._lost = 0
                self._sent += len(notices)
            return


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
