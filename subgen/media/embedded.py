"""The subtitles inside a media file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
from av.stream import Disposition, Stream

from subgen.errors import Undecodable
from subgen.media.container import opened
from subgen.media.source import refusal, require_file, shown

_IMAGES = frozenset({"dvb_subtitle", "dvd_subtitle", "hdmv_pgs_subtitle", "vobsub", "xsub"})
"""codecs whose subtitles are pictures, by their names in libavcodec; all others are text"""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Subtitles in a container."""

    codec: str
    text: bool
    """text, not pictures of it"""
    language: str | None = None
    """the container's tag, as it is"""
    title: str | None = None
    default: bool = False
    forced: bool = False
    """only what is foreign or written in the picture"""
    sdh: bool = False
    """for the deaf and hard of hearing"""


def embedded(path: Path) -> tuple[Embedded, ...]:
    """The subtitles in a file, in its order. Raises MediaNotFound and Undecodable."""
    require_file(path)
    try:
        with opened(path) as container:
            return tuple(_embedded(stream) for stream in container.streams.subtitles)
    except (av.FFmpegError, OSError) as error:
        raise Undecodable(f"{shown(path)} {refusal(path)}") from error


def _embedded(stream: Stream) -> Embedded:
    context = stream.codec_context
    codec = context.name if context is not None else "unknown"
    tag = stream.metadata.get("language", "").strip().lower()
    kind = stream.disposition
    return Embedded(
        codec,
        codec not in _IMAGES,
        None if tag in {"", "und"} else tag,
        stream.metadata.get("title") or None,
        bool(kind & Disposition.default),
        bool(kind & Disposition.forced),
        bool(kind & Disposition.hearing_impaired),
    )
