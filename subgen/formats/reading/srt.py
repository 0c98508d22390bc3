"""SubRip as it is found, read by `srt` after a repair of what that library would merge, drop or refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import srt as outside

from subgen.formats.reading.markup import srt_lines
from subgen.formats.reading.parsed import Parsed
from subgen.types import Cue

_TIME = r"(?:([0-9]{1,6})\s*[:：]\s*)?([0-9]{1,3})\s*[:：]\s*([0-9]{1,3})(?:\s*[,.:，．。：]\s*([0-9]*))?"
TIMES = re.compile(rf"(?P<before>\s*){_TIME}\s*-{{1,3}}\s?>\s*{_TIME}(?![0-9])")
_NUMBER = re.compile(r"\s*([0-9]{1,9})\s*")
_NO_TIMES = "00:00:00,000 --> 00:00:00,000 unreadable"
_GUARD = "\u2060"
"""a word joiner before each line of text, for `srt` ends a cue where a line begins like a time"""

_FIRST_GUARD = re.compile(rf"^{_GUARD}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _TimeLine:
    """A line with times, or one where times should be."""

    line: int
    first: int
    """where the cue begins: at its number, if it has one"""
    text: int
    """where its text begins"""
    times: str | None
    """in the one form that `srt` reads without loss; None when they can't be read"""


def parse(text: str) -> Parsed:
    """The cues of a text with line feeds only. Their times may be in any order, and a cue may have no text."""
    lines = text.split("\n")
    found = tuple(_time_lines(lines))
    good = tuple(line.line for line in found if line.times)
    cues = tuple(
        Cue(item.start.total_seconds(), item.end.total_seconds(), srt_lines(_FIRST_GUARD.sub("", item.content)))
        for item in outside.parse(_repaired(lines, found))
        if not item.proprietary
    )
    garbage = any(map(str.strip, lines[: found[0].first])) if found else False
    return Parsed(
        cues,
        dropped=len(found) - len(good),
        ignored="Text before the first cue" if garbage else "",
        time_lines=good,
    )


def _time_lines(lines: Sequence[str]) -> Iterator[_TimeLine]:
    """Where each cue stands; one that has a number but no times that can be read counts as a cue without times."""
    number: int | None = None
    last, blank = 0, True
    for place, line in enumerate(lines):
        times = _times(line)
        numbered = number is not None
        if times or ((numbered or blank) and _looks_timed(line)):
            last = last + 1 if number is None else number
            yield _TimeLine(place, place - numbered, place + 1, times)
            number = None
        elif number == last + 1 and line.strip():
            last += 1
            yield _TimeLine(place, place - 1, place, None)
            number = None
        else:
            match = _NUMBER.fullmatch(line)
            number = int(match[1]) if match and (blank or _times(" ".join(lines[place + 1 : place + 2]))) else None
        blank = not line.strip()


def _looks_timed(line: str) -> bool:
    return "-->" in line and any(character.isdigit() for character in line)


def _times(line: str) -> str | None:
    match = TIMES.match(line)
    return f"{_time(match.groups()[1:5])} --> {_time(match.groups()[5:])}" if match else None


def _time(parts: Sequence[str | None]) -> str:
    """A time for `srt`. Players read `,5` as five thousandths; digits after the third are cut, as it takes them for
    whole thousandths."""
    hours, minutes, seconds, thousandths = (int(part) if part else 0 for part in (*parts[:3], (parts[3] or "")[:3]))
    return f"{hours:02d}:{minutes:02d}:{seconds:02d},{thousandths:03d}"


def _repaired(lines: Sequence[str], found: Sequence[_TimeLine]) -> str:
    """The same cues with a number, times and no blank line inside, and what is before the first one left out."""
    ends = (*(line.first for line in found), len(lines))[1:]
    return "".join(
        "\n".join(
            [str(number), line.times or _NO_TIMES]
            + [_GUARD + part for part in lines[line.text : end] if part.strip()]
            + ["", ""]
        )
        for number, (line, end) in enumerate(zip(found, ends, strict=True), 1)
    )
