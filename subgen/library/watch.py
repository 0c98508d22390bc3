"""Watching folders: what comes into them is done once it is all there, as long as nobody ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from subgen.errors import OptionError
from subgen.library.arrival import Arrivals, Waiting
from subgen.library.folders import Folders, FolderWishes, Local
from subgen.library.hints import Clock, Hints
from subgen.library.ignore import Ignored
from subgen.library.ledger import Ledger
from subgen.library.leftovers import Leftovers
from subgen.library.mounts import is_remote
from subgen.library.plan import BUSY, Plan, Planner, Rule, Step, Wish, has_subtitles
from subgen.library.rows import State
from subgen.library.scan import Found, Unreadable, both, scan
from subgen.library.stop import Stop
from subgen.library.work import Outcome
from subgen.types import Seconds

EVERY: Seconds = 30.0
"""between two looks at all folders, whatever the system says of changes"""
QUIET: Seconds = 10.0
"""how long size and time of a file must have been still"""
QUIET_REMOTE: Seconds = 60.0
"""the same on a network, where copies stall and sizes come late"""
GAP: Seconds = 2.0
"""between two looks at all folders at least, however much happens in them"""
ROUND = 32
"""files that are done before the folders are looked at again"""
IDLE: Seconds = 600.0
"""without work before the models are let go"""

Work = Callable[[Sequence[Plan], Planner], Sequence[Outcome]]
"""Does what is planned, and says how each file ended."""


class Listens(Protocol):
    """Who is told what a watch sees."""

    def waits(self, waiting: Waiting) -> None:
        """A file is still, and not all there; told once."""
        ...

    def lost(self, path: Path, why: str) -> None:
        """A folder, or the settings of one, can't be used; told when that begins."""
        ...

    def idle(self) -> None:
        """There has been nothing to do for long; the models may go."""
        ...


@dataclass(frozen=True, slots=True)
class Places:
    """What is watched, and how."""

    roots: tuple[Path, ...]
    exclude: tuple[str, ...] = ()
    quiet: Seconds | None = None
    """None: by where a folder is"""
    every: Seconds = EVERY
    once: bool = False
    """whether it ends when nothing is left to be done or to settle"""


@dataclass(slots=True)
class Watch:
    """The watch over some folders. It knows nothing of models: `work` does what it finds."""

    places: Places
    ledger: Ledger
    wish: Wish
    work: Work
    listens: Listens
    clock: Clock
    hints: Hints
    stop: Stop
    rules: tuple[Rule, ...] = (has_subtitles,)
    _arrivals: Arrivals = field(init=False)
    _folders: Folders = field(init=False, default_factory=Folders)
    _left: dict[Path, tuple[Found, Local]] = field(init=False, default_factory=dict)
    """files for which there is nothing to do, as they were and as their folders' settings were"""
    _later: dict[Path, float] = field(init=False, default_factory=dict)
    """when files are tried again that failed by something that may pass"""
    _troubles: frozenset[tuple[Path, str]] = field(init=False, default=frozenset())
    _scanned: float = field(init=False, default=0.0)
    _scan_at: float = field(init=False, default=0.0)
    _worked: float | None = field(init=False, default=None)
    """when work ended last; None: nothing was done since the models were let go"""

    def __post_init__(self) -> None:
        remote = {root: is_remote(root) for root in self.places.roots}
        self._arrivals = Arrivals(partial(quiet_time, self.places.quiet, remote))

    def run(self) -> None:
        """Looks, works and waits until it is told to stop. Raises ModelError, MissingDependency and OutputError."""
        while not self.stop.asked:
            now = self.clock.now()
            if now >= self._scan_at:
                self._scan(now)
            else:
                self._arrivals.look_again(now)
            ready = self._arrivals.ready(now)[:ROUND]
            if ready and now > self._scanned + GAP:
                self._scan_at = now  # subtitles may have come along meanwhile
                continue
            if ready:
                self._do(ready)
                continue
            for waiting in self._arrivals.waiting(now):
                self.listens.waits(waiting)
            due = self._arrivals.due()
            if self.places.once and due is None:
                return
            self._wait(now, due)

    def _wait(self, now: float, due: float | None) -> None:
        """Until the next look; the models go when there has been nothing to do for long."""
        until = self._scan_at if due is None else min(self._scan_at, due, now + self._arrivals.pace())
        if self.hints.wait(max(0.0, until - now)):
            self._scan_at = min(self._scan_at, self._scanned + GAP)
        if self._worked is not None and self.clock.now() - self._worked >= IDLE:
            self._worked = None
            self.listens.idle()

    def _scan(self, now: float) -> None:
        """Looks at all folders: what is new, what has changed, what is gone."""
        self._scanned, self._scan_at = now, now + self.places.every
        self.ledger.free_lost()
        ignored = Ignored(self.places.roots, self.places.exclude)
        self._folders, leftovers = Folders(), Leftovers()
        enter = both(ignored.enter, both(self._folders.enter, leftovers.enter))
        found: list[Found] = []
        troubles: set[tuple[Path, str]] = set()
        for each in scan(self.places.roots, ignored, enter):
            if isinstance(each, Unreadable):
                troubles.add((each.path, f"{each.path} can't be read: {each.reason}."))
            elif (why := self._unusable(each)) is not None:
                troubles.add((each.path.parent, why))
            else:
                found.append(each)
        leftovers.sweep()
        for path, why in sorted(troubles - self._troubles):
            self.listens.lost(path, why)
        self._troubles = frozenset(troubles)
        self._arrivals.meet(tuple(self._wanted(found, now)), now)

    def _unusable(self, found: Found) -> str | None:
        """Why the settings of a file's folder make no sense; its files wait until they do."""
        try:
            FolderWishes(self.wish, self._folders)(found.path)
        except OptionError as error:
            return str(error)
        return None

    def _wanted(self, found: Sequence[Found], now: float) -> Iterator[Found]:
        """The files for which there is something to do, or which are not known to have come whole."""
        left, self._left = self._left, {}
        fresh = []
        for each in found:
            if left.get(each.path) == (each, self._folders.of(each.path.parent)):
                self._left[each.path] = left[each.path]
            elif each.path in self._arrivals:
                yield each
            elif self._later.get(each.path, now) <= now:
                fresh.append(each)
        for plan in self._planner().plan(fresh) if fresh else ():
            if plan.step is not Step.NOTHING:
                yield plan.found
            elif plan.why != BUSY:
                self._leave(plan.found)

    def _do(self, ready: Sequence[Found]) -> None:
        """Does files that are all there, and remembers those that need no more."""
        planner = self._planner()
        plans = tuple(planner.plan(ready))
        if any(plan.step is not Step.NOTHING for plan in plans):
            if self.wish.folder is not None:  # the scan comes to the media's folders only
                leftovers = Leftovers()
                leftovers.look({plan.wish.place(plan.found.path) for plan in plans})
                leftovers.sweep()
            self.work(plans, planner)
            self._worked = self.clock.now()
        for plan in plans:
            found = plan.found
            self._arrivals.drop(found.path)
            self._later.pop(found.path, None)
            row = self.ledger.row(found.path)
            if row is not None and row.state is State.QUEUED and row.not_before:
                self._later[found.path] = row.not_before
            elif plan.why != BUSY and row is not None and row.state not in {State.QUEUED, State.RUNNING}:
                self._leave(found)

    def _leave(self, found: Found) -> None:
        self._left[found.path] = (found, self._folders.of(found.path.parent))

    def _planner(self) -> Planner:
        return Planner(self.ledger, self.wish, self.rules, FolderWishes(self.wish, self._folders))


def quiet_time(given: Seconds | None, remote: Mapping[Path, bool], path: Path) -> Seconds:
    """How long a file must have been still."""
    if given is not None:
        return given
    root = next((root for root in remote if root in path.parents), None)
    return QUIET_REMOTE if root is not None and remote[root] else QUIET
