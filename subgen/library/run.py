"""Running plans: files are opened ahead on threads and share one engine; one bad file never stops the rest."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from subgen.events import Event
from subgen.library.plan import Plan, Step
from subgen.library.shared import Stopping
from subgen.library.stop import Stop
from subgen.library.work import End, Outcome, Worker
from subgen.types import Seconds

LEAST_OPEN = 2
"""so that the next file is always decoded ahead"""
CHUNK: Seconds = 25.0
"""what a chunk is long, to guess how many a file has"""
MOST_CHUNKS = 32
"""chunks that one long film can have waiting: with its decoding it fills so much of a batch"""
UNKNOWN_CHUNKS = 4
"""guessed for a file that does not say how long it is"""
RENEWAL: Seconds = 60.0
"""how often the leases of claimed files are renewed"""
STOPPED = "interrupted"
"""why a file has no results when a run was told to stop"""
_PATIENCE: Seconds = 0.2
"""between two looks whether the engine, which has to be loaded first, wants more"""


class Watcher(Protocol):
    """Who is told how a run goes, from several threads, one at a time."""

    def begin(self, path: Path, number: int, count: int) -> None:
        """Work on file `number` of `count` begins."""
        ...

    def listen(self, event: Event) -> None:
        """Something happened in the chain of a file."""
        ...

    def ended(self, outcome: Outcome) -> None:
        """Work on a file has ended."""
        ...


class Host(Protocol):
    """Where the documents of a run are made: `subgen.library.shared` on this machine, or elsewhere."""

    @property
    def most(self) -> int:
        """Files that may be open at once."""
        ...

    @property
    def most_deadly(self) -> int:
        """The same for files at whose work a process has died."""
        ...

    def wants(self, open: int, load: int) -> bool:
        """Whether one more file should be opened, with so many open that may have `load` chunks waiting."""
        ...

    def serve(self, finished: Callable[[], bool], tick: Callable[[], None]) -> None:
        """Does what the open files need until `finished`; `tick` is called about once a second or oftener."""
        ...

    def wake(self) -> None:
        """Makes `serve` look whether it is finished."""
        ...

    def stop(self) -> None:
        """Ends the work on all open files."""
        ...


class Run:
    """The work on many files. `run` belongs on the thread that made the engine."""

    def __init__(
        self,
        worker: Worker,
        shared: Host,
        watcher: Watcher,
        clock: Callable[[], float] = time.time,
        stop: Stop | None = None,
    ) -> None:
        """`stop` is the one that `shared` looks at."""
        self._stop = stop or Stop()
        self._worker = worker
        self._shared = shared
        self._watcher = watcher
        self._clock = clock
        self._renewed = clock()
        self._telling = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: deque[Plan] = deque()
        self._open = 0
        self._load = 0
        self._alive = 0
        self._numbers: dict[Path, int] = {}
        self._ends: dict[Path, Outcome] = {}
        self._fatal: BaseException | None = None

    def run(self, plans: Sequence[Plan]) -> tuple[Outcome, ...]:
        """Does what is planned and says how each file ended, in order of the plans.

        Once it is told to stop, chunks that are being decoded are finished and kept, and files without results are
        skipped. Files at whose work a process has died come last, each by itself, so that none takes others along.
        Files that failed by something that may pass are tried again if their time comes before the others are done.
        Raises ModelError, MissingDependency and ClusterError, which concern all files; whatever is raised, claimed
        files are free again.
        """
        ledger = self._worker.ledger
        due = [plan for plan in plans if plan.step is not Step.NOTHING]
        for recipe in {plan.wish.recipe: None for plan in due}:
            asked = (plan.found.path for plan in due if plan.wish.recipe == recipe)
            planner = self._worker.planner
            ledger.queue(asked, recipe, again=planner.wish.again, planned=planner.planned)
        self._numbers = {plan.found.path: number for number, plan in enumerate(due, 1)}
        deadly = {row.path for row in ledger.rows() if row.deaths and row.path in self._numbers}
        try:
            self._pass([plan for plan in due if plan.found.path not in deadly], self._shared.most)
            self._pass([plan for plan in due if plan.found.path in deadly], self._shared.most_deadly)
            while not self._stop.asked and (again := [plan for plan in due if self._is_due_again(plan)]):
                self._pass(again, self._shared.most)
        finally:
            self._shared.stop()
        return tuple(self._ends.get(plan.found.path, _untouched(plan)) for plan in plans)

    def _is_due_again(self, plan: Plan) -> bool:
        return 0 < self._ends[plan.found.path].again <= self._clock()

    def _pass(self, plans: Sequence[Plan], width: int) -> None:
        if self._stop.asked:
            return
        self._waiting.extend(plans)
        threads = [threading.Thread(target=self._thread, name="file") for _ in plans[:width]]
        self._alive = len(threads)
        for thread in threads:
            thread.start()
        try:
            self._shared.serve(lambda: not self._alive, self._tick)
        finally:
            self._waiting.clear()
            if self._alive:
                self._shared.stop()
            for thread in threads:
                thread.join()
        if self._fatal is not None:
            raise self._fatal

    def _thread(self) -> None:
        """Works files off, one after the other."""
        try:
            while (plan := self._next()) is not None:
                try:
                    self._work(plan)
                finally:
                    self._close(plan)
        except Stopping:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again on the thread of the run
            self._fatal = error
            self._waiting.clear()
        finally:
            with self._changed:
                self._alive -= 1
                self._changed.notify_all()
            self._shared.wake()

    def _work(self, plan: Plan) -> None:
        path = plan.found.path
        with self._telling:
            self._watcher.begin(path, self._numbers[path], len(self._numbers))
        outcome = self._worker.work(plan, self._listen)
        with self._telling:
            self._ends[path] = outcome
            self._watcher.ended(outcome)

    def _listen(self, event: Event) -> None:
        with self._telling:
            self._watcher.listen(event)

    def _next(self) -> Plan | None:
        """The next file, once there is room for its chunks; None: there is no more."""
        with self._changed:
            while self._waiting:
                if self._open < LEAST_OPEN or self._shared.wants(self._open, self._load):
                    plan = self._waiting.popleft()
                    self._open += 1
                    self._load += _chunks(plan)
                    return plan
                self._changed.wait(_PATIENCE)
        return None

    def _close(self, plan: Plan) -> None:
        with self._changed:
            self._open -= 1
            self._load -= _chunks(plan)
            self._changed.notify_all()

    def _tick(self) -> None:
        if self._stop.asked:
            self._waiting.clear()
            self._shared.stop()
        now = self._clock()
        if now - self._renewed >= RENEWAL:
            self._renewed = now
            self._worker.ledger.renew()


def _chunks(plan: Plan) -> int:
    """How many chunks of a file may be waiting at once, as far as can be guessed."""
    if plan.step is Step.RENDER:
        return 0
    duration = plan.survey.duration if plan.survey is not None else None
    return UNKNOWN_CHUNKS if duration is None else min(MOST_CHUNKS, math.ceil(duration / CHUNK))


def _untouched(plan: Plan) -> Outcome:
    if plan.step is Step.NOTHING:
        return Outcome(plan.found.path, End.SKIPPED, plan.why, plan.outputs)
    return Outcome(plan.found.path, End.SKIPPED, STOPPED)
