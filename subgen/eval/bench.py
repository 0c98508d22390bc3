"""`subgen bench`: where the time goes on this machine, and how others do on the same audio and weights."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import mlx.core as mx

from aligner.aligner import Aligner
from aligner.qwen3.weights import load
from subgen.chunk import split
from subgen.errors import OptionError
from subgen.eval.measure import Clock, Row, machine, peak_rss, versions
from subgen.eval.random_models import PUBLISHED, Shape, write_random
from subgen.eval.rivals import Contest, Failure, Rival, Task, setups
from subgen.eval.sound import PIECE, pieces_of, samples_of, sound
from subgen.eval.stages import Subject, alignment, command, film, front, network, text, texts_of
from subgen.models import resolve_aligner, resolve_asr
from subgen.options import Models
from subgen.types import Chunk, Seconds

SCHEMA = 1
RANDOM_ALIGNER = "random"
NO_ALIGNER = "none"

Result = Row | Failure
Listen = Callable[[Result], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """What to measure. Names of models in PUBLISHED are made with random weights."""

    models: tuple[str, ...] = ("demo",)
    aligner: str | None = None
    """None: the demo's for the demo, else none; "random", "none", or a model as for `subgen --aligner`"""
    audio: Path | None = None
    """None: noise with the rhythm of speech"""
    seconds: Seconds = 60.0
    tokens: int = 100
    """for every 30 s, with random weights"""
    batches: tuple[int, ...] = (1, 8)
    dtype: str = "auto"
    """what ours computes in"""
    weights: str = "bfloat16"
    """how random weights are stored"""
    runs: int = 3
    warm_up: int = 1
    rivals: tuple[Rival, ...] = ()
    blas: Path | None = None
    """a BLAS library that rivals get as well, in further runs"""
    stages: bool = True
    """False measures wholes only"""

    def __post_init__(self) -> None:
        if self.seconds < 1 or self.runs < 1 or self.warm_up < 0 or not self.batches or min(self.batches) < 1:
            raise OptionError("Seconds, runs and batches must be 1 or more, and the warm-up 0 or more.")
        if self.dtype not in {"auto", "float32", "float16", "bfloat16"}:
            raise OptionError(f"The dtype {self.dtype!r} is not known; use auto, float32, float16 or bfloat16.")
        if self.blas is not None and not self.blas.is_file():
            raise OptionError(f"There is no library {self.blas}: give the file of a BLAS, such as libopenblas.so.0.")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured, and on what."""

    bench: Bench
    command: tuple[str, ...]
    machine: dict[str, object]
    versions: dict[str, str]
    rows: tuple[Row, ...]
    failures: tuple[Failure, ...]
    peak_rss: int
    date: datetime = field(default_factory=lambda: datetime.now(UTC))

    def values(self) -> dict[str, object]:
        """One JSON object; the schema is in docs/benchmarks/README.md."""
        settings = asdict(self.bench) | {
            "audio": self.bench.audio.name if self.bench.audio else None,
            "blas": str(self.bench.blas) if self.bench.blas else None,
            "rivals": [rival.name for rival in self.bench.rivals],
        }
        return {
            "schema": SCHEMA,
            "date": self.date.isoformat(timespec="seconds"),
            "command": list(self.command),
            "settings": settings,
            "machine": self.machine,
            "versions": self.versions,
            "rows": [row.values() for row in self.rows],
            "failures": [failure.values() for failure in self.failures],
            "peak_rss": self.peak_rss,
        }


def measure(
    bench: Bench,
    command: Sequence[str] = (),
    listen: Listen = lambda _: None,
    shapes: Mapping[str, Shape] = PUBLISHED,
) -> Report:
    """Measures ours stage by stage and as a whole, then the rivals; `listen` gets every result as it is known.

    `shapes` are made with random weights when a model of their name is asked for. Raises OptionError, and what
    the media and the models raise.
    """
    results: list[Result] = []
    with TemporaryDirectory(prefix="subgen-bench-") as folder:
        for result in _Session(bench, Path(folder), shapes).results():
            results.append(result)
            listen(result)
    return Report(
        bench,
        tuple(command),
        machine(),
        dict(versions()),
        tuple(result for result in results if isinstance(result, Row)),
        tuple(result for result in results if isinstance(result, Failure)),
        peak_rss(),
    )


class _Session:
    """One run: the audio, and the models one after the other."""

    def __init__(self, bench: Bench, folder: Path, shapes: Mapping[str, Shape]) -> None:
        self._bench = bench
        self._shapes = shapes
        self._folder = folder
        self._clock = Clock(bench.runs, bench.warm_up)
        self._media = sound(folder, bench.audio, bench.seconds)
        self._samples = samples_of(self._media, bench.seconds)
        self._fixed = pieces_of(self._samples)
        self._natural = tuple(split([self._samples]))

    def results(self) -> Iterator[Result]:
        if self._bench.stages:
            yield from front(self._media, self._samples, self._fixed, self._clock)
        for name in self._bench.models:
            yield from self._model(name)

    def _model(self, name: str) -> Iterator[Result]:
        subject = self._subject(name)
        best: dict[str, Row] = {}
        for row in self._ours(subject):
            if row.work.stage not in best or row.timing.median < best[row.work.stage].timing.median:
                best[row.work.stage] = row
            yield row
        tasks = list(self._tasks(subject)) if self._bench.rivals else []
        del subject
        gc.collect()
        mx.clear_cache()
        contest = Contest(self._folder, self._clock, self._bench.rivals, setups(self._bench.blas))
        for task in tasks:
            for result in contest.run(task, self._bench.batches):
                yield _compared(result, best.get(task.stage))

    def _pieces(self, subject: Subject) -> tuple[Chunk, ...]:
        """Pieces of 30 s for random weights; for real ones those that `subgen` cuts, whose answers end naturally."""
        return self._natural if subject.tokens is None and self._natural else self._fixed

    def _ours(self, subject: Subject) -> Iterator[Row]:
        bench, pieces = self._bench, self._pieces(subject)
        if bench.stages:
            for batch in bench.batches:
                yield from network(subject, pieces, batch, self._clock)
        for batch in bench.batches:
            yield text(subject, pieces, batch, self._clock)
        texts = texts_of(subject, pieces, bench.batches[-1])
        yield from alignment(subject, pieces, texts, self._clock)
        yield from film(subject, self._media, bench.seconds, bench.batches[-1], self._clock)
        if subject.tokens is None:
            yield command(subject, self._media, bench.seconds, self._clock)

    def _tasks(self, subject: Subject) -> Iterator[Task]:
        pieces = self._pieces(subject)
        yield Task(subject.name, "pcm to text", subject.directory, pieces, subject.tokens)
        if subject.aligner_directory is not None:
            texts = texts_of(subject, pieces, self._bench.batches[-1])
            yield Task(subject.name, "align", subject.aligner_directory, pieces, texts=texts)

    def _subject(self, name: str) -> Subject:
        """Loads a model, after making it where it is one of random weights."""
        bench = self._bench
        directory, tokens = self._recogniser(name)
        aligner = self._aligner(name)
        dtype = None if bench.dtype == "auto" else getattr(mx, bench.dtype)
        loaded = load(directory, dtype=dtype)
        opened = Aligner.open(aligner, dtype) if aligner else None
        shown = directory.name if Path(name).is_dir() else name
        return Subject(shown, directory, loaded, tokens, opened, aligner)

    def _recogniser(self, name: str) -> tuple[Path, int | None]:
        if name not in self._shapes:
            return resolve_asr(Models(asr=name)), None
        if self._shapes[name].classes is not None:
            raise OptionError(f"{name!r} is no recogniser: use --aligner {RANDOM_ALIGNER} for a random aligner.")
        tokens = max(1, round(self._bench.tokens * self._fixed[0].duration / PIECE))
        directory = self._folder / name
        write_random(directory, self._shapes[name], tokens, self._bench.weights)
        return directory, tokens

    def _aligner(self, name: str) -> Path | None:
        wanted = self._bench.aligner
        if wanted == NO_ALIGNER or (wanted is None and name != "demo"):
            return None
        if wanted != RANDOM_ALIGNER:
            return resolve_aligner(Models(asr=name, aligner=wanted))
        directory = self._folder / "aligner"
        if not directory.is_dir():
            write_random(directory, self._shapes["aligner"], storage=self._bench.weights)
        return directory


def _compared(result: Result, ours: Row | None) -> Result:
    """A rival's row with its ratio to our best one."""
    if isinstance(result, Failure) or ours is None:
        return result
    return replace(result, ratio=result.timing.median / ours.timing.median)
