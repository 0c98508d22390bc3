"""The tokens of all that is said in a film, in order, as columns of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from subgen.cues import syntax
from subgen.cues.grid import Flags, Grid, Milliseconds, Numbers
from subgen.cues.limits import Limits
from subgen.cues.lines import columns
from subgen.cues.tokens import Token, tokens
from subgen.rules import Rules
from subgen.types import Utterance

LONGEST_PAUSE = 1.0
"""a longer silence is never inside a cue, in seconds"""


@dataclass(frozen=True, slots=True)
class Talk:
    """Tokens of utterances that follow each other; row i is token i. Times in milliseconds."""

    utterances: tuple[Utterance, ...]
    """those that say something"""
    tokens: tuple[Token, ...]
    utterance: Milliseconds
    turn: Milliseconds
    """utterances of one speaker that follow each other are one turn"""
    rules: tuple[Rules, ...]
    rule: Milliseconds
    """which of the rules each token must keep to"""
    start: Milliseconds
    """when a cue that begins with the token appears: on a frame, never before an earlier token"""
    end: Milliseconds
    places: Numbers
    """columns before each token, and after the last, if all stood on one line"""
    spaces: Numbers
    """columns of the white space after each token"""
    costs: Numbers
    """of a break after each token, by syntax; none where the speaker changes"""
    pauses: Numbers
    """seconds of silence after each token"""
    sentences: Flags
    """whether a sentence ends with the token"""
    limits: Limits
    """the limits of each token"""

    def columns(self, first: Milliseconds, end: Milliseconds) -> Numbers:
        """The widths of tokens `first` to `end` (exclusive, at least one) on one line each."""
        return self.places[end] - self.places[first] - self.spaces[end - 1]


def talk(utterances: Sequence[Utterance], rules: Callable[[str], Rules], grid: Grid) -> Talk | None:
    """The talk of utterances in the order in which they are shown; None when nothing is said."""
    runs = [
        (utterance, tokens(utterance.words, utterance.language, rules(utterance.language))) for utterance in utterances
    ]
    runs = [(utterance, run) for utterance, run in runs if run]
    if not runs:
        return None
    lengths = [len(run) for _, run in runs]
    utterance = np.repeat(np.arange(len(runs)), lengths)
    kept = {utterance.language: rules(utterance.language) for utterance, _ in runs}
    distinct = tuple(dict.fromkeys(kept.values()))
    rule = np.array([distinct.index(kept[utterance.language]) for utterance, _ in runs])[utterance]
    spoken = tuple(token for _, run in runs for token in run)
    places, spaces = _widths(spoken, [distinct[index].full_width for index in rule.tolist()])
    costs, sentences = _syntax(runs)
    starts = np.array([token.start for token in spoken]) * 1000
    ends = np.array([token.end for token in spoken]) * 1000
    speaker = np.array([utterance.speaker or "" for utterance, _ in runs])[utterance]
    ends[:-1] = np.where(
        speaker[:-1] == speaker[1:], np.minimum(ends[:-1], np.maximum(starts[:-1], starts[1:])), ends[:-1]
    )
    return Talk(
        utterances=tuple(utterance for utterance, _ in runs),
        tokens=spoken,
        utterance=utterance,
        turn=np.array(_turns([utterance.speaker for utterance, _ in runs]))[utterance],
        rules=distinct,
        rule=rule,
        start=np.maximum.accumulate(grid.down(np.maximum(starts, 0))),
        end=grid.up(ends - 1),
        places=places,
        spaces=spaces,
        costs=costs,
        pauses=np.append(np.maximum(starts[1:] - ends[:-1], 0) / 1000, 0),
        sentences=sentences,
        limits=Limits.of(distinct, grid).at(rule),
    )


def _widths(spoken: Sequence[Token], full: Sequence[bool]) -> tuple[Numbers, Numbers]:
    """Columns before each token and after the last, and of the space after each; `full` where width counts double."""
    spaces = np.array([token.spaced for token in spoken]) * np.where(full, 0.5, 1.0)
    widths = np.array([columns(token.text, wide) for token, wide in zip(spoken, full, strict=True)])
    return np.concatenate([[0.0], np.cumsum(widths + spaces)]), spaces


def _syntax(runs: Sequence[tuple[Utterance, Sequence[Token]]]) -> tuple[Numbers, Flags]:
    """The cost of a break after each token, and whether a sentence ends there.

    Utterances of one language are read as one text, so that a text costs the same however it is cut into them.
    """
    costs: list[float] = []
    ends: list[bool] = []
    for language, group in groupby(runs, key=lambda run: run[0].language):
        text = [token for _, run in group for token in run]
        costs += syntax.costs(text, language)
        ends += syntax.sentence_ends(text, language)
    last = np.cumsum([len(run) for _, run in runs])[:-1] - 1
    changes = [left.speaker != right.speaker for (left, _), (right, _) in pairwise(runs)]
    found = np.array(costs)
    found[last[changes]] = 0.0
    return found, np.array(ends)


def _turns(speakers: Sequence[str | None]) -> list[int]:
    """The turn of each utterance: one whose speaker is not known is a turn of its own."""
    turns = [0]
    for left, right in pairwise(speakers):
        turns.append(turns[-1] + (left is None or left != right))
    return turns
