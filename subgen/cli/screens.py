"""What a command shows on stderr while it works: warnings, a bar on a terminal, or JSON lines; results go to stdout."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from subgen.cli.fields import fields
from subgen.cli.settings import Console
from subgen.cli.shell import one_line, put_line
from subgen.cli.timings import table
from subgen.events import (
    Event,
    Identifying,
    Loaded,
    Loading,
    Making,
    Noticed,
    Opened,
    Progress,
    Recognised,
    Timed,
)
from subgen.types import Seconds, Span

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Screen(Protocol):
    """Where a run over files reports; a context manager, and `listen` is the chain's listener."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def begin(self, path: Path, number: int, count: int) -> None:
        """File `number` of `count` is next."""
        ...

    def listen(self, event: Event) -> None:
        """Something happened in the chain."""
        ...

    def written(self, path: Path, output: Path | None) -> None:
        """A result is complete; `output` None is stdout."""
        ...

    def failed(self, path: Path, error: str, exit_code: int) -> None:
        """A file could not be done."""
        ...


class Lines:
    """Plain lines: errors and warnings; with `verbose` every step, with `quiet` errors only."""

    def __init__(self, console: Console, stream: TextIO, *, announce: bool) -> None:
        self._console = console
        self._stream = stream
        self._announce = announce or console.verbose

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begin(self, path: Path, number: int, count: int) -> None:
        """Only told with --verbose."""
        if self._console.verbose:
            self.say(f"{path}: file {number} of {count}")

    def listen(self, event: Event) -> None:
        """Warnings and timings always (not with --quiet); the rest with --verbose."""
        if isinstance(event, Noticed) and not self._console.quiet:
            self.say(f"{event.path}: {_moment(event.note.span)}{event.note.text}")
        elif isinstance(event, Timed) and not self._console.quiet:
            for line in table(event):
                self.say(line, prefix="")
        elif self._console.verbose:
            text = _told(event)
            if text:
                self.say(text)

    def written(self, path: Path, output: Path | None) -> None:
        """The result's name, for people only: a pipe stays silent."""
        if output is not None and self._announce and not self._console.quiet:
            self.say(str(output), prefix="")

    def failed(self, path: Path, error: str, exit_code: int) -> None:
        """The sentence."""
        self.say(error)

    def say(self, text: str, prefix: str = "subgen: ") -> None:
        """One line, made harmless for terminals."""
        put_line(prefix + one_line(text), self._stream)


class JsonLines:
    """One JSON object a line for every event, for programs that show progress themselves."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begin(self, path: Path, number: int, count: int) -> None:
        """{"event": "file", "path", "number", "count"}."""
        self._put("file", path=str(path), number=number, count=count)

    def listen(self, event: Event) -> None:
        """{"event": the name of an event's class in lower case, …}: its values, as `fields` gives them."""
        self._put(type(event).__name__.lower(), **fields(event))

    def written(self, path: Path, output: Path | None) -> None:
        """{"event": "written", "path", "output"}."""
        self._put("written", path=str(path), output="-" if output is None else str(output))

    def failed(self, path: Path, error: str, exit_code: int) -> None:
        """{"event": "failed", "path", "error", "exit_code"}."""
        self._put("failed", path=str(path), error=error, exit_code=exit_code)

    def _put(self, event: str, **values: object) -> None:
        put_line(json.dumps({"event": event, **values}), self._stream)


class Bar(Lines):
    """A progress bar with the time left, and the plain lines above it."""

    def __init__(self, console: Console, stream: TextIO) -> None:
        super().__init__(console, stream, announce=True)
        self._bar: RichProgress = _rich_progress(stream)
        self._task: TaskID | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()
        self._bar.stop()

    def begin(self, path: Path, number: int, count: int) -> None:
        """A fresh bar under the file's name."""
        super().begin(path, number, count)
        self._clear()
        place = f"{number}/{count} " if count > 1 else ""
        self._task = self._added(place + _elided(one_line(path.name)))

    def listen(self, event: Event) -> None:
        """Moves the bar; it first shows when models load, for their download has bars of its own."""
        super().listen(event)
        if self._task is None and isinstance(event, Making):  # the file's texts have been written
            self._task = self._added(_elided(one_line(event.path.name)))
        if self._task is not None and isinstance(event, Opened):
            self._move(self._task, 0.0, event.media.duration)
        elif self._task is not None and isinstance(event, Progress | Making):
            self._move(self._task, event.done, event.total)
        elif self._task is not None and isinstance(event, Identifying):
            self._bar.update(self._task, speakers=f"speakers {event.share:.0%}")
        if isinstance(event, Loading | Progress | Making):
            self._bar.start()
            self._bar.refresh()

    def _added(self, text: str) -> TaskID:
        return self._bar.add_task(text, total=None, step="", speakers="")

    def _move(self, task: TaskID, done: Seconds, total: Seconds | None) -> None:
        step = f"{_clock(done)} of {_clock(total)}" if total else _clock(done)
        self._bar.update(task, completed=done, total=total, step=step)

    def written(self, path: Path, output: Path | None) -> None:
        """The bar gives way to the result's name."""
        self._clear()
        super().written(path, output)

    def failed(self, path: Path, error: str, exit_code: int) -> None:
        """The bar gives way to the sentence."""
        self._clear()
        super().failed(path, error, exit_code)

    def say(self, text: str, prefix: str = "subgen: ") -> None:
        """A line above the bar."""
        self._bar.console.print(prefix + one_line(text), markup=False, highlight=False, soft_wrap=True)

    def _clear(self) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None


def screen(console: Console, stream: TextIO | None = None) -> Screen:
    """The screen that the flags and the terminal ask for."""
    stream = stream or sys.stderr
    if console.progress == "json":
        return JsonLines(stream)
    terminal = stream.isatty()
    if console.progress == "none" or console.quiet or not terminal:
        return Lines(console, stream, announce=terminal)
    return Bar(console, stream)


def _rich_progress(stream: TextIO) -> RichProgress:
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Columns

    return Columns(
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),  # the whole width would leave no room for the ^C that a terminal echoes
        TextColumn("{task.fields[step]}", markup=False),
        TextColumn("{task.fields[speakers]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=Terminal(file=stream),
        transient=True,
    )


def _elided(name: str, room: int = 32) -> str:
    return name if len(name) <= room else f"{name[: room - 13]}…{name[-12:]}"


def _clock(seconds: Seconds) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _moment(span: Span | None) -> str:
    return f"at {_clock(span.start)}: " if span is not None else ""


def _told(event: Event) -> str:
    """What --verbose says of an event; "" for those that would only flood the screen."""
    if isinstance(event, Opened):
        track, media = event.media.track, event.media
        length = _clock(media.duration) if media.duration is not None else "unknown length"
        language = f", {track.language}" if track.language else ""
        place = media.tracks.index(track) + 1 if track in media.tracks else 1
        return f"{media.path}: {length}, audio track {place} of {len(media.tracks)} ({track.codec}{language})"
    if isinstance(event, Loading):
        return f"loading {event.name}"
    if isinstance(event, Loaded):
        return f"{event.name}: {event.batch} chunks at a time, unless --batch says otherwise"
    if isinstance(event, Recognised):
        told = event.transcript
        return f"{_clock(told.start)}-{_clock(told.end)} {told.language or 'no language'}: {told.text.strip()}".rstrip()
    return ""
