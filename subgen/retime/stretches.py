"""Where the recogniser heard something else than the subtitles say: there the human words are aligned themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from subgen.retime.script import Heard, Script
from subgen.types import Seconds, Span

MARGIN = 2
"""matched tokens on either side that are aligned again, to hold the others"""
LONGEST: Seconds = 12.0
"""a longer hole says too little about where in it the words are"""
REACH: Seconds = 0.3
"""before and after the margins: a word may begin before the recogniser's, and consonants are quiet"""
PER_LETTER: Seconds = 0.03
"""no speech is faster: words that have less room than this are not said here"""


@dataclass(frozen=True, slots=True)
class Stretch(Span):
    """Audio, the tokens `first` to `end` of the script that are said in it, and their text there.

    `begin` is where `text` stands in the script's text.
    """

    first: int
    end_token: int
    text: str
    begin: int


def stretches(script: Script, words: Sequence[Heard], pairs: Mapping[int, int], duration: Seconds) -> list[Stretch]:
    """The stretches in which a cue's first token matches nothing; in order.

    `pairs`: for each token of the script that matches one, the number of the recognised token; `duration`: seconds of
    audio.
    """
    return [
        found
        for first, end in _unmatched(len(script.tokens), pairs)
        if _opens(script, first, end) and (found := _stretch(script, words, pairs, (first, end, duration)))
    ]


def _unmatched(count: int, pairs: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    for lacking, group in groupby(range(count), lambda token: token not in pairs):
        if lacking:
            run = list(group)
            yield run[0], run[-1] + 1


def _opens(script: Script, first: int, end: int) -> bool:
    """Whether a cue begins among these tokens."""
    before = script.tokens[first - 1].cue if first else -1
    return script.tokens[end - 1].cue != before


def _stretch(
    script: Script, words: Sequence[Heard], pairs: Mapping[int, int], run: tuple[int, int, Seconds]
) -> Stretch | None:
    """The stretch of a run of tokens that match nothing; None when they can't be said between their neighbours."""
    first, end, duration = run
    tokens = script.tokens
    left = words[pairs[first - 1]].end if first else 0.0
    right = words[pairs[end]].start if end < len(tokens) else duration
    need = PER_LETTER * sum(token.letters for token in tokens[first:end])
    if not need <= right - left <= LONGEST:
        return None
    begin = _held(pairs, first, -1)
    stop = _held(pairs, end - 1, 1) + 1
    start = words[pairs[begin]].start if begin < first else left
    finish = words[pairs[stop - 1]].end if stop > end else right
    text = script.text[tokens[begin].begin : tokens[stop - 1].end]
    return Stretch(max(0.0, start - REACH), min(duration, finish + REACH), begin, stop, text, begin=tokens[begin].begin)


def _held(pairs: Mapping[int, int], token: int, step: int) -> int:
    """The last of up to `MARGIN` matched tokens beyond `token` that were recognised one after the other."""
    for _ in range(MARGIN):
        beyond = token + step
        if beyond not in pairs or (token in pairs and pairs[beyond] != pairs[token] + step):
            break
        token = beyond
    return token
