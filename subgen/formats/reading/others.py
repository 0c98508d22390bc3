"""Older formats that `pysubs2` knows: SAMI, MicroDVD, MPL2."""

from __future__ import annotations

from collections.abc import Callable

from pysubs2 import Pysubs2Error, SSAFile
from pysubs2.exceptions import UnknownFPSError

from subgen.formats.reading.parsed import Parsed, Unreadable
from subgen.types import Cue


def reader(format: str) -> Callable[[str], Parsed]:
    """The function that reads one of these formats; it raises Unreadable."""

    def parse(text: str) -> Parsed:
        try:
            events = SSAFile.from_string(text, format)
        except UnknownFPSError:
            raise Unreadable("counts frames but does not say how many a second: convert it to SRT") from None
        except (Pysubs2Error, ValueError) as error:
            raise Unreadable(f"can't be read ({error}): convert it to SRT") from None
        shown = (event for event in events if event.is_text)
        return Parsed(tuple(Cue(event.start / 1000, event.end / 1000, _lines(event.plaintext)) for event in shown))

    return parse


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in map(str.strip, text.split("\n")) if line)
