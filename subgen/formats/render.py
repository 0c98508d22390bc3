"""One door to all formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from subgen.check.unavoidable import unavoidable
from subgen.cues import FRAME_RATE, cues
from subgen.cues.sdh import freed, labelled, with_sounds
from subgen.errors import OptionError
from subgen.formats.ass import ass
from subgen.formats.ctm import ctm
from subgen.formats.json import json
from subgen.formats.lrc import lrc
from subgen.formats.md import md
from subgen.formats.prefix import loosened, prefixed
from subgen.formats.review import md as review_list
from subgen.formats.rttm import rttm
from subgen.formats.srt import srt
from subgen.formats.textgrid import textgrid
from subgen.formats.tsv import tsv
from subgen.formats.ttml import ttml
from subgen.formats.txt import txt
from subgen.formats.vtt import vtt
from subgen.options import Layout, Writing
from subgen.review import Doubt, doubts
from subgen.rules import rules
from subgen.speakers.names import under_names
from subgen.types import Cue, Document, Finding

SLOWEST, FASTEST = 12.0, 1000.0
"""frames per second beyond which a media's frames say nothing about how long a gap the eye needs"""
_LAYOUT = Layout()
_WRITING = Writing()


@dataclass(frozen=True, slots=True)
class _Content:
    """All that a writer can need."""

    document: Document
    cues: tuple[Cue, ...]
    layout: Layout
    writing: Writing


_WRITERS: dict[str, Callable[[_Content], str]] = {
    "srt": lambda content: srt(content.cues),
    "vtt": lambda content: vtt(content.cues, content.writing.word_times),
    "ass": lambda content: ass(content.cues, content.writing.word_times),
    "ttml": lambda content: ttml(content.cues, content.document.language),
    "lrc": lambda content: lrc(content.document, content.cues, content.writing.word_times),
    "txt": lambda content: txt(content.document),
    "md": lambda content: md(content.document),
    "json": lambda content: json(content.document, content.cues, content.layout),
    "tsv": lambda content: tsv(content.document, content.cues),
    "ctm": lambda content: ctm(content.document),
    "textgrid": lambda content: textgrid(content.document, content.cues),
    "rttm": lambda content: rttm(content.document),
    "review.md": lambda content: review_list(doubts(content.document, content.cues)),
}
REVIEW = "review.md"
"""what `render` takes beside `FORMATS`: the list of the most doubtful cues"""
FORMATS: tuple[str, ...] = tuple(name for name in _WRITERS if name != REVIEW)
"""The formats that `render` writes: subtitles, texts, data. Their names are the file extensions."""
USUAL: tuple[str, ...] = ("srt", "vtt", "json", "txt", "tsv")
"""What `-f all` writes: the formats that programs for transcripts have in common."""
_WITHOUT_CUES = {"txt", "md", "ctm", "rttm"}
_WITH_LABELS = {"json"}
"""formats that keep the labels of speakers apart from their names"""


def render(document: Document, format: str, layout: Layout = _LAYOUT, writing: Writing = _WRITING) -> str:
    """The document as text in one of `FORMATS`, laid out for the layout's frame rate, else the media's, else 24.

    Raises OptionError for an unknown format.
    """
    writer = _WRITERS.get(format)
    if writer is None:
        raise OptionError(f"The format {format!r} is not known; use one of {', '.join(FORMATS)}.")
    return writer(_content(document, format, layout, writing))


def findings(
    document: Document, format: str, layout: Layout = _LAYOUT, writing: Writing = _WRITING
) -> tuple[Finding, ...]:
    """The rules that the cues in such a file could not keep, and why: what `subgen check` finds in it."""
    content = _content(document, format, layout, writing)
    seen = content.cues if format != "srt" else tuple(replace(cue, speakers=()) for cue in content.cues)
    rate, language = _frame_rate(document, layout), document.language
    return unavoidable(seen, rules(content.layout, language), rate, document.shots, language)


def _content(document: Document, format: str, layout: Layout, writing: Writing) -> _Content:
    layout = replace(layout, frame_rate=_frame_rate(document, layout))
    layout = replace(layout, audience="sdh") if writing.sdh else layout
    named = under_names(document)
    laid_out = () if format in _WITHOUT_CUES else cues_of(named, format, layout)
    return _Content(document if format in _WITH_LABELS else named, laid_out, layout, writing)


def review(document: Document, layout: Layout = _LAYOUT, most: int | None = None) -> tuple[Doubt, ...]:
    """The most doubtful cues of a document, worst first, numbered as in its subtitles."""
    named = under_names(document)
    return doubts(named, cues_of(named, REVIEW, layout), most)


def cues_of(document: Document, format: str, layout: Layout) -> tuple[Cue, ...]:
    """The cues of a document in a format; SubRip has no other place for a speaker's name than the text."""
    spoken, frame_rate = document.utterances, _frame_rate(document, layout)
    if layout.audience == "sdh":
        found = freed(cues(labelled(spoken), layout, frame_rate, document.shots), spoken)
        main = document.language
        return with_sounds(found, document.sounds, rules(layout, main), frame_rate, main)
    if format != "srt":
        return cues(spoken, layout, frame_rate, document.shots)
    return loosened(cues(prefixed(spoken), layout, frame_rate, document.shots), spoken)


def _frame_rate(document: Document, layout: Layout) -> float:
    """The layout's frame rate, else the media's where it is a film's and not a slide show's, else the usual one."""
    media = document.media.frame_rate or 0.0
    return layout.frame_rate or (media if SLOWEST <= media <= FASTEST else FRAME_RATE)
