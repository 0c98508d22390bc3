"""Counts broken rules in a SubRip file, knowing nothing of the program that wrote it: whole milliseconds and letters.

A cue or line that ends with a word of `LEADING` without punctuation is a bad break, except at the very end of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_ARTICLES = "a an the my your his her its our their this these those every each no some any"
_PREPOSITIONS = (
    "about above across after against along among around at before behind below beneath beside between beyond by "
    "despite down during except for from in inside into like near of off on onto out outside over past per through "
    "throughout to toward towards under underneath until up upon via with within without"
)
_CONJUNCTIONS = (
    "and but or nor so yet because although though unless while whereas if when whenever where wherever whether since "
    "as than that which who whom whose"
)
_AUXILIARIES = (
    "am is are was were be been being have has had do does did will would shall should can could may might must"
)
_SUBJECTS = "i you he she it we they"
LEADING = frozenset(" ".join((_ARTICLES, _PREPOSITIONS, _CONJUNCTIONS, _AUXILIARIES, _SUBJECTS)).split())


@dataclass(frozen=True)
class Shown:
    """A subtitle as its file has it; times in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]

    @property
    def speed(self) -> float:
        """Characters per second; a line break is one, as a space would be."""
        return len("\n".join(self.lines)) * 1000 / max(self.end - self.start, 1)


@dataclass(frozen=True)
class Count:
    """How many cues there are, and how many of them, or of the gaps and breaks between them, break a rule."""

    cues: int
    wide: int
    """cues with a line of more than 42 characters"""
    fast: int
    """cues of more than 17 characters per second"""
    faster: int
    """cues of more than 20"""
    short: int
    """cues of less than 5/6 s"""
    long: int
    """cues of more than 7 s"""
    close: int
    """gaps of less than 2 frames"""
    loose: int
    """gaps of 3 frames to half a second"""
    torn: int
    """bad breaks"""


def read(srt: str) -> list[Shown]:
    """The cues of a SubRip text."""
    return [_shown(block.split("\n")) for block in srt.strip().split("\n\n") if block]


def _shown(block: list[str]) -> Shown:
    start, end = (
        ((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms)
        for h, m, s, ms in re.findall(r"(\d+):(\d\d):(\d\d),(\d{3})", block[1])
    )
    return Shown(start, end, tuple(block[2:]))


def count(srt: str, frame_rate: float = 24.0) -> Count:
    """The broken rules of a SubRip text."""
    shown = read(srt)
    gaps = [(right.start - left.end) * frame_rate / 1000 for left, right in pairwise(shown)]
    breaks = [line.split()[-1].lower() for cue in shown for line in cue.lines][:-1]
    return Count(
        cues=len(shown),
        wide=sum(any(len(line) > 42 for line in cue.lines) for cue in shown),
        fast=sum(cue.speed > 17 for cue in shown),
        faster=sum(cue.speed > 20 for cue in shown),
        short=sum((cue.end - cue.start) * 6 < 5000 for cue in shown),
        long=sum(cue.end - cue.start > 7000 for cue in shown),
        close=sum(gap < 2 for gap in gaps),
        loose=sum(2.5 <= gap < frame_rate / 2 for gap in gaps),
        torn=sum(word in LEADING for word in breaks),
    )


def shot_faults(srt: str, changes: list[float], frame_rate: float) -> tuple[int, int]:
    """How many cues appear, and how many go, in the wrong frame near a shot change (seconds, rising).

    Right in-times are the change itself, or half a second from it; right out-times two frames before it, or half a
    second from it. Frames are counted from the change, so that the rate need not be constant.
    """

    def wrong(time: int, place: int) -> bool:
        """Whether a time is near a change, but `place` frames from none."""
        near = [round((time / 1000 - change) * frame_rate) for change in changes if abs(time / 1000 - change) < 2]
        return place not in near and any(abs(frame) < frame_rate / 2 - 0.5 for frame in near)

    shown = read(srt)
    return sum(wrong(cue.start, 0) for cue in shown), sum(wrong(cue.end, -2) for cue in shown)
