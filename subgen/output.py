"""Writing results: whole or not at all, and never over a file that the user wants to keep."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from subgen.errors import OutputError


class Disk(Protocol):
    """The few things that `write` does to a file system; each raises OSError when it can't."""

    def create(self, path: Path, data: bytes) -> None:
        """Make a new file with this content, safely on the disk; FileExistsError when there is one."""
        ...

    def link(self, source: Path, target: Path) -> None:
        """Give a file a second name; FileExistsError when there is one."""
        ...

    def replace(self, source: Path, target: Path) -> None:
        """Rename a file, at once, over whatever has the name."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file if there is one."""
        ...


class LocalDisk:
    """The file system of this machine."""

    def create(self, path: Path, data: bytes) -> None:
        """Write and sync before the name is of use to anyone."""
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def link(self, source: Path, target: Path) -> None:
        """A hard link, which is the one way to name a file that never replaces another."""
        target.hardlink_to(source)

    def replace(self, source: Path, target: Path) -> None:
        """Atomic on every system."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """No error when it is not there."""
        path.unlink(missing_ok=True)


LOCAL = LocalDisk()
_HIDDEN = re.compile(r"\.subgen-[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}\.part")
"""a random UUID (RFC 9562, version 4) between our name and our ending"""
UNNAMED = "subtitles"
"""stands in messages for a file name that is not known yet"""
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EINVAL}
"""what file systems without hard links (FAT, some network shares) answer"""


def check_writable(path: Path, overwrite: bool | None = None, disk: Disk = LOCAL) -> None:
    """Refuse a path that can't be written before hours of work go into it, by making and removing a hidden file there.

    `overwrite` None: the path is the folder of a file whose name is not known yet. Raises OutputError.
    """
    file = path / UNNAMED if overwrite is None else path
    try:
        _refuse_existing(file, overwrite is not False)
        probe = hidden(file)
        try:
            disk.create(probe, b"")
        finally:
            disk.remove(probe)
    except OSError as error:
        raise OutputError(_sentence(file, error)) from error


def write(path: Path, text: str, overwrite: bool, disk: Disk = LOCAL) -> None:
    """Write UTF-8 text under a hidden name in the same folder, then give it its own name in one step.

    Without `overwrite` a file that exists is never touched, even one that appears meanwhile. Whatever goes wrong,
    nothing half-written is left behind. Raises OutputError.
    """
    with fresh(path, overwrite, disk) as unfinished:
        disk.create(unfinished, text.encode("utf-8", "replace"))


@contextlib.contextmanager
def fresh(path: Path, overwrite: bool, disk: Disk = LOCAL) -> Iterator[Path]:
    """A hidden name in the same folder, for a file that gets its own name in one step when the context ends well.

    Raises OutputError for the same as `write`, and for an OSError in the context.
    """
    try:
        _refuse_existing(path, overwrite)
        unfinished = hidden(path)
        try:
            yield unfinished
            if overwrite:
                disk.replace(unfinished, path)
            else:
                _publish(unfinished, path, disk)
        finally:
            with contextlib.suppress(OSError):
                disk.remove(unfinished)
    except OSError as error:
        raise OutputError(_sentence(path, error)) from error


def _publish(finished: Path, path: Path, disk: Disk) -> None:
    """Name a finished file, unless the name is taken."""
    try:
        disk.link(finished, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Take the name with an empty file of our own, which can then be replaced.
        disk.create(path, b"")
        try:
            disk.replace(finished, path)
        except BaseException:
            disk.remove(path)
            raise


def hidden(path: Path) -> Path:
    """A new hidden name in the folder of a file that is to be written."""
    return path.with_name(f".subgen-{uuid4().hex}.part")


def is_hidden(name: str) -> bool:
    """Whether a file name is one of those that `hidden` makes."""
    return _HIDDEN.fullmatch(name) is not None


def _refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise the OSError that writing would raise sooner or later: name taken, name impossible, or a folder."""
    try:
        path.lstat()
    except FileNotFoundError:
        return
    except ValueError:  # a NUL in the name
        raise OSError(errno.EINVAL, "the name holds a NUL character") from None
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not overwrite:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _sentence(path: Path, error: OSError) -> str:
    name, folder = _printable(path), _printable(path.parent)
    known = {
        errno.EEXIST: f"{name} exists already; use --overwrite to replace it.",
        errno.EISDIR: f"{name} is a folder; give the name of a file.",
        errno.ENOENT: f"The folder {folder} does not exist; create it or choose another with -o.",
        errno.ENOTDIR: f"{folder} is not a folder; choose another with -o.",
        errno.ENAMETOOLONG: f"The name {name} is too long for the file system; choose a shorter one with -o.",
    }
    if error.errno in known:
        return known[error.errno]
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"The folder {folder} may not be written to; choose another with -o."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"{name} could not be written because the disk is full; free some space or choose another with -o."
    return f"{name} can't be written: {error.strerror or error}."


def _printable(path: Path) -> str:
    """A path on one line of text, whatever characters it holds."""
    text = str(path)
    return text if text.isprintable() else repr(text)
