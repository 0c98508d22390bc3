"""SubViewer as YouTube writes it: SubRip with other time lines and no numbers."""

from __future__ import annotations

import re

from subgen.formats.reading import srt
from subgen.formats.reading.parsed import Parsed

_TIME = r"\d+:\d\d:\d\d\.\d{3}"
TIMES = re.compile(rf"(?P<before>[ \t]*)(?P<start>{_TIME}),(?P<end>{_TIME})(?=[ \t]*$)", re.ASCII | re.MULTILINE)


def parse(text: str) -> Parsed:
    """The cues of a text with line feeds only."""
    return srt.parse(TIMES.sub(r"\g<before>\g<start> --> \g<end>", text))
