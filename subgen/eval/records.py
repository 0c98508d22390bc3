"""What a file says about a recording: who says which words when, as far as its format can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from json import JSONDecodeError, loads
from pathlib import Path

import regex

from subgen.errors import OptionError
from subgen.eval.accuracy import normalise
from subgen.formats import read
from subgen.formats.subtitles import read_subtitles
from subgen.speakers.names import under_names
from subgen.speakers.rttm import read_rttm, turns_of
from subgen.textfile import read_text
from subgen.types import Document, Seconds, Turn, Word


@dataclass(frozen=True, slots=True)
class Saying:
    """A stretch of text and who says it; None where the format or file does not tell."""

    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One file's account of a recording. What its format can't say is empty."""

    path: Path
    said: tuple[Saying, ...] = ()
    words: tuple[Word, ...] = ()
    """timed words"""
    turns: tuple[Turn, ...] = ()
    duration: Seconds = 0.0
    """length of the recording, at least; 0 when the file does not tell"""

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(saying.text for saying in self.said)

    @property
    def tokens(self) -> list[tuple[str, str | None]]:
        """Every word as it is compared, with its speaker."""
        return [(token, saying.speaker) for saying in self.said for token in normalise(saying.text)]


def with_names(record: Record, names: Iterable[str]) -> Record:
    """A record whose lines begin with `Name: ` where the speaker changes, such as SRT and TXT, with its speakers.

    Only these names and the labels SPEAKER_00, ... count as such: other words before a colon are speech.
    """
    if any(saying.speaker is not None for saying in record.said):
        return record
    known = "|".join(map(regex.escape, sorted(names, key=len, reverse=True)))
    prefix = regex.compile(rf"[-–]?\s*(SPEAKER_\d+{'|' + known if known else ''}):\s")
    said: list[Saying] = []
    speaker: str | None = None
    for saying in record.said:
        found = prefix.match(saying.text)
        speaker = found[1] if found else speaker
        said.append(Saying(speaker, saying.text[found.end() :] if found else saying.text))
    return replace(record, said=tuple(said))


def read_record(path: Path) -> Record:
    """A file by its ending: json (ours, or a truth with "text" and "words"), srt, vtt, txt, rttm, ctm or stm.

    Raises MediaNotFound when it can't be read, OptionError when it is something else.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(ending.removeprefix(".") for ending in _READERS)
        raise OptionError(f"{path} can't be scored: its name must end with one of {known}.")
    return reader(path)


def _json(path: Path) -> Record:
    text = read_text(path)
    try:
        value = loads(text)
    except (JSONDecodeError, RecursionError):
        value = None  # `read` says what is wrong
    if isinstance(value, dict) and "text" in value and "schema" not in value:
        return _truth(path, value)
    return of_document(under_names(read(text, str(path))), path)


def of_document(document: Document, path: Path) -> Record:
    """The record of a document; without turns of a diariser, utterances are turns."""
    utterances = [utterance for utterance in document.utterances if utterance.words]
    names = {speaker.label: speaker.shown for speaker in document.speakers}
    turns = [Turn(turn.start, turn.end, names.get(turn.speaker, turn.speaker)) for turn in document.turns]
    spoken = (
        Turn(utterance.words[0].start, max(word.end for word in utterance.words), utterance.speaker)
        for utterance in utterances
        if utterance.speaker
    )
    return Record(
        path,
        tuple(Saying(utterance.speaker, utterance.text) for utterance in utterances),
        tuple(word for transcript in document.transcripts for word in transcript.words),
        tuple(turns or spoken),
        document.duration,
    )


def _truth(path: Path, value: dict[str, object]) -> Record:
    """The files beside our samples: "text", "words" with start, end, text and speaker, perhaps "sentences"."""
    try:
        words = [_word(part) for part in _objects(value, "words")]
        stretches = [_word(part) for part in _objects(value, "sentences")] or words
        duration = float(str(value.get("duration", 0.0)))
    except (ValueError, KeyError, TypeError) as error:
        raise OptionError(f'{path} is no truth file: it needs "text", and "words" with start, end and text.') from error
    said = _sayings((word.text, speaker) for word, speaker in stretches) or (Saying(None, str(value["text"])),)
    turns = tuple(Turn(word.start, word.end, speaker) for word, speaker in stretches if speaker)
    return Record(path, said, tuple(word for word, _ in words), turns, duration)


def _objects(value: dict[str, object], name: str) -> list[dict[str, object]]:
    parts = value.get(name, [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise TypeError(name)
    return parts


def _word(part: dict[str, object]) -> tuple[Word, str | None]:
    speaker = part.get("speaker")
    word = Word(float(str(part["start"])), float(str(part["end"])), str(part["text"]))
    return word, None if speaker is None else str(speaker)


def _sayings(parts: Iterable[tuple[str, str | None]]) -> tuple[Saying, ...]:
    """Texts in order, those of one speaker joined while nobody else speaks."""
    return tuple(
        Saying(speaker, " ".join(text for text, _ in group)) for speaker, group in groupby(parts, lambda part: part[1])
    )


def _subtitles(path: Path) -> Record:
    cues = [cue for cue in read_subtitles(path).cues if cue.start <= cue.end]
    lines: list[tuple[str, str | None]] = []
    turns: list[Turn] = []
    for cue in cues:
        speakers: Sequence[str | None] = cue.speakers or (None,)
        each = speakers if len(speakers) == len(cue.lines) else (speakers[0],) * len(cue.lines)
        lines += zip(cue.lines, each, strict=True)
        turns += [Turn(cue.start, cue.end, name) for name in dict.fromkeys(each) if name]
    return Record(path, tuple(Saying(speaker, text) for text, speaker in lines), (), tuple(turns))


def _text(path: Path) -> Record:
    return Record(path, tuple(Saying(None, line) for line in read_text(path).splitlines() if line.strip()))


def _rttm(path: Path) -> Record:
    return Record(path, turns=turns_of(read_rttm(read_text(path), str(path)), path.stem, str(path)))


def _ctm(path: Path) -> Record:
    """`recording channel start duration word [confidence]`."""
    words = [
        Word(float(start), float(start) + float(length), word)
        for _, _, start, length, word, *_ in _rows(path, 5, (2, 3))
    ]
    return Record(path, (Saying(None, " ".join(word.text for word in words)),), tuple(words))


def _stm(path: Path) -> Record:
    """`recording channel speaker start end [<conditions>] text`, in order of time."""
    rows = sorted(_rows(path, 5, (3, 4)), key=lambda row: float(row[3]))
    spoken = [(" ".join(row[5:]) if not row[5:6] or row[5][0] != "<" else " ".join(row[6:]), row[2]) for row in rows]
    turns = [Turn(float(row[3]), float(row[4]), row[2]) for row in rows]
    return Record(path, _sayings(spoken), (), tuple(turns))


def _rows(path: Path, least: int, numbers: Sequence[int]) -> list[list[str]]:
    """The fields of each line that is no comment; `numbers` are fields that must be times, in seconds."""
    rows: list[list[str]] = []
    for number, line in enumerate(read_text(path).splitlines(), 1):
        fields = line.split()
        if not fields or fields[0].startswith(";;"):
            continue
        try:
            _ = [float(fields[place]) for place in numbers]
            _ = fields[least - 1]
        except (ValueError, IndexError) as error:
            raise OptionError(f"{path}, line {number}: this is no line of {path.suffix[1:].upper()}.") from error
        rows.append(fields)
    recordings = sorted({row[0] for row in rows})
    if len(recordings) > 1:
        raise OptionError(f"{path} tells of several recordings ({', '.join(recordings)}): score them one at a time.")
    return rows


_READERS: dict[str, Callable[[Path], Record]] = {
    ".json": _json,
    ".srt": _subtitles,
    ".vtt": _subtitles,
    ".txt": _text,
    ".rttm": _rttm,
    ".ctm": _ctm,
    ".stm": _stm,
}
