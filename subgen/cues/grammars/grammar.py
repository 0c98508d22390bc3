"""What the cue writer knows about a language: its little words, and how they hold a phrase together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """The words of a language that bind to the word after or before them, and abbreviations whose dot ends nothing.

    All words are folded as `words` folds them. A word with an apostrophe is found by its first half, apostrophe and
    all ("qu'"), as the first word after a break, and by its second half as the last one before it.
    """

    conjunctions: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()
    """articles, auxiliaries, negations, possessives and subject pronouns"""
    trailing: frozenset[str] = frozenset()
    """what belongs to the word before it: postpositions, particles, auxiliaries that follow their verb"""
    titles: frozenset[str] = frozenset()
    """abbreviations that something always follows: a name, a number, an example"""
    abbreviations: frozenset[str] = frozenset()
    """other abbreviations: a sentence may end with them, when the next word has a capital"""
    ordinals: bool = False
    """whether the dot after a number of one or two digits makes it an ordinal"""
    opening: tuple[str, ...] = ()
    """in scripts without word spaces: what begins a phrase before which a break is good"""
    closing: tuple[str, ...] = ()
    """in scripts without word spaces: what ends a phrase after which a break is good"""
    clinging: tuple[str, ...] = ()
    """in scripts without word spaces: what begins a phrase that belongs to the one before it"""
    binding: tuple[str, ...] = ()
    """in scripts without word spaces: what ends a phrase that belongs to the next one"""

    def holds(self, word: str) -> bool:
        """Whether a word belongs to the one after it."""
        return word in self.leading or word in self.prepositions or word in self.conjunctions or word in self.titles


def words(text: str) -> frozenset[str]:
    """The words of a text, folded so that case does not matter."""
    return frozenset(text.casefold().split())


def listed(text: str) -> tuple[str, ...]:
    """The words of a text, in order."""
    return tuple(text.split())
