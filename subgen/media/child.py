"""An ffmpeg child process whose output is read as blocks of samples, with its complaints."""

from __future__ import annotations

import os
import select
import subprocess
from collections import deque
from collections.abc import Generator, Sequence

import numpy as np

from subgen.media.log import Log
from subgen.media.process import launch
from subgen.types import SAMPLE_RATE, Samples, Seconds

_WIDTH = 4
"""Bytes in one sample."""
_BLOCK = SAMPLE_RATE * _WIDTH
"""Bytes in one second of samples, nearly what a pipe holds."""
_COMPLAINTS = 1 << 16
"""Bytes of stderr in one read."""


class Child:
    """One run of an ffmpeg that writes float32 mono at 16 kHz to stdout. Nothing runs before `start`.

    What is read of it waits in `blocks`; what is not fills its pipe, which pauses it.
    """

    def __init__(self, command: list[str], begin: Seconds, until: int | None = None) -> None:
        """`begin`: where on the timeline the first sample lies, for the places of complaints."""
        self.begin = begin
        self.until = until
        """after how many blocks reading pauses; None: at the end"""
        self.log = Log()
        self.status = 0
        """ffmpeg's exit code, negative for a signal; known when it has `ended`"""
        self.blocks: deque[Samples] = deque()
        """float32 (16000,), finite and within [-1, 1]; the last one of all may be shorter"""
        self._command = command
        self._bytes = 0
        self._block = memoryview(bytearray(_BLOCK))
        self._process: subprocess.Popen[bytes] | None = None
        self._open: dict[int, bool] = {}
        """the pipes that are open: whether it is stdout"""
        self._stopped = False

    @property
    def ended(self) -> bool:
        """Whether nothing more will come; `blocks` may still hold something."""
        return self._process is not None and not self._open

    def start(self) -> None:
        """Run it. Raises MissingDependency when that is impossible."""
        process = launch(self._command)
        assert process.stdout is not None  # both pipes were asked for
        assert process.stderr is not None
        self._open = {process.stderr.fileno(): False, process.stdout.fileno(): True}
        self._process = process
        if self._stopped:
            process.kill()

    def stop(self) -> None:
        """End the process, from any thread: the reader comes to the end of it, however long it was silent."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        """Kill and reap the process and close its pipes, on the reader's thread; harmless when there is none."""
        self._open = {}
        if self._process is not None:
            with self._process:  # closes the pipes and waits
                self._process.kill()

    def pieces(self) -> Generator[Samples]:
        """Every block of a process that is started now. Closing or dropping the generator ends it."""
        try:
            self.start()
            while self.blocks or not self.ended:
                if self.blocks:
                    yield self.blocks.popleft()
                else:
                    pump((self,))
        finally:
            self.end()

    def pipes(self) -> list[int]:
        """The pipes to read from now, stderr first, so that complaints get a true position."""
        paused = self.until is not None and self._bytes >= self.until * _BLOCK
        return [pipe for pipe, samples in self._open.items() if not (samples and paused)]

    def read(self, pipe: int) -> None:
        """Take what has come through one of the pipes."""
        if not (self._take_samples(pipe) if self._open[pipe] else self._take_complaints(pipe)):
            del self._open[pipe]
            if not self._open:
                assert self._process is not None  # it had pipes
                self.status = self._process.wait()
                self.log.close(self._position)

    @property
    def _position(self) -> Seconds:
        return self.begin + self._bytes // _WIDTH / SAMPLE_RATE

    def _take_complaints(self, pipe: int) -> int:
        data = os.read(pipe, _COMPLAINTS)
        if data:
            self.log.feed(data, self._position)
        return len(data)

    def _take_samples(self, pipe: int) -> int:
        filled = self._bytes % _BLOCK
        count = os.readv(pipe, [self._block[filled:]])
        self._bytes += count
        whole = (filled + count) // _WIDTH * _WIDTH
        if whole and (whole == _BLOCK or not count):
            self.blocks.append(_sound(np.frombuffer(self._block[:whole], "<f4")))
        return count


def pump(children: Sequence[Child], wait: bool = True) -> None:
    """Read what the children have written; if `wait`, not before one of them has. Returns at once when all are done."""
    readers = {pipe: child for child in children for pipe in child.pipes()}
    if not readers:
        return
    ready = select.poll()
    for pipe in readers:
        ready.register(pipe, select.POLLIN)
    came = {pipe for pipe, _ in ready.poll(None if wait else 0)}
    for pipe, child in readers.items():
        if pipe in came:
            child.read(pipe)


def _sound(samples: Samples) -> Samples:
    """A copy without what a float file may hold: one NaN would silence the model."""
    clipped = np.clip(samples, np.float32(-1.0), np.float32(1.0))
    # The sum tells of a NaN in a tenth of the time.
    return np.nan_to_num(clipped, nan=0.0) if np.isnan(clipped.sum()) else clipped
