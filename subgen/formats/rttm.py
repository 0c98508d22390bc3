"""RTTM: who talks when, one turn a line, for diarisation tools (NIST, Rich Transcription 2009, appendix A)."""

from __future__ import annotations

from subgen.formats.text import clean
from subgen.speakers.rttm import word
from subgen.types import Document, Turn


def rttm(document: Document) -> str:
    """Write `SPEAKER recording 1 start duration <NA> <NA> name confidence <NA>` for each turn, in order of time.

    Fields hold no white space, so that in a name becomes `_`. A document without turns gives an empty file.
    """
    names = {speaker.label: speaker.shown for speaker in document.speakers}
    recording = word(clean(document.media.path.stem))
    return "".join(
        f"SPEAKER {recording} 1 {turn.start:.3f} {turn.duration:.3f} <NA> <NA>"
        f" {word(clean(names.get(turn.speaker, turn.speaker)))} {_confidence(turn)} <NA>\n"
        for turn in document.turns
    )


def _confidence(turn: Turn) -> str:
    return "<NA>" if turn.confidence is None else f"{turn.confidence:.3f}"
