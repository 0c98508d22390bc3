"""What a worker holds: one engine, made and used on the one thread that does its tasks."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

from distributed import Worker, WorkerPlugin, get_worker

from subgen.cluster.loading import quieten
from subgen.cluster.mark import mark
from subgen.cluster.paths import Maps
from subgen.cluster.task import Answer, NotHere, NotMounted, Refusal, Task, cause, local, sent
from subgen.cluster.watchdog import Watchdog
from subgen.engine import Engine
from subgen.errors import MissingDependency, ModelError, SubgenError
from subgen.events import Event, Listener
from subgen.library.shared import Stopping
from subgen.options import Models, Options
from subgen.pipeline import Models as Loaded
from subgen.pipeline import transcribe
from subgen.types import Document

NAME = "subgen"
"""of the plugin on every worker, and of the topic under which workers tell how far they are"""
Chain = Callable[[Path, Options, Loaded, Listener], Document]
"""Turns a file into a document."""


class Line(Protocol):
    """How the work on a task hears and speaks to the client that asked for it."""

    def tell(self, event: bytes) -> None:
        """An event for the client, pickled."""
        ...

    def is_wanted(self) -> bool:
        """Whether the client still waits for the task."""
        ...


def run_chain(path: Path, options: Options, models: Loaded, listen: Listener) -> Document:
    """The chain of `subgen.pipeline` with the worker's engine."""
    return transcribe(path, options, engine=models, listen=listen)


class Holder(WorkerPlugin):
    """Holds a worker's engine. It goes to the worker's process without one; the first task loads it."""

    name = NAME

    def __init__(self, maps: Maps, chain: Chain = run_chain, opened: Callable[[Models], Loaded] = Engine.open) -> None:
        """`chain` and `opened` can be replaced for tests."""
        self._maps = maps
        self._chain = chain
        self._opened = opened
        self._models: Models | None = None
        self._engine: Loaded | None = None
        self._mark = ""
        self._worker = ""
        self._ended = False

    def setup(self, worker: Worker) -> None:
        """The worker begins; its models are loaded by the first task, which says which."""
        self._worker = worker.address
        quieten()

    def teardown(self, worker: Worker) -> None:
        """The worker ends, as it does when the scheduler has gone: what is being done is for nobody."""
        self._ended = True

    def answer(self, task: Task, line: Line) -> Answer:
        """Does a task, on the thread of all tasks."""
        try:
            path = local(task, self._maps, self._worker)
            engine = self._loaded(task)
            return Answer(self._worker, self._mark, self._document(task, path, engine, line))
        except Stopping:
            return Answer(self._worker, self._mark)
        except (ModelError, MissingDependency) as error:
            return Answer(self._worker, self._mark, error=error, refusal=Refusal.WORKER)
        except SubgenError as error:
            return self._blamed(task, error)

    def _blamed(self, task: Task, error: SubgenError) -> Answer:
        """An error of the file itself, unless this worker does not have it, or has lost it on the way."""
        try:
            local(task, self._maps, self._worker)
        except NotHere as gone:
            refusal = Refusal.WORKER if isinstance(gone, NotMounted) else Refusal.FILE
            return Answer(self._worker, self._mark, error=gone, refusal=refusal)
        return Answer(self._worker, self._mark, error=error, number=cause(error))

    def _document(self, task: Task, path: Path, engine: Loaded, line: Line) -> Document:
        """The document of a file, as that of the client's path."""
        with Watchdog(task.silence) as dog:

            def listen(event: Event) -> None:
                dog.pet()
                if self._ended or not line.is_wanted():
                    raise Stopping
                if (travelling := sent(event, task.path)) is not None:
                    line.tell(pickle.dumps(travelling))

            document = self._chain(path, self._own(task.options), engine, listen)
        return replace(document, media=replace(document.media, path=task.path))

    def _own(self, options: Options) -> Options:
        """The same settings, with the models and the ffmpeg of this machine."""
        input = replace(options.input, ffmpeg=None)
        return replace(options, input=input, models=self._maps.models(options.models))

    def _loaded(self, task: Task) -> Loaded:
        options = self._own(task.options)
        if self._engine is None or self._models != options.models:
            self._engine = None  # the old models go before the new ones come
            engine = self._opened(options.models)
            _ = engine.recogniser, options.words.align and engine.aligner
            self._models, self._engine = options.models, engine
        self._mark = mark(options.models, options.words.align)
        if task.models and task.models != self._mark:
            raise ModelError(
                f"The model {options.models.asr} of the worker {self._worker} is not the same as elsewhere: give all"
                " machines the same files, or pin --revision."
            )
        return self._engine


class WorkerLine:
    """The line of the task that runs on this thread of a Dask worker."""

    def __init__(self) -> None:
        self._worker = get_worker()
        self._key = self._worker.get_current_task()

    def tell(self, event: bytes) -> None:
        """Through the scheduler, to all clients; each knows its own keys."""
        self._worker.log_event(NAME, (self._key, event))

    def is_wanted(self) -> bool:
        """Dask marks tasks that nobody waits for, but lets them run."""
        state = self._worker.state.tasks.get(self._key)
        return state is not None and state.state not in {"cancelled", "released", "forgotten"}


def work(task: Task) -> Answer:
    """What the scheduler sends to a worker."""
    return cast(Holder, get_worker().plugins[NAME]).answer(task, WorkerLine())
