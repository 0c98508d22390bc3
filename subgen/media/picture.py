"""The moving picture of a film: which stream it is, and when it begins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av

from subgen.media.container import begin, clock_may_jump, films, opened, origin, short_name, start
from subgen.types import Seconds


@dataclass(frozen=True, slots=True)
class Picture:
    """A stream of pictures. `index` is the absolute stream index that ffmpeg's `-map 0:index` takes."""

    index: int
    shift: Seconds
    """what has to be added to the times that ffmpeg gives when it reads this stream alone, to get those of the media"""


def find_picture(path: Path) -> Picture | None:
    """The first film in a file; None when it has none, or can't be opened."""
    try:
        with opened(path) as container:
            for stream, _ in films(container):
                own = begin(stream) if clock_may_jump(short_name(container)) else None
                return Picture(stream.index, (start(container) if own is None else own) - origin(container))
    except (av.FFmpegError, OSError):
        pass
    return None
