"""One door to all formats."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from subgen.cues import FRAME_RATE, cues
from subgen.errors import OptionError
from subgen.formats.json import json
from subgen.formats.srt import srt
from subgen.formats.tsv import tsv
from subgen.formats.txt import txt
from subgen.formats.vtt import vtt
from subgen.options import Layout
from subgen.types import Cue, Document

SLOWEST, FASTEST = 12.0, 1000.0
"""frames per second beyond which a media's frames say nothing about how long a gap the eye needs"""
_LAYOUT = Layout()
_Writer = Callable[[Document, Sequence[Cue], Layout], str]
_WRITERS: dict[str, _Writer] = {
    "srt": lambda document, shown, layout: srt(shown),
    "vtt": lambda document, shown, layout: vtt(shown),
    "json": json,
    "txt": lambda document, shown, layout: txt(document),
    "tsv": lambda document, shown, layout: tsv(document, shown),
}
FORMATS: tuple[str, ...] = tuple(_WRITERS)
"""The formats that `render` writes; their names are the file extensions."""


def render(document: Document, format: str, layout: Layout = _LAYOUT) -> str:
    """The document as text in one of `FORMATS`, laid out for the layout's frame rate, else the media's, else 24.

    Raises OptionError for an unknown format.
    """
    writer = _WRITERS.get(format)
    if writer is None:
        raise OptionError(f"The format {format!r} is not known; use one of {', '.join(FORMATS)}.")
    shown = () if format == "txt" else cues(document.utterances, layout, _frame_rate(document, layout))
    return writer(document, shown, layout)


def _frame_rate(document: Document, layout: Layout) -> float:
    """The layout's frame rate, else the media's where it is a film's and not a slide show's, else the usual one."""
    media = document.media.frame_rate or 0.0
    return layout.frame_rate or (media if SLOWEST <= media <= FASTEST else FRAME_RATE)
