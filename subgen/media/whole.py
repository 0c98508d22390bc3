"""A whole recording in memory, for what can't work on blocks."""

from __future__ import annotations

import numpy as np

from subgen.media.decode import open_audio
from subgen.options import Input
from subgen.types import Media, Samples


def samples_of(media: Media, options: Input) -> Samples:
    """All samples of a recording, float32 (n,) at 16 kHz, the first at 0 s of the media: 230 MB an hour.

    Raises MediaError.
    """
    with open_audio(media, options) as audio:
        return np.concatenate([np.zeros(0, np.float32), *audio])
