"""How fast libraries are looked through, and what a run costs beside models: `python -m tests.subgen.library_table`.

Prints the time of a scan and plan of 20,000 files, cold and warm; of 2,000 jobs by four processes on one ledger; the
memory of a run over 2,000 files; and 200 short files in one batch beside one command for each (`short`, by itself).
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from subgen.events import Event, Listener
from subgen.library.ledger import Ledger
from subgen.library.overview import looked_into
from subgen.library.plan import Plan, Planner, Wish
from subgen.library.recipe import recipe
from subgen.library.rows import Recipe, Stamp
from subgen.library.run import Run
from subgen.library.scan import Found, scan
from subgen.library.shared import Memory, Shared
from subgen.library.store import Store
from subgen.library.work import Outcome, Worker
from subgen.options import Options
from subgen.types import Document, Media, Track, Transcript
from subgen.words import spread, utterances
from tests.subgen.batch_killing import COMMAND, ROOT, alike, finish, make_clips, results, start
from tests.subgen.watching import NoModels, sound

PROCESSES = 4
TRACK = Track(index=0, codec="pcm_s16le", sample_rate=16_000, channels=1, start=0.0)
RECIPE = Recipe("work", "form")


def make_tree(root: Path, count: int) -> None:
    """Small wav files, all different, 50 in a folder."""
    content = sound(1, 0.01)
    for number in range(count):
        path = root / f"series {number // 50:03}" / f"episode {number:05}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content[:-4] + number.to_bytes(4, "little"))


def planned(root: Path, ledger: Ledger) -> tuple[Planner, tuple[Plan, ...]]:
    """What `subgen batch --plan` does before it prints."""
    options = Options()
    planner = Planner(ledger, Wish(recipe(options, ("srt",)), roots=(root,), options=options))
    found = [each for each in scan([root]) if isinstance(each, Found)]
    return planner, looked_into(tuple(planner.plan(found)), planner)


def plan_times(room: Path, count: int) -> tuple[float, float, int]:
    """Seconds of a first and a second plan of so many files, and how many were opened for the first."""
    make_tree(room / "media", count)
    with Ledger(room / "plan") as ledger:
        cold, opened = _plan_time(room / "media", ledger, count)
        warm, _ = _plan_time(room / "media", ledger, count)
    return cold, warm, opened


def _plan_time(root: Path, ledger: Ledger, count: int) -> tuple[float, int]:
    """Seconds of one plan, of which nothing is left for the next, and how many files have been opened by then."""
    began = time.monotonic()
    _, plans = planned(root, ledger)
    took = time.monotonic() - began
    assert len(plans) == count
    return took, sum(plan.survey is not None for plan in plans)


def _do_jobs(folder: Path) -> None:
    with Ledger(folder) as ledger:
        while (row := ledger.claim()) is not None:
            ledger.learn(row.path, fingerprint="0" * 32)
            ledger.advance(row.path)
            ledger.done(row.path, (), 1.0)


def ledger_time(room: Path, jobs: int) -> float:
    """Seconds in which four processes claim, note and end so many jobs, from their start to their end."""
    paths = [Path("/films") / f"{number}.mkv" for number in range(jobs)]
    with Ledger(room / "jobs") as ledger:
        ledger.see([Found(path, Stamp(1, 1, 1)) for path in paths])
        ledger.queue(paths, RECIPE)
        workers = [
            multiprocessing.get_context("fork").Process(target=_do_jobs, args=(room / "jobs",))
            for _ in range(PROCESSES)
        ]
        began = time.monotonic()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        took = time.monotonic() - began
        assert {row.tries for row in ledger.rows()} == {1}
    return took


class Memories:
    """What is resident, in MB, whenever so many files have ended."""

    def __init__(self, every: int) -> None:
        self.resident: list[float] = []
        self._every = every
        self._ended = 0

    def begin(self, path: Path, number: int, count: int) -> None:
        pass

    def listen(self, event: Event) -> None:
        pass

    def ended(self, outcome: Outcome) -> None:
        assert not outcome.why, outcome
        self._ended += 1
        if self._ended % self._every == 0:
            self.resident.append(_resident())


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def told(path: Path, options: Options, memory: Memory, listen: Listener) -> Document:
    """A document of two hundred words, whatever the file."""
    text = "So much is said here. " * 40
    said = Transcript(0.0, 90.0, text, "English", words=spread(text, 0.0, 90.0))
    return Document(Media(path, 90.0, (TRACK,), TRACK), 90.0, (said,), utterances((said,)))


def memories(room: Path, count: int, every: int) -> Sequence[float]:
    """MB resident after each so many files of a run with all but the models."""
    make_tree(room / "many", count)
    watcher = Memories(every)
    with Ledger(room / "run") as ledger:
        planner, plans = planned(room / "many", ledger)
        Run(Worker(ledger, Store(ledger.folder), planner, told), Shared(NoModels()), watcher).run(plans)
    return watcher.resident


def short_files(room: Path, count: int) -> tuple[float, float]:
    """Seconds of one batch over short clips, and of one command for each of them."""
    together, alone = room / "together", room / "alone"
    make_clips(together, count)
    shutil.copytree(together, alone)
    began = time.monotonic()
    finish(start(together, room / "ledger"))
    batch = time.monotonic() - began
    began = time.monotonic()
    single = (*COMMAND[:-1], "--model", "demo", "--format", "srt,json", "--quiet")
    for clip in sorted(alone.rglob("*.wav")):
        subprocess.run([*single, str(clip)], cwd=ROOT, check=True, capture_output=True)
    each = time.monotonic() - began
    one, other = results(together), results(alone)
    assert set(one) == set(other)
    assert all(alike(content, other[name]) for name, content in one.items())
    return batch, each


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        if sys.argv[1:2] == ["short"]:
            count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
            batch, each = short_files(room, count)
            print(
                f"{count} short files on {os.cpu_count()} cores: one batch {batch:.1f} s,"
                f" one command each {each:.1f} s, {each / batch:.1f} times"
            )
            return
        cold, warm, opened = plan_times(room, 20_000)
        print(f"scan and plan of 20,000 files: {cold:.2f} s cold, {warm:.2f} s warm; {opened} of them opened")
        print(f"ledger, 2,000 jobs by {PROCESSES} processes: {ledger_time(room, 2000):.2f} s")
        print("run over 2,000 files, MB after each 250:", *(f"{each:.0f}" for each in memories(room, 2000, 250)))


if __name__ == "__main__":
    main()
