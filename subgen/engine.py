"""The one object that owns models: found, loaded when first needed, and run on the thread that loaded them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, Self

from aligner.backend import require_mlx
from aligner.stages import stage
from aligner.types import Alignment, Seconds
from subgen.events import Listener, Loaded, Loading, ignore
from subgen.models import aligner_name, resolve, resolve_aligner, resolve_asr
from subgen.options import Decoding, Models
from subgen.types import Chunk

if TYPE_CHECKING:
    import mlx.core as mx

    from aligner.aligner import Aligner, Clip
    from subgen.asr.recogniser import Recognised, Recogniser


class Recognises(Protocol):
    """What the chain needs of a recogniser."""

    def recognise(self, chunks: Iterable[Chunk], options: Decoding) -> Iterator[Recognised]:
        """Transcripts of the chunks, in order."""
        ...


class Batches(Recognises, Protocol):
    """A recogniser that says how many chunks it likes to be given."""

    @property
    def batch(self) -> int:
        """Chunks that are decoded together, unless options say otherwise."""
        ...


class Aligns(Protocol):
    """What the chain needs of a forced aligner."""

    @property
    def longest(self) -> Seconds:
        """Seconds that one clip may have."""
        ...

    @property
    def languages(self) -> Sequence[str]:
        """Canonical names it was trained for; empty when unknown."""
        ...

    @property
    def batch(self) -> int:
        """Clips that are best given together."""
        ...

    def align(self, clips: Sequence[Clip]) -> tuple[Alignment, ...]:
        """Times for every clip's text."""
        ...


class Engine:
    """Owns recogniser and aligner. One thread must make and use it, as MLX wants; a context manager."""

    def __init__(self, models: Models, listen: Listener = ignore) -> None:
        self.models = models
        self._listen = listen
        self._recogniser: Recogniser | None = None
        self._aligner: Aligner | None = None

    @classmethod
    def open(cls, models: Models, listen: Listener = ignore) -> Self:
        """An engine for these models. Nothing is loaded yet, but MLX is: raises MissingDependency without it."""
        require_mlx()
        return cls(models, listen)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forgets the models."""
        self._recogniser = None
        self._aligner = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the user called the models."""
        return (self.models.asr, aligner_name(self.models))

    @property
    def recogniser(self) -> Batches:
        """The recogniser, loaded on first use. Raises ModelError."""
        if self._recogniser is None:
            from subgen.asr.recogniser import Recogniser

            self._listen(Loading(self.models.asr))
            directory = resolve_asr(self.models)
            audio = resolve(self.models.audio, self.models) if self.models.audio else None
            self._recogniser = stage("models", lambda: Recogniser.open(directory, audio, _dtype(self.models)))
            self._listen(Loaded(self.models.asr, self._recogniser.batch))
        return self._recogniser

    @property
    def aligner(self) -> Aligns:
        """The aligner, loaded on first use. Raises ModelError."""
        if self._aligner is None:
            from aligner.aligner import Aligner

            self._listen(Loading(aligner_name(self.models)))
            directory = resolve_aligner(self.models)
            self._aligner = stage("models", lambda: Aligner.open(directory, _dtype(self.models)))
        return self._aligner


def _dtype(models: Models) -> mx.Dtype | None:
    import mlx.core as mx

    dtypes = {"float32": mx.float32, "float16": mx.float16, "bfloat16": mx.bfloat16}
    return dtypes.get(models.dtype)
