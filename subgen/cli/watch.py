"""`subgen watch`: media are done as they come into folders; the models stay loaded while there is work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from subgen.cli.bars import Watching, batch_screen
from subgen.cli.batch import wished
from subgen.cli.batch_tables import report_lines
from subgen.cli.ending import stoppable
from subgen.cli.notices import Notices
from subgen.cli.results import print_result
from subgen.cli.screens import Bar, Screen
from subgen.cli.settings import Console, Settings
from subgen.cli.shell import say
from subgen.cli.work import find_models
from subgen.engine import Engine
from subgen.errors import EXIT_OK, EXIT_SOME_FAILED, MediaError, OptionError
from subgen.events import Event, Noticed
from subgen.library.arrival import Waiting
from subgen.library.batch import transcribed
from subgen.library.hints import SystemClock, hints
from subgen.library.ledger import Ledger
from subgen.library.mounts import is_remote
from subgen.library.plan import Plan, Planner
from subgen.library.report import Report
from subgen.library.stop import Stop
from subgen.library.watch import QUIET, QUIET_REMOTE, Places, Watch
from subgen.library.work import End, Outcome
from subgen.models import download
from subgen.types import Note


class Watcher:
    """The work of a watch through one engine, and what is shown of it: each round of files has a screen of its own."""

    def __init__(self, settings: Settings, stop: Stop, keep: bool, tell: Callable[[Outcome], None]) -> None:
        """`keep`: whether it is remembered how files ended; `tell` hears of every end."""
        self._console = settings.console
        self._shown: Screen = batch_screen(settings.console)
        self._stop = stop
        self._keep = keep
        self._tell = tell
        self.engine = Engine.open(settings.options.models, self.listen)
        self.outcomes: list[Outcome] = []
        find_models(settings.options, partial(download, bars=isinstance(self._shown, Bar)))

    def work(self, plans: Sequence[Plan], planner: Planner) -> Sequence[Outcome]:
        """Does what is planned."""
        with batch_screen(self._console) as shown:
            self._shown = shown
            outcomes = transcribed(plans, planner, self.engine, Watching(shown, self._tell), self._stop)
        self.outcomes += outcomes if self._keep else ()
        return outcomes

    def listen(self, event: Event) -> None:
        """Something happened in the engine."""
        self._shown.listen(event)

    def waits(self, waiting: Waiting) -> None:
        """A file is still, and not all there."""
        self._shown.listen(Noticed(waiting.path, Note("waits", f"It waits: {waiting.why}.")))

    def lost(self, path: Path, why: str) -> None:
        """A folder, or its settings, can't be used."""
        self._shown.failed(path, why, MediaError.exit_code)

    def idle(self) -> None:
        """The models go until there is work again."""
        self.engine.close()


def watch_folders(places: Places, settings: Settings, ledger: Path | None, notices: Notices) -> int:
    """The whole command; returns the exit code."""
    places = _checked(places)
    wish = wished(places.roots, settings)
    stop, clock = Stop(), SystemClock()
    started = time.time()
    with Ledger(ledger) as opened, stoppable(stop), notices.opened(settings.console, stop) as told:
        watcher = Watcher(settings, stop, places.once, told.tell)
        remote = {root: is_remote(root) for root in places.roots}
        if settings.console == Console(verbose=settings.console.verbose):
            for root in places.roots:
                say(_told(root, places, remote[root]))
        near = [root for root in places.roots if not remote[root] and root.is_dir()]
        Watch(places, opened, wish, watcher.work, watcher, clock, hints(near, clock, stop), stop).run()
    if not places.once:
        return EXIT_OK
    report = Report(started, time.time(), tuple(watcher.outcomes))
    print_result("".join(f"{line}\n" for line in report_lines(report)))
    return EXIT_SOME_FAILED if report.of(End.FAILED) else EXIT_OK


def _checked(places: Places) -> Places:
    """The places with absolute paths. Raises OptionError."""
    for root in places.roots:
        if root.is_file():
            raise OptionError(f"{root} is a file: watch takes folders; `subgen {root}` does a file.")
    if places.quiet is not None and not places.quiet >= 0:
        raise OptionError("The quiet time must be 0 seconds or more.")
    if not places.every >= 1:
        raise OptionError("The folders can be looked through once a second at most: use --every 1 or more.")
    return replace(places, roots=tuple(Path(os.path.normpath(root.absolute())) for root in places.roots))


def _told(root: Path, places: Places, remote: bool) -> str:
    quiet = places.quiet if places.quiet is not None else QUIET_REMOTE if remote else QUIET
    where = " on a network" if remote else ""
    return f"Watching {root}{where}: looks every {places.every:g} s, takes what has been still for {quiet:g} s."
