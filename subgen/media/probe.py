"""What a media file holds, read with PyAV: tracks, languages, start times, frame rate. Nothing is decoded."""

from __future__ import annotations

import re
from pathlib import Path

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream

from subgen.errors import NoAudioTrack, Undecodable
from subgen.media.boxes import sample_entries
from subgen.media.container import begin, films, opened, origin, short_name
from subgen.media.source import mp3_counted, refusal, require_file, riff_stretch, shown
from subgen.media.track import choose, is_commentary
from subgen.options import Input
from subgen.types import Media, Seconds, Track

LEAST_RATE = 10.0
"""Bytes per second below which no audio codec goes (Opus sends 20 in silence): a longer claim is an error."""

_GUESSED = frozenset({"aac", "ac3", "eac3", "dts", "dtshd", "truehd", "mlp", "loas", "amr", "gsm", "mpeg", "mpegts"})
"""Formats without a header that says how long they are; libavformat guesses from the bit rate or the last stamps."""

_ASIDE = Disposition.comment | Disposition.visual_impaired | Disposition.hearing_impaired | Disposition.descriptions
_DURATION_TAG = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


def probe(path: Path, options: Input = Input(), language: str | None = None) -> Media:
    """The file's tracks, and the one that `options`, `language` (a canonical name) and good sense choose.

    Opens this file only, whatever its content names. Raises MediaNotFound, Undecodable (not media, cut, encrypted)
    and NoAudioTrack.
    """
    size = require_file(path)
    try:
        with opened(path) as container:
            return _media(path, container, size, (options.track, language, options.prefer))
    except (av.FFmpegError, OSError) as error:
        raise Undecodable(f"{shown(path)} {refusal(path)}") from error


def _media(
    path: Path, container: InputContainer, size: int, wish: tuple[int | None, str | None, tuple[str, ...]]
) -> Media:
    name = shown(path)
    whole = _Container(path, container, size)
    tracks = tuple(_track(stream, whole) for stream in container.streams.audio)
    if not tracks:
        kinds = {stream.type for stream in container.streams}
        rest = " and ".join(word for kind, word in (("video", "video"), ("subtitle", "subtitles")) if kind in kinds)
        raise NoAudioTrack(f"{name} has no audio track{f', only {rest}' if rest else ''}.")
    try:
        track = choose(tracks, *wish)
    except NoAudioTrack as error:
        raise NoAudioTrack(f"{name}: {error}") from error
    if track.codec == "encrypted":
        raise Undecodable(f"{name} is encrypted (DRM): its audio can't be decoded without its owner's player.")
    rate = next((rate for _, rate in films(container)), None)
    return Media(path, whole.duration, tracks, track, rate, whole.format)


class _Container:
    """What one container says of itself: where its timeline begins, which claims of length can be believed."""

    def __init__(self, path: Path, container: InputContainer, size: int) -> None:
        self.format = short_name(container)
        self.start = origin(container)
        self._longest = 60.0 + size / LEAST_RATE
        self._stretch = riff_stretch(path, size)
        self._entries = sample_entries(path) if self.format == "mp4" else ()
        self._guess = self.format in _GUESSED or (self.format == "mp3" and not mp3_counted(path))
        self._alone = len(container.streams) == 1
        claimed = container.duration / av.time_base * self._stretch if container.duration else None
        self.duration = self._believed(claimed)

    def _believed(self, claimed: Seconds | None) -> Seconds | None:
        return claimed if claimed is not None and 0 < claimed <= self._longest else None

    def encrypted(self, stream: Stream) -> bool:
        """Whether the container says that the stream is protected."""
        return self._entries[stream.index : stream.index + 1] == (b"enca",)

    def begin(self, stream: Stream) -> Seconds:
        """When the stream starts, from the start of the media."""
        first = begin(stream)
        return 0.0 if first is None else round(first - self.start, 6) + 0.0  # no -0.0

    def length(self, stream: Stream) -> Seconds | None:
        """How long the stream plays from its own start, None when nothing trustworthy says so."""
        if self._guess:
            return None
        if stream.duration and stream.time_base:
            return self._believed(float(stream.duration * stream.time_base) * self._stretch)
        end = _tagged_duration(stream.metadata) or (self.duration if self._alone else None)
        return self._believed(end - max(0.0, self.begin(stream)) if end is not None else None)


def _tagged_duration(metadata: dict[str, str]) -> Seconds | None:
    """The DURATION tag that Matroska muxers write beside each track, as hours:minutes:seconds."""
    for key, value in metadata.items():
        if key.upper().startswith("DURATION") and (match := _DURATION_TAG.match(value)):
            hours, minutes, seconds = match.groups()
            return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return None


def _track(stream: AudioStream, whole: _Container) -> Track:
    codec = _codec(stream.codec_context)
    known = codec != "unknown"
    tag = _printable(stream.metadata.get("language", "")).strip().lower()
    title = _printable(stream.metadata.get("title", "")) or None
    return Track(
        index=stream.index,
        codec="encrypted" if whole.encrypted(stream) else codec,
        sample_rate=stream.codec_context.sample_rate if known else 0,
        channels=stream.codec_context.channels if known else 0,
        start=whole.begin(stream),
        language=None if tag in {"", "und"} else tag,
        title=title,
        default=bool(stream.disposition & Disposition.default),
        commentary=bool(stream.disposition & _ASIDE) or is_commentary(title),
        duration=whole.length(stream),
    )


def _printable(tag: str) -> str:
    return tag.encode("utf-8", errors="replace").decode("utf-8")


def _codec(context: AudioCodecContext | None) -> str:
    """The codec's name; PyAV gives no context for what it has no decoder for."""
    return "unknown" if context is None else context.name
