"""`subgen doctor`: what this machine has, what it lacks, and whether what it has works."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from aligner.backend import require_mlx
from subgen import __version__
from subgen.cli import selftests
from subgen.cli.results import print_result, table
from subgen.cli.shell import one_line
from subgen.errors import EXIT_OK, MissingDependency, SubgenError
from subgen.media import find_ffmpeg
from subgen.models import hub_cache, known
from subgen.output import check_writable

EXTRAS = (
    ("nagisa", "word times in Japanese", "japanese"),
    ("pyannote.audio", "finding speakers", "diarize"),
    ("distributed", "several machines", "cluster"),
)
"""distribution, what it is for, and the extra that brings it"""
RUNNING = 10.0
"""seconds that a program may take to tell its version"""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `essential`: without it nothing can be transcribed."""

    name: str
    ok: bool
    detail: str
    essential: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at; `look` returns what it found, and raises when that is missing or wrong."""

    name: str
    look: Callable[[], str]
    essential: bool = True

    def __call__(self) -> Finding:
        """Never raises for what the check is about."""
        try:
            return Finding(self.name, True, self.look(), self.essential)
        except (
            SubgenError,
            selftests.SelfTestError,
            ImportError,
            OSError,
            ValueError,
            RuntimeError,
            subprocess.SubprocessError,
        ) as error:
            return Finding(self.name, False, str(error) or type(error).__name__, self.essential)


def examine(as_json: bool, checks: Sequence[Check] | None = None) -> int:
    """Prints every finding; returns 0 when all that is essential works, else the code of a missing dependency."""
    findings = tuple(check() for check in (checks if checks is not None else tuple(all_checks())))
    print_result(_json(findings) if as_json else _text(findings))
    works = all(finding.ok for finding in findings if finding.essential)
    return EXIT_OK if works else MissingDependency.exit_code


def all_checks() -> Iterator[Check]:
    """What is looked at, in the order shown."""
    yield Check("subgen", lambda: f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    yield Check("MLX", _mlx)
    yield Check("ffmpeg", _ffmpeg)
    yield Check("PyAV", _pyav)
    yield Check("models", _models)
    yield Check("hub cache", _cache, essential=False)
    for distribution, purpose, extra in EXTRAS:
        yield Check(distribution, partial(_extra, distribution, purpose, extra), essential=False)
    yield Check("test: spectrogram", selftests.mel)
    yield Check("test: batches", selftests.batch)
    yield Check("test: decoding", selftests.steps)
    yield Check("test: timeline", selftests.timeline)


def _mlx() -> str:
    require_mlx()
    import mlx.core as mx

    device = "CPU" if mx.default_device().type == mx.DeviceType.cpu else "GPU"
    return f"{importlib.metadata.version('mlx')} on the {device}"


def _ffmpeg() -> str:
    binary = find_ffmpeg(None)
    told = subprocess.run([str(binary), "-version"], capture_output=True, text=True, timeout=RUNNING, check=False)
    if told.returncode:
        raise MissingDependency(f"{binary} does not run (it ended with {told.returncode}); install ffmpeg again")
    return f"{' '.join(told.stdout.split()[1:3])} at {binary}"


def _pyav() -> str:
    import av

    return av.__version__


def _models() -> str:
    return ", ".join(f"{model.name} ({model.role}, {model.source})" for model in known())


def _cache() -> str:
    folder = hub_cache()
    check_writable(next(each for each in (folder, *folder.parents) if each.exists()))
    return f"{folder} can be written"


def _extra(distribution: str, purpose: str, extra: str) -> str:
    try:
        return f"{importlib.metadata.version(distribution)}, for {purpose}"
    except importlib.metadata.PackageNotFoundError:
        raise MissingDependency(f"not installed; `pip install 'subgen-mlx[{extra}]'` for {purpose}") from None


def _text(findings: Sequence[Finding]) -> str:
    return table(("check", "", "found"), [(each.name, _mark(each), one_line(each.detail)) for each in findings])


def _mark(finding: Finding) -> str:
    return "ok" if finding.ok else "FAILED" if finding.essential else "absent"


def _json(findings: Sequence[Finding]) -> str:
    works = all(finding.ok for finding in findings if finding.essential)
    return json.dumps({"works": works, "findings": [asdict(each) for each in findings]}, indent=2) + "\n"
