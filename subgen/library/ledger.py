"""What is known of every media file, in SQLite on a local disk, for all processes of a machine."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from platformdirs import user_data_path

from subgen.errors import OutputError
from subgen.library.owner import Owner, is_alive
from subgen.library.rows import Output, Recipe, Row, State
from subgen.library.scan import Found
from subgen.library.table import COLUMNS, SCHEMA, key, read, sentence, written
from subgen.types import Seconds

LEASE: Seconds = 600.0
"""how long a file belongs to whoever claimed it, unless the lease is renewed"""
DELAYS: tuple[Seconds, ...] = (60.0, 300.0, 1800.0)
"""before a file is tried again after failures that may pass by themselves; then it has failed"""
MOST_DEATHS = 3
"""deaths of the process during the work on one file before it is set aside"""
POISONED = f"subgen died {MOST_DEATHS} times while it worked on this file; it is set aside until --retry."
LEDGER = "ledger.sqlite3"
"""its name in its folder"""
_VERSION = 1
_PATIENCE: Seconds = 30.0
"""how long a statement waits for other processes"""
_AT_ONCE = 500
"""files asked for in one statement; SQLite takes 999 values in its older versions"""


class Ledger:
    """The ledger, and its folder with what belongs to it. Usable from all threads; a context manager.

    While it is open this process is an owner: what it has claimed and not ended is free again when it dies.
    """

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        """`folder` None: `default_folder()`. It is made, and must be on a local disk. Raises OutputError."""
        self.folder = folder or default_folder()
        self._clock = clock
        self._lock = threading.RLock()
        try:
            owners = self.folder / "owners"
            owners.mkdir(parents=True, exist_ok=True)
            self._base = _opened(self.folder / LEDGER)
            self._owner = Owner(owners)
        except (OSError, sqlite3.Error) as error:
            raise self._broken(error) from error

    @property
    def owner(self) -> str:
        """The name of this process in the rows that it has claimed."""
        return self._owner.name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file; what is still claimed is free for others."""
        self._owner.__exit__()
        with self._lock:
            self._base.close()

    def rows(self, state: State | None = None) -> Iterator[Row]:
        """All files, or those in one state, in order of their paths."""
        where, values = ("WHERE state = ?", (state,)) if state else ("", ())
        yield from map(read, self._all(f"SELECT {COLUMNS} FROM media {where} ORDER BY path", values))

    def row(self, path: Path) -> Row | None:
        """What is known of one file."""
        found = self._all(f"SELECT {COLUMNS} FROM media WHERE path = ?", (key(path),))
        return read(found[0]) if found else None

    def known(self, paths: Iterable[Path]) -> dict[Path, Row]:
        """What is known of several files, many at a time; files that the ledger has not seen are not in it."""
        by_key = {key(path): path for path in paths}
        keys = tuple(by_key)
        rows = {}
        for first in range(0, len(keys), _AT_ONCE):
            some = keys[first : first + _AT_ONCE]
            wanted = f"SELECT {COLUMNS} FROM media WHERE path IN ({', '.join('?' * len(some))})"
            for values in self._all(wanted, some):
                path = by_key[values[0]]
                rows[path] = read(values, path)
        return rows

    def of_size(self, size: int) -> tuple[Row, ...]:
        """Files of that length that have been read: one of them may be another file under its old name."""
        wanted = f"SELECT {COLUMNS} FROM media WHERE size = ? AND fingerprint <> ''"
        return tuple(map(read, self._all(wanted, (size,))))

    def counts(self) -> dict[State, int]:
        """How many files are in each state."""
        found = dict(self._all("SELECT state, count(*) FROM media GROUP BY state"))
        return {state: found.get(state, 0) for state in State}

    def see(self, found: Iterable[Found]) -> None:
        """Files that a scan has found. What was known of others under these paths is forgotten."""
        self._many(
            "INSERT INTO media (path, size, mtime, inode, state) VALUES (?, ?, ?, ?, 'seen') ON CONFLICT (path) DO"
            " UPDATE SET size = excluded.size, mtime = excluded.mtime, inode = excluded.inode, state = 'seen',"
            " fingerprint = '', survey = '', deaths = 0, faults = 0, not_before = 0, error = ''"
            " WHERE state <> 'running' AND (size, mtime) <> (excluded.size, excluded.mtime)",
            [(key(each.path), each.stamp.size, each.stamp.mtime, each.stamp.inode) for each in found],
        )

    def learn(self, path: Path, *, fingerprint: str | None = None, survey: str | None = None) -> None:
        """What has been read of a file."""
        self._run(
            "UPDATE media SET fingerprint = coalesce(?, fingerprint), survey = coalesce(?, survey) WHERE path = ?",
            (fingerprint, survey, key(path)),
        )

    def learn_all(self, surveys: Iterable[tuple[Path, str]]) -> None:
        """What is inside of several files."""
        self._many("UPDATE media SET survey = ? WHERE path = ?", [(text, key(path)) for path, text in surveys])

    def move(self, old: Path, new: Found) -> None:
        """A file has another path or stamp now and the same content; all that is known of it goes along."""
        with self._transaction():
            if new.path != old:
                self._run("DELETE FROM media WHERE path = ? AND state <> 'running'", (key(new.path),))
            stamp = new.stamp
            self._run(
                "UPDATE OR IGNORE media SET path = ?, size = ?, mtime = ?, inode = ?"
                " WHERE path = ? AND state <> 'running'",
                (key(new.path), stamp.size, stamp.mtime, stamp.inode, key(old)),
            )

    def now(self) -> float:
        """The time by the ledger's clock, in seconds of the epoch."""
        return self._clock()

    def queue(self, paths: Iterable[Path], recipe: Recipe, *, again: bool = False, planned: float = math.inf) -> None:
        """Asks for the subtitles of files that have been seen, by these settings.

        Files that run or wait for the same settings stay as they are, and those that another process has ended since
        this one `planned`. `again`: what died or failed before starts anew.
        """
        now = self._clock()
        anew = "deaths = 0, faults = 0, not_before = 0," if again else ""
        self._many(
            f"UPDATE media SET state = 'queued', {anew} error = CASE WHEN state = 'queued' THEN error ELSE '' END,"
            " queued = ?, work = ?, form = ? WHERE path = ? AND state <> 'running'"
            " AND (state, work, form) <> ('queued', ?, ?) AND ended <= ?",
            [(now, recipe.work, recipe.form, key(path), recipe.work, recipe.form, planned) for path in paths],
        )

    def claim(self, path: Path | None = None, recipe: Recipe | None = None, lease: Seconds = LEASE) -> Row | None:
        """Takes a queued file that may be tried now: that one, or whichever has waited longest. None: there is none.

        `recipe` takes it only if it waits for these settings. Files at whose work a process died come last. One
        statement, so that no two processes take a file; its try is counted before the work begins.
        """
        now = self._clock()
        values: list[object] = [now, now + lease, self.owner, now]
        where = ""
        if path is not None:
            where, values = " AND path = ?", [*values, key(path)]
        if recipe is not None:
            where, values = f"{where} AND work = ? AND form = ?", [*values, recipe.work, recipe.form]
        found = self._all(
            "UPDATE media SET state = 'running', tries = tries + 1, deaths = deaths + 1, started = ?, lease_until = ?,"
            " owner = ? WHERE path = (SELECT path FROM media WHERE state = 'queued' AND not_before <= ?"
            f"{where} ORDER BY deaths, queued, path LIMIT 1) RETURNING {COLUMNS}",
            values,
        )
        return read(found[0]) if found else None

    def renew(self, lease: Seconds = LEASE) -> None:
        """Keeps all that this process has claimed."""
        until = self._clock() + lease
        self._run("UPDATE media SET lease_until = ? WHERE state = 'running' AND owner = ?", (until, self.owner))

    def advance(self, path: Path) -> None:
        """Work on a claimed file has been saved: earlier deaths were not this file's doing."""
        self._run("UPDATE media SET deaths = 1 WHERE path = ? AND owner = ?", (key(path), self.owner))

    def done(self, path: Path, outputs: Iterable[Output], seconds: Seconds) -> bool:
        """A claimed file has its results. False: the claim was lost meanwhile."""
        return self._end(path, State.DONE, "", outputs=written(outputs), seconds=seconds)

    def skip(self, path: Path, why: str) -> bool:
        """A claimed file needs no work."""
        return self._end(path, State.SKIPPED, why)

    def fail(self, path: Path, why: str) -> bool:
        """A claimed file can't be done, now or later."""
        return self._end(path, State.FAILED, why)

    def postpone(self, path: Path, why: str) -> bool:
        """A claimed file failed by something that may pass: it waits, or fails when it has waited often enough."""
        row = self.row(path)
        faults = row.faults if row is not None else 0
        if faults >= len(DELAYS):
            return self.fail(path, why)
        return self._end(path, State.QUEUED, why, faults=faults + 1, not_before=self._clock() + DELAYS[faults])

    def release(self, path: Path) -> bool:
        """A claimed file was not tried to its end, by the user's wish: it waits again as if nothing had been."""
        return self._end(path, State.QUEUED, "")

    def free_lost(self) -> None:
        """Frees what dead processes had claimed, or whose lease has run out; sets aside what has killed too often."""
        now = self._clock()
        holders = self._all("SELECT owner, max(lease_until) FROM media WHERE state = 'running' GROUP BY owner")
        for owner, until in holders:
            if owner != self.owner and (until < now or not is_alive(self.folder / "owners", owner)):
                self._run(
                    "UPDATE media SET owner = '', state = iif(deaths >= ?, 'poison', 'queued'),"
                    " error = iif(deaths >= ?, ?, error), ended = ? WHERE state = 'running' AND owner = ?",
                    (MOST_DEATHS, MOST_DEATHS, POISONED, now, owner),
                )

    def _end(self, path: Path, state: State, error: str, **values: object) -> bool:
        names = "".join(f", {name} = ?" for name in values)
        now, faults = self._clock(), "" if "faults" in values else ", faults = 0"
        return bool(
            self._all(
                f"UPDATE media SET state = ?, error = ?, ended = ?, owner = '', deaths = deaths - 1{faults}{names}"
                " WHERE path = ? AND owner = ? AND state = 'running' RETURNING 1",
                [state, sentence(error), now, *values.values(), key(path), self.owner],
            )
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._run("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")

    def _run(self, statement: str, values: Iterable[object] = ()) -> None:
        self._all(statement, values)

    def _many(self, statement: str, values: Iterable[tuple[object, ...]]) -> None:
        with self._transaction():
            try:
                self._base.executemany(statement, values)
            except sqlite3.Error as error:
                raise self._broken(error) from error

    def _all(self, statement: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._base.execute(statement, tuple(values)).fetchall()
            except sqlite3.Error as error:
                raise self._broken(error) from error

    def _broken(self, error: Exception) -> OutputError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return OutputError(f"The ledger in {self.folder} can't be used: {reason}; choose another with --ledger.")


def _opened(path: Path) -> sqlite3.Connection:
    """The database, made if it is not there."""
    base = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        if base.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise sqlite3.OperationalError("its disk is not local")
        base.execute("PRAGMA synchronous = NORMAL")
        if base.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
            raise sqlite3.OperationalError("a later version of subgen wrote it")
        base.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
    except sqlite3.Error:
        base.close()
        raise
    return base


def default_folder() -> Path:
    """Where the ledger is when nobody names a place."""
    return user_data_path("subgen", appauthor=False) / "library"
