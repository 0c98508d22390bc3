"""What the user should know about how a chunk was decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from subgen.types import Note, Span

if TYPE_CHECKING:
    from subgen.asr.recogniser import Recognised


def troubles(result: Recognised) -> Iterator[Note]:
    """Notes on loops, missing ends and second tries, with their time."""
    finish, when = result.transcript.finish, Span(result.chunk.start, result.chunk.end)
    if finish == "loop":
        yield Note("loop", "The model repeated itself here; the repetition was dropped, speech may be missing.", when)
    elif finish == "length":
        yield Note("length", "The model did not come to an end here; the text may be cut short or wrong.", when)
    elif result.cuts:
        yield Note("retry", "The model repeated itself here; the audio was cut and decoded again.", when)
