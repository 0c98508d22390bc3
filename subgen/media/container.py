"""A media file opened with PyAV: safely, on its own timeline, and which of its streams are films."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.format import ContainerFormat
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from subgen.media.source import CONTAINERS, url
from subgen.types import Seconds

LONGEST_PADDING: Seconds = 0.05
"""More than encoders put before the first sound: 2,048 samples at 44.1 kHz are 46 ms."""

_TOLERANT: dict[str, Any] = {} if int(av.__version__.split(".")[0]) >= 19 else {"metadata_errors": "replace"}
"""Tags that are not UTF-8: PyAV 19 keeps their bytes as surrogates, earlier ones have to be told."""
_NO_FILM = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
_TS_DISCONT = 0x0200
"""libavformat's flag of formats whose time stamps may jump (AVFMT_TS_DISCONT in avformat.h)."""


def opened(path: Path) -> InputContainer:
    """The file, and no other that its content names. Raises av.FFmpegError or OSError."""
    safe = {"format_whitelist": ",".join(CONTAINERS), "protocol_whitelist": "file"}
    container: InputContainer = av.open(url(path), options=safe, **_TOLERANT)
    return container


def short_name(container: InputContainer) -> str:
    """The format in a word: mp4, matroska, mpegts, ..."""
    names = container.format.name.split(",")
    return "mp4" if "mp4" in names else names[0]


def clock_may_jump(format: str) -> bool:
    """Whether ffmpeg counts the times of this format from the first of the streams that are read, not of the file."""
    return bool(format) and bool(ContainerFormat(format, "r").flags & _TS_DISCONT)


def begin(stream: Stream) -> Seconds | None:
    """The container's own time of the stream's first frame; None when it does not say."""
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)


def films(container: InputContainer) -> Iterator[tuple[VideoStream, float]]:
    """The video streams with their frames per second; not cover art, nor rates that no film has."""
    for stream in container.streams.video:
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        if 1 <= rate <= 1000 and not stream.disposition & _NO_FILM:
            yield stream, rate


def start(container: InputContainer) -> Seconds:
    """The container's own time of its start."""
    return (container.start_time or 0) / av.time_base


def origin(container: InputContainer) -> Seconds:
    """The container's own time of what the media calls 0: its start, but never in an encoder's padding.

    Where the container can't mark the padding before the first sound (AAC in MPEG-TS: 1,024 samples), it is what comes
    first, and the picture starts that much later.
    """
    first = start(container)
    begins = (time for stream, _ in films(container) if (time := begin(stream)) is not None)
    return next((time for time in begins if 0 < time - first < LONGEST_PADDING), first)
