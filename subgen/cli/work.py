"""Running a command over its files: each is done or fails by itself, and what is done is written at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from aligner.stages import stage
from subgen.check.unavoidable import summary
from subgen.cli.film import of_document, require_films, write_films
from subgen.cli.jobs import Job, plan
from subgen.cli.results import print_result
from subgen.cli.screens import Bar, Screen, screen
from subgen.cli.settings import Settings
from subgen.cli.shell import caught
from subgen.cli.timings import timed
from subgen.diarise import deaf, identification, lost, with_names
from subgen.errors import EXIT_OK, EXIT_SOME_FAILED, DiarisationError, MissingDependency, ModelError
from subgen.events import Event, Listener, Noticed, Opened, Recognised
from subgen.formats import Rendering, read
from subgen.live import Live, possible
from subgen.options import Options, Speakers
from subgen.output import write
from subgen.textfile import read_text
from subgen.types import Document, Note, Transcript

if TYPE_CHECKING:
    from subgen.engine import Engine
    from subgen.models import Hub

_SUBTITLES = ("srt", "vtt", "ass", "ttml")
_FOR_ALL = {ModelError.exit_code, MissingDependency.exit_code}
"""what fails with one of these would fail with every file"""
Make = Callable[[Path, Listener], Document]
"""Turns a file into a document, telling the listener about it: transcription, alignment, or reading JSON."""


class Chain(Protocol):
    """A function of `subgen.pipeline`."""

    def __call__(self, path: Path, options: Options, *, engine: Engine, listen: Listener) -> Document: ...


def transcribe_files(files: Sequence[Path], settings: Settings) -> int:
    """`subgen FILE...`."""
    from subgen.pipeline import transcribe

    return _run_models(files, settings, transcribe)


def align_file(audio: Path, transcript: Path, settings: Settings) -> int:
    """`subgen align AUDIO TRANSCRIPT`."""
    from subgen.pipeline import align

    text = read_text(transcript)

    def make(path: Path, options: Options, *, engine: Engine, listen: Listener) -> Document:
        return align(path, text, options, engine=engine, listen=listen)

    return _run_models((audio,), settings, make)


def render_files(documents: Sequence[Path], settings: Settings) -> int:
    """`subgen render DOCUMENT...`: loads neither MLX nor media."""
    jobs = plan(documents, settings.delivery, media=False, sdh=settings.options.sdh)
    with screen(settings.console) as shown:
        return run_files(jobs, settings, partial(_saved, settings.options.speakers), shown)


def _saved(wishes: Speakers, path: Path, listen: Listener) -> Document:
    """A saved document, with speakers or names where they are asked for."""
    document = read(read_text(path), str(path))
    found = identification(wishes) if wishes.wanted else None
    return with_names(document, wishes, listen) if found is None else found.of(document, deaf(document), listen)


def _run_models(files: Sequence[Path], settings: Settings, make: Chain) -> int:
    """Files through one engine. Missing models are fetched under the hub's own bars."""
    from subgen.engine import Engine
    from subgen.models import download

    options = settings.options
    jobs = plan(files, settings.delivery, sdh=settings.options.sdh)
    with screen(settings.console) as shown, Engine.open(options.models, shown.listen) as engine:
        hub = partial(download, bars=isinstance(shown, Bar))
        return run_files(
            jobs,
            settings,
            lambda path, listen: make(path, options, engine=engine, listen=listen),
            shown,
            prepare=lambda: find_models(options, hub),
        )


def find_models(options: Options, hub: Hub) -> None:
    """Raises what is wrong with the models' names, and downloads those that are only on the hub."""
    from subgen.models import resolve_aligner, resolve_asr

    resolve_asr(options.models, hub=hub)
    if options.models.audio:
        resolve_asr(options.models, tower=True, hub=hub)
    if options.words.align:
        resolve_aligner(options.models, hub=hub)


def run_files(
    jobs: Sequence[Job], settings: Settings, make: Make, screen: Screen, prepare: Callable[[], None] = lambda: None
) -> int:
    """Makes and writes every job's results; returns the exit code.

    Names are checked for all files before the first is opened; `prepare` is called once, when one proves to be media.
    One file fails with its own code; several are all tried, then 1. A model or an ffmpeg that can't be used ends the
    run, for every later file would need it.
    """
    options, debug = settings.options, settings.console.verbose
    codes = [caught(partial(_check, job, options), partial(screen.failed, job.path), debug=debug) for job in jobs]
    prepare_once = cache(prepare)
    for index, job in enumerate(jobs):
        if codes[index] == EXIT_OK:
            screen.begin(job.path, index + 1, len(jobs))
            live = _live(job, options)
            watch = _Watch(job, options, screen.listen, prepare_once, live)
            work = partial(_do, job, options, partial(make, job.path, watch), screen, live)
            if settings.console.timings:
                work = partial(timed, work, job.path, screen.listen)
            codes[index] = caught(work, partial(screen.failed, job.path), debug=debug)
            if codes[index] in _FOR_ALL:
                return codes[index]
    if not any(codes):
        return EXIT_OK
    return EXIT_SOME_FAILED if len(jobs) > 1 else codes[0]


def _check(job: Job, options: Options) -> int:
    job.check(options.decoding.language)
    return EXIT_OK


def _live(job: Job, options: Options) -> Live | None:
    """What writes to stdout while the rest is being recognised, where the format allows it."""
    if not (job.stdout and job.media and possible(job.formats[0], options)):
        return None
    return Live(job.formats[0], options.layout, options.writing, print_result)


def _do(job: Job, options: Options, make: Callable[[], Document], screen: Screen, live: Live | None) -> int:
    document = make()
    rendering = Rendering(document, options.layout, options.writing)
    for format in job.formats:
        output = None if job.stdout else job.output(format, document.language)
        if live is not None:
            stage("cues", live.close)
        elif output is None:
            print_result(_text(rendering, format))
        else:
            job.make_folder()
            text = _text(rendering, format)
            stage("writing", partial(write, output, text, overwrite=job.overwrite))
        screen.written(job.path, output)
    if job.films:
        write_films(job, of_document(job, rendering), options, screen)
    if note := _shortfall(rendering, job):
        screen.listen(Noticed(job.path, note))
    return DiarisationError.exit_code if job.media and lost(document) else EXIT_OK


def _text(rendering: Rendering, format: str) -> str:
    return stage("cues", partial(rendering.text, format))


def _shortfall(rendering: Rendering, job: Job) -> Note | None:
    """The hard rules that the subtitles could not keep, counted for the first of the job's subtitle formats."""
    format = next((each for each in job.formats if each in _SUBTITLES), None)
    text = summary(stage("cues", partial(rendering.findings, format))) if format else ""
    return Note("rules", text) if text else None


class _Watch:
    """A listener that gets the models when a file proves to be media, and stops it when its result's name is taken.

    The name is known at the first words, which tell the language.
    """

    def __init__(
        self, job: Job, options: Options, listen: Listener, prepare: Callable[[], None], live: Live | None
    ) -> None:
        self._job = job
        self._options = options
        self._listen = listen
        self._prepare = prepare
        self._live = live
        self._named = options.decoding.language is not None

    def __call__(self, event: Event) -> None:
        self._listen(event)
        if isinstance(event, Opened):
            require_films(self._job, event.media, self._options)
            self._prepare()
            if self._live is not None:
                self._live.open(event.media)
        elif isinstance(event, Recognised):
            self._heard(event.transcript)

    def _heard(self, transcript: Transcript) -> None:
        if transcript.language and not self._named:
            self._named = True
            self._job.check(transcript.language)
        if self._live is not None:
            stage("cues", partial(self._live.add, transcript))
