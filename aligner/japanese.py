"""Japanese word splitting by nagisa, with the place of each word in the original text.

nagisa reads a normalised form of the text (NFKC, spaces made wide, white space at the end dropped), so its words are
not cut from what the user wrote: ｶﾞ comes back as ガ and ㌔ as キロ. `words` maps them back.
"""

from __future__ import annotations

import importlib
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from functools import cache

from aligner.errors import MissingDependency


@cache
def _splitter() -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its modules may be compiled, and warned about, on the first import
        try:
            nagisa = importlib.import_module("nagisa")
        except ImportError as error:
            raise MissingDependency(
                "Japanese text can't be split into words without the package nagisa: "
                "install it with pip install 'subgen-mlx[japanese]'."
            ) from error
    split: Callable[[str], list[str]] = nagisa.wakati
    return split


def _joins(cluster: str, char: str) -> bool:
    """Whether NFKC could make one character of the end of `cluster` and `char`, or swap them."""
    if unicodedata.combining(unicodedata.normalize("NFKD", char)[0]):
        return True
    normal = unicodedata.normalize
    return normal("NFKC", cluster + char) != normal("NFKC", cluster) + normal("NFKC", char)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans of `text` whose NFKC forms, one after the other, are the NFKC form of the whole."""
    begin = 0
    for index in range(1, len(text)):
        if not _joins(text[begin:index], text[index]):
            yield begin, index
            begin = index
    if text:
        yield begin, len(text)


def _owners(text: str) -> list[tuple[int, int]]:
    """For each character of NFKC(text), the span of `text` that it was made from."""
    if unicodedata.is_normalized("NFKC", text):
        return [(index, index + 1) for index in range(len(text))]
    return [(begin, end) for begin, end in _clusters(text) for _ in unicodedata.normalize("NFKC", text[begin:end])]


def words(text: str) -> Iterator[tuple[tuple[str, int, int], ...]]:
    """Words in order, each as its characters in nagisa's form with the begin and end in `text` of what made them.

    One character of `text` can make several (㌔ makes キロ) and several one (ｶﾞ makes ガ). `text` must hold something
    besides white space. Raises MissingDependency when nagisa isn't installed.
    """
    owners = iter(_owners(text))
    for word in _splitter()(text):
        yield tuple((char, *next(owners)) for char in word)
