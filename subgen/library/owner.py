"""Who works: a process that holds a locked file, so that its death shows at once, however it died."""

from __future__ import annotations

import fcntl
import os
import platform
from pathlib import Path
from typing import Self
from uuid import uuid4


class Owner:
    """This process, as a worker under a name of its own; a context manager. The kernel drops the lock when it dies."""

    def __init__(self, folder: Path) -> None:
        """`folder` is common to all who share a ledger; it must exist."""
        self.name = f"{platform.node()}-{os.getpid()}-{uuid4().hex[:8]}"
        self._path = folder / self.name
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def is_alive(folder: Path, name: str) -> bool:
    """Whether the owner of that name still runs on this machine; removes what a dead one has left."""
    path = folder / name
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False
