"""WebVTT, read by `webvtt-py` after a repair that lets it read cue times by the letter of the W3C."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import webvtt as outside

from subgen.formats.reading.markup import vtt_lines, vtt_voices
from subgen.formats.reading.parsed import Parsed
from subgen.types import Cue, Seconds

_SPACE = r"[ \t\f]*"
_TIME = r"(?:[0-9]{1,10}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3}(?![0-9])"
TIMES = re.compile(rf"(?P<before>{_SPACE}){_TIME}{_SPACE}-->{_SPACE}{_TIME}")
"""WebVTT 6.3, "collect WebVTT cue timings and settings"; hours of more than ten digits are not read"""
_LANGUAGE = re.compile(r"Language:\s*(\S+)", re.IGNORECASE)


def parse(text: str) -> Parsed:
    """The cues of a text with line feeds only. Settings, styles, regions and comments are left out."""
    lines = text.replace("\0", "\ufffd").split("\n")
    good = tuple(place for place, line in enumerate(lines) if place and TIMES.match(line))
    bad = sum("-->" in line and any(map(str.isdigit, line)) for line in lines[1:]) - len(good)
    captions = outside.from_string("\n".join(_repaired(lines))).captions
    return Parsed(
        tuple(
            Cue(_seconds(one.start), _seconds(one.end), vtt_lines(one.raw_text), _speakers(one.raw_text))
            for one in captions
        ),
        language=_language(lines),
        dropped=bad,
        time_lines=good,
    )


def _repaired(lines: Sequence[str]) -> Iterator[str]:
    """Lines where an arrow is always that of a cue's times; what else has one ends the block that it stands in."""
    for place, line in enumerate(lines):
        if "-->" not in line or (place and TIMES.match(line)):
            yield line
        elif place:
            yield ""
            yield "NOTE"
        else:
            yield line.replace("-->", "")


def _seconds(time: str) -> Seconds:
    hours, minutes, seconds = time.split(":")
    return (int(hours) * 3_600_000 + int(minutes) * 60_000 + int(seconds.replace(".", ""))) / 1000


def _speakers(content: str) -> tuple[str, ...]:
    """One name for the cue, or one for each line of a dialogue."""
    voices = vtt_voices(content)
    return voices[:1] if len(set(voices)) == 1 else voices


def _language(lines: Sequence[str]) -> str:
    """The language in the header, as YouTube writes it."""
    for line in lines[1:]:
        if not line.strip() or "-->" in line:
            break
        match = _LANGUAGE.fullmatch(line.strip())
        if match:
            return match[1]
    return ""
