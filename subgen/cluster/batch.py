"""Documents for a batch from a cluster: the door for callers, beside `subgen.library.batch` for this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from subgen.cluster.far import Cluster, Far, connected
from subgen.cluster.mark import mark_here
from subgen.cluster.paths import whole
from subgen.cluster.task import Task, patience
from subgen.library.fingerprint import fingerprint
from subgen.library.plan import Plan, Planner
from subgen.library.recipe import recipe
from subgen.library.run import Run, Watcher
from subgen.library.stop import Stop
from subgen.library.store import Store
from subgen.library.survey import restored
from subgen.library.work import Outcome, Worker
from subgen.options import Options


def transcribed_by(
    cluster: Cluster, plans: Sequence[Plan], planner: Planner, watcher: Watcher, stop: Stop
) -> tuple[Outcome, ...]:
    """Does what is planned on other machines; says how each file ended, in order of the plans.

    Results are written here, and the ledger here knows them: workers only read. `stop` ends it soon: files without
    results are skipped, workers stop at the next chunk.

    Raises:
        ClusterError: nobody can be reached, or nobody there can do it.
        OutputError: the ledger can't be written.
    """
    connected(cluster)
    try:
        far = Far(cluster, tasks(planner))
        worker = Worker(planner.ledger, Store(planner.ledger.folder), planner, far.make)
        return Run(worker, far, watcher, stop=stop).run(plans)
    finally:
        cluster.close()


def tasks(planner: Planner) -> Callable[[Path, Options], Task]:
    """Makes tasks of the files that a planner knows."""

    def task(path: Path, options: Options) -> Task:
        row = planner.ledger.row(path)
        inside = restored(row.survey) if row is not None and row.survey else None
        duration = inside.duration if inside is not None else None
        work = recipe(options, ()).work
        root = next((root for root in planner.wish.roots if root in path.parents), path.parent)
        models = whole(options.models)
        known = mark_here(models, options.words.align)
        options = replace(options, models=models)
        return Task(path, root, fingerprint(path), work, options, known, patience(duration))

    return task
