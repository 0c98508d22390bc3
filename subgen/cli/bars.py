"""What `subgen batch` shows while it works: a bar for each open file and one for all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from subgen.cli.screens import Bar, Lines, Screen, screen
from subgen.cli.settings import Console
from subgen.cli.shell import one_line
from subgen.errors import SubgenError
from subgen.events import Event, Loading, Opened, Progress
from subgen.library.stop import Stop
from subgen.library.work import End, Outcome

if TYPE_CHECKING:
    from rich.progress import TaskID

MOST_BARS = 6
"""files shown at once; a batch of short files has more of them open"""
ENDING = "ending: what is begun is finished and kept; again to end at once"
"""what stands beside the bar for all after an interrupt"""
_ROOM = 32
"""columns for the names of files"""


class Watching:
    """Tells a screen how a run over many files goes."""

    def __init__(self, screen: Screen, tell: Callable[[Outcome], None] = lambda outcome: None) -> None:
        """`tell` hears of every end, too."""
        self._screen = screen
        self._tell = tell

    def begin(self, path: Path, number: int, count: int) -> None:
        """Work on a file begins."""
        self._screen.begin(path, number, count)

    def listen(self, event: Event) -> None:
        """Something happened in the chain of a file."""
        self._screen.listen(event)

    def ended(self, outcome: Outcome) -> None:
        """The results' names, or the sentence; what was skipped is only in the report."""
        if isinstance(self._screen, Bars):
            self._screen.end(outcome.path)
        if outcome.end is End.FAILED:
            self._screen.failed(outcome.path, outcome.why, SubgenError.exit_code)
        for output in outcome.outputs if outcome.end is End.DONE else ():
            self._screen.written(outcome.path, output)
        self._tell(outcome)


@dataclass(slots=True)
class _Step:
    """What stands beside the bar for all; made anew whenever it is shown, so that an interrupt is answered at once."""

    stop: Stop
    ended: int = 0
    count: int = 0

    def __format__(self, _how: str) -> str:
        return ENDING if self.stop.asked else f"{self.ended} of {self.count}"


class Bars(Bar):
    """A bar for all files, one for each of some that are being recognised, and the plain lines above them."""

    def __init__(self, console: Console, stream: TextIO, stop: Stop | None = None) -> None:
        super().__init__(console, stream)
        self._files: dict[Path, TaskID] = {}
        self._names: dict[Path, str] = {}
        self._parts: dict[Path, float] = {}
        """how much of each open file is recognised, 0..1"""
        self._all: TaskID | None = None
        self._step = _Step(stop or Stop())

    def begin(self, path: Path, number: int, count: int) -> None:
        """The bar for all shows how many files are done."""
        if self._all is None:
            self._step.count = count
            name = "1 file" if count == 1 else f"{count} files"
            self._all = self._bar.add_task(name, total=count, step=self._step, speakers="")
        self._names[path] = _end_of(one_line(path.name))

    def listen(self, event: Event) -> None:
        """Moves the bar of the event's file, which gets one with its first progress if there is room."""
        Lines.listen(self, event)
        if isinstance(event, Loading | Opened):
            self._bar.start()
        if not isinstance(event, Progress):
            return
        if event.path not in self._files and len(self._files) < MOST_BARS:
            self._files[event.path] = self._added(self._names.get(event.path, ""))
        if event.path in self._files:
            self._move(self._files[event.path], event.done, event.total)
        if event.total:
            self._parts[event.path] = min(1.0, event.done / event.total)
            self._advance()

    def end(self, path: Path) -> None:
        """A file's bar goes, and the bar for all moves."""
        self._names.pop(path, None)
        self._parts.pop(path, None)
        task = self._files.pop(path, None)
        if task is not None:
            self._bar.remove_task(task)
        self._step.ended += 1
        self._advance()

    def _advance(self) -> None:
        if self._all is not None:
            self._bar.update(self._all, completed=self._step.ended + sum(self._parts.values()))


def batch_screen(console: Console, stop: Stop | None = None, stream: TextIO | None = None) -> Screen:
    """The screen that the flags and the terminal ask for; a bar says so when `stop` is asked."""
    stream = stream or sys.stderr
    made = screen(console, stream)
    return Bars(console, stream, stop) if isinstance(made, Bar) else made


def _end_of(name: str) -> str:
    """The end of a long name, where the episodes of a series differ."""
    return name if len(name) <= _ROOM else f"…{name[1 - _ROOM :]}"


@contextmanager
def watched(console: Console, stop: Stop, tell: Callable[[Outcome], None]) -> Iterator[Watching]:
    """A watcher of a run, with a screen as long as the run."""
    with batch_screen(console, stop) as shown:
        yield Watching(shown, tell)
