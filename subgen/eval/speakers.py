"""Errors in who says what: of turns (DER, JER), of words (WDER), and of words and speakers together (cpWER)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from subgen.eval.edits import Pair
from subgen.eval.extras import needed
from subgen.types import Seconds, Turn

Token = tuple[str, str | None]
"""a word as it is compared, and its speaker"""


@dataclass(frozen=True, slots=True)
class TurnErrors:
    """Errors of turns, as shares of all that the reference says; seconds where the name does not say rate."""

    missed: Seconds
    false_alarm: Seconds
    confused: Seconds
    total: Seconds
    """speech in the reference; two who talk at once count twice"""
    jaccard_rate: float
    """JER: over the reference's speakers, the mean share of speech that is not common to both (Ryant et al. 2019)"""

    @property
    def rate(self) -> float:
        """DER: everything wrong by all that is said."""
        wrong = self.missed + self.false_alarm + self.confused
        return wrong / self.total if self.total else float(wrong > 0)


@dataclass(frozen=True, slots=True)
class Wrong:
    """How many of so many words are wrong."""

    errors: int
    words: int

    @property
    def rate(self) -> float:
        """The share; nothing counts as one word."""
        return self.errors / max(self.words, 1)


def turn_errors(
    reference: Sequence[Turn], hypothesis: Sequence[Turn], duration: Seconds, collar: Seconds = 0.0
) -> TurnErrors:
    """DER and JER of pyannote.metrics over the whole recording, overlap included.

    `collar` seconds on either side of each edge in the reference are not scored (pyannote's own counts both sides).
    Raises MissingDependency.
    """
    with needed():
        from pyannote.core import Annotation, Segment, Timeline
        from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate

    end = max([duration, *(turn.end for turn in (*reference, *hypothesis))])
    whole = Timeline([Segment(0.0, end)])
    annotations = []
    for turns in (reference, hypothesis):
        annotation = Annotation(uri="recording")
        for number, turn in enumerate(turns):
            if turn.duration > 0:
                annotation[Segment(turn.start, turn.end), number] = turn.speaker
        annotations.append(annotation)
    parts = DiarizationErrorRate(collar=2 * collar)(*annotations, uem=whole, detailed=True)
    return TurnErrors(
        float(parts["missed detection"]),
        float(parts["false alarm"]),
        float(parts["confusion"]),
        float(parts["total"]),
        float(JaccardErrorRate(collar=2 * collar)(*annotations, uem=whole)),
    )


def word_speaker_errors(reference: Sequence[Token], hypothesis: Sequence[Token], pairs: Sequence[Pair]) -> Wrong:
    """WDER: of the words that both have, right or misheard, those with the wrong speaker under the best mapping.

    Shafey, Soltau and Shafran, "Joint speech recognition and speaker diarization", Interspeech 2019, equation 1. The
    mapping of labels is one to one and makes the fewest errors. Raises MissingDependency.
    """
    with needed():
        from scipy.optimize import linear_sum_assignment

    both = [(reference[i][1], hypothesis[j][1]) for i, j in pairs if i is not None and j is not None]
    together = Counter((ours, theirs) for ours, theirs in both if ours is not None and theirs is not None)
    people, labels = sorted({ours for ours, _ in together}), sorted({theirs for _, theirs in together})
    right = 0
    if together:
        counts = [[together[person, label] for label in labels] for person in people]
        rows, columns = linear_sum_assignment(counts, maximize=True)
        right = sum(counts[row][column] for row, column in zip(rows, columns, strict=True))
    scored = sum(ours is not None for ours, _ in both)
    return Wrong(scored - right, scored)


def speaker_word_errors(reference: Sequence[Token], hypothesis: Sequence[Token]) -> Wrong:
    """cpWER of meeteval: word errors when each speaker's words are joined, under the mapping with the fewest.

    Watanabe et al., "CHiME-6 challenge", 2020. Words without a speaker count as another speaker's. Raises
    MissingDependency.
    """
    with needed():
        from meeteval.wer import cp_word_error_rate

    found = cp_word_error_rate(_texts(reference), _texts(hypothesis), reference_sort=False, hypothesis_sort=False)
    return Wrong(int(found.errors), int(found.length))


def _texts(tokens: Sequence[Token]) -> Mapping[str, str]:
    words: dict[str, list[str]] = {}
    for word, speaker in tokens:
        words.setdefault(speaker or "", []).append(word)
    return {speaker: " ".join(said) for speaker, said in words.items()}
