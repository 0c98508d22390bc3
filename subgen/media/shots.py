"""When the shots of a film begin, found by ffmpeg beside recognition, and kept for the next run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from subgen.ahead import Ahead
from subgen.errors import MissingDependency
from subgen.events import Listener, Noticed, ignore
from subgen.media.damage import failure
from subgen.media.ffmpeg import find_ffmpeg
from subgen.media.kept import Kept
from subgen.media.log import Log
from subgen.media.picture import Picture, find_picture
from subgen.media.process import Process
from subgen.media.source import CONTAINERS, url
from subgen.options import Input
from subgen.types import Document, Media, Note, Seconds

FILTERS = (
    "scale=320:-2",
    "settb=AVTB",  # whole microseconds
    "scdet=t=10",
    "metadata=mode=print:key=lavfi.scd.time:file=-",
    "select=eq(n\\,0)",  # for the output, where no frame at all would be an error to some versions
)
"""What finds a cut: a frame that differs from the one before by 10 % of the range from black to white on average, and
by that much more than the one before from its own. A flash counts once, and fades don't."""

_FRAME = re.compile(r"frame:\d+\s+pts:(-?\d+)\s")
_FAILED = "The search for shot changes failed ({}): subtitles may not keep to all of them."

Finish = Callable[[Document], Document]
"""Adds the shots to a document, once they are known."""


@contextmanager
def shots_beside(media: Media, options: Input, listen: Listener = ignore) -> Iterator[Finish]:
    """Look for shot changes while something else is done, if `options.shots` says so and the media has a picture.

    What is given waits for the end of the search. One that fails costs the shots only, and a note says so. Leaving the
    context ends the search.
    """
    picture = find_picture(media.path) if options.shots and media.frame_rate is not None else None
    if picture is None:
        yield lambda document: document
        return
    kept = Kept("shots", media.path, (str(picture.index), *FILTERS))
    known = kept.recall()
    if known is not None:
        yield partial(_with, shots=known)
        return
    log = Log()
    process = Process(command(find_ffmpeg(options.ffmpeg), media.path, picture))
    with Ahead(_times(process, log, picture.shift), 0, process.stop) as found:
        yield lambda document: _finished(document, found, (process, log, kept), listen)


def command(binary: Path, path: Path, picture: Picture) -> list[str]:
    """The ffmpeg that writes two lines to stdout for each shot but the first, which `_FRAME` reads."""
    return [
        *(str(binary), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+error"),
        *("-format_whitelist", ",".join(CONTAINERS), "-protocol_whitelist", "file", "-i", url(path)),
        *("-map", f"0:{picture.index}", "-vf", ",".join(FILTERS), "-f", "null", "-"),
    ]


def _times(process: Process, log: Log, shift: Seconds) -> Iterator[Seconds]:
    for line in process.lines(lambda data: log.feed(data, 0.0)):
        if frame := _FRAME.match(line):
            yield round(int(frame[1]) / 1_000_000 + shift, 6)
    log.close(0.0)


def _finished(
    document: Document, found: Iterator[Seconds], search: tuple[Process, Log, Kept], listen: Listener
) -> Document:
    """The document with what is found, as far as the search came."""
    process, log, kept = search
    shots: list[Seconds] = []
    why = ""
    try:
        shots.extend(found)
        why = failure(process.status, log) if process.status else ""
    except MissingDependency as error:
        why = str(error)
    document = _with(document, shots)
    if not why:
        kept.keep(shots)
        return document
    note = Note("shots", _FAILED.format(why.rstrip(".")))
    listen(Noticed(document.media.path, note))
    return replace(document, notes=(*document.notes, note))


def _with(document: Document, shots: Sequence[Seconds]) -> Document:
    return replace(document, shots=tuple(shots))
