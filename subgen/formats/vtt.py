"""WebVTT (W3C, https://www.w3.org/TR/webvtt1/): escaped text, voice tags where speakers are known, word times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from subgen.formats.text import Line, milliseconds, shown, timestamp
from subgen.types import Cue

HEADER = "WEBVTT\n\nNOTE Written by subgen\n\n"
"""what every file begins with"""


def vtt(cues: Sequence[Cue], word_times: bool = False) -> str:
    """Write cues as WebVTT that the W3C parser reads without an error.

    `word_times` puts a time before each word that begins inside its cue, for players that light up words.
    """
    return HEADER + "".join(
        f"{timestamp(cue.start, '.')} --> {timestamp(cue.end, '.')}\n{_payload(cue, lines, word_times)}\n\n"
        for cue, lines in shown(cues)
    )


def _payload(cue: Cue, lines: Sequence[Line], word_times: bool) -> str:
    """The lines; a voice that speaks the whole cue needs no end tag (section 4.2.2), others end with their lines."""
    texts = iter([*_timed(cue, lines)] if word_times else [_escape(line.text) for line in lines])
    voices = [(name, [next(texts) for _ in group]) for name, group in groupby(lines, lambda line: line.speaker)]
    end = "</v>" if len(voices) > 1 else ""
    return "\n".join(
        f"<v {_escape(name)}>" + "\n".join(spoken) + end if name else "\n".join(spoken) for name, spoken in voices
    )


def _timed(cue: Cue, lines: Sequence[Line]) -> Iterator[str]:
    """Escaped lines with times inside, each later than the one before and strictly within the cue (section 4.2.2)."""
    last, end = milliseconds(cue.start), milliseconds(cue.end)
    for line in lines:
        text = ""
        for word, piece in line.pieces():
            if word and last < milliseconds(word.start) < end:
                last = milliseconds(word.start)
                text += f"<{timestamp(word.start, '.')}>"
            text += _escape(piece)
        yield text


def _escape(text: str) -> str:
    """Replace the characters that mean markup (section 4.2.2: cue text and annotations take character references)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
