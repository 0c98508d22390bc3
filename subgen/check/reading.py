"""What a cue asks of its reader: its lines, and how fast they must be read."""

from __future__ import annotations

from collections.abc import Iterator

from subgen.check.shown import Shown
from subgen.types import Finding


def sizes(shown: Shown) -> Iterator[Finding]:
    """Cues without text, with too many lines or lines that are too wide."""
    width, most = shown.rules.width, shown.rules.lines
    for index, cue in enumerate(shown.cues):
        lines = [line for line in cue.lines if line.strip()]
        if not lines:
            yield shown.finding(index, "empty", "It has no text.")
            continue
        if len(lines) > most:
            yield shown.finding(index, "lines", f"It has {len(lines)} lines, the most is {most}.", len(lines), most)
        widest = max(map(shown.columns, lines))
        if widest > width:
            text = f"A line has {widest:g} columns, the most is {width:g}."
            yield shown.finding(index, "width", text, widest, width)


def speeds(shown: Shown) -> Iterator[Finding]:
    """Cues that must be read faster than the limit, or than is aimed at."""
    aim, fastest = shown.rules.reading_speed, shown.rules.fastest
    for index, (cue, length) in enumerate(zip(shown.cues, (shown.ends - shown.starts).tolist(), strict=True)):
        if length <= 0:
            continue
        speed = round(shown.reading(cue) * 1000 / length, 1)
        if speed > fastest:
            text = f"It is read at {speed:g} columns per second, the most is {fastest:g}."
            yield shown.finding(index, "speed", text, speed, fastest)
        elif speed > aim:
            text = f"It is read at {speed:g} columns per second, {aim:g} are aimed at."
            yield shown.finding(index, "pace", text, speed, aim)
