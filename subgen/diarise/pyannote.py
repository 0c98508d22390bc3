"""Speakers as pyannote.audio finds them, version 4 and with older pipelines 3."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol

from subgen.diarise.diariser import Recording, Tell
from subgen.diarise.hub import Fetch, fetch, pipeline_directory, refuse_cloud
from subgen.diarise.loading import Runs, imported, load
from subgen.errors import DiarisationError
from subgen.options import Speakers
from subgen.types import Media, Note, Span, Turn, Turns, Voice

MODEL = "pyannote/speaker-diarization-community-1"
SHARES = {"segmentation": (0.0, 0.1), "embeddings": (0.1, 1.0)}
"""the part of the work that each step with a count is, measured on a CPU"""


@lru_cache(maxsize=1)
def _kept(directory: Path) -> Runs:
    """The pipeline that was used last: loading takes seconds, which the next file need not pay."""
    return load(directory)


class Annotation(Protocol):
    """An Annotation of pyannote.core, as far as it is used."""

    def itertracks(self, *, yield_label: bool) -> Iterable[tuple[Span, object, object]]:
        """(segment, track, label) in order of time."""
        ...

    def labels(self) -> Sequence[object]:
        """The labels, sorted."""
        ...


class Pyannote:
    """A pyannote pipeline, loaded."""

    def __init__(
        self, model: str | None, *, offline: bool, open: Callable[[Path], Runs] = _kept, fetch: Fetch = fetch
    ) -> None:
        """Finds and loads the model. Raises MissingDependency, ModelError, OptionError or OutputError."""
        refuse_cloud(model or MODEL, model or MODEL)
        if open is _kept:
            imported()  # what must be installed comes before what must be downloaded
        directory = pipeline_directory(model or MODEL, offline=offline, fetch=fetch)
        self._name = model or MODEL
        self._voices = f"pyannote {fingerprint(directory)}"
        self._run = open(directory)

    def check(self, media: Media) -> None:
        """Any recording will do."""

    def diarise(self, recording: Recording, wishes: Speakers, tell: Tell) -> Turns:
        """The turns, overlapping and exclusive, and how each label sounds. Raises SubgenError."""
        samples = recording.samples()
        if not samples.size:
            return Turns((), model=self._name)
        answer: Any = self._run(samples, hints(wishes), partial(progress, tell))
        try:
            whole = getattr(answer, "speaker_diarization", answer)  # version 3 answers with the annotation itself
            exclusive = getattr(answer, "exclusive_speaker_diarization", None)
            return Turns(
                tuple(turns_of(whole)),
                tuple(turns_of(exclusive)) if exclusive is not None else (),
                self._name,
                tuple(voices_of(whole, getattr(answer, "speaker_embeddings", None), self._voices)),
                tuple(Note("speakers", text) for text in self._run.notes),
            )
        except (AttributeError, TypeError, ValueError) as error:
            raise DiarisationError(f"pyannote's answer can't be read: {error}.") from error


def hints(wishes: Speakers) -> dict[str, int]:
    """What pyannote is told of the number of speakers."""
    given = {"num_speakers": wishes.exact, "min_speakers": wishes.least, "max_speakers": wishes.most}
    return {name: count for name, count in given.items() if count is not None}


def progress(
    tell: Tell, step: str, *_: object, total: int | None = None, completed: int | None = None, **__: object
) -> None:
    """A hook that tells which share of all the work is done. Steps that do not count are short."""
    begin, end = SHARES.get(step, (1.0, 1.0))
    if total and completed is not None:
        tell(begin + (end - begin) * min(completed / total, 1.0))
    else:
        tell(0.0)  # nothing new, but a chance to hear that nobody waits


def turns_of(annotation: Annotation) -> Iterator[Turn]:
    """The turns of a pyannote.core Annotation."""
    for segment, _, label in annotation.itertracks(yield_label=True):
        yield Turn(float(segment.start), float(segment.end), str(label))


def voices_of(annotation: Annotation, rows: Iterable[Iterable[float]] | None, model: str) -> Iterator[Voice]:
    """How each label sounds: a row for each, in order of the labels. Rows of zeros or NaN stand for "not known"."""
    for label, row in zip(annotation.labels(), rows if rows is not None else (), strict=False):
        vector = tuple(float(number) for number in row)
        if any(vector) and all(map(math.isfinite, vector)):
            yield Voice(str(label), model, vector)


def fingerprint(directory: Path) -> str:
    """What tells one embedding network from another, wherever its files lie: 12 digits of its weights' SHA-256."""
    weights = directory / "embedding/pytorch_model.bin"
    data = weights.read_bytes() if weights.is_file() else (directory / "config.yaml").read_bytes()
    return hashlib.sha256(data).hexdigest()[:12]
