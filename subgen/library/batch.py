"""Subtitles for many files through one engine: the library's door for callers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from subgen.events import Listener
from subgen.library.lent import FileModels
from subgen.library.plan import Plan, Planner
from subgen.library.run import Run, Watcher
from subgen.library.shared import Memory, Models, Shared, Stopping
from subgen.library.stop import Stop
from subgen.library.store import Store
from subgen.library.work import Outcome, Worker
from subgen.options import Options
from subgen.pipeline import transcribe
from subgen.types import Document


def transcribed(
    plans: Sequence[Plan], planner: Planner, engine: Models, watcher: Watcher, stop: Stop
) -> tuple[Outcome, ...]:
    """Does what is planned, on the thread that made the engine; says how each file ended, in order of the plans.

    `stop` ends it soon: what is recognised by then is kept, and files without results are skipped.

    Raises:
        ModelError, MissingDependency: no file could be done with these models.
        OutputError: the ledger can't be written.
    """
    shared = Shared(engine, stop)

    def make(path: Path, options: Options, memory: Memory, listen: Listener) -> Document:
        models = FileModels(shared, memory)
        try:
            document = transcribe(path, options, engine=models, listen=listen)
        except Stopping:
            models.save()
            raise
        if stop.asked:  # its ffmpeg may have got the same signal, and have ended early
            raise Stopping
        return document

    worker = Worker(planner.ledger, Store(planner.ledger.folder), planner, make)
    return Run(worker, shared, watcher, stop=stop).run(plans)
