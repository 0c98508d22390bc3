"""New times for every cue: by the piece it lies in, by its own words where these say otherwise, else by neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from subgen.retime.evidence import Evidence
from subgen.retime.pieces import CLOSE, Piece
from subgen.types import Seconds, Span

AGREED = 0.7
"""share of a piece's cues that are so close, from which the piece is trusted more than one cue's words"""
FAR: Seconds = 0.5
"""in such a piece a cue's words have to be this far from it to count more; `CLOSE` in others"""
GAP: Seconds = 0.083
"""two frames between cues, where they had as much"""
_LEAST: Seconds = 0.001
"""what a cue is shown at least, however little room there is"""

PIECE, WORDS, NEIGHBOURS = "piece", "words", "neighbours"


@dataclass(frozen=True, slots=True)
class Place(Span):
    """The new times of a cue, and where they are from."""

    source: str
    """piece (the shift and stretch of its surroundings), words (its own) or neighbours (only its order is known)"""
    matched: bool
    """whether anything that it says is heard there; sounds and music need not be"""


def placed(old: Sequence[Span], evidence: Sequence[Evidence], pieces: Sequence[Piece]) -> tuple[Place, ...]:
    """The places of cues in order of their old times; their starts never fall.

    `evidence`: what is known of each cue; `pieces`: at least one.
    """
    homes = [_home(span, known, pieces) for span, known in zip(old, evidence, strict=True)]
    sure = [
        _sure(span, known, pieces[home]) if home is not None else None
        for span, known, home in zip(old, evidence, homes, strict=True)
    ]
    filled: list[Place] = []
    for lacking, group in groupby(range(len(old)), lambda cue: sure[cue] is None):
        cues = list(group)
        if lacking:
            lines = (_line(homes, pieces, cues[0], -1), _line(homes, pieces, cues[-1], 1))
            hole = Span(
                filled[-1].end if filled else 0.0,
                following.start if (following := _next(sure, cues[-1] + 1)) else float("inf"),
            )
            spans = _in_hole([old[cue] for cue in cues], lines, hole)
            filled += [replace(place, matched=not evidence[cue].says) for place, cue in zip(spans, cues, strict=True)]
        else:
            filled += [place for cue in cues if (place := sure[cue])]
    return tuple(_parted(old, filled))


def _home(span: Span, known: Evidence, pieces: Sequence[Piece]) -> int | None:
    """The piece that a cue's words agree with best; None when nothing of it is heard or no piece agrees at all."""
    if known.start is None:
        return None
    start = known.start
    best = min(range(len(pieces)), key=lambda number: (abs(pieces[number](span.start) - start), number))
    inside = [number for number, piece in enumerate(pieces) if piece.start <= span.start <= piece.end]
    off = abs(pieces[best](span.start) - start)
    if inside and abs(pieces[inside[0]](span.start) - start) <= off + CLOSE:
        best = inside[0]
    return best if known.firm or off <= FAR else None


def _sure(span: Span, known: Evidence, piece: Piece) -> Place:
    mapped = piece(span.start)
    length = piece.rate * span.duration
    limit = FAR if piece.agreement >= AGREED else CLOSE
    if known.exact is None or not known.firm or abs(known.exact - mapped) <= limit:
        return Place(mapped, mapped + length, PIECE, matched=True)
    end = known.exact + length
    return Place(known.exact, max(end, known.end or end), WORDS, matched=True)


def _line(homes: Sequence[int | None], pieces: Sequence[Piece], cue: int, step: int) -> Piece:
    """The piece of the nearest cue on one side that has one, else on the other."""
    for direction in (step, -step):
        place = cue
        while 0 <= place < len(homes):
            home = homes[place]
            if home is not None:
                return pieces[home]
            place += direction
    return pieces[0]


def _next(sure: Sequence[Place | None], first: int) -> Place | None:
    return sure[first] if first < len(sure) else None


def _in_hole(old: Sequence[Span], lines: tuple[Piece, Piece], hole: Span) -> list[Place]:
    """Cues of which nothing is heard: the first ones as the piece before has them, the others as the one after.

    Where neither leaves them room they share what there is.
    """
    before, after = lines
    if before == after:
        return [_mapped(span, before) for span in old]
    found = [
        [_mapped(span, before if number < split else after) for number, span in enumerate(old)]
        for split in range(len(old), -1, -1)
    ]
    outside = [max(hole.start - spans[0].start, 0.0) + max(spans[-1].end - hole.end, 0.0) for spans in found]
    outside = [much + _disorder(spans) for much, spans in zip(outside, found, strict=True)]
    best = min(range(len(found)), key=lambda number: (round(outside[number], 1), number))
    if outside[best] <= FAR:
        return found[best]
    return _squeezed(old, hole)


def _mapped(span: Span, piece: Piece) -> Place:
    return Place(piece(span.start), piece(span.end), PIECE, matched=False)


def _disorder(spans: Sequence[Span]) -> Seconds:
    return sum(max(left.end - right.start - FAR, 0.0) for left, right in pairwise(spans))


def _squeezed(old: Sequence[Span], hole: Span) -> list[Place]:
    """Cues laid into a hole in proportion to their old times."""
    first, last = old[0].start, max(span.end for span in old)
    end = hole.end if hole.end < float("inf") else hole.start + (last - first)
    rate = max(0.0, end - hole.start) / max(last - first, _LEAST)
    return [
        Place(
            hole.start + rate * (span.start - first),
            hole.start + rate * (span.end - first),
            NEIGHBOURS,
            matched=False,
        )
        for span in old
    ]


def _parted(old: Sequence[Span], places: Sequence[Place]) -> Iterator[Place]:
    """The same places in order, from 0 on, without overlaps that were none before; gaps of two frames stay."""
    starts: list[Seconds] = []
    for place in places:
        starts.append(max(place.start, starts[-1] + _LEAST if starts else 0.0))
    for number, place in enumerate(places):
        end = max(place.end, starts[number] + _LEAST)
        if number + 1 < len(places):
            gap = min(old[number + 1].start - old[number].end, GAP)
            end = max(min(end, starts[number + 1] - gap), starts[number] + _LEAST)
        yield replace(place, start=starts[number], end=end)
