"""Finding the media files below folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from subgen.library.rows import Stamp

VIDEOS = (
    *("3g2", "3gp", "asf", "avi", "divx", "dv", "f4v", "flv", "m2t", "m2ts", "m2v", "m4v", "mkv", "mov", "mp4", "mpeg"),
    *("mpg", "mts", "mxf", "ogm", "ogv", "rm", "rmvb", "ts", "vob", "webm", "wmv"),
)
AUDIOS = (
    *("aac", "ac3", "aif", "aiff", "amr", "ape", "au", "caf", "dts", "eac3", "flac", "m4a", "m4b", "mka", "mp2", "mp3"),
    *("mpa", "oga", "ogg", "opus", "tta", "voc", "w64", "wav", "wma", "wv"),
)
MEDIA = frozenset((*VIDEOS, *AUDIOS))
"""Endings of names, in lower case and without the dot, of the files that a scan takes."""
SUBTITLES = frozenset(("ass", "idx", "lrc", "sbv", "smi", "srt", "ssa", "stl", "sub", "sup", "ttml", "usf", "vtt"))
"""Endings of the files beside a media file that may be its subtitles."""
UNFINISHED = ("~", ".!qb", ".!ut", ".aria2", ".crdownload", ".download", ".opdownload", ".part", ".partial", ".tmp")
"""How programs end the names of files that they still write, in lower case, before or after the media's ending."""
_NOT_MEDIA = frozenset({"#recycle", "$recycle.bin", "@eadir", "lost+found", "system volume information"})
"""folders of servers and systems, in lower case: waste bins and thumbnails"""

Leaves = Callable[[str, bool], bool]
"""Whether something is left out, by its whole path and whether it is a folder: the place of exclude patterns."""
Enters = Callable[[str, Iterable[str]], None]
"""Is told of each folder and of the names in it, before `Leaves` is asked about them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A media file."""

    path: Path
    stamp: Stamp
    sidecars: tuple[str, ...] = ()
    """names of the files in its folder that may be its subtitles: `<stem>.<anything>`, or `<stem>` with their ending;
    where they fit the stems of two media, they belong to the longer one"""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder, or a file that was named, that could not be looked at, and why."""

    path: Path
    reason: str


def scan(
    roots: Iterable[Path],
    left_out: Leaves = lambda _path, _folder: False,
    enter: Enters = lambda _folder, _names: None,
) -> Iterator[Found | Unreadable]:
    """The media files below the folders, in order of their names, each once; a root may be a file, of any name.

    Nothing is opened. Hidden files, files with a temporary name and folders of waste bins are left out. Links are
    followed, each folder is visited once.
    """
    walk = _Walk(left_out, enter)
    files: set[Path] = set()
    for root in roots:
        for found in _root(Path(os.path.normpath(root.absolute())), walk):
            if found.path not in files:
                files.add(found.path)
                yield found


def both(one: Enters, other: Enters) -> Enters:
    """Who tells two of each folder."""

    def enter(folder: str, names: Iterable[str]) -> None:
        one(folder, names)
        other(folder, names)

    return enter


def is_unfinished(name: str) -> bool:
    """Whether a file name is one that programs give to what they are still writing."""
    lowered = name.lower()
    return lowered.endswith(UNFINISHED) or _stem(lowered).endswith(UNFINISHED)


def is_media(name: str) -> bool:
    """Whether a name says media, neither hidden nor unfinished."""
    return not name.startswith(".") and _ending(name) in MEDIA and not is_unfinished(name)


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a scan asks, and the folders that it has been to."""

    left_out: Leaves
    enter: Enters
    visited: set[tuple[int, int]] = field(default_factory=set)


def _root(root: Path, walk: _Walk) -> Iterator[Found | Unreadable]:
    try:
        status = root.stat()
        if stat.S_ISDIR(status.st_mode):
            yield from _folder(root, walk)
            return
        names = [each.name for each in root.parent.iterdir()]
    except OSError as error:
        yield Unreadable(root, error.strerror or str(error))
        return
    yield Found(root, _stamp(status), _sidecars(sorted(names), root.name).get(_stem(root.name), ()))


def _folder(folder: Path, walk: _Walk) -> Iterator[Found | Unreadable]:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in walk.visited:
            return
        walk.visited.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield Unreadable(folder, error.strerror or str(error))
        return
    walk.enter(str(folder), {entry.name for entry in entries})
    beside = _sidecars(entry.name for entry in entries)
    for entry in entries:
        if is_media(entry.name):
            found = _file(entry, folder, beside)
            if found is not None and not walk.left_out(entry.path, False):
                yield found
                continue
        if _is_shelf(entry) and not walk.left_out(entry.path, True):
            yield from _folder(Path(entry.path), walk)


def _file(entry: os.DirEntry[str], folder: Path, beside: dict[str, tuple[str, ...]]) -> Found | None:
    """The entry as a media file; None for what is something else, or has just gone."""
    try:
        if not entry.is_file():
            return None
        status = entry.stat()
    except OSError:
        return None
    return Found(folder / entry.name, _stamp(status), beside.get(_stem(entry.name), ()))


def _is_shelf(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder that may hold media."""
    if entry.name.startswith(".") or entry.name.lower() in _NOT_MEDIA:
        return False
    try:
        return entry.is_dir()
    except OSError:
        return False


def _sidecars(names: Iterable[str], other: str = "") -> dict[str, tuple[str, ...]]:
    """Names of what may be subtitles, by the stem of the media that they belong to; `other` is media of any name."""
    every = tuple(names)
    stems = {_stem(name) for name in every if name == other or _ending(name) in MEDIA}
    found: dict[str, tuple[str, ...]] = {}
    for name in every:
        if _ending(name) in SUBTITLES:
            stem = _stem(name)
            while stem not in stems and "." in stem:
                stem = _stem(stem)
            found[stem] = (*found.get(stem, ()), name)
    return found


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def _ending(name: str) -> str:
    """The ending of a name in lower case, without its dot; "" when there is none."""
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem else ""


def _stem(name: str) -> str:
    return name.rpartition(".")[0]
