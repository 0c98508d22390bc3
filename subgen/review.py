"""Which cues a person should look at first: what the models themselves doubted, and what can hardly be right."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from subgen.languages import unspaced
from subgen.types import Cue, Document, Note, Seconds, Span, Transcript, Word

MOST = 20
"""doubts that are listed unless more are asked for: a page, ten minutes of work"""
UNSURE = 0.5
"""confidence below which a word is named; greedy decoding chose it over others that were likely together"""
UNSURE_MEAN = 0.75
"""the same for the words of a cue on average"""
UNSURE_SPEAKER = 0.6
FLIP: Seconds = 20.0
"""a shorter stretch in another language is more often a mistake of the model than of the speaker"""
FASTEST, SLOWEST = 28.0, 3.0
"""letters a second; fast readers of news reach 20, a drawled word falls to 4. Ideographs and kana count threefold."""
LONG_WORD: Seconds = 3.0
_NAMED = 3
"""words that are named in one reason"""
_NOTES = {"loop": 0.9, "length": 0.9, "damage": 0.7, "noise": 0.5, "retry": 0.4}
"""kinds of notes that speak against the text at their time, and how much"""
_FLIPPED, _SPREAD, _REALIGNED, _PACE, _WHO, _TOGETHER = 0.6, 0.6, 0.2, 0.5, 0.3, 0.15
"""how much the other reasons count"""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is doubtful. `kind` is a stable word for programs: confidence, language, pace, times, speaker,
    overlap, or the kind of a note."""

    kind: str
    text: str
    weight: float
    """0..1, as if it were the probability that something is wrong"""


@dataclass(frozen=True, slots=True)
class Doubt(Span):
    """A cue that should be looked at, or a stretch where a cue may be missing."""

    cue: int | None
    """its number from 1; None where there is none"""
    text: str
    score: float
    """0..1: the reasons taken together as if they were independent"""
    reasons: tuple[Reason, ...]


def doubts(document: Document, cues: Sequence[Cue], most: int | None = MOST) -> tuple[Doubt, ...]:
    """The most doubtful cues of a document, worst first; `cues` are those it is laid out as. `most` None: all."""
    here = _Surroundings(document)
    found = [
        _doubt(cue, number, cue.text, tuple(reason for part in _parts(cue, here) for reason in part))
        for number, cue in enumerate(cues, 1)
    ]
    found += [
        _doubt(note.span, None, "", (_noted(note),))
        for note in document.notes
        if note.span and note.kind in _NOTES and not any(_meet(cue, note.span) for cue in cues)
    ]
    worst = sorted((doubt for doubt in found if doubt.reasons), key=lambda doubt: (-doubt.score, doubt.start))
    return tuple(worst[:most])


def _doubt(span: Span, number: int | None, text: str, reasons: tuple[Reason, ...]) -> Doubt:
    score = 1.0 - math.prod(1.0 - reason.weight for reason in reasons)
    ordered = tuple(sorted(reasons, key=lambda reason: -reason.weight))
    return Doubt(span.start, span.end, number, text, round(score, 3), ordered)


def _parts(cue: Cue, here: _Surroundings) -> Iterator[Iterator[Reason]]:
    words = [word for line in cue.words for word in line if word.text.strip()]
    yield _confidence(words)
    yield _pace(words)
    yield _who(words)
    yield here.reasons(cue)


def _confidence(words: Sequence[Word]) -> Iterator[Reason]:
    known = [(word.confidence, word) for word in words if word.confidence is not None]
    if not known:
        return
    least, mean = min(known, key=lambda pair: pair[0])[0], sum(sure for sure, _ in known) / len(known)
    if least >= UNSURE and mean >= UNSURE_MEAN:
        return
    worst = [pair for pair in sorted(known, key=lambda pair: pair[0]) if pair[0] < UNSURE] or known[:0]
    named = ", ".join(f"“{word.text.strip()}” {sure:.0%}" for sure, word in worst[:_NAMED])
    more = f" and {len(worst) - _NAMED} more" if len(worst) > _NAMED else ""
    text = f"the recogniser was not sure: {named}{more}" if worst else f"the recogniser was only {mean:.0%} sure"
    yield Reason("confidence", text, 1.0 - (least + mean) / 2)


def _pace(words: Sequence[Word]) -> Iterator[Reason]:
    letters = sum(_letters(word.text) for word in words)
    time = sum(word.duration for word in words)
    if len(words) > 1 and letters > FASTEST * time:
        yield Reason("pace", f"nobody speaks so fast: {letters} letters in {time:.2f} s", _PACE)
    elif len(words) > 1 and letters < SLOWEST * time:
        yield Reason("pace", f"hardly anybody speaks so slowly: {letters} letters in {time:.2f} s", _PACE)
    for word in words:
        if word.duration > LONG_WORD + 0.2 * _letters(word.text):
            yield Reason("pace", f"“{word.text.strip()}” takes {word.duration:.1f} s", _PACE)


def _letters(text: str) -> int:
    return sum(3 if unspaced(char) else 1 for char in text if char.isalnum())


def _who(words: Sequence[Word]) -> Iterator[Reason]:
    unsure = [
        word for word in words if word.speaker_confidence is not None and word.speaker_confidence < UNSURE_SPEAKER
    ]
    if unsure:
        yield Reason("speaker", f"who says “{unsure[0].text.strip()}” is not clear", _WHO)
    if any(word.overlap for word in words):
        yield Reason("overlap", "somebody else talks at the same time", _TOGETHER)


def _noted(note: Note) -> Reason:
    return Reason(note.kind, note.text, _NOTES[note.kind])


def _meet(one: Span, other: Span) -> bool:
    return min(one.end, other.end) > max(one.start, other.start)


class _Surroundings:
    """What is known of stretches of the recording, rather than of single words."""

    def __init__(self, document: Document) -> None:
        self._notes = [note for note in document.notes if note.span and note.kind in _NOTES]
        self._transcripts = [each for each in document.transcripts if each.text]
        self._flips = tuple(_flips(self._transcripts, document.language))

    def reasons(self, cue: Cue) -> Iterator[Reason]:
        """Reasons to doubt a cue for when it is spoken, which is not as long as it is shown."""
        words = [word for line in cue.words for word in line]
        spoken = Span(words[0].start, max(word.end for word in words)) if words else cue
        for note in self._notes:
            if note.span and _meet(spoken, note.span):
                yield _noted(note)
        for flip, language, main in self._flips:
            if _meet(spoken, flip):
                yield Reason("language", f"taken for {language}, among {main}", _FLIPPED)
        for transcript in self._transcripts:
            if _meet(spoken, transcript):
                yield from _times(transcript)


def _times(transcript: Transcript) -> Iterator[Reason]:
    report, count = transcript.report, max(1, len(transcript.words))
    if report.spread:
        text = f"the times of {report.spread} of {count} words around are estimates"
        yield Reason("times", text, _SPREAD * min(1.0, report.spread / count))
    elif report.realigned:
        text = f"the times of {report.realigned} of {count} words around were repaired"
        yield Reason("times", text, _REALIGNED * min(1.0, report.realigned / count))


def _flips(transcripts: Sequence[Transcript], main: str) -> Iterator[tuple[Span, str, str]]:
    """Short stretches in another language than the document's, that language, and the document's."""
    for language, group in groupby(transcripts, key=lambda each: each.language):
        run = list(group)
        if language and language != main and sum(each.duration for each in run) < FLIP:
            yield Span(run[0].start, run[-1].end), language, main
