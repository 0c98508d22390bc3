"""Reading subtitle files of any origin: `read_subtitles` is the one door."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from subgen.errors import MediaNotFound, OptionError
from subgen.formats.reading import srt, vtt
from subgen.formats.reading.encoding import decoded
from subgen.languages import canonical
from subgen.types import Cue, Note

_PARSERS = {"srt": srt.parse, "vtt": vtt.parse}


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A subtitle file that was read.

    Cues are those of the file, in its order, whether or not they make sense: a cue may end before it starts, overlap
    others, or have no lines.
    """

    path: Path
    format: str
    """srt, vtt, ass, ..."""
    cues: tuple[Cue, ...]
    language: str = ""
    """canonical name, from the file or else from its name; "" when neither says"""
    encoding: str = "utf-8"
    """as Python calls it"""
    dropped: int = 0
    """cues whose times can't be read, which `cues` lacks"""
    notes: tuple[Note, ...] = ()
    """what was dropped, guessed or ignored, for the user"""
    text: str = ""
    """the whole file, with line feeds only"""
    time_lines: tuple[int, ...] | None = None
    """for each cue the line of `text`, from 0, that has its times; None for formats without such lines"""


def read_subtitles(path: Path) -> Subtitles:
    """The cues of a subtitle file.

    Raises MediaNotFound when the file can't be opened, OptionError when it is no subtitle file that can be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise MediaNotFound(f"The file {path} can't be read: {reason}.") from error
    try:
        text, encoding = decoded(data)
    except UnicodeError as error:
        raise OptionError(f"{path} is text in an encoding that can't be told: save it as UTF-8.") from error
    format = "vtt" if text.startswith("WEBVTT") else "srt"
    parsed = _PARSERS[format](text)
    if not parsed.cues and format == "srt" and text.strip():
        raise OptionError(f"{path} holds no subtitle that can be read: give an SRT, VTT, ASS or TTML file.")
    notes = [Note("subtitles", sentence) for sentence in parsed.complaints]
    return Subtitles(
        path, format, parsed.cues, _language(parsed.language), encoding, parsed.dropped, tuple(notes), text,
        parsed.time_lines,
    )  # fmt: skip


def _language(name: str) -> str:
    try:
        return canonical(name) if name else ""
    except OptionError:
        return ""
