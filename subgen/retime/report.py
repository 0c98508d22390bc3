"""What was done to a file's times, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from subgen.retime.pieces import Piece
from subgen.retime.places import WORDS, Place
from subgen.types import Note, Seconds, Span

_RATES = ((25 / 23.976, "25 to 23.976"), (23.976 / 25, "23.976 to 25"), (25 / 24, "25 to 24"), (24 / 25, "24 to 25"))
"""new time for old, and the frame rates that it comes from"""
_SAME_RATE = 2e-4
_SAME_TIME: Seconds = 0.001


def notes(old: Sequence[Span], places: Sequence[Place], pieces: Sequence[Piece]) -> tuple[Note, ...]:
    """How each piece was moved, which cues were moved by their own words, and which match nothing.

    Cues are counted from 1 in the order given.
    """
    return (*_moved(old, pieces), *_own(places), *_unmatched(places))


def _moved(old: Sequence[Span], pieces: Sequence[Piece]) -> Iterator[Note]:
    for piece in pieces:
        cues = [cue for cue, span in enumerate(old, 1) if piece.start <= span.start <= piece.end]
        which = _which(cues) if len(pieces) > 1 else "All cues"
        first, last = piece(piece.start) - piece.start, piece(piece.end) - piece.end
        if max(abs(first), abs(last)) < _SAME_TIME:
            yield Note("retimed", f"{which}: in time already.")
        elif abs(last - first) < _SAME_TIME:
            yield Note("retimed", f"{which}: {first:+.3f} s.")
        else:
            yield Note("retimed", f"{which}: {first:+.3f} s to {last:+.3f} s, {_stretch(piece.rate)}.")


def _stretch(rate: float) -> str:
    known = next((f" ({name} frames per second)" for value, name in _RATES if abs(rate - value) < _SAME_RATE), "")
    return f"stretched by {(rate - 1) * 100:+.2f} %{known}"


def _own(places: Sequence[Place]) -> Iterator[Note]:
    cues = [cue for cue, place in enumerate(places, 1) if place.source == WORDS]
    if cues:
        verb = "follows its" if len(cues) == 1 else "follow their"
        yield Note("retimed", f"{_which(cues)} {verb} own words, unlike the cues around.")


def _unmatched(places: Sequence[Place]) -> Iterator[Note]:
    for lacking, group in groupby(enumerate(places, 1), lambda pair: not pair[1].matched):
        if lacking:
            run = list(group)
            which = _which([cue for cue, _ in run])
            verb = "was" if len(run) == 1 else "were"
            text = f"{which} {verb} placed between neighbours: nothing like the text is heard."
            yield Note("unmatched", text, Span(run[0][1].start, run[-1][1].end))


def _which(cues: Sequence[int]) -> str:
    """ "Cue 3", "Cues 3 to 7", "Cues 1, 4 and 9"."""
    if len(cues) == 1:
        return f"Cue {cues[0]}"
    if cues[-1] - cues[0] == len(cues) - 1:
        return f"Cues {cues[0]} to {cues[-1]}"
    return f"Cues {', '.join(map(str, cues[:-1]))} and {cues[-1]}"
