"""Measuring: how long work takes, what memory it takes, and on which machine."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import mlx.core as mx

from aligner.blas import accelerate
from aligner.processors import processors
from subgen import __version__
from subgen.types import Seconds

PACKAGES = ("mlx", "mlx-cuda-12", "mlx-cuda-13", "numpy", "scipy-openblas32", "tokenizers", "av")
OURS = "subgen"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that a piece of work took in each run, warm-up left out."""

    runs: tuple[Seconds, ...]

    @property
    def median(self) -> Seconds:
        """The middle one."""
        return median(self.runs)


@dataclass(frozen=True, slots=True)
class Work:
    """What was measured: `tokens` were generated for `audio` seconds, `batch` chunks at once."""

    stage: str
    batch: int | None = None
    audio: Seconds | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `setup` is how a rival was run: as installed, or with a faster BLAS under it."""

    model: str
    work: Work
    timing: Timing
    memory: int = 0
    """most bytes that MLX held while it ran"""
    system: str = OURS
    setup: str = ""
    ratio: float | None = None
    """a rival's time over ours for the same work"""

    @property
    def speed(self) -> float | None:
        """Seconds of audio per second."""
        return self.work.audio / self.timing.median if self.work.audio else None

    @property
    def token_rate(self) -> float | None:
        """Tokens per second, all rows of the batch together."""
        return self.work.tokens / self.timing.median if self.work.tokens else None

    def values(self) -> dict[str, object]:
        """The row as JSON values; the schema is in docs/benchmarks/README.md."""
        runs = self.timing.runs
        return {
            "model": self.model,
            "system": self.system,
            "setup": self.setup,
            **asdict(self.work),
            "seconds": self.timing.median,
            "least": min(runs),
            "most": max(runs),
            "runs": len(runs),
            "speed": self.speed,
            "tokens_per_second": self.token_rate,
            "memory": self.memory,
            "ratio": self.ratio,
        }


@dataclass(frozen=True, slots=True)
class Clock:
    """Runs work some times to warm up and some times to measure."""

    runs: int
    warm_up: int

    def time(self, work: Callable[[], object]) -> tuple[Timing, int]:
        """Seconds of each measured run, and the most bytes that MLX held in any."""
        for _ in range(self.warm_up):
            work()
        mx.reset_peak_memory()
        seconds = []
        for _ in range(self.runs):
            start = perf_counter()
            work()
            seconds.append(perf_counter() - start)
        return Timing(tuple(seconds)), mx.get_peak_memory()

    def difference(self, longer: Callable[[], object], shorter: Callable[[], object]) -> tuple[Timing, int]:
        """How much longer one takes than the other, run by run, so that a drift of the machine touches both alike."""
        seconds = []
        held = 0
        for run in range(self.warm_up + self.runs):
            once = Clock(1, 0)
            (long, memory), (short, _) = once.time(longer), once.time(shorter)
            if run >= self.warm_up:
                seconds.append(max(long.median - short.median, 1e-9))
                held = max(held, memory)
        return Timing(tuple(seconds)), held


def peak_rss() -> int:
    """Most bytes of memory that this process has had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def machine() -> dict[str, object]:
    """Processor, memory and GPU."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "system": f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        "cpu": _cpu(),
        "cores": processors(),
        "memory": memory,
        "device": str(mx.default_device()),
        "gpu": _gpu(),
        "load_average": os.getloadavg()[0],
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model n")]
        return names[0] if names else platform.processor()
    return told("sysctl", "-n", "machdep.cpu.brand_string") or platform.processor()


def _gpu() -> str | None:
    if mx.default_device().type == mx.DeviceType.cpu:
        return None
    return told("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader") or _cpu()


def told(*command: str) -> str:
    """What a program prints, on one line; "" when it is missing or fails."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return " ".join(done.stdout.split()) if done.returncode == 0 else ""


def versions() -> Mapping[str, str]:
    """Versions of what the measured code runs on, and the BLAS that MLX was given."""
    found = {OURS: __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found | {"blas": accelerate() or "as MLX comes"}
