"""A look at a ledger without taking part in the work: others may write meanwhile."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from subgen.errors import OutputError
from subgen.library.ledger import LEDGER
from subgen.library.owner import is_alive
from subgen.library.rows import Row, State
from subgen.library.table import COLUMNS, read

RECENT = 10
"""files that were done last and are looked at"""
_PATIENCE = 5.0
"""seconds that a lock is waited for: writers hold none against readers, save while they change the file's mode"""


@dataclass(frozen=True, slots=True)
class Glance:
    """How far the work on a library has come. Moments are seconds of the epoch."""

    folder: Path
    moment: float
    exists: bool = False
    """whether anything was ever done there"""
    counts: tuple[tuple[State, int], ...] = tuple((state, 0) for state in State)
    """files in each state"""
    running: tuple[Row, ...] = ()
    """the longest first"""
    dead: frozenset[str] = frozenset()
    """owners of running files that have died: the next run takes these files"""
    waiting: tuple[Row, ...] = ()
    """files that are to be tried again later, the next first"""
    failed: tuple[Row, ...] = ()
    """files that failed for good or are set aside, the last first"""
    done: tuple[Row, ...] = ()
    """the last RECENT, the very last first"""

    @property
    def speed(self) -> float | None:
        """Seconds of audio in a second of work on `done`; None before the first."""
        return pace(self.done)


def glance(folder: Path, clock: Callable[[], float] = time.time) -> Glance:
    """Looks at the ledger in a folder; makes nothing there. Raises OutputError."""
    path, now = folder / LEDGER, clock()
    if not path.exists():
        return Glance(folder, now)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", _PATIENCE, uri=True)) as base:
            base.execute("PRAGMA query_only = ON")
            base.execute("BEGIN")  # one moment for all that follows
            return _read(base, folder, now)
    except (sqlite3.Error, ValueError) as error:
        raise OutputError(f"The ledger in {folder} can't be read: {error}; choose another with --ledger.") from error


def _read(base: sqlite3.Connection, folder: Path, now: float) -> Glance:
    def rows(rest: str, *values: object) -> tuple[Row, ...]:
        return tuple(map(read, base.execute(f"SELECT {COLUMNS} FROM media WHERE {rest}", values)))

    counts = dict(base.execute("SELECT state, count(*) FROM media GROUP BY state"))
    running = rows("state = 'running' ORDER BY started, path")
    owners = folder / "owners"
    return Glance(
        folder=folder,
        moment=now,
        exists=True,
        counts=tuple((state, counts.get(state, 0)) for state in State),
        running=running,
        dead=frozenset(owner for owner in {row.owner for row in running} if not is_alive(owners, owner)),
        waiting=rows("state = 'queued' AND not_before > ? ORDER BY not_before, path", now),
        failed=rows("state IN ('failed', 'poison') ORDER BY ended DESC, path"),
        done=rows("state = 'done' ORDER BY ended DESC, path LIMIT ?", RECENT),
    )


def pace(done: Iterable[Row]) -> float | None:
    """Seconds of audio in a second of work on files that are done, several at once or not; None: there is none."""
    rows = sorted(done, key=_started)
    busy, until = 0.0, 0.0
    for row in rows:
        busy += max(0.0, row.ended - max(row.started, until))
        until = max(until, row.ended)
    audio = sum(row.seconds for row in rows)
    return audio / busy if busy > 0 and audio > 0 else None


def _started(row: Row) -> float:
    return row.started
