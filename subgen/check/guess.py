"""What a subtitle file does not say: its frame rate, by its times, and its language, by its little words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex

from subgen.check.shown import hundredths
from subgen.cues.grammars import GRAMMARS, Grammar
from subgen.cues.grid import Grid
from subgen.types import Cue

RATES = (24.0, 25.0, 24000 / 1001, 30.0, 30000 / 1001, 50.0, 60.0, 60000 / 1001)
"""frames per second of films; of those that fit the first is taken"""
ON_FRAMES = 0.98
"""share of all times that must be those of frames of a rate; at a wrong one nearly all in-times can be"""
LEAST_CUES = 4
"""fewer may be on any frames by chance: at 24 a second one in 20 is"""
SCRIPTS = (
    ("Japanese", regex.compile(r"[\u3041-\u30ff]")),
    ("Korean", regex.compile(r"\p{Hangul}")),
    ("Chinese", regex.compile(r"\p{Han}")),
    ("Thai", regex.compile(r"\p{Thai}")),
    ("Hindi", regex.compile(r"\p{Devanagari}")),
    ("Greek", regex.compile(r"\p{Greek}")),
)
"""scripts that tell the language of a text, the first that a fifth of its letters is in"""
SHARE = 0.2
LITTLE_WORDS = 0.15
"""share of the words of a text that must be little words of its language; English has 0.4"""
CLEARLY = 1.25
"""times as many as of the next language"""
_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*")


def frame_rate_of(cues: Sequence[Cue]) -> float | None:
    """The rate on whose frames cues appear and go; None when there are few of them, or they do so anywhere."""
    times = np.array([round(time * 1000) for cue in cues for time in (cue.start, cue.end)], np.int64)
    if len(cues) < LEAST_CUES:
        return None
    off = 5.0 if hundredths(times) else 2.0
    for rate in RATES:
        grid = Grid.of(rate)
        if (abs(times - grid.down(times + off)) <= off).mean() >= ON_FRAMES:
            return rate
    return None


def language_of(cues: Sequence[Cue]) -> str:
    """The language of cues by its script or little words, as a canonical name; "" when it is not clear."""
    text = " ".join(cue.text for cue in cues)
    letters = len(_LETTER.findall(text))
    for name, script in SCRIPTS:
        if len(script.findall(text)) > SHARE * letters:
            return name
    said = [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
    counts = sorted((sum(map(little, said)), name) for name, little in _LITTLE.items())
    (second, _), (most, name) = counts[-2:]
    return name if said and most >= LITTLE_WORDS * len(said) and most >= CLEARLY * second else ""


def _little_words(grammar: Grammar) -> frozenset[str]:
    return grammar.leading | grammar.prepositions | grammar.conjunctions


_LITTLE = {name: words.__contains__ for name, grammar in GRAMMARS.items() if (words := _little_words(grammar))}
