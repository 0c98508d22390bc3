"""The toy model that comes with the package, `--model demo`: see MODEL_CARD.md beside this file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def asr_path() -> Path:
    """The directory of the toy recogniser."""
    return _directory("demo-asr")


def aligner_path() -> Path:
    """The directory of the toy forced aligner."""
    return _directory("demo-aligner")


def _directory(name: str) -> Path:
    return Path(str(files(__name__) / name))
