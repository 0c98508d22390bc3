"""Checking a subtitle file: what it says and when, and beside its media whether that is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from subgen.check import check, in_order
from subgen.check.guess import frame_rate_of, language_of
from subgen.check.markup import tags
from subgen.check.rulebook import ERROR, score, severity
from subgen.check.shown import Shown
from subgen.check.sound import Sound, uncovered
from subgen.check.sync import beside
from subgen.cues import FRAME_RATE
from subgen.formats.render import FASTEST, SLOWEST
from subgen.formats.subtitles import Subtitles, read_subtitles
from subgen.loudness import hear
from subgen.media import open_audio, probe
from subgen.media.shots import shots_beside
from subgen.options import Input, Options
from subgen.rules import rules
from subgen.types import Cue, Document, Finding, Media, Note, Seconds
from subgen.voice import gliding

AHEAD = 10
"""seconds after a moment that are looked at for the floor of its loudness"""


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

    Args:
        media: the film or recording that the subtitles belong to; None: what is heard is not asked.

    Raises:
        SubgenError: with one sentence for the user.
    """
    options = options or Options()
    read = read_subtitles(path)
    language = options.decoding.language or read.language or language_of(read.cues)
    film = probe(media, options.input, language or None) if media is not None else None
    rate = options.layout.frame_rate or _frame_rate(film) or frame_rate_of(read.cues) or FRAME_RATE
    rule = rules(options.layout, language)
    listened = _listened(film, options.input, read.cues) if film is not None else None
    shown = Shown.of(read.cues, rule, rate, language)
    found = [*_unreadable(read), *check(read.cues, rule, rate, listened.shots if listened else (), language)]
    marked = {finding.cue for finding in found if finding.rule == "markup"}
    found += [finding for finding in tags(shown, contents(read)) if finding.cue not in marked]
    if listened:
        found += beside(shown, listened.sound)
    notes = (*read.notes, *(listened.notes if listened else ()))
    return Checked(path, read.cues, in_order(found), language, rate, notes, media)


def _frame_rate(film: Media | None) -> float | None:
    rate = film.frame_rate if film is not None else None
    return rate if rate is not None and SLOWEST <= rate <= FASTEST else None


@dataclass(frozen=True, slots=True)
class _Listened:
    """What the media says."""

    sound: Sound
    shots: tuple[Seconds, ...]
    """of its picture, if they are looked for"""
    notes: tuple[Note, ...]


def _listened(film: Media, options: Input, cues: Sequence[Cue]) -> _Listened:
    with shots_beside(film, options) as with_shots:
        sound = _heard(film, options, cues)
        found = with_shots(Document(film, sound.duration, (), ()))
    return _Listened(sound, found.shots, found.notes)


def _heard(film: Media, options: Input, cues: Sequence[Cue]) -> Sound:
    """The sound of the media; voices are looked for only in the seconds that have no cue all through."""
    speech, voiced = [], []
    alone = uncovered(cues, float("inf"))
    with open_audio(film, options) as audio:
        for second, heard in enumerate(hear(audio, AHEAD)):
            speech.append(heard.speech)
            while len(alone) > 1 and alone[0].end <= second:
                alone.pop(0)
            voiced.append(gliding(heard.samples) if alone[0].start < second + 1 else 0.0)
        return Sound(np.concatenate([np.zeros(0, np.bool_), *speech]), np.array(voiced), audio.seconds)


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
