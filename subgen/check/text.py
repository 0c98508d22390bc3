"""What cues say: signs that do not belong into text, and words that come again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import regex

from subgen.check.shown import Shown
from subgen.types import Finding, Seconds

LONGEST_PERIOD = 12
"""words that come again together; longer ones are two cues that say the same"""
_TIMES = {1: 8, 2: 6, 3: 5}
"""how often one, two or three words are said in a row until it is a loop; four or more words: 4 times"""
_TIMES_MORE = 4
LEAST_WORDS = 5
"""words of two cues that say the same; shorter ones ("No!") are said twice by people"""
LEAST_SIGNS = 8
"""the same for scripts without word spaces"""
SOON: Seconds = 3.0
"""between two such cues; what comes again later may be a refrain"""

_ARROW = regex.compile(r"-->")
_CONTROL = regex.compile(r"[\p{Cc}\ufffd\u2028\u2029\p{Cs}]")
_MOJIBAKE = regex.compile(r"Ã[\u0080-\u00bf]|â€[\u0080-\u00bf™œ\u009d]|Â[\u00a0-\u00bf]")
"""UTF-8 that was read as Latin-1 or Windows-1252"""
_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*"
)


def signs(shown: Shown) -> Iterator[Finding]:
    """Arrows, which end a cue for many players; control characters; signs that were lost in decoding."""
    for index, cue in enumerate(shown.cues):
        text = cue.text.replace("\n", " ")
        if _ARROW.search(text):
            yield shown.finding(index, "sign", "Its text holds “-->”, which many players take for times.")
        elif found := _CONTROL.search(text):
            name = unicodedata.name(found[0], f"U+{ord(found[0]):04X}")
            yield shown.finding(index, "sign", f"Its text holds a sign that can't be shown: {name.lower()}.")
        elif found := _MOJIBAKE.search(text):
            yield shown.finding(index, "sign", f"“{found[0]}” is text that was read in a wrong encoding.")


def repeats(shown: Shown) -> Iterator[Finding]:
    """Cues that say what the one before says, and words that come again and again, as a recogniser's loops do."""
    said = [_words(cue.text) for cue in shown.cues]
    looped: set[int] = set()
    for first, last, text in _loops(said):
        if not looped & set(range(first, last + 1)):
            yield shown.finding(first, "loop", text)
        looped |= set(range(first, last + 1))
    for index in range(1, len(said)):
        left, right = shown.cues[index - 1], shown.cues[index]
        alike = said[index] and said[index] == said[index - 1] and left.speakers == right.speakers
        alike = alike and right.start - left.end < SOON
        if alike and index not in looped and _long_enough(said[index]):
            yield shown.finding(index, "repeat", "It says what the cue before it says.")


def _words(text: str) -> tuple[str, ...]:
    return tuple(match[0].casefold() for match in _WORD.finditer(text))


def _long_enough(words: Sequence[str]) -> bool:
    signs = all(len(word) == 1 for word in words)
    return len(words) >= (LEAST_SIGNS if signs else LEAST_WORDS)


def _loops(said: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """First and last cue of each run of words that repeats itself, and a sentence; short periods first."""
    words = [word for cue in said for word in cue]
    cues = [number for number, cue in enumerate(said) for _ in cue]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
    row = np.array([numbers[word] for word in words], np.int64)
    covered = np.zeros(len(words), np.bool_)
    for period in range(1, min(LONGEST_PERIOD, len(words) - 1) + 1):
        times = _TIMES.get(period, _TIMES_MORE)
        for first, length in _runs(row[period:] == row[:-period]):
            if length < (times - 1) * period or covered[first]:
                continue
            covered[first : first + length + period] = True
            phrase = " ".join(words[first : first + period])
            count = (length + period) // period
            yield cues[first], cues[first + length + period - 1], f"“{phrase}” is said {count} times in a row."


def _runs(flags: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Iterator[tuple[int, int]]:
    """First index and length of each run of true flags."""
    place = 0
    for value, group in groupby(flags.tolist()):
        length = len(list(group))
        if value:
            yield place, length
        place += length
