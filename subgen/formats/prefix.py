"""Names in front of speech, for formats that can't say otherwise who speaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from subgen.formats.text import clean
from subgen.types import Cue, Utterance, Word

_HELD = "\N{NO-BREAK SPACE}"
"""keeps a name, its colon and the first word together while lines are broken"""


def prefixed(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """The utterances with `Name: ` before the first word wherever the speaker changes, as part of that word.

    So the name counts in the width of its line and in the time that reading takes.
    """
    done: list[Utterance] = []
    last: str | None = None
    for utterance in utterances:
        name, first = clean(utterance.speaker or ""), utterance.words[:1]
        if name and name != last and clean(utterance.text):
            opening = replace(first[0], text=_held(name) + first[0].text.lstrip())
            done.append(replace(utterance, words=(opening, *utterance.words[1:])))
        else:
            done.append(utterance)
        last = name if clean(utterance.text) else last
    return tuple(done)


def loosened(cues: Sequence[Cue], utterances: Sequence[Utterance]) -> tuple[Cue, ...]:
    """The cues with plain spaces in the prefixes of these speakers, and without dashes where names tell two apart."""
    names = {clean(utterance.speaker or "") for utterance in utterances} - {""}
    prefixes = {_held(name): f"{name}: " for name in names}
    return tuple(replace(cue, lines=tuple(_loose(line, prefixes) for line in _undashed(cue, prefixes))) for cue in cues)


def _undashed(cue: Cue, prefixes: Iterable[str]) -> tuple[str, ...]:
    """The lines of a cue; those of two speakers, of whom the second is named, without our dashes."""
    bare = tuple(_bare(line, words) for line, words in zip(cue.lines, cue.words, strict=False))
    named = len(set(cue.speakers)) > 1 and len(bare) == len(cue.lines) and bare[-1].startswith(tuple(prefixes))
    return bare if named else cue.lines


def _bare(line: str, words: Sequence[Word]) -> str:
    """A line without a dash that nobody said."""
    said = "".join(word.text for word in words).lstrip().startswith("-")
    return line if said else line.removeprefix("-").lstrip(" ")


def _held(name: str) -> str:
    return f"{name}: ".replace(" ", _HELD)


def _loose(line: str, prefixes: dict[str, str]) -> str:
    if _HELD not in line:
        return line
    for held, plain in prefixes.items():
        place = line.find(held)
        if 0 <= place <= len("- "):
            return line[:place] + plain + line[place + len(held) :]
    return line
