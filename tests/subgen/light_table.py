"""What `light` makes of recordings whose turns are known: `python -m tests.subgen.light_table a.wav b.wav ...`.

Beside each recording lies its truth as RTTM. DER counts every edge and overlap.
"""

from __future__ import annotations

import sys
from pathlib import Path

from subgen.diarise.light import told_apart
from subgen.eval.speakers import turn_errors
from subgen.media import probe
from subgen.media.whole import Whole
from subgen.options import Speakers
from subgen.speakers.rttm import read_rttm
from subgen.types import SAMPLE_RATE


def row(path: Path) -> str:
    """Name, people, people found and DER, and DER where their number is given."""
    samples = Whole(probe(path)).samples()
    (truth,) = read_rttm(path.with_suffix(".rttm").read_text(encoding="utf-8"), path.name).values()
    count = len({turn.speaker for turn in truth})
    found = [told_apart(samples, Speakers(find=True, exact=known)) for known in (None, count)]
    rates = [f"{turn_errors(truth, turns, len(samples) / SAMPLE_RATE).rate:.1%}" for turns in found]
    return f"| {path.stem} | {count} | {len({turn.speaker for turn in found[0]})} | {' | '.join(rates)} |"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(row(Path(name)))
