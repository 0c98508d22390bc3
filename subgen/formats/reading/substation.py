"""Advanced SubStation Alpha and its older form SSA, read by `pysubs2` line by line: a bad line costs only itself."""

from __future__ import annotations

import re
import warnings

from pysubs2 import SSAEvent, SSAFile

from subgen.formats.reading.parsed import Parsed
from subgen.types import Cue

_TIME = r"-?\d{1,2}:\d{1,2}:\d{1,2}\.\d{1,3}"
TIMES = re.compile(rf"(?P<before>\s*Dialogue:[^,]*,)\s*(?P<start>{_TIME})\s*,\s*(?P<end>{_TIME})\s*(?=,)", re.ASCII)
"""the fields of an event up to its end; `pysubs2` reads no more than two digits of hours"""
_BETWEEN_NAMES = " / "
"""what our own writer puts between the speakers of a dialogue"""


def parse(text: str) -> Parsed:
    """The events of a text with line feeds only that show text; comments and drawings are left out."""
    cues, places, dropped = [], [], 0
    for place, line in enumerate(text.split("\n")):
        if line.lstrip().startswith("Dialogue:"):
            event = _event(line)
            if event is None:
                dropped += 1
            elif event.is_text:
                cues.append(_cue(event))
                places.append(place)
    return Parsed(tuple(cues), dropped=dropped, time_lines=tuple(places))


def _event(line: str) -> SSAEvent | None:
    match = TIMES.match(line)
    if match is None:
        return None
    times = f"{match['start']},{match['end']}"
    with warnings.catch_warnings():  # of margins that are no numbers, which say nothing about the text
        warnings.simplefilter("ignore", RuntimeWarning)
        file = SSAFile.from_string(f"[Events]\nDialogue: 0,{times}{line[match.end() :]}", "ass")
    return file[0]


def _cue(event: SSAEvent) -> Cue:
    lines = tuple(line for line in map(str.strip, event.plaintext.split("\n")) if line)
    names = tuple(name.strip() for name in event.name.split(_BETWEEN_NAMES))
    if len(names) != len(lines):
        names = (event.name.strip(),)
    return Cue(event.start / 1000, event.end / 1000, lines, names if any(names) else ())
