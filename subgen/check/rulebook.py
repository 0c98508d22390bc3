"""The rules that a check knows: how grave it is to break each, and what a file is worth that breaks some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from subgen.types import Cue, Finding

ERROR, ADVICE = "error", "advice"
LOST = {ERROR: 1.0, ADVICE: 0.25}
"""points that a cue loses, of 1; its gravest finding counts"""


@dataclass(frozen=True, slots=True)
class Rule:
    """What goes by one name in findings."""

    severity: str
    """"error": counted in the file itself, no matter of taste; "advice": taste, or an estimate from the sound"""
    about: str
    """what is wrong where it is found"""


RULEBOOK: dict[str, Rule] = {
    "unreadable": Rule(ERROR, "the times of cues can't be read"),
    "times": Rule(ERROR, "a cue ends when or before it begins"),
    "order": Rule(ERROR, "a cue begins before the one above it"),
    "overlap": Rule(ERROR, "a cue begins before an earlier one has gone"),
    "gap": Rule(ERROR, "the gap before a cue has fewer frames than it must"),
    "short": Rule(ERROR, "a cue is shown too briefly"),
    "long": Rule(ERROR, "a cue is shown too long"),
    "end": Rule(ERROR, "a cue is shown after the end of the media"),
    "empty": Rule(ERROR, "a cue has no text"),
    "width": Rule(ERROR, "a line is too wide"),
    "lines": Rule(ERROR, "a cue has too many lines"),
    "speed": Rule(ERROR, "a cue must be read faster than anyone should"),
    "sign": Rule(ERROR, "text holds an arrow, a control character or a sign that was lost in decoding"),
    "markup": Rule(ERROR, "tags don't match, or remains of markup are shown as text"),
    "offset": Rule(ERROR, "many cues come early or late by the same time"),
    "drift": Rule(ERROR, "cues come more and more early or late"),
    "pace": Rule(ADVICE, "a cue is read faster than is aimed at"),
    "chain": Rule(ADVICE, "the gap before a cue is so short that it flickers, and is not closed"),
    "break": Rule(ADVICE, "a line or cue ends inside a phrase"),
    "balance": Rule(ADVICE, "two lines could be broken much better"),
    "split": Rule(ADVICE, "two lines would fit on one"),
    "dash": Rule(ADVICE, "two speakers share a cue against the profile's way"),
    "repeat": Rule(ADVICE, "a cue says what the one before it says"),
    "loop": Rule(ADVICE, "the same words come again and again"),
    "shot": Rule(ADVICE, "a cue appears or goes too near to a shot change"),
    "early": Rule(ADVICE, "a cue appears well before anything is heard"),
    "late": Rule(ADVICE, "a cue appears well after its speech has begun"),
    "silent": Rule(ADVICE, "nothing is heard while a cue is shown"),
    "missing": Rule(ADVICE, "somebody speaks and no cue is shown"),
}
"""All rules by name: what is broken in the file, then advice."""


def severity(finding: Finding) -> str:
    """ "error" or "advice"."""
    return RULEBOOK[finding.rule].severity


def score(cues: Sequence[Cue], findings: Sequence[Finding]) -> int:
    """0 to 100: the share of points that are left when each cue has one, rounded down.

    A cue with an error loses its point, one with nothing worse than advice a quarter; what concerns a stretch (an
    offset, a drift) costs every cue that begins in it, and what concerns no cue counts as one.
    """
    lost: dict[int, float] = {}
    for finding in findings:
        for number in _concerned(cues, finding):
            lost[number] = max(lost.get(number, 0.0), LOST[severity(finding)])
    whole = max(1, len(cues))
    return max(0, int(100 * (1 - sum(lost.values()) / whole)))


def _concerned(cues: Sequence[Cue], finding: Finding) -> Sequence[int]:
    span = finding.span
    if finding.rule in {"offset", "drift"} and span is not None:
        return [number for number, cue in enumerate(cues, 1) if span.start <= cue.start <= span.end]
    return [-1 - int(span.start * 1000)] if finding.rule == "missing" and span is not None else [finding.cue]
