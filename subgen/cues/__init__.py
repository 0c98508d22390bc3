"""Cues: timed words laid out as subtitles that can be read.

The rules follow the published style guides (Netflix general and timing guides, BBC subtitle guidelines). `tokens`
says what is never broken, `syntax` what a break costs; `talk` is all that is said, as numbers; `candidates` and
`dialogue` are the cues that could be made of it, `lines` breaks each into lines, `timing` and `shots` say when it is
shown, on the `grid` of frames, and what that costs; `solve` finds the cheapest cues; `wording` writes
them down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from subgen.cues.candidates import candidates
from subgen.cues.dialogue import dialogues
from subgen.cues.grid import Grid
from subgen.cues.lines import columns
from subgen.cues.shots import NEVER, Shots
from subgen.cues.solve import chosen
from subgen.cues.talk import talk
from subgen.cues.timing import Spoken, Timing
from subgen.cues.wording import wordings
from subgen.options import Layout
from subgen.rules import Rules, rules
from subgen.types import Cue, Seconds, Utterance

__all__ = ["columns", "cues", "laid_out"]

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


def laid_out(
    utterances: Sequence[Utterance],
    rules: Callable[[str], Rules],
    frame_rate: float = FRAME_RATE,
    shots: Sequence[Seconds] = (),
) -> tuple[Cue, ...]:
    """`cues` by any rules: `rules` gives those of a language."""
    grid = Grid.of(frame_rate)
    said = talk(utterances, rules, grid)
    if said is None:
        return ()
    alone = candidates(said)
    found = alone.joined(dialogues(said, alone))
    timing = Timing(grid, Shots(shots, grid))
    rows, starts = chosen(said, found, timing)
    found = found.at(rows)
    spoken = Spoken(starts, found.said, found.columns, np.append(starts[1:], NEVER), said.limits.at(found.first))
    return tuple(
        Cue(start / 1000, end / 1000, wording.lines, wording.speakers, wording.words)
        for (start, end), wording in zip(timing.times(spoken), wordings(said, found), strict=True)
    )
