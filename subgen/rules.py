"""What subtitles must keep to: the numbers of a layout for one language, for the cue writer and the checker."""

from __future__ import annotations

from dataclasses import dataclass

from subgen.options import Layout
from subgen.types import Seconds


@dataclass(frozen=True, slots=True)
class Dashes:
    """How two speakers share a cue: a dash before both lines or only the second, with or without a space after it."""

    both: bool = True
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one language. Widths in columns, times in seconds unless the name says frames."""

    width: float = 42
    """widest line; a column is a grapheme, or where `full_width` is set a full-width character"""
    full_width: bool = False
    """whether half-width characters count half a column (Chinese, Japanese, Korean)"""
    lines: int = 2
    reading_speed: float = 17.0
    """columns per second to aim at"""
    fastest: float = 20.0
    """columns per second that a cue should never exceed"""
    shortest: Seconds = 5 / 6
    longest: Seconds = 7.0
    gap_frames: int = 2
    """frames between cues, at any frame rate"""
    chain: Seconds = 0.5
    """shorter gaps are closed to the least one; 0: never"""
    linger: Seconds = 0.5
    """how long a cue may stay after its speech so that it can be read"""
    dashes: Dashes | None = Dashes()
    """None: two speakers never share a cue"""
    shots: bool = True
    """whether cues obey shot changes, where these are known"""


def rules(layout: Layout, language: str) -> Rules:
    """The rules of a layout for a language, by its canonical English name; "" when it is not known."""
    return Rules(
        width=layout.width,
        lines=layout.lines,
        reading_speed=layout.reading_speed,
        fastest=max(20.0, layout.reading_speed),
        shortest=layout.shortest,
        longest=layout.longest,
        gap_frames=layout.gap_frames,
    )
