"""Tokens: what the cue writer never breaks inside. Words in scripts with spaces, phrases in those without.

White space decides first. Without it a break is allowed only where a phrase begins (see `phrases`) next to a character
of a script without word spaces, never before closing punctuation or after an opening bracket, and never inside Latin
words and numbers, whatever the words are. A phrase that is wider than a line is cut into words, and a word that still
is, into grapheme clusters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import regex

from subgen.cues.lines import columns
from subgen.cues.phrases import phrase_starts
from subgen.languages import some_unspaced, unspaced
from subgen.rules import Rules
from subgen.types import Seconds, Span, Word

_GRAPHEME = regex.compile(r"\X")
_BREAKING_SPACE = regex.compile(r"[^\S\u00a0\u2007\u202f]+")
"""white space except the no-break spaces"""
_RUN = regex.compile(r"[\S\u00a0\u2007\u202f]+")
_OPENERS_ONLY = regex.compile(r"[\p{Ps}\p{Pi}‚„¿¡]+$")
_CLOSERS_ONLY = regex.compile(r"[!?:;,.…»›”’)\]}%‰。、！？；：％」』）】–—―-]+$")
# Japanese kinsoku: small kana, marks of repetition and length; Thai and Lao: vowels and signs written after their
# consonant, and below those written before it.
_NEVER_FIRST = regex.compile(
    r"[[\p{Pe}\p{Pf}\p{Po}\p{Pd}\p{M}]--[¿¡#@&§]]|[%％°℃ー〜～々〻ゝゞヽヾﾞﾟｰぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶะาำๅๆฯະາຳ]",
    regex.VERSION1,
)
_NEVER_LAST = regex.compile(r"[\p{Ps}\p{Pi}\p{Sc}‚„¿¡#@เแโใไເແໂໃໄ]")


@dataclass(frozen=True, slots=True)
class Token(Span):
    """A stretch of text without a break in it, its white space normalised."""

    text: str
    spaced: bool
    """whether white space follows it in the text"""
    inside: bool = False
    """whether a break after it would fall inside a word or phrase (of a script without spaces)"""


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A token that only the last resort makes, and the character of the joined text with which it begins."""

    token: Token
    begin: int

    @property
    def end(self) -> int:
        return self.begin + len(self.token.text)


def tokens(words: Sequence[Word], language: str = "", rules: Rules | None = None) -> tuple[Token, ...]:
    """Cut the joined text of words into tokens; starts never fall, and no token ends after the next one starts.

    `language` is a canonical name, "" when it is not known. `rules`: phrases that don't fit on one of their lines are
    cut; None keeps all of them whole.
    """
    clusters = _clusters(words)
    begins = _phrase_begins("".join(word.text for word in words), language, clusters)

    def fits(text: str) -> bool:
        return rules is None or columns(text, rules.full_width) <= rules.width

    phrases = _grouped(clusters, lambda left, right: left.token.spaced or right.begin in begins)
    return _ordered([token for phrase in phrases for token in _fitted(phrase, fits)])


def _clusters(words: Sequence[Word]) -> list[_Cluster]:
    """The smallest stretches between which a break can be allowed at all."""
    merged: list[_Cluster] = []
    for piece in _pieces(words):
        if not merged or _breakable(merged[-1].token, piece.token):
            merged.append(piece)
        else:
            merged[-1] = _merged((merged[-1], piece))
    return merged


def _merged(clusters: Sequence[_Cluster]) -> _Cluster:
    """One for several that follow each other; in its text a white space is one space."""
    first, last = clusters[0], clusters[-1].token
    if len(clusters) == 1:
        return first
    text = "".join(cluster.token.text + " " * cluster.token.spaced for cluster in clusters[:-1]) + last.text
    end = max(cluster.token.end for cluster in clusters)
    return _Cluster(replace(last, start=first.token.start, end=end, text=text), first.begin)


def _phrase_begins(text: str, language: str, clusters: Sequence[_Cluster]) -> frozenset[int]:
    """Where clusters begin a phrase; after opening and before closing signs it takes or leaves them."""
    starts = phrase_starts(text, language)
    found: set[int] = set()
    for cluster in clusters:
        for place in starts.intersection(range(cluster.begin, cluster.end)):
            if not text[cluster.begin : place].strip() or _OPENERS_ONLY.match(text[cluster.begin : place]):
                found.add(cluster.begin)
            elif _CLOSERS_ONLY.match(text[place : cluster.end]):
                found.add(cluster.end)
    return frozenset(found)


def _grouped(
    clusters: Sequence[_Cluster], parted: Callable[[_Cluster, _Cluster], bool]
) -> Iterator[Sequence[_Cluster]]:
    """Runs of clusters, with a new one wherever two neighbours are parted."""
    first = 0
    for place in range(1, len(clusters)):
        if parted(clusters[place - 1], clusters[place]):
            yield clusters[first:place]
            first = place
    if clusters:
        yield clusters[first:]


def _fitted(phrase: Sequence[_Cluster], fits: Callable[[str], bool]) -> Iterator[Token]:
    """The phrase as one token, else its words, else its clusters: the first of these that fit on a line."""
    whole = _merged(phrase).token
    if len(phrase) == 1 or fits(whole.text):
        yield whole
        return
    words = list(_grouped(phrase, lambda left, _: not left.token.inside))
    parts = words if len(words) > 1 else [(cluster,) for cluster in phrase]
    for part in parts:
        *inner, last = _fitted(part, fits)
        yield from inner
        yield last if part is parts[-1] else replace(last, inside=True)


def _ordered(merged: Sequence[Token]) -> tuple[Token, ...]:
    """Make starts non-decreasing and cut ends at the next start."""
    ordered: list[Token] = []
    for token in merged:
        start = max(token.start, ordered[-1].start) if ordered else token.start
        if ordered and ordered[-1].end > start:
            ordered[-1] = replace(ordered[-1], end=start)
        fits = token.start == start <= token.end
        ordered.append(token if fits else replace(token, start=start, end=max(start, token.end)))
    return tuple(ordered)


def _pieces(words: Sequence[Word]) -> Iterator[_Cluster]:
    """The smallest stretches between which a break might be allowed, with their share of their word's time."""
    held: tuple[int, Seconds, Seconds, str] | None = None
    spaced = inside = False
    offsets = accumulate((len(word.text) for word in words), initial=0)
    for word, offset in zip(words, offsets, strict=False):
        place = 0
        for begin, end in _spans(word.text):
            text = word.text[begin:end]
            if text.isspace():  # no-break spaces with nothing to hold together
                continue
            if held is not None:
                yield _piece(held, spaced or begin > place, inside)
            held = (offset + begin, *_times(word, begin, end), text)
            spaced, inside, place = False, True, end
        spaced, inside = spaced or place < len(word.text), False
    if held is not None:
        yield _piece(held, spaced, inside)


def _piece(held: tuple[int, Seconds, Seconds, str], spaced: bool, inside: bool) -> _Cluster:
    begin, start, end, text = held
    return _Cluster(Token(start, end, text, spaced, inside and not spaced), begin)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The character spans of runs without white space; each character of a script without word spaces is its own."""
    if not some_unspaced(text):
        yield from (match.span() for match in _RUN.finditer(text))
        return
    begin: int | None = None
    for match in _GRAPHEME.finditer(text):
        space = _BREAKING_SPACE.fullmatch(match[0]) is not None
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


def _times(word: Word, begin: int, end: int) -> tuple[Seconds, Seconds]:
    """When characters of a word are spoken, if all of them take equally long and its white space no time."""
    length = len(word.text.strip())
    if end - begin >= length:
        return word.start, word.end
    first = len(word.text) - len(word.text.lstrip())
    rate = word.duration / length
    return word.start + rate * max(begin - first, 0), word.start + rate * min(end - first, length)


def _breakable(left: Token, right: Token) -> bool:
    if left.spaced:
        return not (_OPENERS_ONLY.match(left.text) or _CLOSERS_ONLY.match(right.text))
    before, after = left.text[-1], right.text[0]
    if after.isspace():  # a mark on a space, which no line may begin with
        return False
    if not (unspaced(before) or unspaced(after)):
        return False
    if '"' in (before, after):  # straight quotes open or close; words were cut accordingly
        return not left.inside
    if before.isdigit():  # a number and its counter, as in 20年
        return False
    return not (_NEVER_LAST.match(before) or _NEVER_FIRST.match(after))
