"""What a reader finds in the text of a subtitle file."""

from __future__ import annotations

from dataclasses import dataclass

from subgen.types import Cue


class Unreadable(Exception):
    """The text is not what it looked like; the message goes on where the name of the file stops: "is not ..."."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Cues in the order of the file, and what was wrong with it."""

    cues: tuple[Cue, ...]
    language: str = ""
    """as the file names it: a code or a name; "" when it does not"""
    dropped: int = 0
    """cues whose times can't be read"""
    ignored: str = ""
    """what else was left out, as the beginning of a sentence; "" for nothing"""
    time_lines: tuple[int, ...] | None = None
    """for each cue the line of the text, from 0, that has its times; None where times have no lines of their own"""
