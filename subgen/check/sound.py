"""What cues say of a sound that is known: where nobody is heard, where somebody is and no cue is shown.

Loudness can't tell speech from music, and a pitch that glides is not always a voice: all of this is advice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from subgen.check.shown import Shown
from subgen.types import Finding, Seconds, Span

FRAMES = 50
"""of a second, as `subgen.loudness` has them"""
LATE: Seconds = 1.0
"""by which a cue may come before or after its speech; the BBC allows 1.5 s"""
SILENT: Seconds = 0.1
"""of sound: less is nothing"""
AROUND: Seconds = 0.5
"""before and after a cue in which its speech may be"""
PAUSE: Seconds = 0.4
"""longer silence parts two stretches of speech"""
MISSING: Seconds = 2.0
"""of speech that no cue shows; less may be a cough, or a cue's own words outside its times"""
VOICE, VOICE_SHARE = 0.1, 0.02
"""seconds, and share of a stretch, in which a gliding pitch must be heard"""
DENSE = 0.5
"""share of a stretch that must be loud; the rest are clicks"""
ENDED: Seconds = 1.0
"""after the end of the media that a cue may stay"""
_UNSAID = regex.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|[♪♫#].*")

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sound:
    """What is heard in a recording."""

    speech: Mask
    """whether each 50th of a second may be speech, by its loudness"""
    voiced: NDArray[np.float64]
    """seconds of gliding pitch in each second; 0 where nobody looked"""
    duration: Seconds

    def heard(self, start: Seconds, end: Seconds) -> Seconds:
        """How long speech may be heard between two times."""
        return float(self._between(start, end).sum()) / FRAMES

    def voice(self, span: Span) -> bool:
        """Whether a stretch has a voice in it."""
        glides = float(self.voiced[int(span.start) : int(np.ceil(span.end))].sum())
        return glides >= max(VOICE, VOICE_SHARE * span.duration)

    def first(self, start: Seconds, end: Seconds) -> Seconds | None:
        """When speech is first heard between two times."""
        (frames,) = np.nonzero(self._between(start, end))
        return max(0, round(start * FRAMES)) / FRAMES + float(frames[0]) / FRAMES if frames.size else None

    def stretches(self, start: Seconds, end: Seconds) -> list[Span]:
        """Speech between two times, parted where a pause is."""
        first = max(0, round(start * FRAMES))
        (frames,) = np.nonzero(self._between(start, end))
        if not frames.size:
            return []
        parts = np.split(frames + first, np.flatnonzero(np.diff(frames) > PAUSE * FRAMES) + 1)
        return [Span(float(part[0]) / FRAMES, float(part[-1] + 1) / FRAMES) for part in parts]

    def _between(self, start: Seconds, end: Seconds) -> Mask:
        return self.speech[max(0, round(start * FRAMES)) : max(0, round(end * FRAMES))]


def uncovered(cues: Sequence[Span], duration: Seconds) -> list[Span]:
    """The stretches of a recording in which no cue is shown."""
    edges, last = [], 0.0
    for cue in sorted(cues, key=lambda cue: cue.start):
        if min(cue.start, duration) > last:
            edges.append(Span(last, min(cue.start, duration)))
        last = max(last, cue.end)
    return [*edges, Span(last, duration)] if duration > last else edges


def beyond(shown: Shown, duration: Seconds, elsewhere: Collection[int]) -> Iterator[Finding]:
    """Cues that are shown after the end of the media, but for the rows `elsewhere`."""
    for index, cue in enumerate(shown.cues):
        if cue.end > duration + ENDED and index not in elsewhere:
            text = f"It goes at {cue.end:.3f} s, and the media ends at {duration:.3f} s."
            yield shown.finding(index, "end", text, cue.end, duration)


def unheard(shown: Shown, sound: Sound, elsewhere: Collection[int]) -> Iterator[Finding]:
    """Cues beside the sound; the rows `elsewhere` are known to be out of time as a whole."""
    gone = 0.0
    for index, cue in enumerate(shown.cues):
        before, gone = gone, max(gone, cue.end)
        unsaid = not _UNSAID.sub("", cue.text.replace("\n", " ")).strip(" -–")
        if unsaid or cue.start >= sound.duration or index in elsewhere:
            continue
        if sound.heard(cue.start - AROUND, cue.end + AROUND) < SILENT:
            yield shown.finding(index, "silent", "Nothing is heard while it is shown.")
            continue
        first = sound.first(cue.start - AROUND, cue.end + AROUND)
        if first is not None and first - cue.start > LATE:
            text = f"It appears {first - cue.start:.1f} s before anything is heard."
            yield shown.finding(index, "early", text, first - cue.start, LATE)
        elif late := _late(sound, before, cue.start):
            text = f"It appears {late:.1f} s after speech has begun."
            yield shown.finding(index, "late", text, late, LATE)


def _late(sound: Sound, before: Seconds, start: Seconds) -> Seconds:
    """How long speech has gone on when a cue appears that nothing was shown for; 0 for less than `LATE`."""
    if start - before < LATE:
        return 0.0
    runs = sound.stretches(before + AROUND, start + PAUSE)
    if not runs or runs[-1].end < start or not sound.voice(Span(runs[-1].start, start)):
        return 0.0
    begun = start - runs[-1].start
    if sound.heard(runs[-1].start, start) < DENSE * begun:
        return 0.0
    return begun if LATE < begun < start - before - AROUND - 1 / FRAMES else 0.0


def unshown(shown: Shown, sound: Sound, elsewhere: Collection[int]) -> Iterator[Finding]:
    """Speech in the gaps between cues, but for those beside the rows `elsewhere`; the cue is the one before."""
    order = sorted(range(len(shown.cues)), key=lambda row: shown.cues[row].start)
    starts = [shown.cues[row].start for row in order]
    for gap in uncovered(shown.cues, sound.duration):
        place = bisect_right(starts, gap.start)
        if any(row in elsewhere for row in order[max(place - 1, 0) : place + 1]):
            continue
        for run in _long(sound.stretches(gap.start + AROUND, gap.end - AROUND)):
            said = sound.heard(run.start, run.end)
            if said >= MISSING and sound.voice(run):
                text = f"Somebody seems to speak for {said:.1f} s while nothing is shown."
                yield Finding(order[place - 1] + 1 if place else 0, "missing", text, round(said, 3), MISSING, run)


def _long(runs: Sequence[Span]) -> Iterator[Span]:
    """Stretches of speech with pauses of less than two seconds joined."""
    joined: list[Span] = []
    for run in runs:
        if joined and run.start - joined[-1].end < MISSING:
            joined[-1] = Span(joined[-1].start, run.end)
        else:
            joined.append(run)
    yield from joined
