"""The moving picture of a film: which stream it is, when it begins, how it looks; and which subtitles go with it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame

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


@dataclass(frozen=True, slots=True)
class Look:
    """How a film looks when it is shown: in square pixels, upright."""

    index: int
    width: float
    height: float
    bits: int
    """of each colour"""


def look(path: Path) -> Look | None:
    """The first film in a file by its first frame; None when it has none, or can't be opened or decoded."""
    try:
        with opened(path) as container:
            for stream, _ in films(container):
                frame = next(container.decode(stream), None)
                return None if frame is None else _look(stream.index, frame, stream.sample_aspect_ratio)
    except (av.FFmpegError, OSError):
        pass
    return None


def _look(index: int, frame: VideoFrame, aspect: Fraction | None) -> Look:
    width, height = frame.width * float(aspect or 1), float(frame.height)
    turned = frame.rotation % 180 != 0
    bits = max(component.bits for component in frame.format.components)
    return Look(index, *((height, width) if turned else (width, height)), bits)


def subtitle_codecs(path: Path) -> tuple[str, ...] | None:
    """The codec of each subtitle track, "" for unknown ones; None when the file can't be opened."""
    try:
        with opened(path) as container:
            return tuple(
                stream.codec_context.name if stream.codec_context else "" for stream in container.streams.subtitles
            )
    except (av.FFmpegError, OSError):
        return None


def duration(path: Path) -> Seconds | None:
    """How long a file claims to be; None when it claims nothing or can't be opened."""
    try:
        with opened(path) as container:
            return container.duration / av.time_base if container.duration else None
    except (av.FFmpegError, OSError):
        return None
