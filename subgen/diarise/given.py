"""Turns that another program has found."""

from __future__ import annotations

from pathlib import Path

from subgen.diarise.diariser import Recording, Tell
from subgen.options import Speakers
from subgen.speakers.rttm import read_rttm, turns_of
from subgen.textfile import read_text
from subgen.types import Media, Turn, Turns


class Given:
    """Turns that an RTTM file holds, from any other diariser."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises MediaNotFound, or OptionError with the line that is no RTTM."""
        self._name = str(path)
        self._recordings: dict[str, tuple[Turn, ...]] = read_rttm(read_text(path), self._name)

    def check(self, media: Media) -> None:
        """Raises OptionError when the file holds several recordings and not this one."""
        turns_of(self._recordings, media.path.stem, self._name)

    def diarise(self, recording: Recording, wishes: Speakers, tell: Tell) -> Turns:
        """The turns of the recording with the media's name, or of the only one."""
        return Turns(turns_of(self._recordings, recording.media.path.stem, self._name))
