"""An ffmpeg child process whose output is read as samples, with its complaints."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from subgen.media.log import Log
from subgen.media.process import Process
from subgen.types import SAMPLE_RATE, Samples, Seconds

_WIDTH = 4
"""Bytes in one sample."""


class Child:
    """One run of an ffmpeg that writes float32 mono at 16 kHz to stdout. Nothing starts before `pieces` is iterated."""

    def __init__(self, command: list[str], start: Seconds) -> None:
        self.log = Log()
        self._process = Process(command)
        self._start = start
        self._samples = 0

    @property
    def status(self) -> int:
        """ffmpeg's exit code, negative for a signal; known when `pieces` is exhausted."""
        return self._process.status

    def stop(self) -> None:
        """End the child, from any thread: who reads `pieces` comes to their end, however long the child was silent."""
        self._process.stop()

    def pieces(self) -> Generator[Samples]:
        """Samples (n,) as they arrive, finite and within [-1, 1]. Closing or dropping the generator ends the child."""
        odd = b""
        output = self._process.output(lambda data: self.log.feed(data, self._position))
        try:
            for data in output:
                joined = odd + data
                whole = len(joined) - len(joined) % _WIDTH
                odd = joined[whole:]
                self._samples += whole // _WIDTH
                if whole:
                    yield _sound(np.frombuffer(joined[:whole], "<f4"))
        finally:
            output.close()
        self.log.close(self._position)

    @property
    def _position(self) -> Seconds:
        return self._start + self._samples / SAMPLE_RATE


def _sound(samples: Samples) -> Samples:
    # Float files may hold anything; one NaN would silence the model. Their sum tells of one, in a tenth of the time.
    clipped = np.clip(samples, np.float32(-1.0), np.float32(1.0))
    return np.nan_to_num(clipped, nan=0.0) if np.isnan(clipped.sum()) else clipped
