"""What is said, as tokens that can be compared: words, or single characters in scripts without word spaces."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from subgen.types import Cue, Seconds, Span, Word

_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|(?:[\p{L}\p{N}\p{M}]|(?<=\p{L})['’](?=\p{L}))+"
)
_UNSAID = regex.compile(
    r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|［[^］]*］"  # sounds, and who speaks
    r"|(?m:^[-‐–—\s]*(?:\p{Lu}[\p{L}\p{M}\p{N}.'’-]*[ ]?){1,3}:(?=\s|$))"  # ANNA: and Old Man:
    r"|<[^<>\n]*>|\{[^{}\n]*\}"
)
_CHARACTER = 3
"""letters that one character of a script without word spaces counts as"""


@dataclass(frozen=True, slots=True)
class Token:
    """A comparable piece of a script: its folded text, where it stands, and the number of its cue from 0."""

    text: str
    begin: int
    end: int
    cue: int

    @property
    def letters(self) -> int:
        """How much it says that two texts have it in common."""
        return letters(self.text)


@dataclass(frozen=True, slots=True)
class Script:
    """What the cues of a file say: the words of all of them in one text, without sounds and names of speakers."""

    text: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Heard(Span):
    """A comparable piece of what was recognised."""

    text: str


def letters(token: str) -> int:
    """The letters of a token; a character that is a syllable or word by itself counts as several."""
    return len(token) if len(token) > 1 or token.isascii() else _CHARACTER


def script(cues: Sequence[Cue]) -> Script:
    """The script of cues in the order of their file."""
    texts = [_UNSAID.sub(" ", "\n".join(cue.lines)) for cue in cues]
    tokens, place = [], 0
    for number, text in enumerate(texts):
        for folded, begin, end in _tokens(text):
            tokens.append(Token(folded, place + begin, place + end, number))
        place += len(text) + 1
    return Script("\n".join(texts), tuple(tokens))


def heard(words: Iterable[Word]) -> tuple[Heard, ...]:
    """Tokens of timed words; several tokens of one word share its time by letters."""
    return tuple(token for word in words for token in _shares(word))


def _shares(word: Word) -> Iterator[Heard]:
    found = list(_tokens(word.text))
    rate = word.duration / max(1, sum(end - begin for _, begin, end in found))
    start: Seconds = word.start
    for folded, begin, end in found:
        yield Heard(start, start + rate * (end - begin), folded)
        start += rate * (end - begin)


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Folded text, begin and end of each token: without case, width, accents' encoding and kind of apostrophe."""
    for match in _TOKEN.finditer(text):
        yield unicodedata.normalize("NFKC", match[0]).casefold().replace("’", "'"), match.start(), match.end()
