"""Cues: timed words laid out as subtitles that can be read.

The rules follow the published style guides (Netflix general and timing guides, BBC subtitle guidelines). `tokens`
says what is never broken, `syntax` what a break costs, `solve` finds the cheapest cut, `lines` breaks a cue into
lines, `timing` decides when it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from subgen.cues.lines import columns
from subgen.cues.solve import Piece, Solver
from subgen.cues.timing import Speech, least_gap, times
from subgen.cues.tokens import Token, tokens
from subgen.options import Layout
from subgen.types import Cue, Utterance

__all__ = ["columns", "cues"]

FRAME_RATE = 24.0
"""frames per second where neither the user nor the media says"""


def cues(utterances: Sequence[Utterance], layout: Layout, frame_rate: float = FRAME_RATE) -> tuple[Cue, ...]:
    """Lay out utterances as cues: every word once, in order; cues in order of time, without overlap.

    No cue holds words of two utterances. A line is wider than the layout says only when a single token is, a cue
    shorter than it says only where the next word leaves no room.
    """
    runs = [(utterance, tokens(utterance.words)) for utterance in utterances]
    spoken = [(utterance, run) for utterance, run in runs if run]
    pieces = [
        (utterance, run, piece)
        for (utterance, run), following in zip(spoken, _followings(spoken), strict=True)
        for piece in Solver(run, utterance.language, layout, least_gap(layout, frame_rate) / 1000).pieces(following)
    ]
    shown = times([_speech(run, piece) for _, run, piece in pieces], layout, frame_rate)
    return tuple(
        Cue(span.start, span.end, tuple(_lines(run, piece)), (utterance.speaker,) if utterance.speaker else ())
        for (utterance, run, piece), span in zip(pieces, shown, strict=True)
    )


def _followings(spoken: Sequence[tuple[Utterance, Sequence[Token]]]) -> list[float]:
    """When the run after each one starts."""
    return [*(run[0].start for _, run in spoken[1:]), math.inf] if spoken else []


def _speech(run: Sequence[Token], piece: Piece) -> Speech:
    width = columns(_text(run[piece.first : piece.end]))
    return Speech(run[piece.first].start, run[piece.end - 1].end, width)


def _lines(run: Sequence[Token], piece: Piece) -> Iterator[str]:
    edges = (piece.first, *piece.breaks, piece.end)
    for first, end in pairwise(edges):
        yield _text(run[first:end])


def _text(run: Sequence[Token]) -> str:
    return "".join(token.text + " " * token.spaced for token in run).strip()
