"""What the chain tells whoever listens. The library never prints: a terminal bar and JSON lines are listeners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from subgen.types import Media, Note, Seconds, Transcript


@dataclass(frozen=True, slots=True)
class Opened:
    """A file was probed and its track chosen."""

    media: Media


@dataclass(frozen=True, slots=True)
class Loading:
    """A model is being found and loaded; `name` is what the user called it."""

    name: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A recogniser is ready. `batch`: how many chunks it takes at a time, unless it is told another number."""

    name: str
    batch: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Audio up to `done` seconds of the file is recognised; `total` None when the length is unknown."""

    path: Path
    done: Seconds
    total: Seconds | None


@dataclass(frozen=True, slots=True)
class Recognised:
    """A chunk's text (and word times) is final."""

    path: Path
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Identifying:
    """The search for speakers, which runs beside recognition, has come this far; `share` is 0 to 1."""

    path: Path
    share: float


@dataclass(frozen=True, slots=True)
class Making:
    """A film with subtitles is written up to `done` seconds; `total` None when the length is unknown."""

    path: Path
    done: Seconds
    total: Seconds | None


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something worth a warning happened in a file."""

    path: Path
    note: Note


@dataclass(frozen=True, slots=True)
class Timed:
    """Where the time went that a file took: `seconds` in all, and of that each stage, in order."""

    path: Path
    seconds: Seconds
    stages: tuple[tuple[str, Seconds], ...]
    beside: tuple[tuple[str, Seconds], ...] = ()
    """what other threads did in the meantime"""


Event = Opened | Loading | Loaded | Progress | Recognised | Identifying | Making | Noticed | Timed
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener that does nothing."""
