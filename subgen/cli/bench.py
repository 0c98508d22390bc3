"""`subgen bench`: measures, shows every figure as it is known, and writes JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from aligner.backend import require_mlx
from subgen.cli.results import print_result, table
from subgen.cli.shell import one_line, put_line
from subgen.errors import EXIT_OK, OptionError
from subgen.eval.bench import Bench, Report, Result, measure
from subgen.eval.measure import Row
from subgen.output import check_writable, write

HEAD = ("model", "stage", "batch", "by", "seconds", "spread", "speed", "tokens/s", "ratio")


def run_bench(bench: Bench, json_file: Path | None) -> int:
    """Measures and prints the table; with a file, writes the JSON object there too."""
    require_mlx()
    if json_file is not None:
        check_writable(json_file.parent)
    report = measure(bench, ("subgen", *sys.argv[1:]), announce)
    if json_file is not None:
        write(json_file, json.dumps(report.values(), indent=1) + "\n", overwrite=True)
    if sys.stdout.isatty():
        show(report)
    else:
        print_result(table(HEAD, [cells(row) for row in report.rows]))
    return EXIT_OK


def numbers(text: str) -> tuple[int, ...]:
    """Batch sizes from "1,8"; each at least 1, in order, each once. Raises OptionError."""
    try:
        return tuple(dict.fromkeys(int(part) for part in names(text)))
    except ValueError as error:
        raise OptionError(f"{text!r} is no list of batch sizes such as 1,8.") from error


def names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def cells(row: Row) -> tuple[str, ...]:
    """A row of the table."""
    timing, work = row.timing, row.work
    return (
        row.model,
        work.stage,
        str(work.batch or ""),
        f"{row.system} {row.setup}".strip(),
        f"{timing.median:.4g}",
        f"{min(timing.runs):.4g}..{max(timing.runs):.4g}",
        f"{row.speed:,.1f}x" if row.speed else "",
        f"{row.token_rate:,.1f}" if row.token_rate else "",
        f"{row.ratio:.1f}" if row.ratio else "",
    )


def announce(result: Result) -> None:
    """One line on stderr for every result."""
    if isinstance(result, Row):
        put_line("  ".join(cell for cell in cells(result) if cell), sys.stderr)
    else:
        put_line(f"{result.rival} ({result.setup}) failed: {one_line(result.reason)}", sys.stderr)


def show(report: Report) -> None:
    """The table on a terminal."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(*HEAD, title=_title(report))
    for row in report.rows:
        shown.add_row(*cells(row))
    Console().print(shown)


def _title(report: Report) -> str:
    facts: Sequence[object] = (report.machine["gpu"] or report.machine["cpu"], f"{report.machine['cores']} cores")
    return ", ".join(map(str, facts))
