"""A client's connection to a scheduler, through Dask: who works there, and tasks that are asked for and answered."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed import Client, Future
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from subgen.cluster.far import Deadly, Lost, Unanswered
from subgen.cluster.holder import NAME, work
from subgen.cluster.loading import quieten
from subgen.cluster.places import RESOURCE, answers
from subgen.cluster.security import security
from subgen.cluster.task import Answer, Sent, Task
from subgen.types import Seconds

REACH: Seconds = 5.0
"""how long one attempt to reach the scheduler may take"""
_GONE = (CancelledError, CommClosedError, OSError, RuntimeError)
"""what Dask raises when the scheduler is not there, or the client has been closed because of that"""


class Connection:
    """A `subgen.cluster.far.Cluster` that is a Dask scheduler. Usable from all threads, but for `connect`."""

    def __init__(self, address: str, version: str, tls: Path | None = None) -> None:
        """`version`: workers of other versions are not seen. Raises OptionError."""
        self.address = address
        self._resource = RESOURCE.format(version)
        self._security = security(tls)
        self._client: Client | None = None
        self.hear: Callable[[str, Sent], None] = lambda key, event: None
        """is told of events in the tasks of all clients"""

    def connect(self) -> None:
        """Reaches the scheduler, anew if it was reached before. Raises Lost."""
        self.close()
        if not answers(self.address, REACH):
            raise Lost
        try:
            client = Client(self.address, timeout=REACH, security=self._security, set_as_default=False)
            quieten()
            client.subscribe_topic(NAME, self._heard)
        except _GONE as error:
            raise Lost from error
        self._client = client

    def close(self) -> None:
        """Leaves; what was asked for and is not answered is dropped."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(*_GONE):
                client.close(timeout=1.0)

    def workers(self) -> frozenset[str]:
        """Addresses of the workers of our version. Raises Lost."""
        try:
            told: dict[str, Any] = self._reached().scheduler_info(n_workers=-1)
        except _GONE as error:
            raise Lost from error
        return frozenset(name for name, each in told["workers"].items() if self._resource in each["resources"])

    def submit(self, task: Task, key: str, among: Collection[str] | None) -> Asked:
        """Asks for a task, of these workers or of all. Raises Lost."""
        client = self._reached()
        try:
            future = client.submit(
                work,
                task,
                key=key,
                resources={self._resource: 1},
                workers=list(among) if among is not None else None,
                pure=False,
            )
        except _GONE as error:
            raise Lost from error
        return Asked(future, lambda: self._client is client and client.status == "running")

    def _reached(self) -> Client:
        if self._client is None or self._client.status != "running":
            raise Lost
        return self._client

    def _heard(self, event: tuple[float, tuple[str, bytes]]) -> None:
        key, told = event[1]
        self.hear(key, pickle.loads(told))


class Asked:
    """A task that was asked for."""

    def __init__(self, future: Future[Answer], connected: Callable[[], bool]) -> None:
        """`connected`: whether the client that has asked is still there to be answered."""
        self._future = future
        self._connected = connected

    def answer(self, patience: Seconds) -> Answer:
        """What a worker says, once it says it. Raises Unanswered when that takes longer, Lost, or Deadly."""
        try:
            error = self._future.exception(timeout=patience)
            if error is None:
                return self._future.result(timeout=REACH)
        except TimeoutError as waiting:
            if self._connected():
                raise Unanswered from waiting
            raise Lost from waiting
        except _GONE as gone:
            raise Lost from gone
        if isinstance(error, KilledWorker):
            raise Deadly(error.allowed_failures + 1)
        raise RuntimeError(f"{type(error).__name__}: {error}") from error

    def drop(self) -> None:
        """Nobody waits for it any more. A worker that has begun stops at the next chunk."""
        with suppress(*_GONE):
            self._future.release()
