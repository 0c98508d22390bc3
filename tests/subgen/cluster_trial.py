"""A cluster on loopback with the demo model, from real processes.

    python -m tests.subgen.cluster_trial killing 12   workers and the scheduler get SIGKILL while they work
    python -m tests.subgen.cluster_trial speed 12     one worker on core 0, one on core 1, then one on each

Both print what was compared. The films are the sample talk; each differs in a last byte, so that no two are the same.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import psutil

from subgen.library.ledger import Ledger
from subgen.library.rows import State
from subgen.media import open_audio, probe
from subgen.types import SAMPLE_RATE

ROOT = Path(__file__).parents[2]
TALK = ROOT / "samples" / "talk.m4a"
COMMAND = (sys.executable, "-c", "from subgen.cli import main; main()")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
ENDS: float = 120.0
"""seconds for anything that should come soon"""


def make_films(folder: Path, count: int, seconds: float | None = None) -> None:
    """So many copies of the talk, or of its beginning; no two are the same file."""
    folder.mkdir(parents=True)
    talk = TALK if seconds is None else _beginning(folder.parent / "beginning.wav", seconds)
    for number in range(count):
        path = folder / f"film {number:02}{talk.suffix}"
        shutil.copyfile(talk, path)
        with path.open("ab") as file:
            file.write(f"{number:04}".encode())


def _beginning(path: Path, seconds: float) -> Path:
    with open_audio(probe(TALK)) as audio:
        samples = np.concatenate(list(audio))[: round(seconds * SAMPLE_RATE)]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def until(holds: Callable[[], object]) -> None:
    """Waits until something holds."""
    ends = time.monotonic() + ENDS
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def listening(process: psutil.Process) -> set[str]:
    """The addresses at which a process and its children listen."""
    found: set[str] = set()
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # an ffmpeg that has ended meanwhile
            every = one.net_connections(kind="inet")
            found |= {each.laddr.ip for each in every if each.status == psutil.CONN_LISTEN}
    return found


def working(process: psutil.Process) -> psutil.Process:
    """The child of a worker that does the work."""
    for each in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(each.cmdline()):
                return each
    raise AssertionError("no process works")


class Part:
    """A process of ours whose lines on stderr are read as they come."""

    def __init__(self, *arguments: str, core: int | None = None) -> None:
        pinned = () if core is None else ("taskset", "-c", str(core))
        environment = os.environ | (ONE_THREAD if core is not None else {})
        self.process = subprocess.Popen(
            [*pinned, *COMMAND, *arguments], cwd=ROOT, text=True, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stderr:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()

    def wait(self, holds: Callable[[list[str]], object]) -> None:
        """Waits until something holds of its lines."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self.lines), ENDS), self.lines

    def saying(self, text: str) -> re.Match[str]:
        """The first line with a pattern in it."""
        self.wait(lambda lines: re.search(text, "\n".join(lines)))
        found = re.search(text, "\n".join(self.lines))
        assert found
        return found

    def finish(self) -> str:
        """Waits for its end; returns what it printed."""
        printed = self.process.stdout.read()
        self._close()
        return printed

    def kill(self, number: int = signal.SIGTERM) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        self.process.stdout.read()
        self._close()

    def _close(self) -> None:
        self._reader.join()
        self.process.wait(ENDS)
        self.process.stdout.close()
        self.process.stderr.close()


class Loopback:
    """A scheduler and workers; a context manager that ends them all."""

    def __init__(self) -> None:
        self._parts = ExitStack()
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._started("cluster", "scheduler", "--port", str(port))
        self.workers: list[Part] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parts.close()

    def add_worker(self, *arguments: str, core: int | None = None) -> Part:
        worker = self._started("cluster", "worker", self.address, *arguments, core=core)
        self.workers.append(worker)
        return worker

    def batch(self, folder: Path, ledger: Path, *arguments: str) -> Part:
        flags = ("--ledger", str(ledger), "--model", "demo", "--yes", "--progress", "json", "--cluster", self.address)
        return self._started("batch", str(folder), *flags, *arguments)

    def kill_worker(self, index: int) -> None:
        """SIGKILL for the process of a worker that does the work."""
        working(psutil.Process(self.workers[index].process.pid)).kill()

    def restart_scheduler(self) -> None:
        """SIGKILL for the scheduler, and another at its address."""
        self.scheduler.kill(signal.SIGKILL)
        self.scheduler = self._started("cluster", "scheduler", "--port", self.address.rpartition(":")[2])

    def _started(self, *arguments: str, core: int | None = None) -> Part:
        part = Part(*arguments, core=core)
        self._parts.callback(lambda: part.process.poll() is None and part.kill())
        return part


def events(lines: list[str], kind: str) -> list[str]:
    """The files of which a batch has told an event of that kind, in order."""
    told = (json.loads(line) for line in lines if line.startswith("{"))
    return [each["path"] for each in told if each["event"] == kind]


@dataclass
class Trial:
    """What was left of a batch whose workers and scheduler were killed."""

    results: dict[str, str]
    """name -> text of every result"""
    written: Counter[str]
    """how often a result of each file was written"""
    begun: Counter[str]
    """how often a worker began each file"""
    states: Counter[State]
    tries: Counter[int]
    report: str
    seconds: float
    hidden: list[str]
    """what was left beside the films under hidden names"""
    listening: set[str]
    """the addresses at which scheduler and workers listened"""


def killing(room: Path, films: int, seconds: float | None = None) -> Trial:
    """A batch on two workers, the second of which sees the films elsewhere; one dies at work, then the scheduler."""
    folder, elsewhere, ledger = room / "films", room / "elsewhere", room / "ledger"
    make_films(folder, films, seconds)
    elsewhere.symlink_to(folder)
    with Loopback() as cluster:
        cluster.add_worker()
        cluster.add_worker("--map", f"{folder}={elsewhere}")
        cluster.scheduler.saying("listens")
        began = time.monotonic()
        batch = cluster.batch(folder, ledger)
        batch.wait(lambda lines: len(set(events(lines, "opened"))) >= 2)
        parts = (cluster.scheduler, *cluster.workers)
        listens = set().union(*(listening(psutil.Process(part.process.pid)) for part in parts))
        cluster.kill_worker(0)
        batch.wait(lambda lines: events(lines, "written") and len(set(events(lines, "opened"))) >= 3)
        cluster.restart_scheduler()
        report = batch.finish()
        took = time.monotonic() - began
    with Ledger(ledger) as known:
        rows = list(known.rows())
    lines = batch.lines
    results = {path.name: path.read_text() for path in folder.glob("*.srt")}
    hidden = [path.name for path in folder.glob(".*")]
    return Trial(
        results, Counter(events(lines, "written")), Counter(events(lines, "opened")),
        Counter(row.state for row in rows), Counter(row.tries for row in rows), report, took, hidden, listens,
    )  # fmt: skip


def speed(room: Path, films: int, cores: tuple[int, ...]) -> float:
    """Seconds of a batch with one worker on each of the cores, once each has loaded its models."""
    with Loopback() as cluster:
        for core in cores:
            cluster.add_worker(core=core)
        for worker in cluster.workers:
            worker.saying("waits for files")
        make_films(room / "first", 2 * len(cores))
        cluster.batch(room / "first", room / "ledger").finish()
        make_films(room / "films", films)
        began = time.monotonic()
        cluster.batch(room / "films", room / "ledger").finish()
        return time.monotonic() - began


def main() -> None:
    films = int(sys.argv[2])
    with tempfile.TemporaryDirectory() as room:
        if sys.argv[1] == "killing":
            told = killing(Path(room), films)
            print(f"{films} films, a worker and the scheduler killed at work: {told.seconds:.1f} s")
            print(f"results   {len(told.results)}, {len(set(told.results.values()))} different; hidden {told.hidden}")
            print(f"written   {dict(Counter(told.written.values()))} times; begun {dict(Counter(told.begun.values()))}")
            print(f"ledger    {dict(told.states)}, tries {dict(told.tries)}")
        else:
            trials = ((0,), (1,), (0, 1))
            took = [speed(Path(room) / str(number), films, cores) for number, cores in enumerate(trials)]
            one = (took[0] + took[1]) / 2
            print(f"{films} films of 55 s, each worker on a core of its own with one thread")
            print(f"one worker   {took[0]:.1f} s on core 0, {took[1]:.1f} s on core 1")
            print(f"two workers  {took[2]:.1f} s: {one / took[2]:.2f} times as fast")


if __name__ == "__main__":
    main()
