"""`subgen batch`: a plan for all media below folders, then the work, then a report."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from subgen.cli.bars import Watching, batch_screen, watched
from subgen.cli.batch_tables import plan_lines, report_lines, summary_lines
from subgen.cli.cluster import batch_by_cluster
from subgen.cli.ending import stoppable
from subgen.cli.jobs import STDOUT
from subgen.cli.notices import Notices
from subgen.cli.results import print_result
from subgen.cli.screens import Bar
from subgen.cli.settings import DEFAULT_FORMAT, Delivery, Settings
from subgen.cli.shell import put_line, say
from subgen.cli.work import find_models
from subgen.errors import EXIT_OK, EXIT_SOME_FAILED, MediaNotFound, OptionError
from subgen.formats.render import REVIEW
from subgen.library.folders import Folders, FolderWishes
from subgen.library.ignore import Ignored
from subgen.library.ledger import Ledger
from subgen.library.leftovers import Leftovers
from subgen.library.overview import looked_into, speed
from subgen.library.plan import Plan, Planner, Step, Wish
from subgen.library.recipe import recipe
from subgen.library.report import Report
from subgen.library.scan import Enters, Found, Unreadable, both, scan
from subgen.library.shard import Shard
from subgen.library.stop import Stop
from subgen.library.work import End, Outcome
from subgen.output import check_writable, write

_ALL = Shard()
_NOBODY = Notices()
ASK_ABOVE = 50
"""files of work that a terminal is asked about"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What only this command can be asked for."""

    plan: bool = False
    """whether only the plan is shown"""
    yes: bool = False
    report: Path | None = None
    ledger: Path | None = None
    shard: Shard = _ALL
    retry: bool = False
    cluster: str | None = None
    """the address of a scheduler whose workers do it; None: this machine does"""
    tls: Path | None = None
    """the folder with certificates for that"""
    exclude: tuple[str, ...] = ()
    """patterns of what is left out"""
    notices: Notices = _NOBODY
    """who is told of files that are done or have failed"""


def batch_files(places: Sequence[Path], settings: Settings, wishes: Wishes) -> int:
    """The whole command; returns the exit code."""
    wish = wished(places, settings, again=wishes.retry)
    if wishes.report is not None:
        check_writable(wishes.report, overwrite=True)
    started = time.time()
    folders, leftovers = Folders(), Leftovers()
    found, lost = _scanned(places, wishes, wish, both(folders.enter, leftovers.enter))
    with Ledger(wishes.ledger) as ledger:
        ledger.free_lost()
        planner = Planner(ledger, wish, wish_of=FolderWishes(wish, folders))
        plans = looked_into(tuple(planner.plan(found)), planner)
        rate = speed(ledger, wish.recipe.work)
        if wishes.plan:
            print_result("".join(f"{line}\n" for line in (*plan_lines(plans, wish.roots), *summary_lines(plans, rate))))
            _tell(lost)
            return EXIT_SOME_FAILED if lost else EXIT_OK
        if not _agreed(plans, rate, wishes):
            return EXIT_OK
        leftovers.look({plan.wish.place(plan.found.path) for plan in plans} if wish.folder is not None else ())
        leftovers.sweep()
        stop = Stop()
        with stoppable(stop) as ending, wishes.notices.opened(settings.console, stop) as told:
            if wishes.cluster is not None:
                place = (wishes.cluster, wishes.tls)
                outcomes = batch_by_cluster(plans, planner, place, watched(settings.console, stop, told.tell), stop)
            else:
                outcomes = _run(plans, planner, settings, stop, told.tell)
    report = Report(started, time.time(), (*outcomes, *lost))
    _hand_in(report, wishes)
    _tell(lost)
    ending.interrupt()
    return EXIT_SOME_FAILED if report.of(End.FAILED) else EXIT_OK


def wished(places: Sequence[Path], settings: Settings, *, again: bool = False) -> Wish:
    """What the settings ask for, of every file below some places. Raises OptionError."""
    delivery = settings.delivery
    formats = (*(delivery.formats or (DEFAULT_FORMAT,)), *((REVIEW,) if delivery.review else ()))
    folder = _folder(delivery)
    roots = tuple(Path(os.path.normpath(place.absolute())) for place in places)
    made = recipe(settings.options, formats, folder)
    language = settings.options.decoding.language
    return Wish(made, formats, language, folder, roots, again, settings.options, delivery.subtitled)


def _folder(delivery: Delivery) -> Path | None:
    if delivery.output is None:
        return None
    folder = Path(delivery.output)
    if delivery.output == STDOUT or (folder.exists() and not folder.is_dir()):
        raise OptionError("The results of a batch are many files: give a folder for --output.")
    return folder.absolute()


def _scanned(
    places: Sequence[Path], wishes: Wishes, wish: Wish, enter: Enters
) -> tuple[list[Found], tuple[Outcome, ...]]:
    """The media of this share, and what could not be looked at."""
    found, lost = [], []
    ignored = Ignored(wish.roots, wishes.exclude)
    for each in scan(places, ignored, both(ignored.enter, enter)):
        if isinstance(each, Unreadable):
            lost.append(Outcome(each.path, End.FAILED, f"{each.path} can't be read: {each.reason}."))
        elif wishes.shard.has(each.path, wish.roots):
            found.append(each)
    if lost and not found:
        raise MediaNotFound(lost[0].why)
    return found, tuple(lost)


def _agreed(plans: Sequence[Plan], rate: float | None, wishes: Wishes) -> bool:
    """Whether the user wants so many files, where somebody is there to be asked."""
    work = sum(plan.step is not Step.NOTHING for plan in plans)
    if work <= ASK_ABOVE or wishes.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    for line in summary_lines(plans, rate):
        put_line(line, sys.stderr)
    sys.stderr.write("Begin? (--plan shows what it is) [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _run(
    plans: Sequence[Plan], planner: Planner, settings: Settings, stop: Stop, tell: Callable[[Outcome], None]
) -> tuple[Outcome, ...]:
    """The work, through one engine."""
    from subgen.engine import Engine
    from subgen.library.batch import transcribed
    from subgen.models import download

    options = settings.options
    with batch_screen(settings.console, stop) as shown, Engine.open(options.models, shown.listen) as engine:
        if any(plan.step is Step.TRANSCRIBE for plan in plans):
            find_models(options, partial(download, bars=isinstance(shown, Bar)))
        return transcribed(plans, planner, engine, Watching(shown, tell), stop)


def _hand_in(report: Report, wishes: Wishes) -> None:
    """The report, to its file and to the user."""
    if wishes.report is not None:
        write(wishes.report, json.dumps(report.values(), indent=1) + "\n", overwrite=True)
    print_result("".join(f"{line}\n" for line in report_lines(report)))


def _tell(lost: Sequence[Outcome]) -> None:
    for outcome in lost:
        say(outcome.why)
