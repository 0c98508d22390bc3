"""Reading subtitle files of any origin: `read_subtitles` is the one door."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from subgen.errors import MediaNotFound, OptionError
from subgen.formats.reading import sbv, srt, substation, ttml, vtt
from subgen.formats.reading.encoding import decoded
from subgen.formats.reading.others import reader
from subgen.formats.reading.parsed import Parsed, Unreadable
from subgen.languages import canonical
from subgen.sidecars import read_unpaired
from subgen.types import Cue, Note

_PARSERS: dict[str, Callable[[str], Parsed]] = {
    "srt": srt.parse,
    "vtt": vtt.parse,
    "ass": substation.parse,
    "ttml": ttml.parse,
    "sbv": sbv.parse,
    "sami": reader("sami"),
    "microdvd": reader("microdvd"),
    "mpl2": reader("mpl2"),
}
_SIGNS = (
    ("vtt", re.compile(r"WEBVTT")),
    ("ass", re.compile(r"(?s:.*?)^\[(?:Script Info|Events)\]", re.IGNORECASE | re.MULTILINE)),
    ("sami", re.compile(r"\s*<SAMI", re.IGNORECASE)),
    ("ttml", re.compile(r"\s*(?:<[?!](?s:.*?)>\s*)*<(?:\w+:)?tt[\s>]")),
    ("srt", re.compile(r"(?s:.*?)(?:-->|\d\s*-{1,2}\s?>\s*\d)")),
    ("sbv", re.compile(r"\s*\d+:\d\d:\d\d\.\d{3},\d+:\d\d:\d\d\.\d{3}")),
    ("microdvd", re.compile(r"\s*\{\d+\}\{\d*\}")),
    ("mpl2", re.compile(r"\s*\[\d+\]\[\d*\]")),
)
"""how each format begins, or what it can't do without; the first that fits counts, whatever the file is called"""


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A subtitle file that was read.

    Cues are those of the file, in its order, whether or not they make sense: a cue may end before it starts, overlap
    others, or have no lines.
    """

    path: Path
    format: str
    """srt, vtt, ass (SSA too), ttml (IMSC and DFXP too), sbv, sami, microdvd or mpl2"""
    cues: tuple[Cue, ...]
    language: str = ""
    """canonical name, as the file or else its name says ("Film.en.srt"); "" when neither does"""
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
    """The cues of a subtitle file of any format and encoding that can be told; an empty file has none.

    Raises MediaNotFound when the file can't be opened, OptionError when it is no subtitle file that can be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise MediaNotFound(f"The file {path} can't be read: {reason}.") from error
    try:
        text, encoding = decoded(data)
        format = _format(text, path)
        parsed = _PARSERS[format](text) if text.strip() else Parsed((), time_lines=())
    except UnicodeError:
        raise OptionError(
            f"{path} is not text in an encoding that can be told: if it is a subtitle file, save it as UTF-8."
        ) from None
    except Unreadable as error:
        raise OptionError(f"{path} {error}.") from None
    if format in {"srt", "sbv"} and not parsed.cues and text.strip():
        raise OptionError(f"{path} holds no cue with times that can be read: give a whole subtitle file.")
    language = _canonical(parsed.language) or _canonical(read_unpaired(path.name).language)
    notes = tuple(_notes(path, encoding, parsed))
    return Subtitles(path, format, parsed.cues, language, encoding, parsed.dropped, notes, text, parsed.time_lines)


def _format(text: str, path: Path) -> str:
    for format, sign in _SIGNS:
        if sign.match(text):
            return format
    if text.strip():
        raise Unreadable("is not a subtitle file that can be read: give SRT, VTT, ASS or TTML")
    ending = path.suffix.lower().removeprefix(".")
    return ending if ending in _PARSERS else "srt"


def _canonical(name: str) -> str:
    try:
        return canonical(name) if name else ""
    except OptionError:
        return ""


def _notes(path: Path, encoding: str, parsed: Parsed) -> list[Note]:
    notes = []
    if not encoding.startswith("utf"):
        notes.append(Note("encoding", f"{path.name} is not UTF-8; it was read as {encoding}, which is a guess."))
    if parsed.ignored:
        notes.append(Note("ignored", f"{parsed.ignored} of {path.name} is ignored."))
    if parsed.dropped:
        lost = "1 cue has" if parsed.dropped == 1 else f"{parsed.dropped} cues have"
        notes.append(Note("dropped", f"{lost} times that can't be read and is left out of {path.name}."))
    return notes
