"""Plain text: what was said, in paragraphs, one line each."""

from __future__ import annotations

from collections.abc import Iterator

from subgen.formats.text import clean
from subgen.types import Document, Seconds, Utterance

PARAGRAPH: Seconds = 2.0
"""a longer silence between two words starts a new line"""


def txt(document: Document) -> str:
    """Write one line for each paragraph: an utterance, or its part up to a long silence. Lines are not wrapped."""
    return "".join(
        f"{f'{clean(utterance.speaker)}: ' if utterance.speaker else ''}{line}\n"
        for utterance in document.utterances
        for line in map(clean, _paragraphs(utterance))
        if line
    )


def _paragraphs(utterance: Utterance) -> Iterator[str]:
    text, end = "", float("inf")
    for word in utterance.words:
        if word.start - end > PARAGRAPH:
            yield text
            text = ""
        text += word.text
        end = word.end
    yield text
