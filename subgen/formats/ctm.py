"""CTM, one word a line for scoring tools (NIST sclite, https://github.com/usnistgov/SCTK/blob/master/doc/infmts.htm)."""

from __future__ import annotations

from subgen.formats.text import clean, milliseconds, thousandths
from subgen.types import Document, Word

_CHANNEL = "1"


def ctm(document: Document) -> str:
    """Write `file channel start duration word confidence` for each word, in order of time.

    Fields hold no white space, so that in a name or a word becomes `_`. Words without a confidence have five fields.
    """
    name = _field(document.media.path.stem).replace(";", "_") or "media"  # lines that begin with ;; are comments
    words = (word for utterance in document.utterances for word in utterance.words)
    return "".join(
        f"{name} {_CHANNEL} {_times(word)} {text}{_confidence(word)}\n"
        for word in sorted(words, key=lambda word: milliseconds(word.start))
        if (text := _field(word.text))
    )


def _field(text: str) -> str:
    return "_".join(clean(text).split())


def _times(word: Word) -> str:
    start, end = milliseconds(word.start), milliseconds(word.end)
    return f"{thousandths(start)} {thousandths(max(0, end - start))}"


def _confidence(word: Word) -> str:
    return "" if word.confidence is None else f" {word.confidence:.4f}"
