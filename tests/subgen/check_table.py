"""Prints what `subgen check` finds in what cue writers make of the same timed words; `docs/subtitles.md` shows it.

    python -m tests.subgen.check_table [PYTHON]

PYTHON is an interpreter that has mlx-qwen3-asr; without it only subgen's rows are made.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from subgen.checking import check_file
from subgen.options import Decoding, Layout, Options
from tests.subgen.cue_table import own, rival
from tests.subgen.timed_words import LISTS

OPTIONS = Options(layout=Layout(frame_rate=24.0), decoding=Decoding(language="English"))
COLUMNS = ("words", "writer", "cues", "score", "errors", "advice", "which")


def row(name: str, writer: str, text: str) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cues.srt"
        path.write_text(text, encoding="utf-8")
        told = check_file(path, None, OPTIONS)
    kinds = Counter(finding.rule for finding in told.findings).most_common()
    which = ", ".join(f"{rule} {count}" for rule, count in kinds) or "-"
    advice = len(told.findings) - told.errors
    return f"| {name} | {writer} | {len(told.cues)} | {told.score} | {told.errors} | {advice} | {which} |"


def main(pythons: list[str]) -> None:
    """Print the table."""
    print(f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|", sep="\n")
    for name in LISTS:
        print(row(name, "subgen", own(name)))
        for python in pythons:
            print(row(name, *rival(python, name)))


if __name__ == "__main__":
    main(sys.argv[1:])
