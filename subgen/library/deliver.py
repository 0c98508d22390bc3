"""Putting results where they belong, without ever touching a file that somebody else wrote or has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from subgen.errors import OutputError
from subgen.formats import Rendering
from subgen.library.rows import Output
from subgen.options import Options
from subgen.output import LOCAL, Disk, check_writable, write
from subgen.sidecars import sidecar
from subgen.types import Document


def deliver(
    document: Document,
    options: Options,
    places: Sequence[tuple[str, Path]],
    ours: Iterable[Output] = (),
    disk: Disk = LOCAL,
) -> tuple[Output, ...]:
    """Writes a document in (format, path) pairs and says what was written.

    `ours`: what we wrote before, which is replaced if nobody has changed it. Raises OutputError; where a file of
    somebody else has one of the names, nothing is written at all.
    """
    before = {output.path: output.digest for output in ours}
    rendering = Rendering(document, options.layout, options.writing)
    texts = [rendering.text(format) for format, _ in places]
    outputs = tuple(Output(path, _digest_of(text)) for (_, path), text in zip(places, texts, strict=True))
    replaced = [_is_replaced(output, before.get(output.path)) for output in outputs]
    for output, text, replaces in zip(outputs, texts, replaced, strict=True):
        if replaces is not None:
            write(output.path, text, overwrite=replaces, disk=disk)
    return outputs


def require_writable(media: Path, folder: Path, disk: Disk = LOCAL) -> None:
    """Refuses a folder that can't be written to, or can't be made, before hours of work go into its results.

    Raises OutputError.
    """
    above = folder.parents if folder != media.parent else ()
    check_writable(next((each for each in (folder, *above) if each.exists()), folder), disk=disk)


def places(
    media: Path, formats: Iterable[str], language: str, folder: Path, *, sdh: bool = False
) -> tuple[tuple[str, Path], ...]:
    """Where the results of a media file go, by format; the folder is made. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be made: {error.strerror or error}.") from error
    return tuple((format, sidecar(media, language, format, folder, sdh=sdh)) for format in formats)


def is_ours(output: Output) -> bool:
    """Whether a file that we wrote is there as we wrote it."""
    return _digest(output.path) == output.digest


def _is_replaced(output: Output, before: str | None) -> bool | None:
    """Whether a result replaces a file; None: it is there already. Raises OutputError for one that is not ours."""
    there = _digest(output.path)
    if there in {None, output.digest}:
        return False if there is None else None
    if there != before:
        raise OutputError(
            f"{output.path} is not as subgen wrote it, or another program's: it was kept; move it away first."
        )
    return True


def _digest_of(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _digest(path: Path) -> str | None:
    """The digest of a file's content; None when there is no such file."""
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"{path} is in the way and can't be read: {error.strerror or error}.") from error
