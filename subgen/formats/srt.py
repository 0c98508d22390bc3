"""SubRip. There is no standard; this is what every player reads: UTF-8, line feeds, numbered cues, plain text."""

from __future__ import annotations

from collections.abc import Sequence

from subgen.formats.text import shown, timestamp
from subgen.types import Cue


def srt(cues: Sequence[Cue], first: int = 1) -> str:
    """Write cues as SubRip, numbered from `first`.

    An arrow inside of a text, which would look like a time line, becomes a real arrow.
    """
    return "".join(
        f"{number}\n{timestamp(cue.start, ',')} --> {timestamp(cue.end, ',')}\n"
        + "".join(f"{line.text.replace('-->', '→')}\n" for line in lines)
        + "\n"
        for number, (cue, lines) in enumerate(shown(cues), first)
    )
