"""One door to all formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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


class Rendering:
    """One document on its way to text: cues are laid out, and checked, once for all formats that show the same ones."""

    def __init__(self, document: Document, layout: Layout = _LAYOUT, writing: Writing = _WRITING) -> None:
        """Laid out for the layout's frame rate, else the media's, else 24."""
        layout = replace(layout, frame_rate=_frame_rate(document, layout))
        self.document = document
        self.layout = replace(layout, audience="sdh") if writing.sdh else layout
        self.writing = writing
        self.named = under_names(document)
        """the document with names in place of labels"""
        self._cues: dict[bool, tuple[Cue, ...]] = {}
        self._findings: dict[bool, tuple[Finding, ...]] = {}

    def text(self, format: str) -> str:
        """The document in one of `FORMATS`. Raises OptionError for an unknown format."""
        writer = _WRITERS.get(format)
        if writer is None:
            raise OptionError(f"The format {format!r} is not known; use one of {', '.join(FORMATS)}.")
        return writer(self)

    def cues(self, format: str) -> tuple[Cue, ...]:
        """The cues that a format shows."""
        inside = self._inside(format)
        if inside not in self._cues:
            self._cues[inside] = cues_of(self.named, format, self.layout)
        return self._cues[inside]

    def findings(self, format: str) -> tuple[Finding, ...]:
        """The rules that the cues in such a file could not keep, and why: what `subgen check` finds in made."""
        inside = self._inside(format)
        if inside not in self._findings:
            shown = self.cues(format)
            seen = tuple(replace(cue, speakers=()) for cue in shown) if inside else shown
            language, rate = self.document.language, self.layout.frame_rate or FRAME_RATE
            self._findings[inside] = unavoidable(
                seen, rules(self.layout, language), rate, self.document.shots, language
            )
        return self._findings[inside]

    def _inside(self, format: str) -> bool:
        """Whether who speaks is part of the text, so that the cues differ from those of other formats."""
        speakers = any(utterance.speaker for utterance in self.named.utterances)
        return format == "srt" and speakers


_WRITERS: dict[str, Callable[[Rendering], str]] = {
    "srt": lambda made: srt(made.cues("srt")),
    "vtt": lambda made: vtt(made.cues("vtt"), made.writing.word_times),
    "ass": lambda made: ass(made.cues("ass"), made.writing.word_times),
    "ttml": lambda made: ttml(made.cues("ttml"), made.document.language),
    "lrc": lambda made: lrc(made.named, made.cues("lrc"), made.writing.word_times),
    "txt": lambda made: txt(made.named),
    "md": lambda made: md(made.named),
    "json": lambda made: json(made.document, made.cues("json"), made.findings("json"), made.layout),
    "tsv": lambda made: tsv(made.named, made.cues("tsv")),
    "ctm": lambda made: ctm(made.named),
    "textgrid": lambda made: textgrid(made.named, made.cues("textgrid")),
    "rttm": lambda made: rttm(made.named),
    "review.md": lambda made: review_list(doubts(made.named, made.cues(REVIEW))),
}
REVIEW = "review.md"
"""what `render` takes beside `FORMATS`: the list of the most doubtful cues"""
FORMATS: tuple[str, ...] = tuple(name for name in _WRITERS if name != REVIEW)
"""The formats that `render` writes: subtitles, texts, data. Their names are the file extensions."""
USUAL: tuple[str, ...] = ("srt", "vtt", "json", "txt", "tsv")
"""What `-f all` writes: the formats that programs for transcripts have in common."""


def render(document: Document, format: str, layout: Layout = _LAYOUT, writing: Writing = _WRITING) -> str:
    """The document as text in one of `FORMATS`; a `Rendering` gives several of them for less.

    Raises OptionError for an unknown format.
    """
    return Rendering(document, layout, writing).text(format)


def review(document: Document, layout: Layout = _LAYOUT, most: int | None = None) -> tuple[Doubt, ...]:
    """The most doubtful cues of a document, worst first, numbered as in its subtitles."""
    laid_out = Rendering(document, layout)
    return doubts(laid_out.named, laid_out.cues(REVIEW), most)


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
