"""How good results are beside a reference: texts, word times, turns and speakers, as far as both files tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from subgen.errors import OptionError
from subgen.eval.accuracy import BoundaryErrors, WordErrors, boundary_errors, count, normalise
from subgen.eval.edits import alignment
from subgen.eval.extras import needed
from subgen.eval.records import Record, with_names
from subgen.eval.speakers import TurnErrors, Wrong, speaker_word_errors, turn_errors, word_speaker_errors
from subgen.types import Seconds


@dataclass(frozen=True, slots=True)
class Score:
    """Errors of one result. What reference and result do not both tell is None."""

    path: Path
    words: WordErrors | None = None
    """WER"""
    characters: WordErrors | None = None
    """CER: letters, digits and the spaces between words"""
    times: BoundaryErrors | None = None
    """of the words that both have"""
    turns: TurnErrors | None = None
    """DER and JER"""
    speakers: Wrong | None = None
    """WDER"""
    both: Wrong | None = None
    """cpWER"""

    def values(self) -> dict[str, object]:
        """The score as JSON values: counts, seconds, and rates."""
        return {
            "path": str(self.path),
            "wer": _counted(self.words),
            "cer": _counted(self.characters),
            "times": asdict(self.times) if self.times else None,
            "der": asdict(self.turns) | {"rate": self.turns.rate} if self.turns else None,
            "jer": {"rate": self.turns.jaccard_rate} if self.turns else None,
            "wder": _counted(self.speakers),
            "cpwer": _counted(self.both),
        }


def score(reference: Record, hypothesis: Record, collar: Seconds = 0.0) -> Score:
    """All that can be measured of a result.

    Raises OptionError when the two have nothing in common, MissingDependency when the extra `eval` is not installed.
    """
    hypothesis = with_names(hypothesis, {saying.speaker for saying in reference.said if saying.speaker})
    texts = bool(reference.said and hypothesis.said)
    turns = bool(reference.turns and (hypothesis.turns or not hypothesis.said))
    if not (texts or turns):
        raise OptionError(f"{hypothesis.path} and {reference.path} have nothing in common to compare: text or turns.")
    duration = max(reference.duration, hypothesis.duration)
    measured = turn_errors(reference.turns, hypothesis.turns, duration, collar) if turns else None
    if not texts:
        return Score(hypothesis.path, turns=measured)
    ours, theirs = reference.tokens, hypothesis.tokens
    pairs = alignment([word for word, _ in ours], [word for word, _ in theirs])
    named = all(any(speaker is not None for _, speaker in tokens) for tokens in (ours, theirs))
    return Score(
        hypothesis.path,
        count([word for word, _ in ours], [word for word, _ in theirs], pairs),
        character_errors(reference.text, hypothesis.text),
        boundary_errors(reference.words, hypothesis.words),
        measured,
        word_speaker_errors(ours, theirs, pairs) if named else None,
        speaker_word_errors(ours, theirs) if named else None,
    )


def character_errors(reference: str, hypothesis: str) -> WordErrors:
    """Edits between the characters of two texts after `normalise`, by jiwer. Raises MissingDependency.

    jiwer's search takes time with the product of the lengths divided by 64, which texts of hours need.
    """
    ours, theirs = (" ".join(normalise(text)) for text in (reference, hypothesis))
    if not ours:
        return WordErrors(0, 0, len(theirs), 0)
    with needed():
        import jiwer
    found = jiwer.process_characters(ours, theirs)
    return WordErrors(found.substitutions, found.deletions, found.insertions, len(ours))


def cells(measured: Score) -> Iterator[str]:
    """A row of the table under HEAD; nothing where nothing was measured."""
    yield measured.path.name
    yield from (_percent(part.rate if part else None) for part in (measured.words, measured.characters))
    times = measured.times.both if measured.times else None
    yield f"{1000 * times.mean:.0f} ms" if times else ""
    yield f"{times.close:.0%}" if times else ""
    yield _percent(measured.turns.rate if measured.turns else None)
    yield _percent(measured.turns.jaccard_rate if measured.turns else None)
    yield from (_percent(part.rate if part else None) for part in (measured.speakers, measured.both))


HEAD = ("result", "WER", "CER", "word edges", "in 80 ms", "DER", "JER", "WDER", "cpWER")


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.2%}"


def _counted(errors: WordErrors | Wrong | None) -> dict[str, object] | None:
    return None if errors is None else asdict(errors) | {"errors": errors.errors, "rate": errors.rate}
