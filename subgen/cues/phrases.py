"""Where phrases begin in scripts that put no space between words, as BudouX's models see it.

Japanese, Chinese (simplified and traditional) and Thai have a model each; it is chosen by script where the language
does not say. Lao, Khmer and Burmese have none, and may be broken between any two clusters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

import regex

from subgen.languages import some_unspaced

if TYPE_CHECKING:
    from budoux import Parser

_RUN = regex.compile(r"\S+")
_THAI = regex.compile(r"[\u0e00-\u0e7f]")
_KANA = regex.compile(r"[\u3041-\u30ff]")
_KNOWN = regex.compile(r"[\u0e00-\u0e7f\u3041-\u30ff\p{Han}]")
_JAPANESE, _SIMPLIFIED, _TRADITIONAL, _THAI_MODEL = "ja", "zh-hans", "zh-hant", "th"


def phrase_starts(text: str, language: str) -> frozenset[int]:
    """The places in a text at which a phrase begins; all, where no model knows the script.

    `language` is a canonical name; "" when it is not known. A run of characters without white space is one sentence
    to the models, which look at three characters on either side.
    """
    if not some_unspaced(text):
        return frozenset(match.start() for match in _RUN.finditer(text))
    ideographs = _ideographs(text, language)
    return frozenset(match.start() + place for match in _RUN.finditer(text) for place in _starts(match[0], ideographs))


def _starts(run: str, ideographs: str) -> Iterator[int]:
    """The places at which phrases of a run begin."""
    if not _KNOWN.search(run):
        return iter(range(len(run)))
    model = _THAI_MODEL if _THAI.search(run) else ideographs
    return accumulate(map(len, _parser(model).parse(run)[:-1]), initial=0)


def _ideographs(text: str, language: str) -> str:
    """The model for the ideographs of a text."""
    if language == "Japanese" or (language not in {"Chinese", "Cantonese"} and _KANA.search(text)):
        return _JAPANESE
    scripts = [_script(character) for character in set(text)]
    simplified, traditional = scripts.count(_SIMPLIFIED), scripts.count(_TRADITIONAL)
    if simplified == traditional:
        return _TRADITIONAL if language == "Cantonese" else _SIMPLIFIED
    return _SIMPLIFIED if simplified > traditional else _TRADITIONAL


@cache
def _script(character: str) -> str:
    """Which of the two Chinese scripts a character belongs to, "" for both: told by the old character sets of each."""
    simplified, traditional = (_in(character, charset) for charset in ("gb2312", "big5"))
    if simplified == traditional:
        return ""
    return _SIMPLIFIED if simplified else _TRADITIONAL


def _in(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _parser(model: str) -> Parser:
    import budoux

    return {
        _JAPANESE: budoux.load_default_japanese_parser,
        _SIMPLIFIED: budoux.load_default_simplified_chinese_parser,
        _TRADITIONAL: budoux.load_default_traditional_chinese_parser,
        _THAI_MODEL: budoux.load_default_thai_parser,
    }[model]()
