"""Who talked how much, as the table at the head of minutes."""

from __future__ import annotations

from subgen.formats.text import clean
from subgen.types import Document, Seconds


def talk_time(document: Document) -> tuple[tuple[str, Seconds, float, int], ...]:
    """(name, seconds, share, turns) of everybody who talks, the most talkative first.

    The share is that of all talk, in which two who talk at once count twice; labels of one name count as one person.
    """
    names = {speaker.label: clean(speaker.shown) for speaker in document.speakers}
    seconds: dict[str, Seconds] = dict.fromkeys(names.values(), 0.0)
    turns: dict[str, int] = dict.fromkeys(names.values(), 0)
    for turn in document.turns:
        name = names.get(turn.speaker, clean(turn.speaker))
        seconds[name] = seconds.get(name, 0.0) + turn.duration
        turns[name] = turns.get(name, 0) + 1
    total = sum(seconds.values()) or 1.0
    order = sorted(seconds, key=lambda name: -seconds[name])
    return tuple((name, seconds[name], seconds[name] / total, turns[name]) for name in order)
