"""What goes to a worker and what comes back: a file by its path, and its document without any audio."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from subgen.cluster.paths import Maps
from subgen.errors import MediaError, SubgenError
from subgen.events import Event, Identifying, Noticed, Opened, Progress
from subgen.library.fingerprint import fingerprint
from subgen.options import Options
from subgen.types import Document, Seconds

LEAST: Seconds = 1800.0
"""that a file may take without a sign of life, however short it is"""
UNKNOWN: Seconds = 6 * 3600.0
"""the same for a file that does not say how long it is"""
Sent = Opened | Progress | Identifying | Noticed
"""the events that travel; a document's text comes as a whole, at the end"""


@dataclass(frozen=True, slots=True)
class Task:
    """One file. Paths are the client's."""

    path: Path
    root: Path
    """the folder that the user named"""
    fingerprint: str
    work: str
    """the hash of the settings that its document depends on"""
    options: Options = field(default_factory=Options)
    models: str = ""
    """the mark of the models that all must have; "" when nobody has told yet"""
    silence: Seconds = LEAST
    """without a sign of life, after which the worker's process is ended"""


class Refusal(StrEnum):
    """How far a worker's refusal goes."""

    FILE = "file"
    """it does not have this file"""
    WORKER = "worker"
    """it can do none of this client's files"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker says of a task: a document, or why there is none; neither when it was stopped on the way."""

    worker: str
    """its address"""
    models: str = ""
    """the mark of its models"""
    document: Document | None = None
    error: SubgenError | None = None
    number: int | None = None
    """of the system error that caused it, which does not travel with the error"""
    refusal: Refusal | None = None
    """whether another worker may be able to do it"""


class NotHere(MediaError):
    """The worker does not have the file that the client means."""


class NotMounted(NotHere):
    """The worker has none of the client's files."""


def patience(duration: Seconds | None) -> Seconds:
    """How long a file of that length may take without a sign of life: twice its length, and never less than LEAST."""
    return UNKNOWN if duration is None else max(LEAST, 2 * duration)


def local(task: Task, maps: Maps, name: str) -> Path:
    """The task's file on this machine, which is the worker `name`. Raises NotHere: nothing was read but its pieces."""
    path, root = maps.here(task.path), maps.here(task.root)
    if not _holds_something(root):
        raise NotMounted(
            f"{root} is not mounted on the worker {name}, or is empty there: mount it, or start that worker with --map"
            f" {task.root}=FOLDER."
        )
    if not path.is_file():
        raise NotHere(f"The worker {name} has no {path}: mount the same folder there, or start it with --map.")
    if fingerprint(path) != task.fingerprint:
        raise NotHere(f"{path} is another file on the worker {name} than here: mount the same folder there.")
    return path


def sent(event: Event, path: Path) -> Sent | None:
    """An event as that of the client's path; None for those that stay on the worker."""
    if isinstance(event, Opened):
        return Opened(replace(event.media, path=path))
    return replace(event, path=path) if isinstance(event, Progress | Identifying | Noticed) else None


def cause(error: SubgenError) -> int | None:
    """The number of the system error behind an error."""
    return error.__cause__.errno if isinstance(error.__cause__, OSError) else None


def _holds_something(folder: Path) -> bool:
    """Whether there is a folder with something in it: where nothing is mounted, the folder is often there and empty."""
    try:
        return folder.is_file() or next(folder.iterdir(), None) is not None
    except OSError:
        return False
