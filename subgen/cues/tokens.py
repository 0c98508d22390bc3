"""Tokens: what the cue writer never breaks inside. Words in scripts with spaces, grapheme clusters in those without.

White space decides first. Without it a break is allowed only next to a character of a script without word spaces,
never before closing punctuation or after an opening bracket, and never inside Latin words and numbers, whatever the
words are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from subgen.languages import unspaced
from subgen.types import Seconds, Span, Word

_GRAPHEME = regex.compile(r"\X")
_BREAKING_SPACE = regex.compile(r"[^\S\u00a0\u2007\u202f]+")
"""white space except the no-break spaces"""
_RUN = regex.compile(r"[\S\u00a0\u2007\u202f]+")
_OPENERS_ONLY = regex.compile(r"[\p{Ps}\p{Pi}‚„¿¡]+$")
_CLOSERS_ONLY = regex.compile(r"[!?:;,.…»›”’)\]}%‰。、！？；：％」』）】–—―-]+$")
# Japanese kinsoku: small kana, marks of repetition and length; Thai: vowels and signs written after their consonant.
_NEVER_FIRST = regex.compile(
    r"[[\p{Pe}\p{Pf}\p{Po}\p{Pd}\p{M}]--[¿¡#@&§]]|[%％°℃ー〜～々〻ゝゞヽヾﾞﾟｰぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶะาำๅๆฯ]",
    regex.VERSION1,
)
_NEVER_LAST = regex.compile(r"[\p{Ps}\p{Pi}\p{Sc}‚„¿¡#@เแโใไ]")


@dataclass(frozen=True, slots=True)
class Token(Span):
    """A stretch of text without a break in it, its white space normalised."""

    text: str
    spaced: bool
    """whether white space follows it in the text"""
    inside: bool = False
    """whether a break after it would fall inside a word (of a script without spaces)"""


def tokens(words: Sequence[Word]) -> tuple[Token, ...]:
    """Cut the joined text of words into tokens; starts never fall, and no token ends after the next one starts."""
    merged: list[Token] = []
    for piece in _pieces(words):
        if not merged:
            merged.append(piece)
        elif _breakable(merged[-1], piece):
            merged[-1] = _bound_number(merged[-1], piece)
            merged.append(piece)
        else:
            last = merged[-1]
            text = last.text + " " * last.spaced + piece.text
            merged[-1] = replace(piece, start=last.start, end=max(last.end, piece.end), text=text)
    return _ordered(merged)


def _ordered(merged: Sequence[Token]) -> tuple[Token, ...]:
    """Make starts non-decreasing and cut ends at the next start."""
    ordered: list[Token] = []
    for token in merged:
        start = max(token.start, ordered[-1].start) if ordered else token.start
        if ordered and ordered[-1].end > start:
            ordered[-1] = replace(ordered[-1], end=start)
        ordered.append(replace(token, start=start, end=max(start, token.end)))
    return tuple(ordered)


def _pieces(words: Sequence[Word]) -> Iterator[Token]:
    """The smallest stretches between which a break might be allowed, with their share of their word's time."""
    held: Token | None = None
    for word in words:
        place = 0
        for begin, end in _spans(word.text):
            if word.text[begin:end].isspace():  # no-break spaces with nothing to hold together
                continue
            if held is not None:
                yield _followed(held, begin > place)
            held = Token(_time(word, begin), _time(word, end), word.text[begin:end], spaced=False, inside=True)
            place = end
        if held is not None:
            held = replace(_followed(held, place < len(word.text)), inside=False)
    if held is not None:
        yield held


def _followed(token: Token, space: bool) -> Token:
    return replace(token, spaced=True, inside=False) if space else token


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The character spans of runs without white space; each character of a script without word spaces is its own."""
    if not any(map(unspaced, text)):
        yield from (match.span() for match in _RUN.finditer(text))
        return
    begin: int | None = None
    for match in _GRAPHEME.finditer(text):
        space = _BREAKING_SPACE.match(match[0]) is not None
        alone = not space and unspaced(match[0][0])
        if begin is not None and (space or alone):
            yield begin, match.start()
            begin = None
        if alone:
            yield match.span()
        elif begin is None and not space:
            begin = match.start()
    if begin is not None:
        yield begin, len(text)


def _time(word: Word, position: int) -> Seconds:
    """When a character of a word is spoken, if all its characters take equally long and its white space no time."""
    begin = len(word.text) - len(word.text.lstrip())
    length = max(len(word.text.strip()), 1)
    return word.start + word.duration * min(max(position - begin, 0), length) / length


def _breakable(left: Token, right: Token) -> bool:
    if left.spaced:
        return not (_OPENERS_ONLY.match(left.text) or _CLOSERS_ONLY.match(right.text))
    before, after = left.text[-1], right.text[0]
    if not (unspaced(before) or unspaced(after)):
        return False
    if '"' in (before, after):  # straight quotes open or close; words were cut accordingly
        return not left.inside
    return not (_NEVER_LAST.match(before) or _NEVER_FIRST.match(after))


def _bound_number(left: Token, right: Token) -> Token:
    """Bind a number to the counter that touches it, as in 20年."""
    touching = not left.spaced and (left.text[-1].isdigit() or right.text[0].isdigit())
    return replace(left, inside=True) if touching else left
