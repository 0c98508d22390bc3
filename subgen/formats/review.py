"""A list of doubtful cues as text: Markdown for people, TSV and JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from subgen.formats.text import clean, timestamp
from subgen.formats.text import milliseconds as whole
from subgen.review import Doubt

_EMPTY = "Nothing is doubtful.\n"


def md(doubts: Sequence[Doubt]) -> str:
    """A numbered list: when, which cue, what it says, how doubtful, and why."""
    return "".join(f"{number}. {_entry(doubt)}" for number, doubt in enumerate(doubts, 1)) or _EMPTY


def _entry(doubt: Doubt) -> str:
    cue = f"cue {doubt.cue}" if doubt.cue else "no cue"
    text = f": {clean(' / '.join(doubt.text.splitlines()))}" if doubt.text else ""
    reasons = "".join(f"   - {clean(reason.text)}\n" for reason in doubt.reasons)
    return f"{timestamp(doubt.start, '.')}, {cue}, {doubt.score:.0%}{text}\n{reasons}"


def tsv(doubts: Sequence[Doubt]) -> str:
    """A line for each: start and end in milliseconds, cue, score, kinds of reasons, reasons, text."""
    lines = ["start\tend\tcue\tscore\tkinds\treasons\ttext"]
    for doubt in doubts:
        kinds = ",".join(dict.fromkeys(reason.kind for reason in doubt.reasons))
        reasons = "; ".join(clean(reason.text) for reason in doubt.reasons)
        text = clean(" / ".join(doubt.text.splitlines()))
        times = f"{whole(doubt.start)}\t{whole(doubt.end)}"
        lines.append(f"{times}\t{doubt.cue or ''}\t{doubt.score:.3f}\t{kinds}\t{reasons}\t{text}")
    return "\n".join(lines) + "\n"


def as_json(doubts: Sequence[Doubt]) -> str:
    """A list of objects with the fields of `Doubt`."""
    return json.dumps([asdict(doubt) for doubt in doubts], ensure_ascii=False, indent=1) + "\n"


STYLES: dict[str, Callable[[Sequence[Doubt]], str]] = {"md": md, "tsv": tsv, "json": as_json}
"""How a list can be written, by the ending of its file."""
