"""What becomes of every file of a media collection: `python -m tests.subgen.media_table FOLDER` writes the table.

The folder holds a `manifest.json` whose items have a path, and a kind where it is known.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from subgen.cli.jobs import Job
from subgen.cli.screens import Lines
from subgen.cli.settings import Settings
from subgen.cli.work import run_files
from subgen.engine import Engine
from subgen.events import Listener
from subgen.options import Models, Options
from subgen.pipeline import transcribe
from subgen.types import Document

PAGE = Path(__file__).resolve().parents[2] / "docs" / "robustness.md"
SPEECHLESS = frozenset({"noise", "music", "animal sounds", "taps, rubs", "room impulse response"})
"""kinds of items in which nobody speaks"""


@dataclass(frozen=True, slots=True)
class Row:
    """One file: its exit code, what stderr says, and how many cues were written."""

    name: str
    kind: str
    code: int
    messages: tuple[str, ...]
    cues: int | None
    """None when nothing was written"""
    document: Document | None = None

    @property
    def speechless(self) -> bool:
        """Whether nobody speaks in it."""
        return self.kind in SPEECHLESS or "silence" in self.name


def rows(collection: Path) -> Iterator[Row]:
    """Every item through the machinery of the command line, with the toy model, one engine for all."""
    items = json.loads((collection / "manifest.json").read_text(encoding="utf-8"))["items"]
    options = Options(models=Models("demo", offline=True))
    with Engine.open(options.models) as engine:
        for item in items:
            yield _row(collection, item, Settings(options), engine)


def _row(collection: Path, item: dict[str, str], settings: Settings, engine: Engine) -> Row:
    made: list[Document] = []
    shown = io.StringIO()

    def make(path: Path, listen: Listener) -> Document:
        made.append(transcribe(path, settings.options, engine=engine, listen=listen))
        return made[-1]

    with tempfile.TemporaryDirectory() as folder:
        job = Job(collection / item["path"], ("srt",), Path(folder))
        code = run_files((job,), settings, make, Lines(settings.console, shown, announce=False))
        written = [path.read_text(encoding="utf-8").count(" --> ") for path in Path(folder).iterdir()]
    messages = tuple(
        line.removeprefix("subgen: ").replace(f"{collection}/", "") for line in shown.getvalue().splitlines()
    )
    document = made[0] if made else None
    return Row(item["path"], item.get("kind") or "", code, messages, sum(written) if written else None, document)


def page(table: Sequence[Row]) -> str:
    """The table as Markdown, with totals before it."""
    codes = Counter(row.code for row in table)
    silent = [row for row in table if row.speechless]
    ends = ", ".join(f"{count} with {code}" for code, count in sorted(codes.items()))
    lines = [
        "# Robustness",
        "",
        "Every file of a collection of real and broken media (clips, test files of other projects, noise, subtitles)",
        "through the machinery of the command line, with the toy model. Made by `tests/subgen/media_table.py`. The toy",
        "knows synthetic English: its words for people and other languages are poor, and cues only show that it ran.",
        "",
        f"- {len(table)} files; exit codes: {ends}.",
        f"- {len(silent)} files without a speaker; cues in them: {sum(row.cues or 0 for row in silent)}.",
        "",
        "| file | exit code | cues | message |",
        "| --- | --- | --- | --- |",
    ]
    for row in table:
        told = " ".join(message.removeprefix(f"{row.name}: ") for message in row.messages)
        count = "" if row.cues is None else row.cues
        lines.append(f"| {_cell(row.name)} | {row.code} | {count} | {_cell(told)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(list(rows(Path(sys.argv[1])))), encoding="utf-8")
