"""When cues are shown: order, gaps, lengths, shot changes. Rules that need nothing but times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from subgen.check.shown import Shown
from subgen.cues.grid import Milliseconds
from subgen.cues.shots import NEVER, Shots
from subgen.types import Finding, Seconds

HALF_FRAME = 0.5


def lengths(shown: Shown) -> Iterator[Finding]:
    """Cues that are shown too briefly or too long, or end before they begin."""
    shortest, longest = shown.rules.shortest, shown.rules.longest
    for index, length in enumerate((shown.ends - shown.starts).tolist()):
        seconds = length / 1000
        if length <= 0:
            yield shown.finding(index, "times", f"It ends {-seconds:.3f} s before it begins." if length else _NO_TIME)
        elif length < shown.limits.shortest[0] - shown.slack:
            text = f"It is shown for {seconds:.3f} s, the least is {shortest:.3g} s."
            yield shown.finding(index, "short", text, seconds, shortest)
        elif length > shown.limits.longest[0] + shown.slack:
            text = f"It is shown for {seconds:.3f} s, the most is {longest:.3g} s."
            yield shown.finding(index, "long", text, seconds, longest)


_NO_TIME = "It ends when it begins."


def gaps(shown: Shown) -> Iterator[Finding]:
    """Cues out of order, cues that overlap earlier ones, gaps that are too short or should be closed."""
    if not len(shown.starts):
        return
    gone = np.concatenate([[-NEVER], np.maximum.accumulate(shown.ends)[:-1]])
    above = np.concatenate([[-NEVER], shown.starts[:-1]])
    frame = 1000 / shown.grid.rate
    gap, chain = shown.rules.gap_frames, float(shown.limits.chain[0])
    for index, (start, last, before) in enumerate(
        zip(shown.starts.tolist(), gone.tolist(), above.tolist(), strict=True)
    ):
        rest = start - last
        if start < before:
            text = f"It begins {(before - start) / 1000:.3f} s before the cue above it."
            yield shown.finding(index, "order", text, (before - start) / 1000, 0)
        elif rest < -shown.slack:
            text = f"It begins {-rest / 1000:.3f} s before an earlier cue has gone."
            yield shown.finding(index, "overlap", text, -rest / 1000, 0)
        elif rest < shown.limits.gap[0] - shown.slack:
            text = f"The gap before it has {max(rest, 0) / frame:.1f} frames, the least is {gap}."
            yield shown.finding(index, "gap", text, max(rest, 0) / frame, gap)
        elif shown.limits.gap[0] + HALF_FRAME * frame < rest < chain - shown.slack:
            text = f"The gap before it is {rest / 1000:.3f} s: close those under {chain / 1000:.3g} s to {gap} frames."
            yield shown.finding(index, "chain", text, rest / 1000, chain / 1000)


def near_shots(shown: Shown, changes: Sequence[Seconds]) -> Iterator[Finding]:
    """Cues that appear or go near a shot change, and not with it."""
    shots = Shots(changes, shown.grid)
    if not shots or not shown.rules.shots or not len(shown.starts):
        return
    gap = np.repeat(shown.limits.gap, len(shown.starts))
    lead = shots.lead(gap)
    slack = HALF_FRAME * 1000 / shown.grid.rate
    starts = _snapped(shots, shown.starts, np.zeros_like(lead), slack)
    ends = _snapped(shots, shown.ends, lead, slack)
    for index in np.flatnonzero(shots.wrong_in(starts)).tolist():
        yield _near(shown, shots, index, shown.starts, "appears")
    for index in np.flatnonzero(shots.wrong_out(ends, gap)).tolist():
        yield _near(shown, shots, index, shown.ends, "goes")


def _snapped(shots: Shots, times: Milliseconds, lead: Milliseconds, slack: float) -> Milliseconds:
    """Times that are where they should be but for rounding, moved there."""
    before, after = shots.around(times)
    for wanted in (before - lead, after - lead, before + shots.half, after - shots.half):
        times = np.where(abs(times - wanted) <= slack, wanted, times)
    return times


def _near(shown: Shown, shots: Shots, index: int, times: Milliseconds, verb: str) -> Finding:
    before, after = (int(each[0]) for each in shots.around(times[index : index + 1]))
    time = int(times[index])
    away, side = min((time - before, "after"), (after - time, "before"))
    change = (before if side == "after" else after) / 1000
    frames = away * shown.grid.rate / 1000
    text = f"It {verb} {frames:.0f} frames {side} the shot change at {change:.3f} s."
    return shown.finding(index, "shot", text, frames, round(shots.half * shown.grid.rate / 1000))
