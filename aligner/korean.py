"""Korean word splitting: the known stem of a token, and what is glued to it.

Korean writes particles and endings onto the word they belong to ("서울에서" is 서울 + 에서), and the published
aligner was trained on text split between the two. A token is split after its longest prefix that the dictionary
knows; every entry weighs the same there, so length alone decides. The rule is the scored left-part ("L-R") tokenizer
of Kim Hyunjoong's public descriptions, for scores that are all equal; the word list is that of the published aligner
(see NOTICE).
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

SHORTEST = 2
"""Characters of the shortest stem: one syllable is too often the start of another word."""


@cache
def dictionary() -> frozenset[str]:
    """The 16,867 stems of two or more characters. Read from the package's data on the first call."""
    packed = (files("aligner") / "data" / "korean.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split())


@cache
def _longest() -> int:
    return max(map(len, dictionary()))


def stem_length(token: str) -> int:
    """How many characters of a token (no white space) are its stem: all of them when no prefix is known."""
    stems = dictionary()
    for length in range(min(len(token), _longest()), SHORTEST - 1, -1):
        if token[:length] in stems:
            return length
    return len(token)
