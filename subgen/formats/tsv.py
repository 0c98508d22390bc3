"""Tab-separated values: one cue a line, whole milliseconds, for spreadsheets and scripts."""

from __future__ import annotations

from collections.abc import Sequence

from subgen.formats.text import milliseconds, unbroken
from subgen.types import Cue, Document


def tsv(document: Document, cues: Sequence[Cue]) -> str:
    """Write a header and `start end text` for each cue, its lines joined to one."""
    return "start\tend\ttext\n" + "".join(
        f"{milliseconds(cue.start)}\t{milliseconds(cue.end)}\t{text}\n"
        for cue, text in zip(cues, unbroken(cues, document), strict=True)
        if text
    )
