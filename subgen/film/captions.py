"""Subtitles in every form that a film may take them in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from subgen.cues import columns
from subgen.errors import OptionError
from subgen.formats import Rendering
from subgen.formats.ass import ass
from subgen.formats.srt import srt
from subgen.formats.subtitles import read_subtitles
from subgen.formats.vtt import vtt
from subgen.sidecars import read_unpaired
from subgen.types import Cue


@dataclass(frozen=True, slots=True)
class Captions:
    """The same subtitles as three texts."""

    srt: str
    vtt: str
    ass: str
    language: str = ""
    """canonical name; "" when it is not known"""
    sdh: bool = False
    """whether they are for the deaf and hard of hearing"""
    tagged: bool = False
    """whether what looks like a tag in `srt` is one, and not something that was said"""
    styled: bool = False
    """whether a film that can hold the styles of ASS gets them"""
    widest: float | None = None
    """the longest line, in full-width characters; None: the styles are somebody's own and stay as they are"""


def of_document(rendering: Rendering, *, styled: bool = False) -> Captions:
    """What was said, laid out as in the files of these formats."""
    text = rendering.text("srt")
    return Captions(
        text,
        rendering.text("vtt"),
        rendering.text("ass"),
        rendering.document.language,
        sdh=rendering.layout.audience == "sdh",
        styled=styled,
        widest=_widest(text),
    )


def of_file(path: Path, language: str = "") -> Captions:
    """A subtitle file of any format that can be read; SRT, VTT and ASS keep their own text, with tags and styles.

    `language` is a canonical name; "": the one that the file or its name says. Raises MediaNotFound or OptionError.
    """
    read = read_subtitles(path)
    if not read.cues:
        raise OptionError(f"{path} has no cues to put into a film.")
    cues = tuple(sorted((cue for cue in read.cues if _shows(cue)), key=lambda cue: cue.start))
    text = srt(cues)
    styled = read.format == "ass"
    return Captions(
        read.text if read.format == "srt" else text,
        read.text if read.format == "vtt" else vtt(cues),
        read.text if styled else ass(cues),
        language or read.language,
        sdh=read_unpaired(path.name).sdh,
        tagged=read.format == "srt",
        styled=styled,
        widest=None if styled else _widest(text),
    )


def _shows(cue: Cue) -> bool:
    return cue.end > cue.start and any(cue.lines)


def _widest(text: str) -> float:
    return max((columns(line, full_width=True) for line in text.splitlines() if "-->" not in line), default=1.0)
