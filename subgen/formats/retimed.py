"""A subtitle file with other times: every sign of its text, markup, comments and settings stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from subgen.errors import OptionError
from subgen.formats.ass import clock
from subgen.formats.reading import sbv, srt, substation, vtt
from subgen.formats.subtitles import Subtitles
from subgen.formats.text import timestamp
from subgen.types import Span

_Shape = tuple[re.Pattern[str], Callable[[Span], str]]
_SHAPES: dict[str, _Shape] = {
    "srt": (srt.TIMES, lambda span: f"{timestamp(span.start, ',')} --> {timestamp(span.end, ',')}"),
    "vtt": (vtt.TIMES, lambda span: f"{timestamp(span.start, '.')} --> {timestamp(span.end, '.')}"),
    "sbv": (sbv.TIMES, lambda span: f"{timestamp(span.start, '.')},{timestamp(span.end, '.')}"),
    "ass": (substation.TIMES, lambda span: f"{clock(span.start)},{clock(span.end)}"),
}
"""what the times of a cue look like in its line, after a group named before, and how they are written"""


def with_times(subtitles: Subtitles, times: Sequence[Span]) -> str:
    """The text of a file, with line feeds only, where each cue has new times; `times` has one span for each cue.

    Raises OptionError for formats whose times have no lines of their own, such as TTML.
    """
    if subtitles.time_lines is None or subtitles.format not in _SHAPES:
        raise OptionError(f"The times of {subtitles.path} can't be replaced in place: convert it to SRT first.")
    pattern, written = _SHAPES[subtitles.format]
    lines = subtitles.text.split("\n")
    for place, span in zip(subtitles.time_lines, times, strict=True):
        lines[place] = pattern.sub(rf"\g<before>{written(span)}", lines[place], count=1)
    return "\n".join(lines)
