"""`subgen check`: findings as a table or JSON, and an exit code for programs that build."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from subgen.check.rulebook import ADVICE, ERROR, severity
from subgen.checking import Checked, check_file
from subgen.cli.results import print_result, table
from subgen.cli.settings import Settings
from subgen.cli.shell import caught, one_line, say
from subgen.errors import EXIT_OK, EXIT_SOME_FAILED
from subgen.types import Finding, Seconds

COLOURS = {ERROR: "\x1b[31m", ADVICE: "\x1b[33m"}
"""ANSI: red, yellow"""
PLAIN = "\x1b[0m"
HEAD = ("cue", "time", "rule", "severity", "finding")


def check_files(files: Sequence[Path], media: Path | None, settings: Settings, *, as_json: bool, strict: bool) -> int:
    """Checks every file; 1 when an error is found in any, or with `strict` anything at all.

    A file that can't be read gives its own code, or 1 among several.
    """
    done: list[Checked] = []
    codes = [caught(partial(_check, path, media, settings, done), lambda text, _code: say(text)) for path in files]
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print_result(_json(done) if as_json else "\n".join(text(one, coloured=coloured) for one in done))
    if any(codes):
        return codes[0] if len(files) == 1 else EXIT_SOME_FAILED
    wrong = any(one.findings if strict else one.errors for one in done)
    return EXIT_SOME_FAILED if wrong else EXIT_OK


def _check(path: Path, media: Path | None, settings: Settings, done: list[Checked]) -> int:
    done.append(check_file(path, media, settings.options))
    for note in done[-1].notes:
        if note.kind != "dropped":
            say(note.text)
    return EXIT_OK


def text(checked: Checked, *, coloured: bool = False) -> str:
    """One line about the file, then its findings; on a terminal errors are red and advice is yellow."""
    head = f"{one_line(str(checked.path))}: {_summary(checked)}\n"
    if not checked.findings:
        return head
    first, *lines = table(HEAD, map(_row, checked.findings)).splitlines(keepends=True)
    if coloured:
        lines = [
            f"{COLOURS[severity(finding)]}{line.rstrip()}{PLAIN}\n"
            for finding, line in zip(checked.findings, lines, strict=True)
        ]
    return head + first + "".join(lines)


def _summary(checked: Checked) -> str:
    """ "score 87, 3 errors and 2 pieces of advice in 26 cues (English, 25 frames per second)"."""
    errors, advice = checked.errors, len(checked.findings) - checked.errors
    told = " and ".join(_kinds(errors, advice)) or "nothing found"
    basis = ", ".join(filter(None, (checked.language, f"{round(checked.frame_rate, 3):g} frames per second")))
    return f"score {checked.score}, {told} in {_counted(len(checked.cues), 'cue', 'cues')} ({basis})"


def _kinds(errors: int, advice: int) -> Iterator[str]:
    if errors:
        yield _counted(errors, "error", "errors")
    if advice:
        yield _counted(advice, "piece of advice", "pieces of advice")


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _row(finding: Finding) -> tuple[str, str, str, str, str]:
    time = clock(finding.span.start) if finding.span is not None else "-"
    number = str(finding.cue) if finding.cue else "-"
    return number, time, finding.rule, severity(finding), one_line(finding.text)


def clock(time: Seconds) -> str:
    """0:00:00.000."""
    minutes, ms = divmod(round(time * 1000), 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{ms / 1000:06.3f}"


def _json(done: Sequence[Checked]) -> str:
    return json.dumps({"files": [_entry(one) for one in done]}, indent=1, ensure_ascii=False) + "\n"


def _entry(checked: Checked) -> dict[str, object]:
    return {
        "path": str(checked.path),
        "language": checked.language,
        "frame_rate": round(checked.frame_rate, 3),
        "media": str(checked.media) if checked.media else None,
        "cues": len(checked.cues),
        "score": checked.score,
        "errors": checked.errors,
        "advice": len(checked.findings) - checked.errors,
        "findings": [_finding(each) for each in checked.findings],
    }


def _finding(finding: Finding) -> dict[str, object]:
    start, end = (finding.span.start, finding.span.end) if finding.span is not None else (None, None)
    return {
        "cue": finding.cue or None,
        "start": start,
        "end": end,
        "rule": finding.rule,
        "severity": severity(finding),
        "text": finding.text,
        "figure": finding.figure,
        "limit": finding.limit,
    }
