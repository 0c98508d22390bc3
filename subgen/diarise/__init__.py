"""Finding who talks when. A `Diariser` does it; `identification` chooses one and puts its turns to a document.

A new backend is a class in a module of its own, a line in `BACKENDS` and its name in `subgen.options.DIARISERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from subgen.diarise.beside import Beside
from subgen.diarise.channels import Channels
from subgen.diarise.diariser import Diariser, Recording, Silenced
from subgen.diarise.given import Given
from subgen.diarise.light import Light
from subgen.diarise.pyannote import Pyannote
from subgen.diarise.voices import kept
from subgen.errors import OptionError, SubgenError
from subgen.events import Identifying, Listener, Noticed, ignore
from subgen.options import DIARISERS, Speakers
from subgen.speakers.identify import identify, renamed
from subgen.speakers.names import read_names
from subgen.textfile import read_text
from subgen.types import Document, Note, Turns, Voice

LOST = "no speakers"
"""kind of the note of a document whose speakers were asked for and could not be found"""

Backend = Callable[[Speakers, bool], Diariser]
"""makes a diariser, offline if that is True; raises MissingDependency or ModelError when it can't run here"""
BACKENDS: Mapping[str, Backend] = {
    "pyannote": lambda wishes, offline: Pyannote(wishes.model, offline=offline),
    "light": lambda wishes, offline: Light(wishes.model),
}


def diariser(wishes: Speakers, *, offline: bool = False, backends: Mapping[str, Backend] = BACKENDS) -> Diariser:
    """The diariser that is asked for, ready to run. Raises SubgenError for all that can be known before it runs."""
    if wishes.turns is not None:
        return Given(wishes.turns)
    if wishes.channels:
        return Channels()
    return backends[wishes.diariser or DIARISERS[0]](wishes, offline)


@dataclass(frozen=True, slots=True)
class Identification:
    """All that it takes to say who speaks in a document: checked when made, used once the words are known."""

    diariser: Diariser
    wishes: Speakers
    names: tuple[tuple[str, str], ...] = ()
    voices: tuple[Voice, ...] = ()

    def of(self, document: Document, recording: Recording, listen: Listener = ignore) -> Document:
        """The document with its speakers; the listener hears of new notes. Raises SubgenError."""
        self.diariser.check(recording.media)
        return self._put(document, self.diariser.diarise(recording, self.wishes, lambda _: None), listen)

    @contextmanager
    def beside(self, recording: Recording, listen: Listener) -> Iterator[Callable[[Document], Document]]:
        """Looks for speakers while the recording is recognised; gives what puts them to its document.

        Raises SubgenError for what can be known before the recording is heard. What goes wrong later costs the
        speakers only: the document says so in a note of the kind LOST.
        """
        self.diariser.check(recording.media)
        path = recording.media.path
        with Beside(
            lambda tell: self.diariser.diarise(recording, self.wishes, tell),
            lambda share: listen(Identifying(path, share)),
        ) as search:

            def attributed(document: Document) -> Document:
                try:
                    found = search.turns()
                except SubgenError as error:
                    note = Note(LOST, f"The speakers could not be found, so the text has none. {error}")
                    return _told(document, replace(document, notes=(*document.notes, note)), listen)
                return self._put(document, found, listen)

            yield attributed

    def _put(self, document: Document, found: Turns, listen: Listener) -> Document:
        return _told(document, identify(document, found, self.wishes, self.names, self.voices), listen)


def identification(wishes: Speakers, *, offline: bool = False) -> Identification | None:
    """What is needed for these wishes; None when nobody asks for speakers.

    Raises SubgenError when a file is wrong or what is needed is not installed.
    """
    names = names_of(wishes)
    if wishes.wanted:
        voices = tuple(one.voice for one in kept()) if wishes.find and wishes.voices else ()
        return Identification(diariser(wishes, offline=offline), wishes, names, voices)
    if names:
        raise OptionError("Names need speakers: add --speakers to find them, or --turns FILE.rttm.")
    return None


@contextmanager
def attributing(
    speakers: Identification | None, recording: Recording, listen: Listener
) -> Iterator[Callable[[Document], Document]]:
    """`Identification.beside`, or nothing where nobody asks for speakers."""
    if speakers is None:
        yield lambda document: document
    else:
        with speakers.beside(recording, listen) as attributed:
            yield attributed


def lost(document: Document) -> bool:
    """Whether speakers were asked for and could not be found."""
    return any(note.kind == LOST for note in document.notes)


def deaf(document: Document) -> Recording:
    """What stands for the recording of a saved document."""
    return Silenced(document.media)


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
