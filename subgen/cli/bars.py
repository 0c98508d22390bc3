"""What `subgen batch` shows while it works: a bar for each open file and one for all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from subgen.cli.screens import Bar, Lines, Screen, screen
from subgen.cli.settings import Console
from subgen.cli.shell import one_line
from subgen.errors import SubgenError
from subgen.events import Event, Loading, Opened, Progress
from subgen.library.work import End, Outcome

if TYPE_CHECKING:
    from rich.progress import TaskID

MOST_BARS = 6
"""files shown at once; a batch of short files has more of them open"""


class Watching:
    """Tells a screen how a run over many files goes."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

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


class Bars(Bar):
    """A bar for all files, one for each of some that are being recognised, and the plain lines above them."""

    def __init__(self, console: Console, stream: TextIO) -> None:
        super().__init__(console, stream)
        self._files: dict[Path, TaskID] = {}
        self._names: dict[Path, str] = {}
        self._all: TaskID | None = None

    def begin(self, path: Path, number: int, count: int) -> None:
        """The bar for all shows how many files are done."""
        if self._all is None:
            self._all = self._bar.add_task(f"{count} files", total=count, step="", speakers="")
            self._step()
        self._names[path] = one_line(path.name)

    def listen(self, event: Event) -> None:
        """Moves the bar of the event's file, which gets one with its first progress if there is room."""
        Lines.listen(self, event)
        if isinstance(event, Loading | Opened):
            self._bar.start()
        if not isinstance(event, Progress):
            return
        if event.path not in self._files and len(self._files) < MOST_BARS:
            name = self._names.get(event.path, "")
            self._files[event.path] = self._bar.add_task(name[-32:], total=None, step="", speakers="")
        if event.path in self._files:
            self._move(self._files[event.path], event.done, event.total)

    def end(self, path: Path) -> None:
        """A file's bar goes, and the bar for all moves."""
        self._names.pop(path, None)
        task = self._files.pop(path, None)
        if task is not None:
            self._bar.remove_task(task)
        if self._all is not None:
            self._bar.advance(self._all)
            self._step()

    def _step(self) -> None:
        task = next(task for task in self._bar.tasks if task.id == self._all)
        self._bar.update(task.id, step=f"{task.completed:.0f} of {task.total or 0:.0f}")


def batch_screen(console: Console, stream: TextIO | None = None) -> Screen:
    """The screen that the flags and the terminal ask for."""
    stream = stream or sys.stderr
    made = screen(console, stream)
    return Bars(console, stream) if isinstance(made, Bar) else made
