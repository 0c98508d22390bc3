"""A document with everything in it that is hard to write, and the golden files made from it.

`python -m tests.subgen.documents` writes the golden files anew; look at what changed before you keep it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from subgen.formats import FORMATS, render
from subgen.types import AlignmentReport, Document, Media, Note, Span, Track, Transcript, Utterance, Word
from subgen.words import spread, utterances

GOLDEN = Path(__file__).parents[1] / "golden/formats"

_TRACK = Track(1, "aac", 48000, 6, 1.476, "eng", 'The "Film"', default=True)
_COMMENTARY = Track(2, "opus", 44100, 2, 0.0, None, None, commentary=True)


def _transcript(start: float, end: float, text: str, language: str) -> Transcript:
    return Transcript(start, end, text, language, confidence=0.875, words=spread(text, start, end))


def sample_document() -> Document:
    """Markup, arrows, direction marks, controls, a word of no length, and a start just under a minute."""
    transcripts = (
        _transcript(0.48, 4.0, "Dr. Smith paid $10,000 for <i>it</i> --> & left.", "English"),
        replace(_transcript(4.0, 6.5, "Don’t say “AT&T”\nor 25°C!", "English"), report=AlignmentReport(1, 2, 3)),
        _transcript(8.6, 12.0, "今天天气很好，我们去公园玩吧。", "Chinese"),
        _transcript(12.0, 15.0, "\u200fשלום\u0000, (עולם)\u200f!", "Arabic"),
        Transcript(20.0, 22.0, "", "", finish="loop"),
        _transcript(40.0, 43.0, "नमस्ते, 👨\u200d👩\u200d👧!\t\u2028ठीक।", "Hindi"),
        Transcript(59.9996, 59.9996, "Oh.", "English", "length", words=(Word(59.9996, 59.9996, "Oh."),)),
    )
    spoken = utterances(transcripts)
    return Document(
        media=Media(Path("films/An example.mkv"), 3600.25, (_TRACK, _COMMENTARY), _TRACK, 24000 / 1001),
        duration=3600.2,
        transcripts=transcripts,
        utterances=(*spoken, Utterance(spread("Over & out.", 3600.0, 3601.2), "English", speaker="Ann <A>")),
        notes=(Note("loop", "Speech was repeated and left out.", Span(20.0, 22.0)), Note("damage", "Half is missing.")),
        models=("demo", "demo aligner"),
    )


if __name__ == "__main__":
    for format in FORMATS:
        (GOLDEN / f"example.{format}").write_bytes(render(sample_document(), format).encode())
