"""Turns as they can be worked with: inside the recording, without crumbs, under labels in order of appearance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from subgen.types import Seconds, Speaker, Turn, Turns

CRUMB: Seconds = 0.05
"""shorter turns are noise of a diariser: nobody says anything in three frames"""
GHOST_SHARE, GHOST_TURN = 0.02, 2.0
"""A ghost is a label with less than this share of all speech and no turn longer than this many seconds: most such
labels are a cough, a laugh or another speaker at a distance."""


def tidied(found: Turns, duration: Seconds, *, fold: bool = False) -> tuple[Turns, tuple[Speaker, ...]]:
    """The turns inside of a recording under the labels SPEAKER_00, ... in order of appearance, and who they are.

    Turns of one speaker that overlap or touch are joined; what is shorter than CRUMB then is dropped. With `fold` the
    turns of ghosts go to whoever talks next to them.
    """
    overlapping, exclusive = _joined(found.overlapping, duration), _joined(found.exclusive, duration)
    shadows = ghosts(overlapping) if fold else ()
    if shadows:
        overlapping = _joined(_adopted(overlapping, shadows), duration)
        exclusive = _joined(_adopted(exclusive, shadows), duration)
    labels: dict[str, str] = {}
    for turn in overlapping:
        labels.setdefault(turn.speaker, f"SPEAKER_{len(labels):02d}")
    known = (turn for turn in exclusive if turn.speaker in labels)
    turns = Turns(_relabelled(overlapping, labels), _relabelled(known, labels), found.model)
    seconds = talk_time(turns.overlapping)
    return turns, tuple(Speaker(label, None, seconds[label], source) for source, label in labels.items())


def talk_time(turns: Iterable[Turn]) -> dict[str, Seconds]:
    """How long each speaker talks, in order of appearance; the turns of one speaker do not overlap."""
    seconds: dict[str, Seconds] = {}
    for turn in turns:
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.duration
    return seconds


def ghosts(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The speakers who hardly talk; none of them where nobody talks more."""
    seconds = talk_time(turns)
    limit = GHOST_SHARE * sum(seconds.values())
    lively = {turn.speaker for turn in turns if turn.duration > GHOST_TURN}
    found = tuple(label for label, time in seconds.items() if time < limit and label not in lively)
    return found if len(found) < len(seconds) else ()


def _adopted(turns: Sequence[Turn], shadows: Sequence[str]) -> list[Turn]:
    """The turns, those of the speakers in `shadows` given to the nearest of the others."""
    kept = [turn for turn in turns if turn.speaker not in shadows]
    given = [
        replace(turn, speaker=min(kept, key=lambda other: _distance(turn, other)).speaker)
        for turn in turns
        if kept and turn.speaker in shadows
    ]
    return kept + given


def _distance(turn: Turn, other: Turn) -> Seconds:
    """How far apart two turns are; negative by how much they overlap."""
    return max(turn.start, other.start) - min(turn.end, other.end)


def _joined(turns: Iterable[Turn], duration: Seconds) -> list[Turn]:
    """Turns in order of time, those of each speaker apart from each other."""
    done: list[Turn] = []
    last: dict[str, Turn] = {}
    for turn in sorted(turns, key=lambda turn: turn.start):
        clipped = replace(turn, start=max(turn.start, 0.0), end=min(turn.end, duration))
        before = last.get(turn.speaker)
        if clipped.start >= clipped.end:
            continue
        if before is None or before.end < clipped.start:
            done += [before] if before else []
            last[turn.speaker] = clipped
        else:
            last[turn.speaker] = replace(
                before, end=max(before.end, clipped.end), confidence=_lower(before.confidence, clipped.confidence)
            )
    whole = [turn for turn in (*done, *last.values()) if turn.duration >= CRUMB]
    return sorted(whole, key=lambda turn: (turn.start, turn.end, turn.speaker))


def _lower(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else min(one, other)


def _relabelled(turns: Iterable[Turn], labels: Mapping[str, str]) -> tuple[Turn, ...]:
    return tuple(replace(turn, speaker=labels[turn.speaker]) for turn in turns)
