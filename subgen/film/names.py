"""What films with subtitles are called, and in which containers they are written."""

from __future__ import annotations

from pathlib import Path

from subgen.errors import OptionError

SUBTITLED, BURNED = "subtitled", "burned"
"""what stands before the ending of a film with a subtitle track, and of one with subtitles in its picture"""

_MUXERS = {"mkv": "matroska", "mp4": "mp4", "m4v": "mp4", "mov": "mov", "webm": "webm"}
"""ffmpeg's name of each container, by the ending of file names"""
_ENDINGS = {SUBTITLED: tuple(_MUXERS), BURNED: ("mkv", "mp4", "m4v", "mov")}
"""WebM takes neither H.264 nor H.265"""


def film_ending(media: Path, kind: str) -> str:
    """The ending of the film that is made of a media file: its own where that container will do, else mkv."""
    own = media.suffix.lower().removeprefix(".")
    return f"{kind}.{own if own in _ENDINGS[kind] else 'mkv'}"


def muxer(film: Path, kind: str) -> str:
    """ffmpeg's name of the container that a film's name asks for. Raises OptionError for one that won't do."""
    ending = film.suffix.lower().removeprefix(".")
    known = _ENDINGS[kind]
    if ending not in known:
        raise OptionError(
            f"{film} can't be the name of a {kind} film: let it end with {', '.join(known[:-1])} or {known[-1]}."
        )
    return _MUXERS[ending]
