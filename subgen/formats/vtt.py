"""WebVTT (W3C, https://www.w3.org/TR/webvtt1/): escaped text, a voice tag where the speaker is known."""

from __future__ import annotations

from collections.abc import Sequence

from subgen.formats.text import clean, shown, timestamp
from subgen.types import Cue

_HEADER = "WEBVTT\n\nNOTE Written by subgen\n\n"


def vtt(cues: Sequence[Cue]) -> str:
    """Write cues as WebVTT that the W3C parser reads without an error."""
    return _HEADER + "".join(
        f"{timestamp(cue.start, '.')} --> {timestamp(cue.end, '.')}\n{_voice(cue)}"
        + "\n".join(map(_escape, lines))
        + "\n\n"
        for cue, lines in shown(cues)
    )


def _voice(cue: Cue) -> str:
    """The tag that names the one speaker of a cue; it needs no end tag when it spans the whole cue (section 4.2.2)."""
    names = [name for name in map(clean, cue.speakers) if name]
    return f"<v {_escape(names[0])}>" if len(names) == 1 else ""


def _escape(text: str) -> str:
    """Replace the characters that mean markup (section 4.2.2: cue text and annotations take character references)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
