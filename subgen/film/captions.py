"""Subtitles in every form that a film may take them in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from subgen.cues import columns
from subgen.errors import OptionError
from subgen.formats import Rendering
from subgen.formats.ass import ass
from subgen.formats.reading import srt as subrip
from subgen.formats.reading import vtt as webvtt
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
    cues = _shown(read.cues)
    text = srt(cues)
    styled = read.format == "ass"
    tagged = _PARSERS[read.format](_marked(read.text)).cues if read.format in _PARSERS else read.cues
    return Captions(
        read.text if read.format == "srt" else text,
        read.text if read.format == "vtt" else vtt(cues),
        read.text if styled else _drawn(ass(_shown(tagged))),
        language or read.language,
        sdh=read_unpaired(path.name).sdh,
        tagged=read.format == "srt",
        styled=styled,
        widest=None if styled else _widest(text),
    )


def _shown(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """The cues that can be seen, in order of time."""
    return tuple(sorted((cue for cue in cues if cue.end > cue.start and any(cue.lines)), key=lambda cue: cue.start))


def _marked(text: str) -> str:
    """A file with a noncharacter in place of each tag that has a code in ASS, which comes through reading as text."""
    return _TAG.sub(lambda tag: chr(_MARK + _CODES.index(_code(tag))), text)


def _code(tag: re.Match[str]) -> str:
    closing, style, place = tag.groups()
    return place or f"{style.lower()}{0 if closing else 1}"


def _drawn(ass: str) -> str:
    """ASS with its codes in place of the noncharacters."""
    return ass.translate({_MARK + number: f"{{\\{code}}}" for number, code in enumerate(_CODES)})


_PARSERS = {"srt": subrip.parse, "vtt": webvtt.parse}
_TAG = re.compile(r"<(/?)([ibuIBU])>|\{\\(an[1-9])\}")
"""italics, bold, underlined text, and where on the screen a cue stands"""
_CODES = ("i1", "i0", "b1", "b0", "u1", "u0", *(f"an{place}" for place in range(1, 10)))
_MARK = 0xFDD0
"""the first of 32 noncharacters, which Unicode keeps for such uses and no text holds; they have no direction"""


def _widest(text: str) -> float:
    return max((columns(line, full_width=True) for line in text.splitlines() if "-->" not in line), default=1.0)
