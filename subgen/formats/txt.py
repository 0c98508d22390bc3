"""Plain text: what was said, in paragraphs, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from subgen.formats.paragraphs import paragraphs
from subgen.types import Document, Utterance


def txt(document: Document) -> str:
    """Write one line for each paragraph, with its speaker in front where known. Lines are not wrapped."""
    return lines(document.utterances)


def lines(utterances: Sequence[Utterance]) -> str:
    """The lines of utterances, each with its line feed."""
    return "".join(
        f"{f'{paragraph.speaker}: ' if paragraph.speaker else ''}{paragraph.text}\n"
        for paragraph in paragraphs(utterances)
    )
