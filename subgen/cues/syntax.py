"""What a break after a token would cost the reader: sentence and clause ends are cheap, torn phrases dear."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import regex

from subgen.cues.grammars import GRAMMARS, NO_GRAMMAR, Grammar
from subgen.cues.tokens import Token
from subgen.languages import unspaced

# Costs of a break, lower is better (the scale is that of the 6 which every cue costs).
SENTENCE = 0.0
CLAUSE = 2.0
COMMA = 4.0
BEFORE_CONJUNCTION = 7.0
BEFORE_PREPOSITION = 9.0
AT_SPACE = 7.0
"""where a script without word spaces has one"""
PLAIN = 13.0
NAME = 22.0
AFTER_LEADING_WORD = 50.0
"""and before one that belongs to the word before it"""
INSIDE_WORD = 40.0


_CLOSERS = regex.compile(r"[\p{Pe}\p{Pf}\p{Pi}\"'’”»]+$")
_SENTENCE_END = regex.compile(r"[.!?。！？．｡؟۔।॥…‥]$")
_ELLIPSIS = regex.compile(r"(?:…|‥|\.\.)$")
_CLAUSE_END = regex.compile(r"[;:；：؛—–―]$|--$")
_COMMA_END = regex.compile(r"[,，、､،]$")
_AROUND = regex.compile(r"^[^\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+$")
_INITIAL = regex.compile(r"(?!I)\p{Lu}\.")
_NUMBER = regex.compile(r"\p{Nd}+\.")
_ORDINAL = regex.compile(r"\p{Nd}{1,2}\.")
_HALVES = regex.compile(r"(.*')(.+)")


def costs(tokens: Sequence[Token], language: str) -> list[float]:
    """The cost of a break after each token, whatever the pause there; 0 after the last."""
    grammar = GRAMMARS.get(language, NO_GRAMMAR)
    bare = pairwise([_bare(token.text) for token in tokens])
    return [_cost(left, right, words, grammar) for (left, right), words in zip(pairwise(tokens), bare, strict=True)] + [
        0.0
    ]


def sentence_ends(tokens: Sequence[Token], language: str) -> list[bool]:
    """Whether a sentence ends with each token."""
    grammar = GRAMMARS.get(language, NO_GRAMMAR)
    return [_ends_sentence(left.text, right.text, grammar) for left, right in pairwise(tokens)] + [True]


def _cost(left: Token, right: Token, bare: tuple[str, str], grammar: Grammar) -> float:
    if left.inside:
        return INSIDE_WORD
    if not left.text[-1].isalnum() and (found := _punctuated(left, right, grammar)) is not None:
        return found
    if left.spaced and unspaced(left.text[-1]) and unspaced(right.text[0]):
        return AT_SPACE
    return _phrase_cost(left.text, right.text, bare, grammar)


def _punctuated(left: Token, right: Token, grammar: Grammar) -> float | None:
    """The cost of a break after the punctuation of a word; None where it has none that ends anything."""
    if _ends_sentence(left.text, right.text, grammar):
        return SENTENCE
    bare = _CLOSERS.sub("", left.text)
    if _CLAUSE_END.search(bare) or _ELLIPSIS.search(bare):
        return CLAUSE
    if _COMMA_END.search(bare):
        return COMMA
    return None


def _phrase_cost(left: str, right: str, bare: tuple[str, str], grammar: Grammar) -> float:
    """The cost of a break between two words without punctuation between them; `bare`: what `_bare` makes of them."""
    last, first = bare
    if first in grammar.trailing or first.startswith(grammar.clinging) or _holds(last, grammar):
        return AFTER_LEADING_WORD
    head = _half(first, 1)
    if first in grammar.conjunctions or head in grammar.conjunctions or first.startswith(grammar.opening):
        return BEFORE_CONJUNCTION
    if last.endswith(grammar.binding):
        return NAME
    if first in grammar.prepositions or head in grammar.prepositions or last.endswith(grammar.closing):
        return BEFORE_PREPOSITION
    return NAME if left[0].isupper() and right[0].isupper() else PLAIN


def _holds(word: str, grammar: Grammar) -> bool:
    return grammar.holds(word) or grammar.holds(_half(word, 2))


def _half(word: str, number: int) -> str:
    """The first half of a word with an apostrophe, apostrophe and all, or the second; "" of other words."""
    halves = _HALVES.fullmatch(word) if "'" in word else None
    return halves[number] if halves else ""


def _ends_sentence(left: str, right: str, grammar: Grammar) -> bool:
    if left[-1].isalnum():
        return False
    text = _CLOSERS.sub("", left)
    if not _SENTENCE_END.search(text):
        return False
    return not (text.endswith((".", "…", "‥")) and _runs_on(text, right, grammar))


def _runs_on(text: str, right: str, grammar: Grammar) -> bool:
    """Whether dots end an abbreviation, an initial, an ordinal or a hesitation, and not the sentence."""
    word, first = _bare(text), _AROUND.sub("", right)[:1]
    if word in grammar.titles or _INITIAL.fullmatch(text) or (word == "no" and first.isdigit()):
        return True
    if grammar.ordinals and _ORDINAL.fullmatch(text) and not grammar.holds(_bare(right)):
        return True
    doubtful = word in grammar.abbreviations or _ELLIPSIS.search(text) or _NUMBER.fullmatch(text)
    return bool(doubtful) and not first.isupper()


def _bare(text: str) -> str:
    """A word without the punctuation around it, folded, with straight apostrophes and no dot above i (Turkish)."""
    if not (text[0].isalnum() and text[-1].isalnum()):
        text = _AROUND.sub("", text)
    return text.replace("’", "'").casefold().replace("i\u0307", "i")
