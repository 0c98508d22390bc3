"""The work on one file: from a claim in the ledger to results beside the media and a row that says so."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from subgen.errors import ClusterError, MediaNotFound, MissingDependency, ModelError, SubgenError
from subgen.events import Listener
from subgen.library.deliver import deliver, places, require_writable
from subgen.library.fingerprint import fingerprint
from subgen.library.ledger import Ledger
from subgen.library.plan import BUSY, Plan, Planner, Step, Wish
from subgen.library.rows import Output, Row, State
from subgen.library.shared import Memory, Stopping
from subgen.library.store import Store
from subgen.library.survey import kept, survey
from subgen.options import Options
from subgen.types import Document, Seconds

PASSING = frozenset(
    {
        *(errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.ETIMEDOUT, errno.ENOMEM, errno.EMFILE),
        *(errno.ENFILE, errno.EAGAIN, errno.EBUSY, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN),
        *(errno.ENETUNREACH, errno.ECONNRESET, errno.ENOTCONN, errno.EINTR),
    }
)
"""system errors that pass by themselves: full disks, shares that are gone for a while, too little memory"""
Make = Callable[[Path, Options, Memory, Listener], Document]
"""Turns a file into a document; what it recognises goes through the memory."""
GONE = "it is gone"
"""why a file that was removed or renamed meanwhile has no results"""
CHANGED = "it changed while it was worked on"
"""why a file has no results that was not all there, or was replaced"""
_FOR_ALL = (ModelError, MissingDependency, ClusterError)
"""what fails with one of these would fail with every file"""


class End(StrEnum):
    """How the work on a file ended."""

    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the work on a file ended."""

    path: Path
    end: End
    why: str = ""
    """for what is not done; for what is done, how: "" or from what was known"""
    outputs: tuple[Path, ...] = ()
    seconds: Seconds = 0.0
    """of audio"""
    again: float = 0.0
    """when it may be tried again, in seconds of the epoch; 0: not by itself"""


@dataclass(frozen=True, slots=True)
class Worker:
    """Does the work on one file at a time; several threads may share it."""

    ledger: Ledger
    store: Store
    planner: Planner
    make: Make

    def work(self, plan: Plan, listen: Listener) -> Outcome:
        """Claims a file and does what is planned. Raises only what concerns all files: errors of _FOR_ALL, Stopping."""
        path = plan.found.path
        row = self.ledger.claim(path, plan.wish.recipe)
        if row is None:
            return self._not_ours(path)
        try:
            return self._do(plan, row, listen)
        except (*_FOR_ALL, Stopping):
            self.ledger.release(path)
            raise
        except (SubgenError, OSError, RuntimeError, ValueError, MemoryError) as error:
            return self._failed(row, error)

    def _not_ours(self, path: Path) -> Outcome:
        """Why a file could not be claimed."""
        row = self.ledger.row(path)
        if row is None or row.state is State.QUEUED:
            again = row.not_before if row is not None else 0.0
            return Outcome(path, End.FAILED, (row.error if row else "") or "It is not in the ledger.", again=again)
        if row.state in {State.FAILED, State.POISON}:
            return Outcome(path, End.FAILED, row.error)
        why = BUSY if row.state is State.RUNNING else "another run has done it"
        return Outcome(path, End.SKIPPED, why)

    def _do(self, plan: Plan, row: Row, listen: Listener) -> Outcome:
        path = row.path
        plan = self._looked_into(plan)
        if plan.step is Step.NOTHING:
            self.ledger.skip(path, plan.why)
            return Outcome(path, End.SKIPPED, plan.why)
        mark = row.fingerprint or self._marked(path)
        document = self.store.document(mark, row.recipe.work, path)
        again = document is not None
        if document is None and (why := self.planner.refused(plan)) is not None:
            self.ledger.skip(path, why)
            return Outcome(path, End.SKIPPED, why)
        if document is None:
            require_writable(path, plan.wish.place(path))
            chunks = self.store.chunks(mark, row.recipe.work, lambda: self.ledger.advance(path))
            document = self.make(path, plan.wish.options, chunks, listen)
            self.store.keep(mark, row.recipe.work, document)
            if not _is_same(row, mark):
                self.ledger.release(path)
                return Outcome(path, End.SKIPPED, CHANGED)
        outputs = _delivered(document, row, plan.wish)
        others = (each for each in row.outputs if each.path not in {output.path for output in outputs})
        self.ledger.done(path, (*outputs, *others), document.duration)
        why = "from what was recognised before" if again else ""
        return Outcome(path, End.DONE, why, tuple(each.path for each in outputs), document.duration)

    def _looked_into(self, plan: Plan) -> Plan:
        """The plan, certain now that the file has been opened."""
        if plan.step is not Step.TRANSCRIBE or plan.survey is not None:
            return plan
        inside = survey(plan.found.path)
        if not inside.error:
            self.ledger.learn(plan.found.path, survey=kept(inside))
        return self.planner.look_again(plan, inside)

    def _marked(self, path: Path) -> str:
        mark = fingerprint(path)
        self.ledger.learn(path, fingerprint=mark)
        return mark

    def _failed(self, row: Row, error: Exception) -> Outcome:
        """Files a failure, and says when it is tried again if it may pass by itself."""
        if not row.path.exists() and row.path.parent.is_dir():
            self.ledger.skip(row.path, GONE)
            return Outcome(row.path, End.SKIPPED, GONE)
        why = str(error) if isinstance(error, SubgenError) else f"{row.path} failed: {type(error).__name__}: {error}."
        if not _passes(error, row.path):
            self.ledger.fail(row.path, why)
            return Outcome(row.path, End.FAILED, why)
        self.ledger.postpone(row.path, why)
        after = self.ledger.row(row.path)
        return Outcome(row.path, End.FAILED, why, again=after.not_before if after is not None else 0.0)


def _delivered(document: Document, row: Row, wish: Wish) -> tuple[Output, ...]:
    language = document.language or wish.language or ""
    where = places(row.path, wish.formats, language, wish.place(row.path), sdh=wish.options.sdh)
    return deliver(document, wish.options, where, row.outputs)


def _is_same(row: Row, mark: str) -> bool:
    """Whether a file is still what it was when its work began. Raises MediaNotFound."""
    try:
        now = row.path.stat()
    except OSError as error:
        raise MediaNotFound(f"{row.path} can't be read: {error.strerror or error}.") from error
    return (now.st_size, now.st_mtime_ns) == (row.stamp.size, row.stamp.mtime) or fingerprint(row.path) == mark


def _passes(error: Exception, path: Path) -> bool:
    """Whether trying again may help: something about the machine or the network, not about the file."""
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, OSError) and cause.errno in PASSING:
        return True
    if isinstance(error, SubgenError):
        return not path.parent.is_dir()  # then it is the disk that is gone, whatever has failed because of that
    return True
