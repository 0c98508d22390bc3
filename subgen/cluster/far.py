"""Documents from a cluster, for a `subgen.library.run.Run`: one file at a time for each worker, asked for until done.

Files are asked for again when the scheduler or their worker goes. A worker that refuses is left out, and the user is
told once; when all refuse, so does this.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from subgen.cluster.task import Answer, Refusal, Sent, Task, sent
from subgen.errors import ClusterError, MediaError
from subgen.events import Listener, Noticed
from subgen.library.shared import Memory, Stopping
from subgen.options import Options
from subgen.types import Document, Note, Seconds

LOOK: Seconds = 1.0
"""between two looks who works there"""
PATIENCE: Seconds = 300.0
"""how long a scheduler may be away, or be without workers, before the run ends"""
UNTOLD: Seconds = 5.0
"""how long nobody may work there before the user is told"""
FORGIVEN: Seconds = 300.0
"""after which a worker that refused everything is asked again: its share may have been mounted"""
AHEAD = 1
"""files open beyond those at work, so that no worker waits for the ledger"""
MOST = 256
"""files open at once, a thread for each"""


class Lost(Exception):
    """The scheduler is not there. What was asked for is to be asked again."""


class Unanswered(Exception):
    """There is no answer yet."""


class Deadly(Exception):
    """So many workers died at a task that the scheduler gives it to no other."""

    def __init__(self, deaths: int) -> None:
        super().__init__(deaths)
        self.deaths = deaths


class Asked(Protocol):
    """A task that was asked for."""

    def answer(self, patience: Seconds) -> Answer:
        """What a worker says. Raises Unanswered when that takes longer, Lost, or Deadly."""
        ...

    def drop(self) -> None:
        """Nobody waits for it any more."""
        ...


class Cluster(Protocol):
    """Where workers are."""

    address: str
    hear: Callable[[str, Sent], None]

    def connect(self) -> None:
        """Reaches it, anew if it was reached before. Raises Lost."""
        ...

    def close(self) -> None:
        """Leaves."""
        ...

    def workers(self) -> frozenset[str]:
        """Who works there. Raises Lost."""
        ...

    def submit(self, task: Task, key: str, among: Collection[str] | None) -> Asked:
        """Asks for a task, of these workers or of all. Raises Lost."""
        ...


class Far:
    """A host for a run whose files are done elsewhere."""

    most = MOST
    most_deadly = MOST
    """whoever dies with a file here does not take this process along"""

    def __init__(
        self,
        cluster: Cluster,
        task: Callable[[Path, Options], Task],
        patience: Seconds = PATIENCE,
        look: Seconds = LOOK,
        untold: Seconds = UNTOLD,
    ) -> None:
        """`task` makes a file's task. `patience`, `look`, `untold`: as PATIENCE, LOOK and UNTOLD say."""
        self._cluster = cluster
        self._task = task
        self._patience = patience
        self._look_after = look
        self._untold = untold
        self._changed = threading.Condition()
        self._workers: frozenset[str] = frozenset()
        self._refusing: dict[str, tuple[float, Answer]] = {}
        self._busy = 0
        self._missing = time.monotonic()
        """since when nobody works there"""
        self._told = False
        self._stopping = False
        self._models = ""
        self._heard: dict[str, tuple[Path, Listener]] = {}
        cluster.hear = self._hear

    def wants(self, open: int, load: int) -> bool:
        """Whether one more file should be opened."""
        return open < max(1, len(self._workers)) + AHEAD

    def serve(self, finished: Callable[[], bool], tick: Callable[[], None]) -> None:
        """Looks who works there until `finished`. Raises ClusterError when nobody does for too long."""
        while not finished():
            tick()
            self._look()
            with self._changed:
                if not finished():
                    self._changed.wait(self._look_after)

    def wake(self) -> None:
        """Makes `serve` look whether it is finished."""
        with self._changed:
            self._changed.notify_all()

    def stop(self) -> None:
        """Ends all work: whoever waits gets `Stopping`, workers stop at the next chunk."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def make(self, path: Path, options: Options, memory: Memory, listen: Listener) -> Document:
        """A file's document. Raises ClusterError, which concerns all files, Stopping, or what a worker has raised."""
        task = self._task(path, options)
        refused: dict[str, Answer] = {}
        attempt = 0
        while True:
            with self._turn(refused, path, listen) as among:
                answer = self._asked(task, attempt, among, listen)
            attempt += 1
            if answer is None:
                continue
            self._models = self._models or answer.models
            if answer.document is not None:
                return replace(answer.document, media=replace(answer.document.media, path=path))
            if answer.refusal is not None:
                self._refuse(answer, refused, path, listen)
            elif answer.error is not None:
                raise answer.error from _system(answer.number)

    @contextmanager
    def _turn(self, refused: dict[str, Answer], path: Path, listen: Listener) -> Iterator[frozenset[str] | None]:
        """Waits until a worker is free; gives the workers that may be asked, None: all."""
        with self._changed:
            while not (able := self._able(refused)) or self._busy >= len(able):
                if self._stopping:
                    raise Stopping
                self._tell_missing(path, listen)
                self._changed.wait(self._look_after)
            self._busy += 1
        try:
            yield able if able < self._workers or refused else None
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def _able(self, refused: dict[str, Answer]) -> frozenset[str]:
        """The workers that may be asked for a file. Raises what the last one said when all who are there refuse."""
        now = time.monotonic()
        self._refusing = {name: each for name, each in self._refusing.items() if now - each[0] < FORGIVEN}
        willing = self._workers - self._refusing.keys()
        if self._workers and not willing:
            _, last = max(self._refusing.values(), key=lambda each: each[0])
            raise ClusterError(f"No worker can help. {last.error}")
        if willing and not willing - refused.keys():
            error = next(reversed(refused.values())).error
            raise error if error is not None else MediaError("No worker has the file.")
        return willing - refused.keys()

    def _asked(self, task: Task, attempt: int, among: frozenset[str] | None, listen: Listener) -> Answer | None:
        """The answer to one attempt; None: the task, or whoever had it, is lost."""
        key = f"{task.fingerprint}-{task.work}-{attempt}"
        self._heard[key] = (task.path, listen)
        try:
            asked = self._cluster.submit(replace(task, models=self._models), key, among)
            try:
                return self._waited(asked, among)
            finally:
                asked.drop()
        except Lost:
            with self._changed:
                self._workers = frozenset()
                self._changed.notify_all()
            return None
        except Deadly as error:
            raise MediaError(
                f"{task.path} was given up: {error.deaths} workers died while they worked on it; look why, then use"
                " --retry."
            ) from error
        finally:
            del self._heard[key]

    def _waited(self, asked: Asked, among: frozenset[str] | None) -> Answer | None:
        """The answer; None when all who might answer have gone."""
        while not self._stopping:
            try:
                return asked.answer(self._look_after)
            except Unanswered:
                if among is not None and self._workers and not among & self._workers:
                    return None
        raise Stopping

    def _refuse(self, answer: Answer, refused: dict[str, Answer], path: Path, listen: Listener) -> None:
        """Leaves out a worker: for this file, or for all, which the user is told."""
        refused[answer.worker] = answer
        if answer.refusal is Refusal.WORKER:
            with self._changed:
                known = answer.worker in self._refusing
                self._refusing[answer.worker] = (time.monotonic(), answer)
            if not known:
                listen(Noticed(path, Note("cluster", f"A worker can't help: {answer.error}")))

    def _look(self) -> None:
        """Learns who works there; a scheduler that has gone is looked for."""
        workers, away = self._looked()
        now = time.monotonic()
        with self._changed:
            if workers:
                self._missing, self._told = now, False
            elif now - self._missing > self._patience:
                raise ClusterError(_nobody(self._cluster.address, away))
            if workers != self._workers:
                self._workers = workers
                self._changed.notify_all()

    def _looked(self) -> tuple[frozenset[str], bool]:
        """Who works there, and whether the scheduler itself is away."""
        try:
            return self._cluster.workers(), False
        except Lost:
            with suppress(Lost):
                self._cluster.connect()
            return frozenset(), True

    def _tell_missing(self, path: Path, listen: Listener) -> None:
        """Says once that nobody works there."""
        if not self._told and not self._workers and time.monotonic() - self._missing > self._untold:
            self._told = True
            listen(Noticed(path, Note("cluster", f"No worker is at {self._cluster.address}: waiting for one.")))

    def _hear(self, key: str, event: Sent) -> None:
        """An event in some client's task."""
        heard = self._heard.get(key)
        if heard is not None and (ours := sent(event, heard[0])) is not None:
            heard[1](ours)


def connected(cluster: Cluster) -> None:
    """Reaches a cluster for the first time. Raises ClusterError."""
    try:
        cluster.connect()
    except Lost as error:
        raise ClusterError(
            f"No scheduler answers at {cluster.address}: start one there with `subgen cluster scheduler`, or check the"
            " address and its protocol."
        ) from error


def _nobody(address: str, away: bool) -> str:
    if away:
        return f"The scheduler at {address} has gone and did not come back; what was done is kept, begin again later."
    return f"No worker of this version is at {address}: start one with `subgen cluster worker {address}`."


def _system(number: int | None) -> OSError | None:
    """The system error behind a worker's error."""
    return OSError(number, os.strerror(number)) if number is not None else None
