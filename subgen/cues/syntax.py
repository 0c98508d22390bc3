"""What a break after a token would cost the reader: sentence and clause ends are cheap, torn phrases dear.

The word lists are data keyed by language; a language without a list breaks by punctuation and pauses alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from subgen.cues.tokens import Token

# Costs of a break, lower is better (the scale is that of the 6 which every cue costs).
SENTENCE = 0.0
CLAUSE = 2.0
COMMA = 4.0
BEFORE_CONJUNCTION = 7.0
BEFORE_PREPOSITION = 9.0
PLAIN = 13.0
NAME = 22.0
AFTER_LEADING_WORD = 50.0
INSIDE_WORD = 40.0


@dataclass(frozen=True, slots=True)
class Grammar:
    """The words of a language that bind to the word after them, and abbreviations whose dot ends nothing."""

    conjunctions: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()
    """articles, auxiliaries, possessives and subject pronouns"""
    titles: frozenset[str] = frozenset()
    """abbreviations that something always follows: a name, a number, an example"""
    abbreviations: frozenset[str] = frozenset()
    """other abbreviations: a sentence may end with them, when the next word has a capital"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NO_GRAMMAR = Grammar()
GRAMMARS: dict[str, Grammar] = {
    "English": Grammar(
        conjunctions=_words(
            "and but or nor so yet because although though unless until while whereas if when whenever where wherever "
            "whether since as than that which who whom whose"
        ),
        prepositions=_words(
            "about above across after against along amid among around at before behind below beneath beside besides "
            "between beyond by despite down during except for from in inside into like near of off on onto out outside "
            "over past per through throughout to toward towards under underneath up upon via with within without"
        ),
        leading=_words(
            "a an the this these those my your his her its our their every each no some any "
            "i you he she it we they i'm i've i'd i'll you're he's she's it's we're they're "
            "am is are was were be been being have has had do does did will would shall should can could may might "
            "must isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't won't wouldn't can't cannot "
            "couldn't shouldn't not very"
        ),
        titles=_words(
            "dr mr mrs ms prof rev fr sr jr st mt gen col lt sgt capt cpt cmdr adm gov sen rep hon pres messrs "
            "e.g i.e vs cf approx fig vol"
        ),
        abbreviations=_words(
            "etc u.s u.k u.n a.m p.m a.d b.c ph.d inc ltd co corp dept est ed "
            "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun ave blvd"
        ),
    )
}

_CLOSERS = regex.compile(r"[\p{Pe}\p{Pf}\p{Pi}\"'’”»]+$")
_SENTENCE_END = regex.compile(r"[.!?。！？．｡؟۔।॥…‥]$")
_ELLIPSIS = regex.compile(r"(?:…|‥|\.\.)$")
_CLAUSE_END = regex.compile(r"[;:；：؛—–―]$|--$")
_COMMA_END = regex.compile(r"[,，、､،]$")
_AROUND = regex.compile(r"^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$")
_INITIAL = regex.compile(r"(?!I)\p{Lu}\.")
_NUMBER = regex.compile(r"\p{Nd}+\.")


def costs(tokens: Sequence[Token], language: str) -> list[float]:
    """The cost of a break after each token, whatever the pause there; 0 after the last."""
    grammar = GRAMMARS.get(language, NO_GRAMMAR)
    return [_cost(left, right, grammar) for left, right in pairwise(tokens)] + [0.0]


def sentence_ends(tokens: Sequence[Token], language: str) -> list[bool]:
    """Whether a sentence ends with each token."""
    grammar = GRAMMARS.get(language, NO_GRAMMAR)
    return [_ends_sentence(left.text, right.text, grammar) for left, right in pairwise(tokens)] + [True]


def _cost(left: Token, right: Token, grammar: Grammar) -> float:
    if left.inside:
        return INSIDE_WORD
    if _ends_sentence(left.text, right.text, grammar):
        return SENTENCE
    bare = _CLOSERS.sub("", left.text)
    if _CLAUSE_END.search(bare) or _ELLIPSIS.search(bare):
        return CLAUSE
    if _COMMA_END.search(bare):
        return COMMA
    return _phrase_cost(left.text, right.text, grammar)


def _phrase_cost(left: str, right: str, grammar: Grammar) -> float:
    """The cost of a break between two words without punctuation between them."""
    last, first = _bare(left), _bare(right)
    if (
        last in grammar.leading
        or last in grammar.prepositions
        or last in grammar.conjunctions
        or last in grammar.titles
    ):
        return AFTER_LEADING_WORD
    if first in grammar.conjunctions:
        return BEFORE_CONJUNCTION
    if first in grammar.prepositions:
        return BEFORE_PREPOSITION
    return NAME if left[0].isupper() and right[0].isupper() else PLAIN


def _ends_sentence(left: str, right: str, grammar: Grammar) -> bool:
    text = _CLOSERS.sub("", left)
    if not _SENTENCE_END.search(text):
        return False
    return not (text.endswith((".", "…", "‥")) and _runs_on(text, right, grammar))


def _runs_on(text: str, right: str, grammar: Grammar) -> bool:
    """Whether dots end an abbreviation, an initial, an ordinal or a hesitation, and not the sentence."""
    word, first = _bare(text), _AROUND.sub("", right)[:1]
    if word in grammar.titles or _INITIAL.fullmatch(text) or (word == "no" and first.isdigit()):
        return True
    doubtful = word in grammar.abbreviations or _ELLIPSIS.search(text) or _NUMBER.fullmatch(text)
    return bool(doubtful) and not first.isupper()


def _bare(text: str) -> str:
    """A word without the punctuation around it, in lower case with straight apostrophes."""
    return _AROUND.sub("", text).replace("’", "'").casefold()
