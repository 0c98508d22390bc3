"""Cues: timed words laid out as subtitles that can be read.

The rules follow the published style guides (Netflix general and timing guides, BBC subtitle guidelines). `tokens`
says what is never broken, `syntax` what a break costs; `talk` is all that is said, as numbers; `candidates` and
`dialogue` are the cues that could be made of it, in `portions`; `lines` breaks each into lines, `timing` and `shots`
say when it is shown, on the `grid` of frames, and what that costs; `solve` finds the cheapest cues; `solved` knows
which of them nothing later changes, and has `wording` write them down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from subgen.cues.grid import Grid
from subgen.cues.lines import columns
from subgen.cues.shots import Shots
from subgen.cues.solved import Solved
from subgen.cues.talk import talk
from subgen.cues.timing import Timing
from subgen.options import Layout
from subgen.rules import Rules, rules
from subgen.types import Cue, Seconds, Utterance

__all__ = ["columns", "cues", "laid_out", "settled"]

FRAME_RATE = 24.0
"""frames per second where neither the user nor the media says"""


def cues(
    utterances: Sequence[Utterance], layout: Layout, frame_rate: float = FRAME_RATE, shots: Sequence[Seconds] = ()
) -> tuple[Cue, ...]:
    """Lay out utterances as cues: every word once, in order; cues in order of time, without overlap.

    `shots`: when each new shot of the film begins. Cues hold words of one utterance, or the words of two speakers that
    follow each other closely. A line is wider than the rules say only when a single token is; a cue is shorter only
    where the words leave no room, and nearer to a shot change only where it could not be kept as long or as far from
    its neighbours otherwise.
    """
    return laid_out(utterances, partial(rules, layout), frame_rate, shots)


def settled(utterances: Sequence[Utterance], layout: Layout, frame_rate: float = FRAME_RATE) -> tuple[Cue, ...]:
    """The first of the cues that `cues` makes: those that it makes whatever else is said later, up to a rest.

    What is said after them, laid out by itself, gives the other cues. Texts without spaces between words are the
    exception, where phrases are found in the light of the whole text.
    """
    solved = _solved(utterances, partial(rules, layout), frame_rate)
    return solved.cues()[: solved.settled()] if solved else ()


def laid_out(
    utterances: Sequence[Utterance],
    rules: Callable[[str], Rules],
    frame_rate: float = FRAME_RATE,
    shots: Sequence[Seconds] = (),
) -> tuple[Cue, ...]:
    """`cues` by any rules: `rules` gives those of a language."""
    solved = _solved(utterances, rules, frame_rate, shots)
    return solved.cues() if solved else ()


def _solved(
    utterances: Sequence[Utterance],
    rules: Callable[[str], Rules],
    frame_rate: float,
    shots: Sequence[Seconds] = (),
) -> Solved | None:
    """None when nothing is said."""
    grid = Grid.of(frame_rate)
    said = talk(utterances, rules, grid)
    return Solved(said, Timing(grid, Shots(shots, grid))) if said else None
