"""TextGrid for Praat, the phoneticians' editor (https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from subgen.formats.text import clean, milliseconds, thousandths, unbroken
from subgen.types import Cue, Document, Seconds


@dataclass(frozen=True, slots=True)
class _Interval:
    """A stretch of a tier, in milliseconds."""

    start: int
    end: int
    text: str


def textgrid(document: Document, cues: Sequence[Cue]) -> str:
    """Write a tier of words and one of cues, and one of speakers where any is known; gaps are empty intervals."""
    words = ((word.start, word.end, word.text) for said in document.utterances for word in said.words)
    shown = ((cue.start, cue.end, text) for cue, text in zip(cues, unbroken(cues, document), strict=True))
    turns = [
        (said.words[0].start, said.words[-1].end, said.speaker)
        for said in document.utterances
        if said.speaker and said.words
    ]
    tiers = {"words": _intervals(words), "cues": _intervals(shown), "speakers": _intervals(turns)}
    tiers = {name: tier for name, tier in tiers.items() if tier or name != "speakers"}
    end = max(1, milliseconds(document.duration), *(tier[-1].end for tier in tiers.values() if tier))
    return (
        f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = {thousandths(end)}\n'
        f"tiers? <exists>\nsize = {len(tiers)}\nitem []:\n"
        + "".join(_tier(number, *tier, end) for number, tier in enumerate(tiers.items(), 1))
    )


def _intervals(spans: Iterable[tuple[Seconds, Seconds, str]]) -> list[_Interval]:
    """What is said, in order of time, none of it empty: Praat takes no overlap and nothing shorter than nothing.

    Where two overlap the first one ends early; what has no length gets a millisecond, and pushes what follows.
    """
    said = sorted((milliseconds(start), milliseconds(end), clean(text)) for start, end, text in spans)
    said = [one for one in said if one[2]]
    found: list[_Interval] = []
    for (start, end, text), following in zip(said, (*(one[0] for one in said), None)[1:], strict=True):
        begin = max(start, found[-1].end if found else 0)
        found.append(_Interval(begin, max(begin + 1, end if following is None else min(end, following)), text))
    return found


def _tier(number: int, name: str, intervals: Sequence[_Interval], end: int) -> str:
    filled = list(_filled(intervals, end))
    return (
        f'    item [{number}]:\n        class = "IntervalTier"\n        name = "{name}"\n'
        f"        xmin = 0\n        xmax = {thousandths(end)}\n        intervals: size = {len(filled)}\n"
        + "".join(
            f"        intervals [{place}]:\n            xmin = {thousandths(one.start)}\n"
            f"            xmax = {thousandths(one.end)}\n            text = {_quoted(one.text)}\n"
            for place, one in enumerate(filled, 1)
        )
    )


def _filled(intervals: Sequence[_Interval], end: int) -> Iterator[_Interval]:
    """The intervals with empty ones between them, from 0 to the end."""
    last = 0
    for interval in intervals:
        if interval.start > last:
            yield _Interval(last, interval.start, "")
        yield interval
        last = interval.end
    if end > last:
        yield _Interval(last, end, "")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
