"""Lists of timed words on which cue writers are compared.

The text is that of Alice's Adventures in Wonderland (public domain), some 3,000 words a list; the times are made up on
a grid of 80 ms, as forced aligners give them: prose at 2.5 and 3.5 words a second, and two people's talk at 3.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from subgen.types import Utterance, Word

LISTS = ("prose2.5", "prose3.5", "dialog3.0")


def utterances(name: str) -> tuple[Utterance, ...]:
    """A list as what the recogniser would give: one utterance, or one for each turn."""
    content = json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
    words = [
        Word(start / 1000, end / 1000, text + " ")
        for text, (start, end) in zip(content["text"].split(" "), content["milliseconds"], strict=True)
    ]
    turns = content.get("turns", [[0, None]])
    edges = [*turns, [len(words), None]]
    return tuple(
        Utterance(tuple(words[first:end]), "English", speaker) for (first, speaker), (end, _) in pairwise(edges)
    )
