"""What speakers are called: names from pairs and files, and documents shown under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

import regex

from subgen.errors import OptionError
from subgen.types import Document, Speaker, Utterance

_NUMBERED = regex.compile(r"(?:speaker|spk|s)?[ _-]*\d+", regex.IGNORECASE)
"""labels that programs make up; others are taken for names"""
_BREAK = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}]")


def pair(text: str, place: str) -> tuple[str, str]:
    """(label, name) from LABEL=NAME. Raises OptionError that begins with `place` when it is something else."""
    label, equals, name = (part.strip() for part in text.partition("="))
    if not (label and equals and name) or _BREAK.search(name):
        raise OptionError(f"{place}: {text.strip()!r} names no speaker; write LABEL=NAME, such as SPEAKER_00=Anna.")
    return label, name


def read_names(text: str, name: str) -> tuple[tuple[str, str], ...]:
    """Pairs from lines of LABEL=NAME; empty lines and lines that begin with # count as nothing.

    `name` is the file's name for messages. Raises OptionError with the number of a line that is something else.
    """
    return tuple(
        pair(line, f"{name}, line {number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    )


def named(speakers: Sequence[Speaker], pairs: Iterable[tuple[str, str]]) -> tuple[Speaker, ...]:
    """The speakers under their names: those given for a label, else for the label in the turns, else what is there.

    A label in the turns that no program would make up is a name.
    """
    names = dict(pairs)
    ours = {speaker.label for speaker in speakers}
    return tuple(replace(speaker, name=_name(speaker, names, ours)) for speaker in speakers)


def strangers(speakers: Sequence[Speaker], pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The labels in `pairs` that no speaker has."""
    known = {text for speaker in speakers for text in (speaker.label, speaker.source, speaker.name)}
    return tuple(dict.fromkeys(label for label, _ in pairs if label not in known))


def _name(speaker: Speaker, names: Mapping[str, str], ours: Set[str]) -> str | None:
    source = speaker.source if speaker.source not in ours else ""  # where both number, ours are what users see
    for label in (speaker.label, source, speaker.name or ""):
        if label in names:
            return names[label]
    return speaker.name or ("" if _NUMBERED.fullmatch(speaker.source) else speaker.source) or None


def under_names(document: Document) -> Document:
    """The document with names in place of labels; neighbours who have one name in one language become one utterance."""
    if not document.speakers:
        return document
    names = {speaker.label: speaker.shown for speaker in document.speakers}
    joined: list[Utterance] = []
    for utterance in document.utterances:
        speaker = names.get(utterance.speaker, utterance.speaker) if utterance.speaker is not None else None
        shown = replace(utterance, speaker=speaker)
        if joined and (joined[-1].speaker, joined[-1].language) == (speaker, shown.language):
            joined[-1] = replace(shown, words=(*joined[-1].words, *shown.words))
        else:
            joined.append(shown)
    return replace(document, utterances=tuple(joined))
