"""The whole chain, from a file to a Document. Read `run` first: every caller is a thin shell around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from aligner.stages import beside
from subgen.ahead import Ahead
from subgen.asr.troubles import troubles
from subgen.chunk import split
from subgen.diarise import attributing, identification
from subgen.engine import Aligns, Engine, Recognises
from subgen.errors import MissingDependency, OptionError
from subgen.events import Listener, Noticed, Opened, Progress, Recognised, ignore
from subgen.matching import divide
from subgen.media import AudioStream, open_audio, probe, several
from subgen.media.shots import shots_beside
from subgen.media.whole import Whole
from subgen.options import Options
from subgen.sounds import joined, sounds
from subgen.types import Chunk, Document, Media, Note, Samples, Seconds, Sound, Span, Transcript, Word
from subgen.voice import has_voice
from subgen.words import cut, spread, utterances

if TYPE_CHECKING:
    from aligner.aligner import Clip
    from aligner.types import Alignment
    from subgen.asr.recogniser import Recognised as Heard

CHUNKS_AHEAD = 8
"""chunks decoded and cut while the networks work; 2 MB each"""
DOUBTFUL = 0.6
"""Confidence below which words need a voice to be believed. The toy hears words in noise and music with 0.23 to 0.54,
and in human speech with 0.15 to 0.96: confidence alone can't tell."""


class Audio(Protocol):
    """Decoded audio on the media's timeline; `seconds` and `notes` are complete when it is exhausted."""

    def __iter__(self) -> Iterator[Samples]:
        """Blocks of float32 mono samples, 16 kHz; the first sample is at 0 s of the media."""

    def stop(self) -> None:
        """End a wait for samples on another thread; called when they are exhausted, too."""

    @property
    def seconds(self) -> Seconds:
        """How much was decoded."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is damaged."""


class Models(Protocol):
    """What the chain needs of an engine."""

    @property
    def recogniser(self) -> Recognises:
        """Audio to text."""

    @property
    def aligner(self) -> Aligns:
        """Text and audio to times."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the models are called."""


def transcribe(
    path: Path, options: Options | None = None, *, engine: Models | None = None, listen: Listener = ignore
) -> Document:
    """Everything said in a media file, with word times, and with speakers if they are asked for.

    Args:
        engine: models to use and keep; None opens one for this file.
        listen: gets events while it runs.

    Raises:
        SubgenError: with one sentence for the user.
    """
    options = options or Options()
    with _opened(path, options, engine, listen) as (media, audio, models, completed):
        return completed(run(media, audio, models, options, listen))


def run(media: Media, audio: Audio, engine: Models, options: Options, listen: Listener = ignore) -> Document:
    """The chain: blocks of audio -> chunks -> transcripts -> words -> utterances -> Document.

    Memory does not grow with the length of the media but for the text: audio is dropped once it has its words.
    """
    timing = _Timing(engine.aligner, options.chunking.longest) if options.words.align else None
    session = _Session(media, listen)
    recogniser = engine.recogniser
    with Ahead(split(beside("media decode", iter(audio)), options.chunking), CHUNKS_AHEAD, audio.stop) as chunks:
        heard = session.watched(recogniser.recognise(chunks, options.decoding))
        for group in _grouped(session.believed(heard), timing.aligner.batch if timing else 1):
            session.add(group, timing)
    return session.document(audio, engine.names, timing)


def align(
    path: Path, text: str, options: Options | None = None, *, engine: Engine | None = None, listen: Listener = ignore
) -> Document:
    """Word times for a text that is known, such as a script: the text stays as it is.

    The media is recognised as well, only to know which part of the text belongs to which chunk of audio.

    Raises:
        SubgenError: with one sentence for the user.
    """
    options = options or Options()
    if not text.strip():
        raise OptionError("The transcript to align is empty.")
    with _opened(path, options, engine, listen) as (media, audio, models, completed):
        return completed(run_alignment(media, audio, text, models, options, listen))


def run_alignment(
    media: Media, audio: Audio, text: str, engine: Models, options: Options, listen: Listener = ignore
) -> Document:
    """`align` on an opened media. Keeps the audio of all chunks until the text is divided among them."""
    timing = _Timing(engine.aligner, options.chunking.longest)
    session = _Session(media, listen)
    recogniser = engine.recogniser
    with Ahead(split(beside("media decode", iter(audio)), options.chunking), CHUNKS_AHEAD, audio.stop) as chunks:
        heard = list(session.watched(recogniser.recognise(chunks, options.decoding)))
    pieces = divide(text, [result.transcript.text for result in heard])
    language = options.decoding.language
    known = [
        result._replace(
            transcript=replace(result.transcript, text=piece, language=language or result.transcript.language),
            tokens=(),
        )
        for result, piece in zip(heard, pieces, strict=True)
    ]
    for group in _grouped(iter(known), timing.aligner.batch):
        session.add(group, timing)
    return session.document(audio, engine.names, timing)


@contextmanager
def _opened(
    path: Path, options: Options, engine: Models | None, listen: Listener
) -> Iterator[tuple[Media, AudioStream, Models, Callable[[Document], Document]]]:
    """What a chain needs, and what completes its result with that which is found beside it: shots, speakers."""
    speakers = identification(options.speakers, offline=options.models.offline)
    media = probe(path, options.input, options.decoding.language)
    listen(Opened(media))
    with (
        shots_beside(media, options.input, listen) as with_shots,
        attributing(speakers, Whole(media, options.input), listen) as attributed,
        nullcontext(engine) if engine is not None else Engine.open(options.models, listen) as models,
        open_audio(media, options.input, processes=several()) as audio,
    ):
        yield media, audio, models, lambda document: with_shots(attributed(document))


def _grouped(heard: Iterable[Heard], size: int) -> Iterator[list[Heard]]:
    """Groups of that size; the first are smaller, so that the first words need not wait for many chunks."""
    group: list[Heard] = []
    wanted = 1
    for result in heard:
        group.append(result)
        if len(group) == min(wanted, size):
            yield group
            group, wanted = [], 2 * wanted
    if group:
        yield group


class _Timing:
    """Gives transcripts their words, and remembers what the user should know about their times."""

    def __init__(self, aligner: Aligns, longest: Seconds) -> None:
        if longest > aligner.longest:
            raise OptionError(
                f"Chunks of up to {longest:g} s were asked for, but this aligner handles {aligner.longest:g} s at most."
            )
        self.aligner = aligner
        self.unsplittable: MissingDependency | None = None

    def words(self, heard: Sequence[Heard]) -> list[Transcript]:
        """The transcripts with words on the media's timeline."""
        from aligner.aligner import Clip

        clips = [Clip(result.chunk.samples, result.transcript.text, result.transcript.language) for result in heard]
        return [_with_words(result, alignment) for result, alignment in zip(heard, self._align(clips), strict=True)]

    def _align(self, clips: list[Clip]) -> tuple[Alignment, ...]:
        try:
            return self.aligner.align(clips)
        except MissingDependency as error:
            # A Japanese film must not be lost after its transcription for want of a word splitter: without it
            # ideographs and runs of kana are the units.
            self.unsplittable = error
            return self.aligner.align([replace(clip, language="") for clip in clips])

    def notes(self, transcripts: Sequence[Transcript]) -> Iterator[Note]:
        """What to know about the times of these transcripts."""
        if self.unsplittable is not None:
            yield Note("alignment", f"Word times are coarse. {self.unsplittable}")
        names = {transcript.language for transcript in transcripts if transcript.language}
        for name in sorted(names - set(self.aligner.languages) if self.aligner.languages else ()):
            yield Note("alignment", f"The aligner was not trained for {name}: its word times may be off.")
        spread_words = sum(transcript.report.spread for transcript in transcripts)
        if spread_words:
            words = "one word" if spread_words == 1 else f"{spread_words} words"
            yield Note("alignment", f"The times of {words} are estimates: they could not be aligned.")


def _with_words(result: Heard, alignment: Alignment) -> Transcript:
    transcript = result.transcript
    if alignment.units:
        words: tuple[Word, ...] = cut(transcript.text, alignment.units, transcript.start, result.tokens)
    else:
        words = spread(transcript.text, transcript.start, transcript.end)
    return replace(transcript, words=words, report=alignment.report)


@dataclass
class _Session:
    """What is known of one file so far; text only, no audio."""

    media: Media
    listen: Listener
    transcripts: list[Transcript] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)

    def watched(self, heard: Iterable[Heard]) -> Iterator[Heard]:
        """The same results; the listener is told how far recognition, the longest stage, has come."""
        for result in heard:
            self.listen(Progress(self.media.path, result.chunk.end, self.media.duration))
            yield result

    def believed(self, heard: Iterable[Heard]) -> Iterator[Heard]:
        """The same results, without words that the recogniser doubts and that no voice can have said."""
        for result in heard:
            if _imagined(result):
                text = "The model doubted its words, and no voice is heard here: they were dropped."
                self._notice(Note("noise", text, _when(result.chunk)))
                silent = replace(result.transcript, text="", language="", confidence=None)
                yield result._replace(transcript=silent, tokens=())
            else:
                yield result

    def add(self, group: Sequence[Heard], timing: _Timing | None) -> None:
        """Files recognised chunks, with their words if times are wanted, and tells the listener."""
        transcripts = [result.transcript for result in group] if timing is None else timing.words(group)
        for result, transcript in zip(group, transcripts, strict=True):
            self.transcripts.append(transcript)
            for note in troubles(result):
                self._notice(note)
            if transcript.words or not transcript.text:
                self.sounds += sounds(result.chunk, transcript.words)
            self.listen(Recognised(self.media.path, transcript))

    def _notice(self, note: Note) -> None:
        self.notes.append(note)
        self.listen(Noticed(self.media.path, note))

    def document(self, audio: Audio, models: tuple[str, ...], timing: _Timing | None) -> Document:
        """The result, once the audio is exhausted."""
        for note in (*audio.notes, *(timing.notes(self.transcripts) if timing else ())):
            self._notice(note)
        if not any(transcript.text for transcript in self.transcripts):
            self._notice(Note("silence", "No speech was found."))
        self.listen(Progress(self.media.path, audio.seconds, audio.seconds))
        return Document(
            self.media,
            audio.seconds,
            tuple(self.transcripts),
            utterances(self.transcripts),
            tuple(self.notes),
            models if timing else models[:1],
            sounds=joined(self.sounds),
        )


def _imagined(result: Heard) -> bool:
    """Whether words were made of noise."""
    confidence = result.transcript.confidence
    return confidence is not None and confidence < DOUBTFUL and not has_voice(result.chunk.samples)


def _when(chunk: Chunk) -> Span:
    """The time of a chunk without its samples, which notes would keep in memory."""
    return Span(chunk.start, chunk.end)
