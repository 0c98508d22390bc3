"""Checking a subtitle file: what it says and when, and beside its media whether that is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from subgen.check import check, in_order
from subgen.check.guess import frame_rate_of, language_of
from subgen.check.markup import tags
from subgen.check.rulebook import ERROR, score, severity
from subgen.check.shown import Shown
from subgen.cues import FRAME_RATE
from subgen.formats.subtitles import Subtitles, read_subtitles
from subgen.options import Options
from subgen.rules import rules
from subgen.types import Cue, Finding, Note


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a file, and by which rules."""

    path: Path
    cues: tuple[Cue, ...]
    findings: tuple[Finding, ...]
    language: str
    """given, said by the file or its name, or told by its words; "" when none of these helps"""
    frame_rate: float
    notes: tuple[Note, ...] = ()
    """what the reader guessed or left out"""
    media: Path | None = None

    @property
    def score(self) -> int:
        """0 to 100, see `rulebook.score`."""
        return score(self.cues, self.findings)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(severity(finding) == ERROR for finding in self.findings)


def check_file(path: Path, media: Path | None = None, options: Options | None = None) -> Checked:
    """Check a subtitle file of any format that can be read against the layout of `options`.

    Raises SubgenError with one sentence for the user.
    """
    options = options or Options()
    read = read_subtitles(path)
    language = options.decoding.language or read.language or language_of(read.cues)
    rate = options.layout.frame_rate or frame_rate_of(read.cues) or FRAME_RATE
    rule = rules(options.layout, language)
    found = [
        *_unreadable(read),
        *check(read.cues, rule, rate, (), language),
        *tags(Shown.of(read.cues, rule, rate, language), contents(read)),
    ]
    return Checked(path, read.cues, in_order(found), language, rate, read.notes)


def contents(read: Subtitles) -> tuple[str, ...]:
    """What the file has for each cue, with its tags; () for formats whose tags need not match."""
    if read.format not in {"srt", "vtt"} or read.time_lines is None:
        return ()
    lines = read.text.split("\n")
    return tuple(_content(lines, place + 1) for place in read.time_lines)


def _content(lines: Sequence[str], first: int) -> str:
    """The lines from `first` to the next blank one."""
    end = first
    while end < len(lines) and lines[end].strip():
        end += 1
    return "\n".join(lines[first:end])


def _unreadable(read: Subtitles) -> tuple[Finding, ...]:
    if not read.dropped:
        return ()
    many = "1 cue has" if read.dropped == 1 else f"{read.dropped} cues have"
    return (Finding(0, "unreadable", f"{many} times that can't be read.", read.dropped, 0),)
