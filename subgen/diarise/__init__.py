"""Finding who talks when. A `Diariser` does it; `identification` chooses one and puts its turns to a document.

A new backend is a class in a module of its own and a line in `BACKENDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from subgen.errors import MissingDependency, OptionError
from subgen.events import Listener, Noticed, ignore
from subgen.options import Speakers
from subgen.speakers.identify import identify, renamed
from subgen.speakers.names import read_names
from subgen.speakers.rttm import read_rttm, turns_of
from subgen.textfile import read_text
from subgen.types import Document, Media, Samples, Turn, Turns

Hear = Callable[[], Samples]
"""gives all samples of the recording, float32 (n,) at 16 kHz, the first at 0 s of the media"""


def deaf() -> Samples:
    """Stands for a recording that is not at hand. Raises OptionError."""
    raise OptionError("A saved document has no sound to find speakers in: give their turns with --turns FILE.")


class Diariser(Protocol):
    """Whatever says who talks when. It is made, and so checked, before any audio is decoded."""

    def diarise(self, media: Media, hear: Hear, wishes: Speakers) -> Turns:
        """The turns of a whole recording; labels are not comparable between calls.

        `wishes` may say how many speakers there are. Raises SubgenError.
        """
        ...


class Given:
    """Turns that an RTTM file holds, from any other diariser."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises MediaNotFound, or OptionError with the line that is no RTTM."""
        self._name = str(path)
        self._recordings: dict[str, tuple[Turn, ...]] = read_rttm(read_text(path), self._name)

    def diarise(self, media: Media, hear: Hear, wishes: Speakers) -> Turns:
        """The turns of the recording with the media's name, or of the only one."""
        return Turns(turns_of(self._recordings, media.path.stem, self._name))


Backend = Callable[[Speakers], Diariser]
"""makes a diariser; raises MissingDependency or ModelError when it can't run here"""
BACKENDS: dict[str, Backend] = {}
"""what --speakers can use, by name; the first is the default"""


def diariser(wishes: Speakers, backends: Mapping[str, Backend] = BACKENDS) -> Diariser:
    """The diariser that is asked for, ready to run. Raises SubgenError for all that can be known before it runs."""
    if wishes.turns is not None:
        return Given(wishes.turns)
    for backend in backends.values():
        return backend(wishes)
    raise MissingDependency("No program that finds speakers is installed: give another one's turns with --turns FILE.")


@dataclass(frozen=True, slots=True)
class Identification:
    """All that it takes to say who speaks in a document: checked when made, used once the words are known."""

    diariser: Diariser
    wishes: Speakers
    names: tuple[tuple[str, str], ...] = ()

    def of(self, document: Document, hear: Hear, listen: Listener = ignore) -> Document:
        """The document with its speakers; the listener hears of new notes. Raises SubgenError."""
        found = self.diariser.diarise(document.media, hear, self.wishes)
        return _told(document, identify(document, found, self.wishes, self.names), listen)


def identification(wishes: Speakers) -> Identification | None:
    """What is needed for these wishes; None when nobody asks for speakers.

    Raises SubgenError when a file is wrong or what is needed is not installed.
    """
    names = names_of(wishes)
    if wishes.wanted:
        return Identification(diariser(wishes), wishes, names)
    if names:
        raise OptionError("Names need speakers: add --speakers to find them, or --turns FILE.rttm.")
    return None


def with_names(document: Document, wishes: Speakers, listen: Listener = ignore) -> Document:
    """A document that has speakers, under other names. Raises SubgenError."""
    return _told(document, renamed(document, names_of(wishes)), listen)


def names_of(wishes: Speakers) -> tuple[tuple[str, str], ...]:
    """(label, name) pairs of the names file, then of the flags. Raises SubgenError for a wrong file."""
    path = wishes.names_file
    return (*(read_names(read_text(path), str(path)) if path is not None else ()), *wishes.names)


def _told(before: Document, after: Document, listen: Listener) -> Document:
    for note in after.notes[len(before.notes) :]:
        listen(Noticed(after.media.path, note))
    return after
