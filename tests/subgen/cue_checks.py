"""What must hold for any cues, counted without the code that made them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from subgen.options import Layout
from subgen.rules import rules
from subgen.types import Cue

TOLERANCE = 1e-6


def assert_same_text(shown: Sequence[Cue], text: str) -> None:
    """The lines are the text, in order; at a line break the text may have a space or, in some scripts, none."""
    said = " ".join(text.split())
    place = 0
    for line in (line for cue in shown for line in plain_lines(cue)):
        assert line == line.strip() != ""
        assert "\n" not in line
        place += said[place : place + 1] == " "
        wanted = " ".join(line.split())
        assert said.startswith(wanted, place), (wanted, said[place:])
        place += len(wanted)
    assert place == len(said), said[place:]


def plain_lines(cue: Cue) -> Iterator[str]:
    """The lines without the dashes of a dialogue."""
    words = cue.words if len(cue.speakers) > 1 else ((),) * len(cue.lines)
    for line, spoken in zip(cue.lines, words, strict=True):
        dashed = spoken and not "".join(word.text for word in spoken).lstrip().startswith(line[:1])
        yield line.removeprefix("-").removeprefix(" ") if dashed else line


def assert_limits(shown: Sequence[Cue], layout: Layout, frame_rate: float = 24.0) -> None:
    """Cues follow each other with the gap kept; none is empty, too long, or has too many lines."""
    rule = rules(layout, "")
    for cue in shown:
        assert 0 <= cue.start < cue.end <= cue.start + rule.longest + TOLERANCE
        assert 1 <= len(cue.lines) <= rule.lines
    for left, right in pairwise(shown):
        assert right.start - left.end >= rule.gap_frames / frame_rate - TOLERANCE
