"""A whole recording, for what can't work on the blocks of one pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from subgen.media.decode import open_audio
from subgen.options import Input
from subgen.types import SAMPLE_RATE, Media, Samples

_UNKNOWN_LENGTH, _MOST = 600, 4 * 3600
"""seconds to make room for where a container does not say how long it is, and at most: some say anything"""


@dataclass(frozen=True, slots=True)
class Whole:
    """A recording that is decoded when it is asked for, as often as it is asked for."""

    media: Media
    options: Input = Input()

    def samples(self) -> Samples:
        """All samples, float32 (n,) at 16 kHz, the first at 0 s of the media: 230 MB an hour. Raises MediaError."""
        room = np.empty(round((min(self.media.duration or _UNKNOWN_LENGTH, _MOST) + 1) * SAMPLE_RATE), np.float32)
        count = 0
        with open_audio(self.media, self.options) as audio:
            for block in audio:
                if count + block.size > room.size:
                    room = np.concatenate([room[:count], np.empty(room.size, np.float32)])
                room[count : count + block.size] = block
                count += block.size
        return room[:count]

    def channels(self) -> Iterator[tuple[Samples, ...]]:
        """Blocks of every channel at a time, float32 (n,) each, at 16 kHz. Raises MediaError."""
        with ExitStack() as opened:
            streams = [
                opened.enter_context(open_audio(self.media, self.options, channel))
                for channel in range(self.media.track.channels)
            ]
            yield from zip(*streams, strict=False)
