"""Fixtures for all tests."""

from __future__ import annotations

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""material that is too large or not free to be in the repository"""

W3C_PARSER = Path(__file__).resolve().parents[1] / ".ci/node_modules/webvtt-parser"
"""what `.ci/run` installs where npm is there"""
collect_ignore = [] if W3C_PARSER.is_dir() else ["subgen/test_formats_w3c.py"]
if find_spec("pyannote") is None or find_spec("pyannote.audio") is None:
    collect_ignore.append("subgen/test_pyannote_real.py")  # of the extra diarize, which brings torch


def pytest_configure() -> None:
    """No settings of the developer's own. Signals that a shell ignores for a job in the background are heard again."""
    os.environ["SUBGEN_CONFIG"] = os.devnull
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out tests that are marked `shared` where that material does not exist."""
    if SHARED.is_dir():
        return
    absent = [item for item in items if item.get_closest_marker("shared")]
    config.hook.pytest_deselected(items=absent)
    items[:] = [item for item in items if item not in absent]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the repository that `shared` tests read."""
    return SHARED


@pytest.fixture(scope="session")
def golden() -> Path:
    """Tiny random checkpoints in every layout, with what the official implementation computes on them."""
    return Path(__file__).parent / "golden" / "qwen3"
