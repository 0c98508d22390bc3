"""Recordings in which each speaker has a channel, as calls and interviews have: who talks is who is loud.

A microphone also hears the others, more softly. What one channel carries of another (its bleed) is as much softer as
that, always: so the difference between the levels of two channels lies near one value while the first speaker talks
alone, near another while the second does, and between them while both talk.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from subgen.diarise.activity import QUIETEST, Levels, Mask, audible, stretches
from subgen.diarise.diariser import Recording, Tell
from subgen.errors import DiarisationError, OptionError
from subgen.loudness import levels
from subgen.options import Speakers
from subgen.types import Media, Note, Turns

NAMES = {2: ("left", "right")}
"""labels of the channels, where these have a name"""
ALONE = 0.1
"""share of the frames in which one is heard that are surely without the other: calls are mostly one at a time"""
LEAST_APART, LOUDER = 10.0, 3.0
"""dB between the ends of the difference of two channels: nearer, both carry one speaker, who is in the louder one"""
MOST_MARGIN = 12.0
"""dB above bleed from which on a channel has speech of its own; less where a third of what the channels are apart is"""


class Channels:
    """A diariser for recordings with a channel for each speaker."""

    def check(self, media: Media) -> None:
        """Raises OptionError for a recording of one channel."""
        if media.track.channels < 2:
            raise OptionError(
                f"{media.path} has one channel: --channels needs one for each speaker; --speakers finds them in one."
            )

    def diarise(self, recording: Recording, wishes: Speakers, tell: Tell) -> Turns:
        """A turn for each stretch in which a channel has speech of its own, by `left` and `right`, or `channel 1`, ...

        Only levels are kept: 3 h of two channels are 4 MB. Raises DiarisationError when the channels carry the same.
        """
        heard = self._levels(recording, tell)
        if not heard.size:
            return Turns(())
        names = NAMES.get(len(heard), tuple(f"channel {number}" for number in range(1, len(heard) + 1)))
        own, bleeds = owned(heard)
        if len(heard) > 1 and not own.any() and (heard > QUIETEST).any():
            raise DiarisationError(
                f"All channels of {recording.media.path} carry the same: use --speakers to tell its speakers apart."
            )
        turns = [turn for name, mask in zip(names, own, strict=True) for turn in stretches(mask, name)]
        return Turns(
            tuple(sorted(turns, key=lambda turn: (turn.start, turn.end))),
            notes=tuple(notes(names, own, bleeds)),
        )

    def _levels(self, recording: Recording, tell: Tell) -> Levels:
        """dBFS of each frame of each channel: (channels, frames)."""
        rows: list[Levels] = []
        length = recording.media.duration
        for number, blocks in enumerate(recording.channels()):
            least = min(map(len, blocks))
            rows.append(np.stack([levels(block[:least]) for block in blocks]))
            tell(min(number / length, 1.0) if length else 0.0)  # blocks are seconds
        return np.concatenate(rows, axis=1) if rows else np.zeros((0, 0), np.float32)


def owned(heard: Levels) -> tuple[Mask, dict[tuple[int, int], float]]:
    """In which frames each channel has speech of its own, and how loud it carries that of another, in dB.

    `heard` are levels (channels, frames). Bleeds are given by (from, to), and only where the other speaker is heard.
    """
    active = np.stack([audible(row) for row in heard])
    own = active.copy()
    bleeds: dict[tuple[int, int], float] = {}
    for one in range(len(heard)):
        for other in range(len(heard)):
            if one != other and active[one].any() and active[other].any():
                low, high = _ends(heard[other] - heard[one], active[one], active[other])
                if high - low < LEAST_APART:
                    own[other] &= heard[other] > heard[one] + LOUDER
                    continue
                margin = min(MOST_MARGIN, (high - low) / 3)
                own[other] &= heard[other] > heard[one] + low + margin
                if (active[one] & active[other] & ~own[other]).mean() > ALONE * active[one].mean():
                    bleeds[one, other] = low
    return own, bleeds


def _ends(difference: Levels, one: Mask, other: Mask) -> tuple[float, float]:
    """How much louder the other channel is than the first while the first's speaker talks alone, and while its own."""
    return float(np.quantile(difference[one], ALONE)), float(np.quantile(difference[other], 1 - ALONE))


def notes(names: tuple[str, ...], own: Mask, bleeds: dict[tuple[int, int], float]) -> Iterator[Note]:
    """What to know about the channels: who is heard in another's, and who says nothing."""
    for (one, other), level in sorted(bleeds.items()):
        yield Note(
            "channels",
            f"The {names[other]} channel carries the {names[one]} one ({level:+.0f} dB): it counts once.",
        )
    for name, mask in zip(names, own, strict=True):
        if not mask.any():
            yield Note("channels", f"Nobody talks in the {name} channel.")
