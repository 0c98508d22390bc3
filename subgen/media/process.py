"""A child process of ffmpeg whose output is read as it comes, and which never outlives its reader."""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from subgen.errors import MissingDependency

_PIPE = 1 << 16
"""Bytes in one read: what a pipe holds."""


class Process:
    """One run of a command. Nothing starts before `output` or `lines` is iterated."""

    def __init__(self, command: list[str], folder: Path | None = None) -> None:
        """`folder`: where the command runs, and names without a folder lie; None: where this program does."""
        self.status = 0
        """the exit code, negative for a signal; known when the output is exhausted"""
        self._command = command
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def stop(self) -> None:
        """End the child, from any thread: who reads its output comes to the end, however long the child was silent."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def output(self, complain: Callable[[bytes], None]) -> Generator[bytes]:
        """What comes on stdout, in pieces; what comes on stderr goes to `complain`.

        stderr is read in the same loop, first, so that complaints are known before what was written after them.
        Closing or dropping the generator ends the child. Raises MissingDependency when it can't be started.
        """
        with _running(self._command, self._folder) as process:
            self._process = process
            if self._stopped:
                process.kill()
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
                            complain(data)
                        else:
                            yield data
            self.status = process.wait()

    def lines(self, complain: Callable[[bytes], None]) -> Generator[str]:
        """`output` as lines of text, without their ends."""
        rest = b""
        with closing(self.output(complain)) as output:
            for data in output:
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    yield line.decode("utf-8", "replace")
        if rest:
            yield rest.decode("utf-8", "replace")


def launch(command: list[str], folder: Path | None = None) -> subprocess.Popen[bytes]:
    """The started command with pipes for its output, in a session of its own so that Ctrl-C reaches the reader only.

    Raises MissingDependency when it can't be started.
    """
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    try:
        return subprocess.Popen(command, stdin=null, stdout=pipe, stderr=pipe, cwd=folder, start_new_session=True)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise MissingDependency(f"The ffmpeg {command[0]} can't be run ({why}); install another one.") from error


@contextmanager
def _running(command: list[str], folder: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    """The process; killed and reaped on the way out."""
    with launch(command, folder) as process:  # closes the pipes and waits
        try:
            yield process
        finally:
            process.kill()
