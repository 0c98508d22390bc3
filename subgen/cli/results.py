"""What commands print on stdout. Nothing of the chain is imported: commands that only tell something start at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from subgen.errors import OutputError


def print_result(text: str, stream: BinaryIO | None = None) -> None:
    """Text to stdout as UTF-8, whatever the terminal's locale. Raises OutputError when it can't be written."""
    try:
        out = stream or sys.stdout.buffer
        out.write(text.encode())
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_stdout()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise OutputError(f"The result can't be written to stdout: {reason}.") from error


def discard_stdout() -> None:
    """Sends what is still buffered for stdout nowhere: its reader has gone, and the exit must stay quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Left-aligned columns, two spaces apart, under their heads."""
    lines = [tuple(head), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(f"{line}\n" for line in _padded(lines, widths))


def _padded(lines: Iterable[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for line in lines:
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
