"""Subtitles for many files through one engine: the library's door for callers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from subgen.events import Listener
from subgen.library.plan import Plan, Planner
from subgen.library.run import Run, Watcher
from subgen.library.shared import Memory, Models, Shared
from subgen.library.store import Store
from subgen.library.work import Outcome, Worker
from subgen.options import Options
from subgen.pipeline import transcribe
from subgen.types import Document


def transcribed(
    plans: Sequence[Plan], planner: Planner, options: Options, engine: Models, watcher: Watcher
) -> tuple[Outcome, ...]:
    """Does what is planned, on the thread that made the engine; says how each file ended, in order of the plans.

    Raises:
        ModelError, MissingDependency: no file could be done with these models.
        OutputError: the ledger can't be written.
    """
    shared = Shared(engine)

    def make(path: Path, memory: Memory, listen: Listener) -> Document:
        return transcribe(path, options, engine=shared.models(memory), listen=listen)

    worker = Worker(planner.ledger, Store(planner.ledger.folder), planner, options, make)
    return Run(worker, shared, watcher).run(plans)
