"""What subtitles must keep to: the numbers of a layout for one language, for the cue writer and the checker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from subgen.options import Layout
from subgen.profiles import AIM, PROFILES
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
    profile = PROFILES[layout.profile]
    style = profile.style(language)
    aim, fastest = _speeds(layout, style.fastest(layout.audience))
    longest = _first(layout.longest, profile.longest)
    return Rules(
        width=_first(layout.width, style.widest(layout.audience)),
        full_width=style.full_width,
        lines=_first(layout.lines, profile.lines),
        reading_speed=aim,
        fastest=fastest,
        shortest=min(_first(layout.shortest, _first(style.shortest, profile.shortest)), longest),
        longest=longest,
        gap_frames=_first(layout.gap_frames, profile.gap_frames),
        chain=_first(layout.chain, profile.chain if style.chained else 0.0),
        linger=_first(layout.linger, profile.linger),
        dashes=_DASHES[_first(layout.dashes, style.dashes)],
        shots=profile.shots,
    )


def figures(layout: Layout, language: str) -> dict[str, object]:
    """What a layout comes to for a language, under the names of its fields, for other programs."""
    rule = rules(layout, language)
    dashes = next(name for name, style in _DASHES.items() if style == rule.dashes)
    found = {name: getattr(rule, name) for name in _NUMBERS}
    return {
        "profile": layout.profile,
        "audience": layout.audience,
        "language": language,
        **found,
        "dashes": dashes,
        "frame_rate": layout.frame_rate,
    }


def _speeds(layout: Layout, limit: float) -> tuple[float, float]:
    """The reading speed to aim at and the fastest; one that is given alone moves the other only to stay in order."""
    fastest = _first(layout.fastest, max(limit, layout.reading_speed or 0.0))
    return _first(layout.reading_speed, min(float(round(AIM * limit)), fastest)), fastest


_NUMBERS = (
    *("width", "full_width", "lines", "reading_speed", "fastest"),
    *("shortest", "longest", "gap_frames", "chain", "linger", "shots"),
)
_DASHES: dict[str, Dashes | None] = {
    "both": Dashes(),
    "both-spaced": Dashes(spaced=True),
    "second": Dashes(both=False),
    "second-spaced": Dashes(both=False, spaced=True),
    "none": None,
}
_Value = TypeVar("_Value")


def _first(given: _Value | None, otherwise: _Value) -> _Value:
    return otherwise if given is None else given
