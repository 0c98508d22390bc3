"""Dividing a known text among chunks of audio by what a recogniser heard in them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

import regex

_TOKEN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}\p{M}'’]+", regex.VERSION1)


def divide(text: str, heard: Sequence[str]) -> tuple[str, ...]:
    """Cuts `text` into one piece per heard text (some may be empty); joined, the pieces are the text.

    Words of the two are matched in order, without case and punctuation; a word of `text` that matches nothing goes
    with its neighbours. The cut falls after the white space before a piece's first word.
    """
    if not heard:
        return ()
    known = [(match.group().casefold(), match.start()) for match in _TOKEN.finditer(text)]
    owners = [index for index, piece in enumerate(heard) for _ in _TOKEN.findall(piece)]
    words = [word.casefold() for piece in heard for word in _TOKEN.findall(piece)]
    matcher = SequenceMatcher(None, [word for word, _ in known], words, autojunk=False)
    pairs = [(block.a + step, block.b + step) for block in matcher.get_matching_blocks() for step in range(block.size)]
    starts = _first_words(pairs, len(known), owners, len(heard))
    cuts = [0, *(known[word][1] if word < len(known) else len(text) for word in starts[1:]), len(text)]
    return tuple(text[begin:end] for begin, end in pairwise(cuts))


def _first_words(pairs: Sequence[tuple[int, int]], words: int, owners: Sequence[int], pieces: int) -> list[int]:
    """Index of the first known word of each piece, from pairs of (known, heard) words that match.

    Known words that match nothing are shared by the pieces between their neighbours, in proportion to the heard words
    there that match nothing; where there are none of those, they go with the words before them.
    """
    starts = [0] * pieces
    for (left, left_heard), (right, right_heard) in pairwise([(-1, -1), *pairs, (words, len(owners))]):
        first = owners[left_heard] if left_heard >= 0 else 0
        last = owners[right_heard] if right_heard < len(owners) else pieces - 1
        unmatched = owners[left_heard + 1 : right_heard]
        for piece in range(first + 1, last + 1):
            before = sum(owner < piece for owner in unmatched)
            share = before / len(unmatched) if unmatched else 1.0
            starts[piece] = left + 1 + round((right - left - 1) * share)
    return starts
