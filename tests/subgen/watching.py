"""A watch over a folder in which things happen at times of a clock that does not wait."""

from __future__ import annotations

import io
import os
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from subgen.events import Event, Listener
from subgen.library.arrival import Waiting
from subgen.library.hints import Hints, Patience
from subgen.library.ledger import Ledger
from subgen.library.plan import Plan, Planner, Wish
from subgen.library.recipe import recipe
from subgen.library.rows import Recipe
from subgen.library.run import Run
from subgen.library.shared import Memory, Shared
from subgen.library.stop import Stop
from subgen.library.store import Store
from subgen.library.watch import Places, Watch
from subgen.library.work import End, Outcome, Worker
from subgen.options import Options
from subgen.types import Document, Media, Track, Transcript
from subgen.words import spread, utterances

HOUR = 3600.0
TRACK = Track(index=0, codec="pcm_s16le", sample_rate=16_000, channels=1, start=0.0)


def sound(seed: int, seconds: float = 0.1) -> bytes:
    """A wav file that is like no other."""
    noise = np.random.default_rng(seed).integers(-9000, 9000, round(seconds * 16_000), dtype=np.int16)
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(noise.astype("<i2").tobytes())
    return made.getvalue()


class NoModels:
    """An engine that must not be asked."""

    names = ("none",)

    @property
    def recogniser(self):
        raise AssertionError

    aligner = recogniser


@dataclass
class Clock:
    """Time that passes when somebody sleeps; what is due then happens."""

    time: float = 1_700_000_000.0
    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def at(self, seconds: float, happens: Callable[[], None]) -> None:
        """After so many seconds from now."""
        self.due.append((self.time + seconds, happens))
        self.due.sort(key=lambda each: each[0])

    def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        while self.due and self.due[0][0] <= until:
            self.time, happens = self.due.pop(0)
            happens()
        self.time = until


@dataclass
class Seen:
    """Is told how files end."""

    outcomes: list[Outcome]

    def begin(self, path: Path, number: int, count: int) -> None:
        pass

    def listen(self, event: Event) -> None:
        pass

    def ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


@dataclass
class World:
    """A folder, a ledger, and what was seen of the work in the folder."""

    root: Path
    ledger: Ledger
    clock: Clock
    stop: Stop = field(default_factory=Stop)
    made: list[tuple[float, Path, bytes]] = field(default_factory=list)
    """when which file was done, and what was in it"""
    begun: Callable[[Path], None] = lambda path: None
    """is told when the work on a file begins"""
    ended: list[Outcome] = field(default_factory=list)
    told: list[Waiting] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    idles: list[float] = field(default_factory=list)

    @property
    def recipe(self) -> Recipe:
        """Of the settings that are wanted if nothing else is said."""
        return recipe(Options(), ("srt",))

    def put(self, name: str, content: bytes, age: float = 0.0) -> Path:
        """A file as it is after a program has written to it; its time is that of the clock, less its age."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (self.clock.time - age,) * 2)
        return path

    def copy(self, name: str, content: bytes, *moments: float) -> None:
        """A program that writes a file in equal parts at these moments."""
        for number, moment in enumerate(moments, 1):
            part = content[: len(content) * number // len(moments)]
            self.clock.at(moment, lambda part=part: self.put(name, part))

    def make(self, path: Path, options: Options, memory: Memory, listen: Listener) -> Document:
        self.begun(path)
        self.made.append((self.clock.time, path, path.read_bytes()))
        said = Transcript(0.0, 1.0, "Done.", options.decoding.language or "English", words=spread("Done.", 0.0, 1.0))
        return Document(Media(path, 1.0, (TRACK,), TRACK), 1.0, (said,), utterances((said,)))

    def work(self, plans: Sequence[Plan], planner: Planner) -> tuple[Outcome, ...]:
        shared = Shared(NoModels(), self.stop)
        worker = Worker(self.ledger, Store(self.ledger.folder), planner, self.make)
        return Run(worker, shared, Seen(self.ended), self.clock.now, self.stop).run(plans)

    def waits(self, waiting: Waiting) -> None:
        self.told.append(waiting)

    def lost(self, path: Path, why: str) -> None:
        self.troubles.append(why)

    def idle(self) -> None:
        self.idles.append(self.clock.time)

    def watch(self, seconds: float = HOUR, hints: Hints | None = None, options: Options = Options(), **places) -> None:
        """The watch for so many seconds."""
        self.clock.at(seconds, self.stop.ask)
        wish = Wish(recipe(options, ("srt",)), language=options.decoding.language, roots=(self.root,), options=options)
        waits = hints or Patience(self.clock, self.stop)
        watched = Places((self.root,), **{"quiet": 10.0, **places})
        Watch(watched, self.ledger, wish, self.work, self, self.clock, waits, self.stop).run()

    def times(self) -> dict[str, list[float]]:
        """When each file was done, in seconds from the start."""
        found: dict[str, list[float]] = {}
        for moment, path, _ in self.made:
            found.setdefault(path.relative_to(self.root).as_posix(), []).append(moment - 1_700_000_000.0)
        return found

    def failed(self) -> list[str]:
        """Why files have no results."""
        return [outcome.why for outcome in self.ended if outcome.end is End.FAILED]


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """An empty folder and its ledger."""
    clock = Clock()
    root = folder / "media"
    root.mkdir(exist_ok=True)
    with Ledger(folder / "ledger", clock.now) as ledger:
        yield World(root, ledger, clock)
