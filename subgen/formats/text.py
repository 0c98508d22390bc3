"""What all text formats share: text without control characters, times written once, lines joined as they were said."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from subgen.types import Cue, Document, Seconds, Word

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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cue that has something to show: its clean text, who speaks it, and its words where known."""

    text: str
    speaker: str = ""
    words: tuple[Word, ...] = ()

    def pieces(self) -> Iterator[tuple[Word | None, str]]:
        """The text cut where words begin, each piece with its word; what is before the first word has none.

        Words that are not in the text are passed over, so that the pieces joined are always the text.
        """
        at, end, word = 0, 0, None
        for next_word in self.words:
            said = clean(next_word.text)
            found = self.text.find(said, end) if said else -1
            if found >= 0:
                if found > at:
                    yield word, self.text[at:found]
                at, end, word = found, found + len(said), next_word
        yield word, self.text[at:]


def lines(cue: Cue) -> tuple[Line, ...]:
    """The lines of a cue that are not empty. One speaker speaks them all; several speak one line each."""
    names = [clean(name) for name in cue.speakers]
    if len(names) != len(cue.lines):
        names = (names if len(names) == 1 else [""]) * len(cue.lines)
    words = cue.words if len(cue.words) == len(cue.lines) else ((),) * len(cue.lines)
    made = (Line(clean(text), name, said) for text, name, said in zip(cue.lines, names, words, strict=True))
    return tuple(line for line in made if line.text)


def shown(cues: Sequence[Cue]) -> Iterator[tuple[Cue, tuple[Line, ...]]]:
    """The cues that have something to show, with their lines."""
    for cue in cues:
        found = lines(cue)
        if found:
            yield cue, found


def right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is of a script written from right to left (UAX 9, rule P2)."""
    directions = map(unicodedata.bidirectional, text)
    return next((direction for direction in directions if direction in {"L", "R", "AL"}), "L") != "L"


def milliseconds(seconds: Seconds) -> int:
    """Seconds as whole milliseconds: rounded once, here, so that 59.9996 s is a full minute."""
    return max(0, int(seconds * 1000 + 0.5))


def timestamp(seconds: Seconds, mark: str) -> str:
    """Hours, minutes, seconds and, after `mark`, milliseconds; hours take more digits where they must."""
    rest, thousandths = divmod(milliseconds(seconds), 1000)
    minutes, whole = divmod(rest, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{whole:02d}{mark}{thousandths:03d}"


def thousandths(milliseconds: int) -> str:
    """Whole milliseconds as seconds with three decimals."""
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


def centiseconds(seconds: Seconds) -> int:
    """Seconds as whole hundredths, rounded once, for formats that know no milliseconds."""
    return max(0, int(seconds * 100 + 0.5))


def unbroken(cues: Sequence[Cue], document: Document) -> Iterator[str]:
    """The text of each cue on one line, with white space at its line breaks only where the speech has some."""
    said = " ".join("".join(word.text for word in utterance.words) for utterance in document.utterances)
    said = " ".join(said.split())
    place = 0
    for cue in cues:
        text = ""
        for number, line in enumerate(" ".join(line.split()) for line in cue.lines):
            found = said.find(line, place)
            spaced = found < 0 or said[found - 1 : found] == " "  # a dash or label before the text is not in the speech
            if number and len(cue.words) == len(cue.lines) and cue.words[number - 1]:
                spaced = cue.words[number - 1][-1].text[-1:].isspace()
            text += (" " if text and spaced else "") + line
            place = found + len(line) if found >= 0 else place
        yield clean(text)
