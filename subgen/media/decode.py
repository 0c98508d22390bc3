"""A track's samples, streamed from ffmpeg in blocks on the media's own timeline."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from aligner.processors import processors
from subgen.errors import Undecodable
from subgen.media.container import LONGEST_PADDING
from subgen.media.damage import clock, damage, failure
from subgen.media.ffmpeg import decode_command, find_ffmpeg, first_expected
from subgen.media.probe import LEAST_RATE
from subgen.media.relay import decoder
from subgen.media.source import matroska_encrypted, require_file, shown
from subgen.options import Input
from subgen.types import SAMPLE_RATE, Media, Note, Samples, Seconds, Span

_ENCRYPTED = "is encrypted (DRM): its audio can't be decoded without its owner's player."
_ENCRYPTED_PACKETS = 10
"""Failed packets above which a file that declares encryption is taken at its word."""
_LATEST_START: Seconds = 3600.0
"""A track that starts later than this, in a file that does not say how long it is, has a broken time stamp."""

_MOST, _EACH = 4, 4
"""ffmpegs at most for one track, and the processors that there must be for each: one keeps nearly two busy, and four
decode twice as fast as one, six hardly faster"""


def several(having: int | None = None) -> int:
    """How many ffmpegs may decode one track on so many processors; None: on those of this process."""
    return max(1, min(_MOST, (having or processors()) // _EACH))


def open_audio(media: Media, options: Input = Input(), channel: int | None = None, processes: int = 1) -> AudioStream:
    """The chosen track as blocks of float32 (n,), mono, 16 kHz, one second each, the last one shorter.

    Sample 0 is the media's time 0: a late start and holes are zeros. ffmpeg starts with the first block. `channel` is
    the one to hear alone, from 0; None mixes all. A long track is decoded by up to `processes` ffmpegs at a time, where
    that gives the very samples that one gives.
    Raises MissingDependency without ffmpeg; iterating raises Undecodable when no sample can be decoded.
    """
    return AudioStream(media, find_ffmpeg(options.ffmpeg), channel, processes)


class AudioStream:
    """An iterator over blocks, and a context manager that ends the children. Memory does not grow with length."""

    def __init__(self, media: Media, binary: Path, channel: int | None = None, processes: int = 1) -> None:
        self._media = media
        self._samples = 0
        self._notes: list[Note] = []
        self._start, late = _start(media)
        self._notes += late
        self._room = round((_LATEST_START + require_file(media.path) / LEAST_RATE) * SAMPLE_RATE)
        command = partial(decode_command, binary, media, channel)
        self._child = decoder(command, max(0.0, self._start), media, processes)
        self._source = _blocks(self._timeline())

    @property
    def seconds(self) -> Seconds:
        """Length of what has been given out, on the media's timeline; final when the stream is exhausted."""
        return self._samples / SAMPLE_RATE

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is damaged or missing; complete when the stream is exhausted."""
        return tuple(self._notes)

    def stop(self) -> None:
        """End the children while another thread waits for its samples; that thread sees the end of the stream."""
        self._child.stop()

    def close(self) -> None:
        """End the children; harmless when they have ended."""
        self._source.close()

    def __iter__(self) -> Iterator[Samples]:
        return self

    def __next__(self) -> Samples:
        block = next(self._source)
        self._samples += len(block)
        return block

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _timeline(self) -> Generator[Samples]:
        """Pieces of any length from time 0 on: silence up to the track's start, then the track, then the notes."""
        decoded = self._child.pieces()
        try:
            first = next(decoded, None)
            if first is None:
                raise Undecodable(f"{shown(self._media.path)} {self._failure()}")
            offset = round((self._start + self._lost_at_start()) * SAMPLE_RATE)
            yield from _silence(offset)
            total = max(0, offset)
            for piece in _skip(chain((first,), decoded), max(0, -offset)):
                yield piece
                total += len(piece)
                if total > self._room:
                    self._notes.append(_endless(total))
                    return
        finally:
            decoded.close()
        self._finish(total / SAMPLE_RATE)

    def _lost_at_start(self) -> Seconds:
        """How much of the track's start could not be decoded."""
        if self._child.log.start is None:
            return 0.0
        lost = self._child.log.start - first_expected(self._media)
        return lost if LONGEST_PADDING < lost <= _latest(self._media) else 0.0

    def _finish(self, seconds: Seconds) -> None:
        log = self._child.log
        if log.errors > _ENCRYPTED_PACKETS and self._encrypted():
            raise Undecodable(f"{shown(self._media.path)} {_ENCRYPTED}")
        self._notes += damage(self._media, seconds, log, self._child.status)

    def _encrypted(self) -> bool:
        return self._media.container == "matroska" and matroska_encrypted(self._media.path)

    def _failure(self) -> str:
        """Why there is not one sample: the rest of a sentence that names the file."""
        log, status = self._child.log, self._child.status
        if self._encrypted():
            return _ENCRYPTED
        if self._media.track.codec == "unknown":
            return "has audio in a format that ffmpeg can't decode; convert it to another one first."
        if status == 0 and not log.reason:
            return "contains no audio samples."
        return f"can't be decoded: {failure(status, log)}."


def _latest(media: Media) -> Seconds:
    return _LATEST_START if media.duration is None else media.duration


def _start(media: Media) -> tuple[Seconds, tuple[Note, ...]]:
    """When the track starts on the timeline, and a note where its container can't be believed."""
    start = media.track.start
    if abs(start) <= _latest(media):
        return start, ()
    text = f"The file says that its audio starts at {clock(abs(start))}, outside the file: taken as 0:00:00."
    return 0.0, (Note("damage", text, Span(0.0, 0.0)),)


def _endless(samples: int) -> Note:
    end = samples / SAMPLE_RATE
    text = f"The time stamps of the audio are broken: decoding was ended at {clock(end)}, longer than the file can be."
    return Note("damage", text, Span(end, end))


def _silence(samples: int) -> Iterator[Samples]:
    for start in range(0, samples, SAMPLE_RATE):
        yield np.zeros(min(SAMPLE_RATE, samples - start), np.float32)


def _skip(pieces: Iterable[Samples], samples: int) -> Iterator[Samples]:
    for piece in pieces:
        yield piece[samples:]
        samples = max(0, samples - len(piece))


def _blocks(pieces: Iterable[Samples]) -> Generator[Samples]:
    """Pieces of any length as blocks of one second and a shorter last one."""
    parts: list[Samples] = []
    held = 0
    for piece in pieces:
        if not held and len(piece) == SAMPLE_RATE:
            yield piece
            continue
        parts.append(piece)
        held += len(piece)
        if held < SAMPLE_RATE:
            continue
        joined = np.concatenate(parts)
        whole = held - held % SAMPLE_RATE
        for start in range(0, whole, SAMPLE_RATE):
            yield joined[start : start + SAMPLE_RATE]
        parts, held = [joined[whole:]], held - whole
    if held:
        yield np.concatenate(parts)
