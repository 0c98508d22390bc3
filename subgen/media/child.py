"""An ffmpeg child process whose output is read in pieces, with its complaints, and which never outlives its reader."""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import numpy as np

from subgen.errors import MissingDependency
from subgen.media.log import Log
from subgen.types import SAMPLE_RATE, Samples, Seconds

_PIPE = 1 << 16
"""Bytes in one read: what a pipe holds, one second of float32 samples."""
_WIDTH = 4
"""Bytes in one sample."""


class Child:
    """One run of an ffmpeg that writes float32 mono at 16 kHz to stdout. Nothing starts before `pieces` is iterated."""

    def __init__(self, command: list[str], start: Seconds) -> None:
        self.log = Log()
        self.status = 0
        """ffmpeg's exit code, negative for a signal; known when `pieces` is exhausted"""
        self._command = command
        self._start = start
        self._samples = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def stop(self) -> None:
        """End the child, from any thread: who reads `pieces` comes to their end, however long the child was silent."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def pieces(self) -> Generator[Samples]:
        """Samples (n,) as they arrive, finite and within [-1, 1]. Closing or dropping the generator ends the child."""
        odd = b""
        with _running(self._command) as process:
            self._process = process
            if self._stopped:
                process.kill()
            for data in self._output(process):
                joined = odd + data
                whole = len(joined) - len(joined) % _WIDTH
                odd = joined[whole:]
                self._samples += whole // _WIDTH
                if whole:
                    yield _sound(np.frombuffer(joined[:whole], "<f4"))
            self.status = process.wait()
        self.log.close(self._position)

    @property
    def _position(self) -> Seconds:
        return self._start + self._samples / SAMPLE_RATE

    def _output(self, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
        """What comes on stdout; stderr is read in the same loop, first, so that complaints get a true position."""
        with selectors.DefaultSelector() as ready:
            for pipe in (process.stdout, process.stderr):
                assert pipe is not None  # both were asked for
                ready.register(pipe, selectors.EVENT_READ)
            while ready.get_map():
                for key, _ in sorted(ready.select(), key=lambda event: event[0].fileobj is process.stdout):
                    data = os.read(key.fd, _PIPE)
                    if not data:
                        ready.unregister(key.fileobj)
                    elif key.fileobj is process.stderr:
                        self.log.feed(data, self._position)
                    else:
                        yield data


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, in a session of its own so that Ctrl-C reaches the reader only; killed and reaped on the way out."""
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=null, stdout=pipe, stderr=pipe, start_new_session=True)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise MissingDependency(f"The ffmpeg {command[0]} can't be run ({why}); install another one.") from error
    with process:  # closes the pipes and waits
        try:
            yield process
        finally:
            process.kill()


def _sound(samples: Samples) -> Samples:
    # Float files may hold anything; one NaN would silence the model. Their sum tells of one, in a tenth of the time.
    clipped = np.clip(samples, np.float32(-1.0), np.float32(1.0))
    return np.nan_to_num(clipped, nan=0.0) if np.isnan(clipped.sum()) else clipped
