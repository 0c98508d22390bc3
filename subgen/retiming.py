"""Repairing the times of a subtitle file by the audio it belongs to; its text stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from subgen.engine import Aligns, Engine
from subgen.errors import MissingDependency, OptionError
from subgen.events import Listener, Noticed, Opened, ignore
from subgen.formats.retimed import with_times
from subgen.formats.subtitles import Subtitles, read_subtitles
from subgen.media import open_audio, probe
from subgen.media.parts import parts
from subgen.options import Options
from subgen.pipeline import transcribe
from subgen.retime.anchors import matches
from subgen.retime.evidence import Evidence, evidence
from subgen.retime.pieces import Piece, pieces
from subgen.retime.places import Place, placed
from subgen.retime.report import notes
from subgen.retime.script import Script, heard, script
from subgen.retime.stretches import Stretch, stretches
from subgen.types import Cue, Document, Media, Note, Samples, Seconds, Span

if TYPE_CHECKING:
    from aligner.aligner import Clip
    from aligner.types import Alignment

LEAST_HEARD = 0.1
"""share of the cues, most of whose words are heard in order, below which the text belongs to something else"""

Hear = Callable[[Sequence[Span]], Sequence[Samples]]
"""The samples of stretches of the audio."""


@dataclass(frozen=True, slots=True)
class Retimed:
    """A subtitle file with new times."""

    text: str
    """the file: only times differ"""
    places: tuple[Place, ...]
    """of each cue, in the order of the file"""
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]


def retime(
    subtitles: Path,
    media: Path,
    options: Options | None = None,
    *,
    document: Document | None = None,
    engine: Engine | None = None,
    listen: Listener = ignore,
) -> Retimed:
    """A subtitle file with the times of the words in a film or recording.

    Args:
        document: what was recognised in the media before; None recognises it now.
        engine: models to use and keep; None opens some.
        listen: gets events while it runs.

    Raises:
        SubgenError: with one sentence for the user; OptionError when the subtitles belong to something else.
    """
    options = options or Options()
    read = read_subtitles(subtitles)
    if not read.cues:
        raise OptionError(f"{subtitles} has no cues to retime.")
    with_times(read, read.cues)  # refuses a format before any work
    with nullcontext(engine) if engine is not None else Engine.open(options.models, listen) as models:
        film, known = _recognised(media, options, document, models, listen)

        def hear(spans: Sequence[Span]) -> Sequence[Samples]:
            with open_audio(film, options.input) as audio:
                return parts(audio, spans)

        done = retimed(read, known, lambda: models.aligner, hear)
    for note in done.notes:
        listen(Noticed(subtitles, note))
    return done


def _recognised(
    path: Path, options: Options, document: Document | None, engine: Engine, listen: Listener
) -> tuple[Media, Document]:
    if document is None:
        document = transcribe(path, options, engine=engine, listen=listen)
        return document.media, document
    media = probe(path, options.input, options.decoding.language)
    listen(Opened(media))
    return media, document


def retimed(subtitles: Subtitles, document: Document, aligner: Callable[[], Aligns], hear: Hear) -> Retimed:
    """`retime` on what was read and recognised; `aligner` and `hear` are asked only for what was recognised wrongly."""
    order = sorted(range(len(subtitles.cues)), key=lambda cue: subtitles.cues[cue].start)
    cues = [subtitles.cues[cue] for cue in order]
    said = script(cues)
    words = heard(word for utterance in document.utterances for word in utterance.words)
    pairs = dict(matches([token.text for token in said.tokens], [word.text for word in words]))
    times: dict[int, Span] = {token: words[word] for token, word in pairs.items()}
    _require_same(subtitles, document, evidence(said, cues, times, pairs))
    doubtful = stretches(said, words, pairs, document.duration)
    if doubtful:
        times = _aligned(doubtful, said, document, aligner(), hear(doubtful)) | times
    known = evidence(said, cues, times, pairs)
    found = pieces(_points(cues, known))
    places = placed(cues, known, found)
    back = sorted(range(len(order)), key=order.__getitem__)
    in_file = tuple(places[place] for place in back)
    told = (*subtitles.notes, *notes(subtitles.cues, in_file, found))
    return Retimed(with_times(subtitles, in_file), in_file, found, told)


def _points(cues: Sequence[Cue], known: Sequence[Evidence]) -> list[tuple[Seconds, Seconds]]:
    """Old and new times of cues: of those whose first words are heard, where there are any."""
    exact = [(cue.start, each.exact) for cue, each in zip(cues, known, strict=True) if each.exact is not None]
    rough = ((cue.start, each.start) for cue, each in zip(cues, known, strict=True) if each.start is not None)
    return exact or list(rough)


def _require_same(subtitles: Subtitles, document: Document, known: Sequence[Evidence]) -> None:
    says = sum(cue.says for cue in known)
    firm = sum(cue.firm for cue in known)
    if not firm or firm < LEAST_HEARD * says:
        spoken = f", {document.language}" if document.language else ""
        raise OptionError(
            f"{firm} of the {says} cues of {subtitles.path} are heard in {document.media.path}: give the subtitles of"
            f" this film in the language that is spoken{spoken}."
        )


def _aligned(
    doubtful: Sequence[Stretch], said: Script, document: Document, aligner: Aligns, samples: Sequence[Samples]
) -> dict[int, Span]:
    """The times of the tokens of stretches, by the aligner."""
    from aligner.aligner import Clip

    clips = [
        Clip(part, stretch.text, _language(document, stretch)) for part, stretch in zip(samples, doubtful, strict=True)
    ]
    times: dict[int, Span] = {}
    for stretch, alignment in zip(doubtful, _alignments(aligner, clips), strict=True):
        times |= _token_times(stretch, said, alignment)
    return times


def _alignments(aligner: Aligns, clips: list[Clip]) -> tuple[Alignment, ...]:
    try:
        return aligner.align(clips)
    except MissingDependency:  # of a word splitter: characters do as well here
        return aligner.align([replace(clip, language="") for clip in clips])


def _language(document: Document, span: Span) -> str:
    """The language that was recognised where a stretch begins, else the document's."""
    here = (each.language for each in document.transcripts if each.language and each.start <= span.start < each.end)
    return next(here, document.language)


def _token_times(stretch: Stretch, said: Script, alignment: Alignment) -> dict[int, Span]:
    """The times of a stretch's tokens, each that of the unit that it begins in."""
    times = {}
    for number in range(stretch.first, stretch.end_token):
        place = said.tokens[number].begin - stretch.begin
        unit = next((each for each in alignment.units if each.unit.begin <= place < each.unit.end), None)
        if unit is not None:
            times[number] = Span(stretch.start + unit.start, stretch.start + unit.end)
    return times
