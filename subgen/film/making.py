"""Running an ffmpeg that makes a film: whole or not at all, in a new file, telling how far it has come."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from subgen.errors import OutputError
from subgen.events import Listener, Making, Noticed, ignore
from subgen.media.damage import failure
from subgen.media.log import Log
from subgen.media.picture import duration
from subgen.media.process import Process
from subgen.media.source import CONTAINERS, require_file, shown, url
from subgen.output import fresh
from subgen.types import Note

_NO_FONT = b"failed to find any fallback"
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """What film is to be made of what, and how that is done."""

    media: Path
    output: Path
    overwrite: bool = False
    ffmpeg: str | None = None
    """as in `subgen.options.Input`"""
    listen: Listener = ignore


def make(order: Order, binary: Path, arguments: Sequence[str], files: Mapping[str, str]) -> None:
    """Run an ffmpeg that reads the media first.

    Args:
        arguments: what stands between the media and the result on its command line.
        files: texts that it finds under these names.

    Raises:
        OutputError: when the film can't be made or written. MediaNotFound, MissingDependency.
    """
    require_file(order.media)
    if order.output.exists() and order.output.samefile(order.media):
        raise OutputError(f"The result {order.output} would replace its own input: give another --output.")
    with TemporaryDirectory(prefix="subgen-") as folder, fresh(order.output, order.overwrite) as hidden:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")
        command = [str(binary), *_HEAD, "-i", url(order.media), *arguments, url(hidden)]
        _run(order, Process(command, Path(folder)))
        with hidden.open("rb+") as file:
            os.fsync(file.fileno())


_HEAD = (
    *("-hide_banner", "-nostdin", "-nostats", "-loglevel", "repeat+warning", "-progress", "pipe:1", "-y"),
    *("-fflags", "+genpts", "-format_whitelist", ",".join(CONTAINERS), "-protocol_whitelist", "file"),
)


def _run(order: Order, process: Process) -> None:
    log = Log()
    lacking: list[bytes] = []
    total = duration(order.media)

    def complain(data: bytes) -> None:
        log.feed(data, 0.0)
        if _NO_FONT in data:
            lacking.append(data)

    with closing(process.lines(complain)) as lines:
        for line in lines:
            name, _, value = line.partition("=")
            if name == "out_time_us" and value.isdigit():
                order.listen(Making(order.media, int(value) / _MICROSECONDS, total))
    log.close(0.0)
    if process.status:
        raise OutputError(f"{shown(order.output)} can't be made: {failure(process.status, log)}.")
    if lacking:
        text = "Some characters are missing in the picture: no font of this machine has them."
        order.listen(Noticed(order.media, Note("font", text)))
