"""Our own cues under the same check: which rules they could not keep, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from subgen.check import check
from subgen.check.rulebook import ERROR, severity
from subgen.check.shown import Shown
from subgen.rules import Rules
from subgen.types import Cue, Finding, Seconds

_REASONS = {
    "width": "A single word is wider than a line.",
    "short": "The next words leave no room.",
    "gap": "The next words leave no room.",
    "chain": "Other times would break a graver rule.",
    "shot": "Other times would break a graver rule.",
    "break": "Other breaks leave too little room or time to read.",
}
"""why a rule is broken by cues that keep it wherever they can; others are as they were recognised"""
_WRITTEN = {"sign", "markup"}
"""what the writers of files see to"""


def unavoidable(
    cues: Sequence[Cue], rules: Rules, frame_rate: float, shots: Sequence[Seconds] = (), language: str = ""
) -> tuple[Finding, ...]:
    """`check` of cues that were laid out by these rules; each finding says why it could not be avoided."""
    shown = Shown.of(cues, rules, frame_rate, language)
    return tuple(
        replace(finding, text=f"{finding.text} {reason}".rstrip())
        for finding in check(cues, rules, frame_rate, shots, language)
        if finding.rule not in _WRITTEN
        for reason in (_reason(shown, finding),)
    )


def _reason(shown: Shown, finding: Finding) -> str:
    if finding.rule not in {"speed", "pace"}:
        return _REASONS.get(finding.rule, "")
    cue = shown.cues[finding.cue - 1]
    words = [word for line in cue.words for word in line]
    spoken = max((word.end for word in words), default=cue.end) - min((word.start for word in words), default=cue.start)
    speed = shown.reading(cue) / max(spoken, 1e-3)
    if finding.limit is not None and speed > finding.limit:
        return f"It is spoken at {speed:.1f}."
    return "The next words leave no room."


def summary(findings: Sequence[Finding]) -> str:
    """One sentence about the errors among findings, for a note; "" when there are none."""
    errors = Counter(finding.rule for finding in findings if severity(finding) == ERROR)
    broken = len({finding.cue for finding in findings if severity(finding) == ERROR})
    if not errors:
        return ""
    kinds = ", ".join(f"{rule} {count}" for rule, count in errors.most_common())
    what = "1 cue breaks a rule" if broken == 1 else f"{broken} cues break rules"
    return f"{what} that the speech leaves no room for ({kinds}): `subgen check` lists them."
