"""`subgen check` on files: what is said on stdout, exit codes, and files that are broken themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from subgen.cli.shell import run
from subgen.formats.srt import srt
from tests.subgen.test_check import calm, film

Captured = pytest.CaptureFixture[str]
UNREADABLE = "41\n00:xx:20,000 --> 00:03:24,000\nHe looked up.\n\n"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.en.srt"
    path.write_text(srt(film()), encoding="utf-8")
    return path


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """One error, one piece of advice."""
    shown = film()
    shown[4] = replace(shown[4], start=shown[4].start + 3.0)
    shown[6] = calm(6, ("He looked", "at the sky."))
    path = tmp_path / "wrong.en.srt"
    path.write_text(srt(shown), encoding="utf-8")
    return path


def test_a_clean_file_is_worth_100(clean: Path, capsys: Captured) -> None:
    assert run(["check", str(clean), "--strict"]) == 0
    assert capsys.readouterr().out == (
        f"{clean}: score 100, nothing found in 40 cues (English, 24 frames per second)\n"
    )


def test_each_finding_has_a_line(wrong: Path, clean: Path, capsys: Captured) -> None:
    assert run(["check", str(wrong), str(clean)]) == 1
    told = capsys.readouterr()
    assert told.err == ""
    head, columns, *lines = told.out.splitlines()
    assert head == f"{wrong}: score 96, 1 error and 1 piece of advice in 40 cues (English, 24 frames per second)"
    assert columns.split() == ["cue", "time", "rule", "severity", "finding"]
    assert lines[0].split(maxsplit=4) == [
        *("5", "0:00:23.000", "speed", "error"),
        "It is read at 60 columns per second, the most is 20.",
    ]
    assert lines[1].split(maxsplit=4) == ["7", "0:00:30.000", "split", "advice", "Its two lines fit on one."]
    assert lines[2] == ""
    assert lines[3].startswith(f"{clean}: score 100")
