"""Text to the units that the aligner times, each with its place in the text.

The cleaned texts follow the splitting rules of the published aligner (qwen-asr 0.0.6), since it was trained on them;
the character spans are ours, so that a caller can cut words with their punctuation from the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from aligner import japanese, korean
from aligner.types import Unit

_TOKEN = re.compile(r"\S+")
_IDEOGRAPH = re.compile(
    "["
    "\u4e00-\u9fff"  # CJK unified ideographs
    "\u3400-\u4dbf"  # extension A
    "\U00020000-\U0002a6df"  # B
    "\U0002a700-\U0002b73f"  # C
    "\U0002b740-\U0002b81f"  # D
    "\U0002b820-\U0002ceaf"  # E
    "\uf900-\ufaff"  # compatibility ideographs
    "]"
)


def units(text: str, language: str) -> tuple[Unit, ...]:
    """The units of a text, in order.

    Kept are letters, numbers (Unicode L* and N*) and the ASCII apostrophe. Text is split at white space, and every CJK
    ideograph stands alone; Japanese is split into nagisa's words, Korean after the stem of each token. A span runs
    from the first to the last kept character of its unit, with the combining marks of the last one.

    `language` is a name in any case; one that needs no rule of its own, or "", splits at white space. Raises
    MissingDependency for Japanese text where nagisa isn't installed: whether the text then goes untimed or is split
    by another rule (pass "") is the caller's choice.
    """
    if not any(_kept(char) for char in text):
        return ()
    split = _SPLITTERS.get(language.lower(), _by_space)
    return tuple(split(text))


def _kept(char: str) -> bool:
    return char.isalnum() or char == "'"  # isalnum is exactly the categories L* and N*


def _by_space(text: str) -> Iterator[Unit]:
    for match in _TOKEN.finditer(text):
        token, begin = match[0], match.start()
        if token.isascii() and token.isalnum():
            yield Unit(token, begin, match.end())
            continue
        kept = [index for index in range(begin, match.end()) if _kept(text[index])]
        for group in _runs(kept, lambda index: _IDEOGRAPH.match(text, index) is not None):
            yield _unit(text, group)


def _runs(indices: Iterable[int], alone: Callable[[int], bool]) -> Iterator[list[int]]:
    """Neighbours together, except that an index for which `alone` is true makes a run of its own."""
    run: list[int] = []
    for index in indices:
        if alone(index):
            if run:
                yield run
            yield [index]
            run = []
        else:
            run.append(index)
    if run:
        yield run


def _unit(text: str, kept: list[int]) -> Unit:
    return Unit("".join(text[index] for index in kept), kept[0], _past_marks(text, kept[-1] + 1))


def _past_marks(text: str, end: int) -> int:
    """The end, moved behind the combining marks that dress the character before it."""
    while end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end += 1
    return end


def _korean(text: str) -> Iterator[Unit]:
    for match in _TOKEN.finditer(text):
        middle = match.start() + korean.stem_length(match[0])
        for begin, end in ((match.start(), middle), (middle, match.end())):
            if kept := [index for index in range(begin, end) if _kept(text[index])]:
                yield _unit(text, kept)


def _japanese(text: str) -> Iterator[Unit]:
    """nagisa's words, cleaned; those that share a character of the text (half of ㍻ each) are one unit."""
    last: Unit | None = None
    for word in japanese.words(text):
        kept = [piece for piece in word if _kept(piece[0])]
        if not kept:
            continue
        unit = Unit("".join(char for char, _, _ in kept), kept[0][1], _past_marks(text, kept[-1][2]))
        if last and unit.begin < last.end:
            last = Unit(last.text + unit.text, last.begin, max(last.end, unit.end))
        else:
            if last:
                yield last
            last = unit
    if last:
        yield last


_SPLITTERS: dict[str, Callable[[str], Iterator[Unit]]] = {"japanese": _japanese, "korean": _korean}
