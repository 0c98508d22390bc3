"""Just enough of the mp4 container (ISO/IEC 14496-12) to say whether its index is there and its audio is encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_Box = tuple[bytes, int, int]
"""A box's name, and where its content starts and ends in the file."""

_TO_ENTRIES = (b"mdia", b"minf", b"stbl", b"stsd")


def top_boxes(path: Path) -> frozenset[bytes]:
    """The names of the boxes at the top level of the file."""
    with path.open("rb") as file:
        return frozenset(name for name, _, _ in _boxes(file, 0, path.stat().st_size))


def sample_entries(path: Path) -> tuple[bytes, ...]:
    """What each track says it is made of, in track order: `enca` for encrypted audio (ISO/IEC 23001-7, 4.1)."""
    with path.open("rb") as file:
        movies = [box for box in _boxes(file, 0, path.stat().st_size) if box[0] == b"moov"]
        tracks = [box for _, start, end in movies for box in _boxes(file, start, end) if box[0] == b"trak"]
        return tuple(_entry(file, track) for track in tracks)


def _entry(file: BinaryIO, box: _Box) -> bytes:
    for wanted in _TO_ENTRIES:
        inner = next((found for found in _boxes(file, box[1], box[2]) if found[0] == wanted), None)
        if inner is None:
            return b""
        box = inner
    file.seek(box[1] + 12)  # version and flags, number of entries, size of the first entry
    return file.read(4)


def _boxes(file: BinaryIO, position: int, end: int) -> Iterator[_Box]:
    """The boxes that follow one another from `position` (section 4.2)."""
    while position + 8 <= end:
        file.seek(position)
        header = file.read(16)
        size, body = int.from_bytes(header[:4], "big"), 8
        if size == 1:  # the real size follows in 64 bits
            size, body = int.from_bytes(header[8:], "big"), 16
        stop = min(end, position + size) if size >= body else end  # 0: up to the end of the file
        yield header[4:8], position + body, stop
        position = stop
