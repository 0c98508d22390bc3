"""Whether a media file is all there, as far as its container says: for files that may still be copied."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import av

from subgen.errors import MediaNotFound
from subgen.media.container import opened
from subgen.types import Seconds

TAIL: Seconds = 5.0
"""Audio at the end that may be missing without notice, where only times tell: tags and rounded lengths."""
_BLANK = 4096
"""Bytes at the end that are not all 0 in a file whose content has arrived: programs that make room for a whole file
before they fill it leave zeros."""
_UNKNOWN_RIFF = (0, 0xFFFFFFFF, 0xFFFFFFFF - 8)
"""what programs write that could not know the size"""
_CHUNKED = (b"RIFF", b"RIFX", b"FORM")
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


class Extent(StrEnum):
    """How much of a file is there."""

    WHOLE = "whole"
    SHORT = "short"
    """less than its container says"""
    UNSAID = "unsaid"
    """its container does not say"""


def extent(path: Path) -> Extent:
    """Reads some kilobytes of a file. Raises MediaNotFound when it can't be read."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            claimed = _claimed(file, size)
            if claimed is not None and claimed > size:
                return Extent.SHORT
            file.seek(max(0, size - _BLANK))
            blank = not any(file.read(_BLANK))
    except OSError as error:
        raise MediaNotFound(f"{path} can't be read: {error.strerror or error}.") from error
    if claimed is None:
        return Extent.SHORT if _ends_early(path) else Extent.UNSAID
    return Extent.UNSAID if blank else Extent.WHOLE


def _claimed(file: BinaryIO, size: int) -> int | None:
    """The bytes that the whole file has; None: it does not say."""
    head = file.read(16)
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return _of_boxes(file, size)
    if head[:4] == _EBML:
        return _of_segment(file)
    if head[:4] in _CHUNKED:
        return _of_riff(file, size)
    if head == _ASF_HEADER:
        return _of_asf(file)
    return None


def _of_boxes(file: BinaryIO, size: int) -> int | None:
    """Boxes of mp4 and its kin follow one another to the end (ISO/IEC 14496-12, 4.2); the index is one of them."""
    names: set[bytes] = set()
    position = 0
    for name, length in _boxes(file, size):
        names.add(name)
        if length == 0:  # up to the end of the file, wherever that will be
            return None if b"moov" in names else size + 1
        position += length
    if b"moov" not in names or position < size:
        return size + 1
    return position if b"moof" not in names or b"mfra" in names else None


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Names and lengths of the boxes; ends at what can't be one."""
    position = 0
    while position + 8 <= size:
        file.seek(position)
        header = file.read(16)
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:], "big")
        if not any(name) or 0 < length < 8:
            return
        yield name, length
        if length == 0:
            return
        position += length


def _of_segment(file: BinaryIO) -> int | None:
    """Matroska and WebM: the head, then a segment with a size, or with all its bits set (RFC 8794, 6)."""
    file.seek(0)
    while True:
        name = file.read(4)
        if name not in {_EBML, _SEGMENT}:
            return None
        first = file.read(1)
        width = 9 - first[0].bit_length() if first and first[0] else 0
        if not width:
            return None
        rest = file.read(width - 1)
        value = int.from_bytes(bytes([first[0] & (0xFF >> width)]) + rest, "big")
        if value == (1 << 7 * width) - 1:
            return None
        if name == _SEGMENT:
            return file.tell() + value
        file.seek(value, 1)


def _of_riff(file: BinaryIO, size: int) -> int | None:
    """wav, avi, aiff: a size in the head; avi has further parts behind the first (OpenDML)."""
    position = 0
    while position < size:
        file.seek(position)
        head = file.read(8)
        value = int.from_bytes(head[4:], "big" if head[:4] in {b"FORM", b"RIFX"} else "little")
        if head[:4] not in _CHUNKED:
            return None if position + _BLANK < size else position
        if len(head) == 8 and value in _UNKNOWN_RIFF:
            return None
        position += 8 + value + value % 2
    return position - 1 if position == size + 1 else position


def _of_asf(file: BinaryIO) -> int | None:
    """wma, wmv: the file properties hold the size (ASF specification, 3.2), unless it was broadcast."""
    file.seek(0)
    head = file.read(64 * 1024)
    start = head.find(_ASF_FILE)
    if start < 0 or len(head) < start + 92:
        return None
    broadcast = head[start + 88] & 1
    return None if broadcast else int.from_bytes(head[start + 40 : start + 48], "little")


def _ends_early(path: Path) -> bool:
    """Whether the last packets come long before the end that the container claims; False where that can't be seen."""
    try:
        with opened(path) as container:
            stream = next(iter(container.streams.audio), None)
            if stream is None or not container.duration or stream.time_base is None:
                return False
            claimed = container.duration / av.time_base
            begin = (container.start_time or 0) / av.time_base
            container.seek(round((begin + max(0.0, claimed - 2 * TAIL)) * av.time_base))
            times = (packet.pts for packet in container.demux(stream) if packet.pts is not None)
            last = max(times, default=None)
            return last is None or float(last * stream.time_base) - begin < claimed - TAIL
    except (av.FFmpegError, OSError):
        return False
