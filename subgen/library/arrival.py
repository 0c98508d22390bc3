"""Whether media files that have come into a folder are all there: still for a while, and as long as they say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from subgen.errors import MediaError, Undecodable
from subgen.library.rows import Stamp
from subgen.library.scan import Found
from subgen.media import probe
from subgen.media.extent import Extent, extent
from subgen.types import Seconds

DOUBT = 6
"""times the quiet time for files whose containers do not say how long they are"""
PACE = 4
"""looks in the quiet time: a file is ready at most 1/PACE of it late"""
DAY: Seconds = 86_400.0
"""stillness after which a file is taken as it is, although it says that more of it should be there"""


class State(StrEnum):
    """What is known of the content of a file that is still."""

    WHOLE = "whole"
    UNSAID = "unsaid"
    """it does not say how long it is"""
    SHORT = "less of it is there than it says"
    CLOSED = "it can't be opened"


def look(path: Path) -> State:
    """Opens a file. What can't be used for another reason than its content is WHOLE: the work will say why."""
    try:
        there = extent(path)
        if there is Extent.SHORT:
            return State.SHORT
        known = probe(path).duration is not None
    except Undecodable:
        return State.CLOSED
    except MediaError:
        return State.WHOLE
    return State.WHOLE if known and there is Extent.WHOLE else State.UNSAID


@dataclass(slots=True)
class _File:
    """A file that has not been taken yet."""

    found: Found
    since: float
    """when it was first seen as it is"""
    new: bool
    """whether it has been like that since it was first seen at all"""
    state: State | None = None
    """its content; None until somebody has looked"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is still, and not all there."""

    path: Path
    why: str


class Arrivals:
    """Files that have come and wait until they are all there."""

    def __init__(self, quiet: Callable[[Path], Seconds], look: Callable[[Path], State] = look) -> None:
        """`quiet`: how long size and time of a file must have been still."""
        self._quiet = quiet
        self._look = look
        self._files: dict[Path, _File] = {}
        self._told: set[Path] = set()

    def __contains__(self, path: Path) -> bool:
        return path in self._files

    def meet(self, found: Iterable[Found], now: float) -> None:
        """All files that a scan has found and that are not done; others are forgotten."""
        before, self._files = self._files, {}
        for each in found:
            self._files[each.path] = _met(each, before.get(each.path), now)
        self._told &= self._files.keys()

    def look_again(self, now: float) -> None:
        """Looks whether the files have changed since; what is gone is forgotten."""
        for path, file in tuple(self._files.items()):
            stamp = _stamp(path)
            if stamp is None:
                self.drop(path)
            elif stamp != file.found.stamp:
                self._files[path] = _met(Found(path, stamp, file.found.sidecars), file, now)

    def drop(self, path: Path) -> None:
        """A file is taken, or gone."""
        self._files.pop(path, None)
        self._told.discard(path)

    def ready(self, now: float) -> list[Found]:
        """The files that are all there, in the order of their coming."""
        ready = [file for file in self._files.values() if self._is_ready(file, now)]
        return [file.found for file in sorted(ready, key=lambda file: file.since)]

    def waiting(self, now: float) -> Iterator[Waiting]:
        """Files that have been still for long enough and are not all there; each is told once."""
        for path, file in self._files.items():
            short = file.state in {State.SHORT, State.CLOSED}
            if short and path not in self._told and now - file.since >= self._quiet(path):
                self._told.add(path)
                yield Waiting(path, str(file.state))

    def due(self) -> float | None:
        """When a file may be ready, if it stays as it is; None: there is none, or a change must come first."""
        return min((self._due(file) for file in self._files.values() if not self._is_stuck(file)), default=None)

    def pace(self) -> Seconds:
        """How soon to look again, so that a change is seen long before a file would be ready."""
        waits = (self._quiet(file.found.path) for file in self._files.values() if not self._is_stuck(file))
        return min(waits, default=DAY) / PACE

    def _is_ready(self, file: _File, now: float) -> bool:
        quiet = self._quiet(file.found.path)
        age = now - file.found.stamp.mtime / 1e9
        settled = file.new and age >= quiet  # came by a rename, a move or a link: nobody writes to it
        if not settled and now < file.since + quiet:
            return False
        if file.state is None:
            file.state = self._look(file.found.path)
        return (settled and file.state is State.WHOLE) or now >= self._due(file)

    def _due(self, file: _File) -> float:
        quiet = self._quiet(file.found.path)
        waits = {State.UNSAID: quiet * DOUBT, State.SHORT: DAY, State.CLOSED: DAY}
        return file.since + (quiet if file.state is None else waits.get(file.state, quiet))

    def _is_stuck(self, file: _File) -> bool:
        return file.state in {State.SHORT, State.CLOSED}


def _met(found: Found, before: _File | None, now: float) -> _File:
    """A file as it is now: still, or changed."""
    if before is None:
        return _File(found, now, new=True)
    if before.found.stamp != found.stamp:
        return _File(found, now, new=False)
    before.found = found
    return before


def _stamp(path: Path) -> Stamp | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - called for each of many files once a second
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)
