"""Checking cues, whoever made them, against the rules that ours are made by. Pure: times, text and numbers.

`rulebook` names the rules; `times`, `reading`, `breaks`, `text` and `markup` look for what breaks them in the cues
alone, `sound` and `sync` beside the speech of the media; `unavoidable` says of our own cues why a rule is broken.
"""

from __future__ import annotations

from collections.abc import Sequence

from subgen.check.breaks import breaks, dialogues
from subgen.check.markup import remains
from subgen.check.reading import sizes, speeds
from subgen.check.shown import Shown
from subgen.check.text import repeats, signs
from subgen.check.times import gaps, lengths, near_shots
from subgen.rules import Rules
from subgen.types import Cue, Finding, Seconds

__all__ = ["check", "in_order"]


def check(
    cues: Sequence[Cue],
    rules: Rules,
    frame_rate: float,
    shots: Sequence[Seconds] = (),
    language: str = "",
) -> tuple[Finding, ...]:
    """The rules that cues break, in order of cues; cues are in the order of their file.

    `shots`: when each new shot of the film begins; `language`: a canonical name, "" when it is not known. Times may be
    off by as much as files round them.
    """
    shown = Shown.of(cues, rules, frame_rate, language)
    looks = (lengths, gaps, sizes, speeds, breaks, dialogues, signs, remains, repeats)
    found = [finding for look in looks for finding in look(shown)]
    return in_order([*found, *near_shots(shown, shots)])


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings by cue; those of one cue as they were found."""
    return tuple(sorted(findings, key=lambda finding: finding.cue))
