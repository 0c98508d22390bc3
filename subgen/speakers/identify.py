"""From a document and the turns in its recording to a document that says who speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from subgen.errors import OptionError
from subgen.options import Speakers
from subgen.speakers.merge import Said, speakers_of
from subgen.speakers.names import named, strangers
from subgen.speakers.turns import ghosts, tidied
from subgen.speakers.voices import recognised
from subgen.types import Document, Note, Seconds, Speaker, Transcript, Turns, Utterance, Voice, Word
from subgen.words import spread, utterances

OUTSIDE = 0.05
"""share of the turns' time after the end of a recording that says that they belong to another one"""


def identify(
    document: Document,
    found: Turns,
    wishes: Speakers,
    names: Sequence[tuple[str, str]] = (),
    known: Sequence[Voice] = (),
) -> Document:
    """The document with its speakers, their turns, and utterances that have one speaker each.

    Every word stays, in its place. `names` are (label, name) pairs, which come before those of `known` voices.
    """
    turns, speakers = tidied(found, document.duration, fold=wishes.fold_ghosts)
    by_voice = recognised(found.voices, known)
    speakers = named(_greeted(speakers, by_voice), names)
    spoken = attributed(document.transcripts, turns)
    notes = (
        *found.notes,
        *_voice_notes(speakers, by_voice),
        *_turn_notes(found, document.duration),
        *_ghost_notes(speakers, ghosts(turns.overlapping)),
        *_word_notes(spoken, document.transcripts),
        *_naming_notes(speakers, names),
    )
    return replace(
        document,
        utterances=spoken,
        notes=(*document.notes, *notes),
        models=(*document.models, *([found.model] if found.model else [])),
        speakers=speakers,
        turns=turns.overlapping,
        exclusive=turns.exclusive,
    )


def _greeted(speakers: Sequence[Speaker], by_voice: Mapping[str, tuple[str, float]]) -> tuple[Speaker, ...]:
    """The speakers, those whose voice is known under their names."""
    return tuple(
        replace(speaker, name=by_voice[speaker.source][0]) if speaker.source in by_voice else speaker
        for speaker in speakers
    )


def renamed(document: Document, names: Sequence[tuple[str, str]]) -> Document:
    """A document whose speakers are known, under other names. Raises OptionError when it has no speakers."""
    if not names:
        return document
    if not document.speakers:
        raise OptionError(
            f"The speech of {document.media.path} has no speakers to name: find them with --speakers or --turns first."
        )
    notes = (*document.notes, *_naming_notes(document.speakers, names))
    return replace(document, speakers=named(document.speakers, names), notes=notes)


def attributed(transcripts: Sequence[Transcript], turns: Turns) -> tuple[Utterance, ...]:
    """The words of all transcripts as utterances of one speaker in one language each; the turns are tidy."""
    spoken = utterances(transcripts)
    words = [word for utterance in spoken for word in utterance.words]
    said = iter(speakers_of(words, turns, _estimated(transcripts)))
    return tuple(
        Utterance(tuple(word for _, word in group), utterance.language, speaker)
        for utterance in spoken
        for speaker, group in groupby([_told(word, next(said)) for word in utterance.words], key=lambda told: told[0])
    )


def _told(word: Word, said: Said) -> tuple[str | None, Word]:
    return said.speaker, replace(word, speaker_confidence=said.confidence, overlap=said.overlap)


def _estimated(transcripts: Sequence[Transcript]) -> list[bool]:
    """Of each word of `utterances`, whether its times are only a share of its transcript's."""
    return [
        not transcript.words
        for transcript in transcripts
        if transcript.text
        for _ in transcript.words or spread(transcript.text, transcript.start, transcript.end)
    ]


def _turn_notes(found: Turns, duration: Seconds) -> Iterator[Note]:
    if not found.overlapping:
        yield Note("speakers", "There are no turns, so nobody is named.")
    total = sum(turn.duration for turn in found.overlapping)
    after = sum(max(0.0, turn.end - max(turn.start, duration)) for turn in found.overlapping)
    if after > OUTSIDE * total:
        yield Note("speakers", "Turns after the end of the recording were dropped: do they belong to another one?")


def _voice_notes(speakers: Sequence[Speaker], by_voice: Mapping[str, tuple[str, float]]) -> Iterator[Note]:
    for speaker in speakers:
        name, score = by_voice.get(speaker.source, ("", 0.0))
        if name and speaker.name == name:
            yield Note("voices", f"{speaker.label} is called {name} by the voice, which is {score:.2f} alike.")


def _ghost_notes(speakers: Sequence[Speaker], shadows: Sequence[str]) -> Iterator[Note]:
    for speaker in speakers:
        if speaker.label in shadows:
            yield Note(
                "speakers",
                f"{speaker.shown} talks for {speaker.seconds:.1f} s in all and may be nobody:"
                " --fold-ghosts gives these turns to their neighbours.",
            )


def _word_notes(spoken: Sequence[Utterance], transcripts: Sequence[Transcript]) -> Iterator[Note]:
    lost = sum(len(utterance.words) for utterance in spoken if utterance.speaker is None)
    if lost and lost < sum(len(utterance.words) for utterance in spoken):
        yield Note("speakers", f"{lost} word{'s have' if lost > 1 else ' has'} no speaker: nobody's turn is near.")
    if any(_estimated(transcripts)):
        yield Note("speakers", "Speakers may be wrong where words have no times of their own.")


def _naming_notes(speakers: Sequence[Speaker], names: Sequence[tuple[str, str]]) -> Iterator[Note]:
    """What to know about names that nobody has."""
    unknown = strangers(speakers, names)
    if unknown:
        there = ", ".join(speaker.label for speaker in speakers) or "nobody"
        yield Note("speakers", f"No speaker is called {', '.join(unknown)}; there is {there}.")
