"""Cues that two speakers share, one line each: what is said in quick exchange is read as one."""

from __future__ import annotations

import numpy as np

from subgen.cues import syntax
from subgen.cues.candidates import CUE, FRAGMENT, INNER_PAUSE, Candidates, break_costs
from subgen.cues.grid import Flags, Milliseconds, Numbers
from subgen.cues.talk import LONGEST_PAUSE, Talk
from subgen.rules import Dashes

# Costs, on the scale of those in `syntax`.
DIALOGUE = 2.0
"""two speakers in one cue are a little harder to follow than one"""
TORN_TURN = 30.0
"""a turn that begins before the cue or goes on after it"""


def dash(dashes: Dashes | None, second: bool) -> str:
    """What stands before a line of the first or second speaker."""
    if dashes is None or not (second or dashes.both):
        return ""
    return "- " if dashes.spaced else "-"


def dialogues(talk: Talk, ending: Candidates, beginning: Candidates) -> Candidates:
    """Every end of one speaker's turn with every beginning of another's that follows closely, if both fit on a line.

    `ending` and `beginning`: the stretches of one speaker that may come first and second.
    """
    before, after = _dash_columns(talk)
    places = _meetings(talk)
    tails = _on_a_line(talk, ending, before[ending.end - 1], np.isin(ending.end, places))
    heads = _on_a_line(talk, beginning, after[beginning.first], np.isin(beginning.first, places))
    tail, head = _pairs(tails.end, heads.first)
    left, right = tails.at(tail), heads.at(head)
    fast = np.maximum(left.said, right.said) - talk.start[left.first] <= talk.limits.longest[left.first]
    left, right = left.at(fast.nonzero()[0]), right.at(fast.nonzero()[0])
    wide = left.columns + right.columns + before[left.end - 1] + after[right.first] + talk.spaces.max()
    return Candidates(
        first=left.first,
        end=right.end,
        second=right.first,
        columns=wide,
        said=np.maximum(left.said, right.said),
        cost=_costs(talk, left, right),
    )


def _on_a_line(talk: Talk, found: Candidates, dash: Numbers, wanted: Flags) -> Candidates:
    """Those of the wanted stretches that fit on one line with a dash of these columns."""
    fits = talk.limits.width[found.first] - talk.columns(found.first, found.end) >= dash
    return found.at((wanted & fits).nonzero()[0])


def _costs(talk: Talk, left: Candidates, right: Candidates) -> Numbers:
    """What dialogues cost apart from their times; a turn is all that one speaker says until another one speaks."""
    torn = np.zeros(len(left.first))
    inner = left.first > 0
    torn[inner] += talk.turn[left.first[inner] - 1] == talk.turn[left.first[inner]]
    inner = right.end < len(talk.tokens)
    torn[inner] += talk.turn[right.end[inner]] == talk.turn[right.end[inner] - 1]
    breaks = break_costs(talk)
    return (
        CUE
        + DIALOGUE
        + TORN_TURN * torn
        + INNER_PAUSE * talk.pauses[left.end - 1]
        + breaks[right.end - 1]
        + FRAGMENT * ((breaks[right.end - 1] > syntax.COMMA) & (right.end - right.first < 2))
    )


def _meetings(talk: Talk) -> Milliseconds:
    """The tokens with which another speaker follows closely, under the same rules."""
    speakers = [utterance.speaker for utterance in talk.utterances]
    known = np.array([speaker is not None for speaker in speakers])[talk.utterance]
    may = np.array([rule.dashes is not None and rule.lines > 1 for rule in talk.rules])[talk.rule]
    meets = (
        (np.diff(talk.turn) != 0)
        & known[:-1]
        & known[1:]
        & may[:-1]
        & (talk.rule[:-1] == talk.rule[1:])
        & (talk.pauses[:-1] <= LONGEST_PAUSE)
    )
    return np.flatnonzero(meets) + 1


def _dash_columns(talk: Talk) -> tuple[Numbers, Numbers]:
    """The columns of the dash before a first and a second speaker's line, for each token."""
    widths = [
        [len(dash(rule.dashes, second)) * (0.5 if rule.full_width else 1.0) for rule in talk.rules]
        for second in (False, True)
    ]
    return np.array(widths[0])[talk.rule], np.array(widths[1])[talk.rule]


def _pairs(ends: Milliseconds, firsts: Milliseconds) -> tuple[Milliseconds, Milliseconds]:
    """The rows of every end and every first that are the same token."""
    order = np.argsort(firsts, kind="stable")
    begin = np.searchsorted(firsts[order], ends, "left")
    count = np.searchsorted(firsts[order], ends, "right") - begin
    tail = np.repeat(np.arange(len(ends)), count)
    within = np.arange(len(tail)) - np.repeat(np.cumsum(count) - count, count)
    return tail, order[np.repeat(begin, count) + within]
