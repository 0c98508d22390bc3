"""Telling of files by a command of the user's."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from subgen.errors import OptionError
from subgen.library.notify import Notice, Undelivered
from subgen.library.work import End
from subgen.types import Seconds

LIMIT: Seconds = 600.0
"""how long a command may take"""
OUTPUTS = "{outputs}"
_NAMES = re.compile(r"\{(?:event|path|why)\}")


@dataclass(slots=True)
class Command:
    """A command that is run, without a shell, for every file that ended so. The notice is JSON on its stdin.

    In its words {event}, {path} and {why} stand for those of the notice; a word that is just {outputs} becomes as many
    words as there are results.
    """

    words: tuple[str, ...]
    event: End
    limit: Seconds = LIMIT
    most: int = field(init=False, default=1)
    _running: subprocess.Popen[bytes] | None = field(init=False, default=None)

    @classmethod
    def read(cls, text: str, event: End) -> Command:
        """From one line, quoted as for a shell. Raises OptionError."""
        try:
            words = tuple(shlex.split(text))
        except ValueError as error:
            raise OptionError(f"The command {text!r} of --on-{event} can't be read: {error}.") from error
        if not words:
            raise OptionError(f"The command of --on-{event} is empty; give a program and its arguments.")
        return cls(words, event)

    @property
    def name(self) -> str:
        """Its program."""
        return f"the command {self.words[0]}"

    def send(self, notices: Sequence[Notice]) -> None:
        """Runs it. Raises Undelivered."""
        for notice in notices:
            if notice.outcome.end is self.event:
                self._run(notice)

    def stop(self) -> None:
        """Kills it, and what it has started."""
        running = self._running
        if running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)

    def _run(self, notice: Notice) -> None:
        said = json.dumps(notice.values()).encode()
        try:
            running = self._running = subprocess.Popen(
                tuple(self._filled(notice)),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # a Ctrl-C is for subgen, which lets it finish
            )
        except OSError as error:
            raise Undelivered(f"--on-{self.event}: {self.words[0]}: {error.strerror or error}.") from error
        try:
            _, complaints = running.communicate(said, timeout=self.limit)
        except subprocess.TimeoutExpired:
            self.stop()
            running.communicate()
            raise Undelivered(f"--on-{self.event}: {self.words[0]} took over {self.limit:g} s; it was ended.") from None
        finally:
            self._running = None
        if running.returncode:
            lines = complaints.decode("utf-8", "replace").strip().splitlines()[-1:]
            ended = ": ".join((f"{self.words[0]} ended with exit code {running.returncode}", *lines)).rstrip(".")
            raise Undelivered(f"--on-{self.event}: {ended}.")

    def _filled(self, notice: Notice) -> Iterator[str]:
        values = {"{event}": str(notice.outcome.end), "{path}": str(notice.path), "{why}": notice.outcome.why}
        for word in self.words:
            if word == OUTPUTS:
                yield from map(str, notice.outcome.outputs)
            else:
                yield _NAMES.sub(lambda found: values[found[0]], word)
