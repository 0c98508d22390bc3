"""Hidden files that were left by runs that were killed: they go once nobody can still be writing them."""

from __future__ import annotations

import contextlib
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from subgen.output import LOCAL, Disk, hidden, is_hidden
from subgen.types import Seconds

STALE: Seconds = 24 * 3600.0
"""age of what is removed: a text is under its hidden name for less than a second, and a film that is being written,
here or by another machine on the same share, grows all the time"""


class Leftovers:
    """Hidden results in the folders of a library; those of runs that still live are among them, and stay."""

    def __init__(self, disk: Disk = LOCAL, clock: Callable[[], float] = time.time) -> None:
        self._disk = disk
        self._clock = clock
        self._found: dict[Path, set[str]] = {}

    def enter(self, folder: str, names: Iterable[str]) -> None:
        """A scan has come to a folder with these names in it."""
        ours = set(filter(is_hidden, names))
        if ours:
            self._found.setdefault(Path(folder), set()).update(ours)

    def look(self, folders: Iterable[Path]) -> None:
        """Looks into folders that no scan comes to, such as those for results; they may be missing."""
        for folder in folders:
            with contextlib.suppress(OSError):
                self.enter(str(folder), [path.name for path in folder.iterdir()])

    def sweep(self) -> tuple[Path, ...]:
        """Removes what is stale and says what that was. What can't be removed stays, and is no error."""
        return tuple(path for folder, names in self._found.items() for path in self._swept(folder, names))

    def _swept(self, folder: Path, names: set[str]) -> Iterator[Path]:
        """Removes what is stale by the clock of this machine, and by that which dates files in the folder, too."""
        old = [path for name in sorted(names) if _is_stale(path := folder / name, self._clock())]
        now = self._now(folder) if old else None
        for path in old:
            with contextlib.suppress(OSError):
                if now is not None and _is_stale(path, now):
                    self._disk.remove(path)
                    yield path

    def _now(self, folder: Path) -> float | None:
        """The time by the clock that dates new files in a folder, often a server's; None: it can't be written to."""
        probe = hidden(folder / "now")
        try:
            try:
                self._disk.create(probe, b"")
                return probe.stat().st_mtime
            finally:
                self._disk.remove(probe)
        except OSError:
            return None


def _is_stale(path: Path, now: float) -> bool:
    """Whether it is a file, and as old as that; links and folders with such a name are not ours."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and now - status.st_mtime >= STALE
