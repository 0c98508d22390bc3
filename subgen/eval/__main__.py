"""`python -m subgen.eval TRUTH.json RESULT.json`: how good a result of `subgen -f json` is."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from subgen.errors import EXIT_OK, SubgenError
from subgen.eval.report import compare, figures, table
from subgen.eval.truth import read_text, read_truth
from subgen.formats import read


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the table, or JSON with --json, to standard output and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m subgen.eval", description=__doc__)
    parser.add_argument("truth", type=Path, help="exact text and word times, such as samples/film.json")
    parser.add_argument("result", type=Path, help="what `subgen FILE -f json` wrote")
    parser.add_argument("--json", action="store_true", help="write figures as JSON; times are seconds")
    given = parser.parse_args(arguments)
    try:
        report = compare(read_truth(given.truth), read(read_text(given.result), str(given.result)))
    except SubgenError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(json.dumps(figures(report), indent=1) + "\n" if given.json else table(report))
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
