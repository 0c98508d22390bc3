"""Which of the voices that a diariser heard belong to people whose voices are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from subgen.types import Voice

LEAST = 0.65
"""Cosine of two voices from which they may be the same person's. In the one call whose community-1 vectors were at
hand, two people were up to 0.58 alike, and one person 0.50 to 0.72 like themselves elsewhere in the call."""
MARGIN = 0.10
"""how much more alike the best of the known voices must be than anybody else's, or nobody is named"""


def recognised(heard: Sequence[Voice], known: Sequence[Voice]) -> dict[str, tuple[str, float]]:
    """(name, score) of the labels whose voice is somebody's beyond doubt; a name goes to one label only.

    A person may have several known voices: the best counts. Voices of different models are never compared.
    """
    pairs = sorted(
        ((score, voice.name, name) for voice in heard for name, score in _sure(voice, known)),
        reverse=True,
    )
    found: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for score, label, name in pairs:
        if label not in found and name not in taken:
            found[label] = (name, score)
            taken.add(name)
    return found


def likeness(one: Voice, other: Voice) -> float:
    """The cosine of two voices, -1 to 1; -1 where models, and so vectors, differ."""
    if one.model != other.model or len(one.vector) != len(other.vector):
        return -1.0
    first, second = np.array(one.vector), np.array(other.vector)
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length else -1.0


def _sure(voice: Voice, known: Sequence[Voice]) -> list[tuple[str, float]]:
    """The name of the best match and its score, if it is good enough and nobody else's is nearly as good."""
    scores: dict[str, float] = {}
    for other in known:
        scores[other.name] = max(scores.get(other.name, -1.0), likeness(voice, other))
    ranked = sorted(scores.items(), key=lambda item: item[1], reverse=True)
    second = ranked[1][1] if len(ranked) > 1 else -1.0
    return ranked[:1] if ranked and ranked[0][1] >= LEAST and ranked[0][1] - second >= MARGIN else []
