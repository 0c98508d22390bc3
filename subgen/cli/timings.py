"""`--timings`: where the time of a file went, as a table or as an event for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from aligner.stages import measured
from subgen.events import Listener, Timed
from subgen.types import Seconds

ORDER = ("models", "waiting", "log-mel", "encoder", "prefill", "steps", "align", "cues", "writing")
"""as the work goes"""


def timed(work: Callable[[], int], path: Path, listen: Listener) -> int:
    """The exit code of `work` on a file; the listener is told how long its stages took, if it comes to an end."""
    start = perf_counter()
    with measured() as stages:
        code = work()
    known = sorted(stages.seconds.items(), key=lambda each: ORDER.index(each[0]))
    listen(Timed(path, perf_counter() - start, tuple(known), tuple(stages.beside.items())))
    return code


def table(event: Timed) -> Iterator[str]:
    """The lines of the table that people see; shares are of the whole time."""
    spent = sum(seconds for _, seconds in event.stages)
    rows = [*event.stages, ("other", max(0.0, event.seconds - spent)), ("total", event.seconds)]
    width = max(len(name) for name, _ in rows)
    yield f"{'stage':<{width}}  seconds  share"
    for name, seconds in rows:
        yield f"{name:<{width}}  {seconds:7.2f}  {_share(seconds, event.seconds):>5}"
    for name, seconds in event.beside:
        yield f"{name} took {seconds:.2f} s beside."


def _share(seconds: Seconds, whole: Seconds) -> str:
    return f"{seconds / whole:.0%}" if whole > 0 else ""
