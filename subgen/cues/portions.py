"""All candidates of a talk in portions, so that those of a long film are never held at once."""

from __future__ import annotations

from collections.abc import Iterator

from subgen.cues.candidates import Candidates, candidates, joined
from subgen.cues.dialogue import dialogues
from subgen.cues.talk import Talk

TOKENS = 2048
"""with which the stretches of a portion begin: a quarter of an hour, 100,000 stretches"""


def portions(talk: Talk, size: int = TOKENS) -> Iterator[Candidates]:
    """The candidates, in portions of `size` tokens by where they end: all that end at a token are in one."""
    later = ending = candidates(talk, 0, 0)
    for begin in range(0, len(talk.tokens), size):
        stop = min(begin + size, len(talk.tokens))
        beginning = candidates(talk, begin, stop)
        ending = joined((ending, beginning))
        found = joined((beginning, dialogues(talk, ending, beginning), later))
        yield found.at((found.end <= stop).nonzero()[0])
        later = found.at((found.end > stop).nonzero()[0])
        ending = ending.at((ending.end >= stop).nonzero()[0])
