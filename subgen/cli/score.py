"""`subgen score`: measures, then prints a table or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from subgen.cli.results import print_result, table
from subgen.errors import EXIT_OK, OptionError
from subgen.eval.records import read_record
from subgen.eval.score import HEAD, cells, score
from subgen.types import Seconds


def score_files(reference: Path, hypotheses: Sequence[Path], collar: Seconds, as_json: bool) -> int:
    """Scores every result against the reference. All files are read before the first is measured."""
    if not 0 <= collar < float("inf"):
        raise OptionError("The collar must be 0 seconds or more.")
    truth = read_record(reference)
    measured = [score(truth, record, collar) for record in [read_record(path) for path in hypotheses]]
    if as_json:
        value = {"reference": str(reference), "collar": collar, "results": [one.values() for one in measured]}
        print_result(json.dumps(value, indent=1) + "\n")
    else:
        print_result(table(HEAD, [tuple(cells(one)) for one in measured]))
    return EXIT_OK
