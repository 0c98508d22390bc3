"""What finds speakers, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from subgen.errors import OptionError
from subgen.options import Speakers
from subgen.types import Media, Samples, Turns

Tell = Callable[[float], None]
"""hears which share of the work is done, 0 to 1; raises Unwanted when nobody waits for the rest"""


class Unwanted(Exception):
    """Nobody waits for the speakers any more: goes through everything, up to whoever asked for them."""


class Recording(Protocol):
    """A recording that can be heard."""

    @property
    def media(self) -> Media:
        """The file."""
        ...

    def samples(self) -> Samples:
        """All samples, float32 (n,) at 16 kHz, the first at 0 s of the media. Raises SubgenError."""
        ...

    def channels(self) -> Iterator[tuple[Samples, ...]]:
        """Blocks of every channel, float32 (n,) each, at 16 kHz. Raises SubgenError."""
        ...


@dataclass(frozen=True, slots=True)
class Silenced:
    """Stands for a recording that is not at hand."""

    media: Media

    def samples(self) -> Samples:
        """Raises OptionError."""
        raise OptionError("A saved document has no sound to find speakers in: give their turns with --turns FILE.")

    def channels(self) -> Iterator[tuple[Samples, ...]]:
        """Raises OptionError."""
        return iter([(self.samples(),)])


class Diariser(Protocol):
    """Whatever says who talks when. It is made, and so checked, before any audio is decoded."""

    def check(self, media: Media) -> None:
        """Raises SubgenError for what can be known of a file before it is heard."""
        ...

    def diarise(self, recording: Recording, wishes: Speakers, tell: Tell) -> Turns:
        """The turns of a whole recording; labels are not comparable between calls.

        `wishes` may say how many speakers there are. Raises SubgenError, of which DiarisationError is for what
        went wrong on the way.
        """
        ...
