"""Other programs on the same audio and weights, each in a process of its own, one after the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from subgen.errors import OptionError
from subgen.eval import rival_worker
from subgen.eval.measure import Clock, Row, Timing, Work
from subgen.types import Chunk

NAMES = tuple(dict.fromkeys(rival for rival, _ in rival_worker.WORKERS))
LONGEST_REASON = 200
"""characters of a failure that are kept"""


@dataclass(frozen=True, slots=True)
class Rival:
    """A program to compare with, and the Python that it is installed in."""

    name: str
    python: str = sys.executable

    @classmethod
    def read(cls, text: str) -> Rival:
        """From "NAME" or "NAME@PYTHON". Raises OptionError for a name that is not known."""
        name, _, python = text.partition("@")
        if name not in NAMES:
            raise OptionError(f"The rival {name!r} is not known; use {', '.join(NAMES)}, or NAME@PYTHON.")
        return cls(name, python or sys.executable)


@dataclass(frozen=True, slots=True)
class Setup:
    """How a rival is run: its own choices, or ours that make it faster on a CPU."""

    name: str = "as installed"
    blas: Path | None = None
    """a shared library to load before everything else"""
    dtype: str = ""


def setups(blas: Path | None) -> tuple[Setup, ...]:
    """As installed, and where a BLAS is given with that, in the rival's own dtype and in float32, which BLAS needs."""
    if blas is None:
        return (Setup(),)
    return Setup(), Setup("fast BLAS", blas), Setup("fast BLAS, float32", blas, "float32")


@dataclass(frozen=True, slots=True)
class Task:
    """What all rivals are asked to do with a model: recognise pieces, or align texts to them."""

    model: str
    stage: str
    directory: Path
    pieces: tuple[Chunk, ...]
    tokens: int | None = None
    """tokens for every piece; None lets the model stop"""
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A rival that could not do it."""

    rival: str
    setup: str
    work: Work
    reason: str

    def values(self) -> dict[str, object]:
        """The failure as JSON values."""
        return {"system": self.rival, "setup": self.setup, **asdict(self.work), "reason": self.reason}


class Contest:
    """Runs rivals. Files that they read and write are kept in `folder`."""

    def __init__(self, folder: Path, clock: Clock, rivals: Sequence[Rival], ways: Sequence[Setup]) -> None:
        self._folder = folder
        self._clock = clock
        self._rivals = rivals
        self._ways = ways

    def run(self, task: Task, batches: Sequence[int]) -> Iterator[Row | Failure]:
        """Every rival that knows the stage, in every way, at every batch size that it has."""
        for rival in self._rivals:
            if (rival.name, task.stage) not in rival_worker.WORKERS:
                continue
            batched = rival.name == "mlx-audio" and task.stage == "pcm to text"
            for way in self._ways:
                for batch in batches if batched else (1,):
                    yield self._one(rival, way, task, batch)

    def _one(self, rival: Rival, way: Setup, task: Task, batch: int) -> Row | Failure:
        seconds = sum(piece.duration for piece in task.pieces)
        work = Work(task.stage, batch, seconds)
        job, result = self._folder / "job.json", self._folder / "result.json"
        self._write(job, rival, way, task, batch)
        result.unlink(missing_ok=True)
        command = [rival.python, "-P", rival_worker.__file__, str(job), str(result)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(way))
        except OSError as error:
            return Failure(rival.name, way.name, work, f"{rival.python}: {error.strerror or error}")
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
            return Failure(rival.name, way.name, work, lines[-1][:LONGEST_REASON])
        told = json.loads(result.read_text(encoding="utf-8"))
        work = Work(task.stage, batch, seconds, told["tokens"])
        system = f"{rival.name} {told['version']}"
        return Row(task.model, work, Timing(tuple(told["seconds"])), told["memory"], system, way.name)

    def _write(self, job: Path, rival: Rival, way: Setup, task: Task, batch: int) -> None:
        audio = self._folder / "pieces.npz"
        np.savez(audio, *(piece.samples for piece in task.pieces))
        values = {
            "rival": rival.name,
            "stage": task.stage,
            "directory": str(task.directory),
            "dtype": way.dtype,
            "audio": str(audio),
            "texts": task.texts,
            "tokens": task.tokens,
            "batch": batch,
            "runs": self._clock.runs,
            "warm_up": self._clock.warm_up,
        }
        job.write_text(json.dumps(values), encoding="utf-8")


def _environment(way: Setup) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    preload = {"LD_PRELOAD": str(way.blas)} if way.blas else {}
    return kept | preload | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
