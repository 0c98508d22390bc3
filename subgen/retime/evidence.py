"""What is known of each cue's own time from the words that it has in common with what is heard."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from subgen.retime.script import Script, Token
from subgen.types import Seconds, Span

FIRM_LETTERS, FIRM_SHARE = 8, 0.5
"""letters, and share of all its letters, that make a cue's own words believable against its surroundings"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """When a cue's words are heard. All None when they are not."""

    start: Seconds | None = None
    """when the cue begins, perhaps guessed from later words"""
    exact: Seconds | None = None
    """when its first word begins"""
    end: Seconds | None = None
    """when its last word ends"""
    firm: bool = False
    """whether so much of it is heard that it is hardly chance"""
    says: bool = True
    """whether it has words at all"""


def evidence(
    script: Script, old: Sequence[Span], times: Mapping[int, Span], matched: Collection[int]
) -> tuple[Evidence, ...]:
    """What is known of each cue, by number.

    `times`: of tokens of the script, by number; `matched`: those of them that were recognised, not only aligned.
    """
    found = [Evidence(says=False)] * len(old)
    for cue, group in groupby(enumerate(script.tokens), lambda pair: pair[1].cue):
        found[cue] = _of(list(group), old[cue], times, matched)
    return tuple(found)


def _of(
    tokens: Sequence[tuple[int, Token]], old: Span, times: Mapping[int, Span], matched: Collection[int]
) -> Evidence:
    known = [(number, token) for number, token in tokens if number in times]
    if not known:
        return Evidence()
    whole = sum(token.letters for _, token in tokens)
    common = sum(token.letters for number, token in tokens if number in matched)
    first, last = tokens[0][0], tokens[-1][0]
    exact = times[first].start if first in times else None
    number, token = known[0]
    into = (token.begin - tokens[0][1].begin) / max(1, tokens[-1][1].end - tokens[0][1].begin)
    start = exact if exact is not None else times[number].start - into * old.duration
    end = times[last].end if last in times else None
    return Evidence(start, exact, end, common >= max(FIRM_LETTERS, FIRM_SHARE * whole))
