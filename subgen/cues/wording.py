"""What cues say: their lines, who speaks, and the words of each line, cut from the utterances' words verbatim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from subgen.cues.candidates import Candidates, edges
from subgen.cues.dialogue import dash
from subgen.cues.talk import Talk
from subgen.types import Word


@dataclass(frozen=True, slots=True)
class Wording:
    """A cue without its times."""

    lines: tuple[str, ...]
    speakers: tuple[str, ...]
    words: tuple[tuple[Word, ...], ...]


def wordings(talk: Talk, found: Candidates) -> Iterator[Wording]:
    """What each of the candidates says; they must cover all of the talk, in order."""
    cutters = [Cutter(utterance.words) for utterance in talk.utterances]
    texts = [token.text + " " * token.spaced for token in talk.tokens]
    utterance = talk.utterance.tolist()
    for places in edges(talk, found):
        lines = ["".join(texts[first:end]).strip() for first, end in pairwise(places)]
        said = [utterance[first] for first in places[:-1]]
        words = tuple(cutters[number].line(line) for number, line in zip(said, lines, strict=True))
        speakers = [talk.utterances[number].speaker or "" for number in said]
        if said[0] == said[-1]:
            yield Wording(tuple(lines), tuple(filter(None, speakers[:1])), words)
        else:
            rule = talk.rules[talk.rule[places[0]]]
            yield Wording(
                tuple(_dashed(line, dash(rule.dashes, bool(place))) for place, line in enumerate(lines)),
                tuple(speakers),
                words,
            )


def _dashed(line: str, mark: str) -> str:
    return line if line[0] in "-–—" else mark + line


class Cutter:
    """Gives out the words of one utterance, line after line."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = [word for word in words if word.text]
        self._number = 0
        self._letters = 0
        """how many letters of the word at hand were given out"""

    def line(self, text: str) -> tuple[Word, ...]:
        """The words that a line's text is made of, each with the white space after it.

        White space is not counted, because that of a line is normalised; a word that goes on in the next line is cut,
        and its time shared out by letters.
        """
        return tuple(self._taken(_letters(text)))

    def _taken(self, wanted: int) -> Iterator[Word]:
        while self._number < len(self._words):
            word = self._words[self._number]
            left = _letters(word.text) - self._letters
            if left > wanted:
                if wanted:
                    yield _part(word, self._letters, self._letters + wanted)
                    self._letters += wanted
                return
            yield _part(word, self._letters, None) if self._letters else word
            self._number, self._letters, wanted = self._number + 1, 0, wanted - left


def _letters(text: str) -> int:
    """The number of characters that are not white space."""
    return len("".join(text.split()))


def _part(word: Word, begin: int, end: int | None) -> Word:
    """The letters `begin` to `end` of a word; None: to its end."""
    seen = [0, *accumulate(not char.isspace() for char in word.text)]
    first = seen.index(begin + 1) - 1 if begin else 0
    last = len(word.text) if end is None else seen.index(end + 1) - 1
    rate = word.duration / seen[-1]
    return replace(
        word,
        start=word.start + rate * begin,
        end=word.end if end is None else word.start + rate * end,
        text=word.text[first:last],
    )
