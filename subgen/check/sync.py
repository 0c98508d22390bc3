"""Whether cues as a whole come too early or late: a constant offset, a drift, or one from a place on.

Every cue asks of every lag: does sound begin where it would appear, and is there sound while it would be shown? The
likeliest lags of all cues in order are found as one path (Viterbi): a lag may creep from cue to cue, and jump for a
price that only many cues together can pay. All of that is tried at the rates at which films are run too fast or slow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from subgen.check.shown import Shown
from subgen.check.sound import FRAMES, Sound, beyond, unheard, unshown
from subgen.types import Finding, Seconds, Span

NOTICED: Seconds = 0.4
"""an offset of less is nothing that the sound can tell"""
DROWNED = 0.97
"""share of loud sound from which loudness says nothing of speech: music or noise fills everything"""
FARTHEST: Seconds = 60.0
STEP = FRAMES // 10
"""frames between lags: a tenth of a second"""
ONSET = 20
"""frames on either side of an onset"""
COVER = 0.5
"""weight of the sound while a cue is shown, beside that of the onset"""
CREEP = 0.4
"""what it costs that a lag moves by one step"""
JUMP = 6.0
"""what it costs that it moves anywhere; a cue is worth 1.5 at most"""
LEAST_CUES = 8
CLEAR = 6.0
"""standard deviations by which the lag of a stretch must be better than other lags: chance reaches 5.7"""
WORTH = 0.25
"""by how much each of its cues must be better on average: chance reaches 0.25 in stretches of 50 cues"""
RATES = tuple(
    new / old
    for old, new in (
        *((1, 1), (25, 24000 / 1001), (24000 / 1001, 25), (25, 24), (24, 25)),
        *((24000 / 1001, 24), (24, 24000 / 1001), (100, 104), (104, 100)),
    )
)
"""how much faster than the media subtitles may run"""
BETTER = 0.1
"""of a cue's worth, for each cue: what another rate than 1 must gain"""

Scores = NDArray[np.float64]
Steps = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretch(Span):
    """Cues that follow each other and are off together, and how late they are: `first` and `last` in seconds.

    Negative seconds are early.
    """

    cues: tuple[int, ...]
    """their rows, in order of time"""
    first: Seconds
    last: Seconds


def misplaced(shown: Shown, sound: Sound) -> list[Stretch]:
    """Stretches of cues whose times are off as a whole; none where the sound can't tell."""
    order = np.argsort(shown.starts, kind="stable")
    starts, ends = shown.starts[order] / 1000, np.maximum(shown.ends, shown.starts)[order] / 1000
    if len(order) < LEAST_CUES or not 0 < sound.speech.mean() < DROWNED:
        return []
    rate, scores, lags = _likeliest(sound, starts, ends)
    late = -(lags * STEP / FRAMES + starts * (rate - 1))
    found = []
    for first, end in _pieces(lags):
        here = slice(first, end)
        begin, finish = _line(starts[here], late[here])
        fitted = _steps(starts[here], (begin, finish), rate)
        if max(abs(begin), abs(finish)) >= NOTICED and _clear(scores[here], fitted):
            rows = tuple(order[here].tolist())
            found.append(Stretch(float(starts[first]), float(starts[end - 1]), rows, begin, finish))
    return found


def beside(shown: Shown, sound: Sound) -> Iterator[Finding]:
    """All that the sound says of cues: first whether they are in time as a whole, then of those that are."""
    off = misplaced(shown, sound)
    elsewhere = {row for stretch in off for row in stretch.cues}
    yield from _offsets(shown, off)
    yield from beyond(shown, sound.duration, elsewhere)
    if sound.speech.mean() < DROWNED:
        yield from unheard(shown, sound, elsewhere)
        yield from unshown(shown, sound, elsewhere)


def _offsets(shown: Shown, stretches: Sequence[Stretch]) -> Iterator[Finding]:
    """One finding for each stretch."""
    for stretch in stretches:
        numbers = sorted(row + 1 for row in stretch.cues)
        whole = len(numbers) == len(shown.cues)
        which = "All cues" if whole else f"Cues {numbers[0]} to {numbers[-1]}"
        span = Span(stretch.start, stretch.end)
        cure = "“subgen retime” repairs that."
        if stretch.first == stretch.last:
            text = f"{which} come {_late(stretch.first)}: {cure}"
            yield Finding(numbers[0], "offset", text, round(abs(stretch.first), 1), NOTICED, span)
        else:
            text = f"{which} drift, from {_late(stretch.first)} to {_late(stretch.last)}: {cure}"
            most = max(abs(stretch.first), abs(stretch.last))
            yield Finding(numbers[0], "drift", text, round(most, 1), NOTICED, span)


def _late(seconds: Seconds) -> str:
    return f"{abs(seconds):.1f} s {'late' if seconds > 0 else 'early'}"


def _likeliest(sound: Sound, starts: Scores, ends: Scores) -> tuple[float, Scores, Steps]:
    """The rate, the scores of all cues and lags at that rate, and the path of lags through them."""
    best, rate, scores, lags = -np.inf, 1.0, np.zeros((0, 0)), np.zeros(0, np.int64)
    for tried in RATES:
        found = _scores(sound, starts * tried, ends * tried)
        worth, path = _path(found)
        worth -= BETTER * len(starts) * (tried != 1)
        if worth > best:
            best, rate, scores, lags = worth, tried, found, path
    return rate, scores, lags


def _scores(sound: Sound, starts: Scores, ends: Scores) -> Scores:
    """What speaks for each lag (columns, from `-FARTHEST` on) of each cue (rows)."""
    speech = sound.speech.astype(np.float64)
    lags = np.arange(-_MOST, _MOST + 1) * STEP
    total = np.concatenate([[0.0], np.cumsum(speech)])

    def heard(first: Steps, last: Steps) -> Scores:
        return np.asarray(total[np.clip(last, 0, speech.size)] - total[np.clip(first, 0, speech.size)])

    begin = np.rint(starts * FRAMES).astype(np.int64)[:, np.newaxis] + lags
    end = np.rint(ends * FRAMES).astype(np.int64)[:, np.newaxis] + lags
    onset: Scores = (heard(begin, begin + ONSET) - heard(begin - ONSET, begin)) / ONSET
    cover = heard(begin, end) / np.maximum(end - begin, 1) - speech.mean()
    return np.asarray(onset + COVER * cover)


_MOST = round(FARTHEST * FRAMES) // STEP


def _path(scores: Scores) -> tuple[float, Steps]:
    """The worth of the likeliest lags, and these in steps."""
    width = scores.shape[1]
    here = np.arange(width)
    best = scores[0] - np.where(here == _MOST, 0.0, JUMP)  # a file that is in time has nothing to pay
    came = np.empty(scores.shape, np.int32)
    for row in range(1, len(scores)):
        top = int(best.argmax())
        source = np.where(best >= best[top] - JUMP, here, top)
        most = np.maximum(best, best[top] - JUMP)
        for side in (-1, 1):
            crept = np.full(width, -np.inf)
            crept[max(side, 0) : width + min(side, 0)] = best[max(-side, 0) : width - max(side, 0)] - CREEP
            source = np.where(crept > most, here - side, source)
            most = np.maximum(most, crept)
        came[row], best = source, most + scores[row]
    lags = [int(best.argmax())]
    for row in range(len(scores) - 1, 0, -1):
        lags.append(int(came[row, lags[-1]]))
    return float(best.max()), np.array(lags[::-1], np.int64) - _MOST


def _pieces(lags: Steps) -> Iterator[tuple[int, int]]:
    """First and last row (exclusive) of the cues between jumps."""
    edges = [0, *(np.flatnonzero(abs(np.diff(lags)) > 1) + 1).tolist(), len(lags)]
    return pairwise(edges)


def _line(starts: Scores, late: Scores) -> tuple[Seconds, Seconds]:
    """How late cues are at the first and the last of them; the same number where that hardly differs."""
    middle = float(np.median(late))
    if len(late) < LEAST_CUES or starts[-1] <= starts[0]:
        return middle, middle
    slope, base = np.polyfit(starts - starts[0], late, 1).tolist()
    finish = base + slope * float(starts[-1] - starts[0])
    return (middle, middle) if abs(finish - base) < NOTICED else (base, finish)


def _steps(starts: Scores, late: tuple[Seconds, Seconds], rate: float) -> Steps:
    """The lags of cues that lie on a line: what the path says without its creeping after chance."""
    share = (starts - starts[0]) / max(float(starts[-1] - starts[0]), 1e-9)
    off = late[0] + share * (late[1] - late[0])
    steps = np.rint((-off - starts * (rate - 1)) * FRAMES / STEP).astype(np.int64)
    return np.asarray(np.clip(steps, -_MOST, _MOST))


def _clear(scores: Scores, lags: Steps) -> bool:
    """Whether no other lag of these cues is nearly as good."""
    rows = np.arange(len(lags))[:, np.newaxis]
    moves = np.arange(-_MOST // 2, _MOST // 2 + 1)
    columns = np.clip(lags[:, np.newaxis] + moves + _MOST, 0, scores.shape[1] - 1)
    sums = scores[rows, columns].sum(axis=0)
    better = sums[_MOST // 2] - sums.mean()
    return bool(better > CLEAR * sums.std() and better > WORTH * len(lags))
