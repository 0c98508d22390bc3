"""What all text formats share: text without control characters, times written once, lines joined as they were said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from subgen.types import Cue, Document, Seconds

_LINE_END = regex.compile(r"[\t-\r\x1c-\x1f\x85\p{Zl}\p{Zp}]+")
"""tabs, line feeds and all that some program takes for a line end"""
_CONTROL = regex.compile(r"[\p{Cc}\ufeff]+")
"""NUL and its kind, and the byte order mark"""
_SPACES = regex.compile(r" {2,}")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """One line of text: line ends become single spaces, controls go, lone surrogates become U+FFFD.

    Direction marks and joiners stay, since right-to-left text and emoji need them.
    """
    line = _LINE_END.sub(" ", _SURROGATE.sub("\ufffd", text))
    return _SPACES.sub(" ", _CONTROL.sub("", line)).strip()


def shown(cues: Sequence[Cue]) -> Iterator[tuple[Cue, list[str]]]:
    """The cues that have something to show, with their cleaned lines, none of them empty."""
    for cue in cues:
        lines = [line for line in map(clean, cue.lines) if line]
        if lines:
            yield cue, lines


def milliseconds(seconds: Seconds) -> int:
    """Seconds as whole milliseconds: rounded once, here, so that 59.9996 s is a full minute."""
    return max(0, int(seconds * 1000 + 0.5))


def timestamp(seconds: Seconds, mark: str) -> str:
    """Hours, minutes, seconds and, after `mark`, milliseconds; hours take more digits where they must."""
    rest, thousandths = divmod(milliseconds(seconds), 1000)
    minutes, whole = divmod(rest, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{whole:02d}{mark}{thousandths:03d}"


def unbroken(cues: Sequence[Cue], document: Document) -> Iterator[str]:
    """The text of each cue on one line, with white space at its line breaks only where the speech has some."""
    said = " ".join("".join(word.text for word in utterance.words) for utterance in document.utterances)
    said = " ".join(said.split())
    place = 0
    for cue in cues:
        text = ""
        for line in (" ".join(line.split()) for line in cue.lines):
            found = said.find(line, place)
            text += (" " if text and said[found - 1 : found] == " " else "") + line
            place = found + len(line)
        yield clean(text)
