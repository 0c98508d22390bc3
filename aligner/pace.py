"""How long a unit can take to say, whatever its script."""

from __future__ import annotations

import re

from aligner.types import Seconds, Unit

_SYLLABLE = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0002ceaf\d]")
_KANA = re.compile(r"[\u3040-\u30ff]")


def letters(unit: Unit) -> int:
    """Length in letters of an alphabet: ideographs, Hangul syllables and digits take as long as three, kana as two."""
    return len(unit.text) + 2 * len(_SYLLABLE.findall(unit.text)) + len(_KANA.findall(unit.text))


def shortest(unit: Unit) -> Seconds:
    """What a hurried speaker needs: 30 letters a second, and 50 ms to get from word to word."""
    return 0.05 + letters(unit) / 30


def longest(unit: Unit) -> Seconds:
    """What a slow speaker takes, without pauses inside: 7 letters a second, and 0.4 s to draw out the last one."""
    return 0.4 + letters(unit) * 0.15
