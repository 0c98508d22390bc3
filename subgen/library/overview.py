"""What plans amount to: looking into files for a while, hours of audio, and how long the work will take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from subgen.library.glance import pace
from subgen.library.ledger import Ledger
from subgen.library.plan import Plan, Planner, Step
from subgen.library.rows import State
from subgen.library.survey import Survey, kept, survey
from subgen.types import Seconds

PATIENCE: Seconds = 2.0
"""how long files are opened to plan well; the others are opened when it is their turn"""
AGAIN: Seconds = 0.1
"""the same where some were opened before: a second look at a plan should not wait"""
_READERS = 4
"""files opened at once: on a network share each waits for the server"""
_GROUP = 16
"""files after which the clock is looked at"""


def looked_into(
    plans: Sequence[Plan],
    planner: Planner,
    patience: Seconds = PATIENCE,
    look: Callable[[Path], Survey] = survey,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Plan, ...]:
    """The same plans, certain where a file could be opened in time; what was seen is kept in the ledger."""
    better = list(plans)
    blind = [index for index, plan in enumerate(plans) if plan.step is Step.TRANSCRIBE and plan.survey is None]
    until = clock() + (patience if all(plan.survey is None for plan in plans) else min(AGAIN, patience))
    with ThreadPoolExecutor(_READERS) as readers:
        for first in range(0, len(blind), _GROUP):
            if clock() > until:
                break
            group = blind[first : first + _GROUP]
            seen = list(readers.map(look, [plans[index].found.path for index in group]))
            for index, inside in zip(group, seen, strict=True):
                better[index] = planner.look_again(plans[index], inside)
            planner.ledger.learn_all(
                (plans[index].found.path, kept(inside))
                for index, inside in zip(group, seen, strict=True)
                if not inside.error
            )
    return tuple(better)


@dataclass(frozen=True, slots=True)
class Amount:
    """What plans of one step amount to."""

    files: int
    seconds: Seconds
    """of audio: said by the files themselves, and guessed by their size for those that were not opened"""
    guessed: int
    """files whose length was guessed"""


def amount(plans: Iterable[Plan], step: Step) -> Amount:
    """Files and hours of the plans with that step."""
    every = tuple(plans)
    rates = _rates(every)
    usual = sum(seconds for seconds, _ in rates.values()) / max(1, sum(size for _, size in rates.values()))
    seconds, guessed, files = 0.0, 0, 0
    for plan in every:
        if plan.step is not step:
            continue
        files += 1
        if plan.survey is not None and plan.survey.error:
            continue
        known = plan.survey.duration if plan.survey is not None else None
        if known is None:
            guessed += 1
            length, size = rates.get(plan.found.path.suffix.lower(), (usual, 1))
            known = plan.found.stamp.size * length / size
        seconds += known
    return Amount(files, seconds, guessed)


def _rates(plans: Iterable[Plan]) -> dict[str, tuple[Seconds, int]]:
    """Seconds and bytes of the files whose length is known, by the ending of their names."""
    rates: dict[str, tuple[Seconds, int]] = {}
    for plan in plans:
        if plan.survey is not None and plan.survey.duration and plan.found.stamp.size:
            ending = plan.found.path.suffix.lower()
            seconds, size = rates.get(ending, (0.0, 0))
            rates[ending] = (seconds + plan.survey.duration, size + plan.found.stamp.size)
    return rates


def speed(ledger: Ledger, work: str) -> float | None:
    """Seconds of audio that a second of work was good for, with these settings; None before the first file."""
    return pace(row for row in ledger.rows(State.DONE) if row.recipe.work == work)
