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
    pairs = [
        (block.a + step, owners[block.b + step])
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    ]
    starts = _first_words(pairs, len(known), len(heard))
    cuts = [0, *(known[word][1] if word < len(known) else len(text) for word in starts[1:]), len(text)]
    return tuple(text[begin:end] for begin, end in pairwise(cuts))


def _first_words(pairs: Sequence[tuple[int, int]], words: int, pieces: int) -> list[int]:
    """Index of the first word of each piece. Unmatched words between two pieces are shared between them."""
    starts = [0] * pieces
    previous_word, previous_piece = -1, 0
    for word, piece in [*pairs, (words, pieces)]:
        gap = word - previous_word - 1
        crossed = piece - previous_piece
        for step in range(1, crossed + 1):
            if previous_piece + step < pieces:
                # at the end of the text all that is left belongs to the last piece that was heard
                share = gap if piece == pieces else gap * step // (crossed + 1)
                starts[previous_piece + step] = previous_word + 1 + share
        previous_word, previous_piece = word, piece
    return starts
