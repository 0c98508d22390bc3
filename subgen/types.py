"""The values that flow through the chain, from media to text. All frozen; times are seconds of the media.

Media -> blocks of samples -> Chunk -> Transcript -> Word -> Utterance -> Document -> Cue -> text
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aligner.types import SAMPLE_RATE, AlignmentReport, Samples, Seconds, Span

__all__ = [
    "SAMPLE_RATE",
    "AlignmentReport",
    "Chunk",
    "Cue",
    "Document",
    "Finding",
    "Finish",
    "Media",
    "Note",
    "Samples",
    "Seconds",
    "Sound",
    "Span",
    "Speaker",
    "Track",
    "Transcript",
    "Turn",
    "Turns",
    "Utterance",
    "Voice",
    "Word",
]

Finish = str
"""Why decoding of a chunk ended: "stop" (the model said so), "length" (token limit) or "loop" (repetition)."""


@dataclass(frozen=True, slots=True)
class Track:
    """One audio track of a media file. `index` is the absolute stream index that ffmpeg's `-map 0:index` takes."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    start: Seconds
    """when its first sample plays, relative to the start of the media"""
    language: str | None = None
    title: str | None = None
    default: bool = False
    commentary: bool = False
    duration: Seconds | None = None
    """how long it plays from its start, where the container claims that and does not merely guess"""


@dataclass(frozen=True, slots=True)
class Media:
    """A file that has been probed, and the audio track that was chosen from it."""

    path: Path
    duration: Seconds | None
    """what the container claims; None when it claims nothing"""
    tracks: tuple[Track, ...]
    track: Track
    frame_rate: float | None = None
    """frames per second of the first real video stream; None for audio"""
    container: str = ""
    """short name of the container format, such as mp4, matroska or mpegts"""


@dataclass(frozen=True, slots=True)
class Chunk(Span):
    """A stretch of audio that is recognised in one piece. `samples`: float32 (n,), 16 kHz mono."""

    samples: Samples


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know about the result: what happened, when it concerns, in one sentence.

    `kind` is a stable word for programs: damage, loop, length, alignment, noise, silence, ...
    """

    kind: str
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Word(Span):
    """A piece of a transcript with its times.

    `text` is cut from the transcript verbatim, with its punctuation and the white space that follows it, so that
    joining the words of a transcript gives the transcript: nothing is ever rebuilt from aligner units.
    """

    text: str
    confidence: float | None = None
    """geometric mean of the probabilities of its tokens, 0..1; None when it is not known"""
    speaker_confidence: float | None = None
    """share of its speaker in all that speaks for one or another, 0..1; None when no speaker is known"""
    overlap: tuple[str, ...] = ()
    """labels of others who talk during at least half of it"""


@dataclass(frozen=True, slots=True)
class Transcript(Span):
    """What was said in one chunk. `language` is a canonical English name, or "" when the model named none."""

    text: str
    language: str
    finish: Finish = "stop"
    confidence: float | None = None
    """geometric mean of the token probabilities, 0..1"""
    words: tuple[Word, ...] = ()
    """the text cut into timed words; empty when the text is empty or alignment is off"""
    report: AlignmentReport = field(default_factory=AlignmentReport)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words of one speaker in one language, in order. `speaker` is a label, or None when it is not known."""

    words: tuple[Word, ...]
    language: str
    speaker: str | None = None

    @property
    def text(self) -> str:
        """The words joined, without white space around."""
        return "".join(word.text for word in self.words).strip()


@dataclass(frozen=True, slots=True)
class Turn(Span):
    """A stretch in which one speaker talks. Turns of two speakers may overlap."""

    speaker: str
    confidence: float | None = None
    """0..1; None when whoever found it does not say"""


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody sounds, in the terms of a model: comparable with voices of the same model only."""

    name: str
    """of a person, or the label that a diariser gave"""
    model: str
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """Who talks when in a whole recording, under the labels of whoever found it."""

    overlapping: tuple[Turn, ...]
    """all that is known, with several speakers at a time where they are heard"""
    exclusive: tuple[Turn, ...] = ()
    """the same with one speaker at a time; () when it was not given"""
    model: str = ""
    """the name of the model that found them; "" when there was none"""
    voices: tuple[Voice, ...] = ()
    """how each label sounds; () when the diariser does not say"""
    notes: tuple[Note, ...] = ()
    """what the user should know about how they were found"""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who talks in a recording."""

    label: str
    """SPEAKER_00 for the first who talks, SPEAKER_01 for the second, ..."""
    name: str | None = None
    seconds: Seconds = 0.0
    """how long they talk in all"""
    source: str = ""
    """the label that the turns came with"""

    @property
    def shown(self) -> str:
        """What readers see: the name, else the label."""
        return self.name or self.label


@dataclass(frozen=True, slots=True)
class Sound(Span):
    """A stretch in which something is heard and nobody speaks. `kind`: music, or sound for anything else."""

    kind: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is known about a file's speech: what JSON holds, and what every other format is made from."""

    media: Media
    duration: Seconds
    """seconds of audio that were decoded, on the media's timeline"""
    transcripts: tuple[Transcript, ...]
    utterances: tuple[Utterance, ...]
    notes: tuple[Note, ...] = ()
    models: tuple[str, ...] = ()
    """names of the models that made it: recogniser, aligner, ..."""
    shots: tuple[Seconds, ...] = ()
    """when each shot of the film but the first begins: the time of its first frame; () when not looked for"""
    speakers: tuple[Speaker, ...] = ()
    """who talks, in order of their labels; () when speakers were not asked for"""
    turns: tuple[Turn, ...] = ()
    """when each of them talks, under their labels, in order of time; turns of two speakers may overlap"""
    exclusive: tuple[Turn, ...] = ()
    """the same with one speaker at a time, where the diariser gave it"""
    sounds: tuple[Sound, ...] = ()
    """what is heard where nobody speaks for some seconds, in order of time"""

    @property
    def language(self) -> str:
        """The language spoken longest, as a canonical English name; "" when none was named."""
        seconds: dict[str, float] = {}
        for transcript in self.transcripts:
            if transcript.language and transcript.text:
                seconds[transcript.language] = seconds.get(transcript.language, 0.0) + transcript.duration
        return max(seconds, key=lambda name: seconds[name], default="")


@dataclass(frozen=True, slots=True)
class Cue(Span):
    """One subtitle as shown: one or two lines, no line break inside a line."""

    lines: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    """who speaks: one for the whole cue, or one for each line of a dialogue; () when not known"""
    words: tuple[tuple[Word, ...], ...] = ()
    """the timed words of each line, without dashes and labels; () when not known"""

    @property
    def text(self) -> str:
        """The lines joined by line feeds."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a cue breaks: which cue (the first is 1), which rule, by what figure, and what the limit is.

    `rule` is a stable word for programs: width, lines, speed, short, long, gap, chain, overlap, break, shot, ...
    """

    cue: int
    rule: str
    text: str
    """one sentence for the user"""
    figure: float | None = None
    limit: float | None = None
    span: Span | None = None
    """when the cue is shown"""
