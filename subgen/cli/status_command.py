"""The command `subgen status`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from subgen.cli.binding import with_flags
from subgen.cli.flags import AsJson

StatusLedger = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="The ledger, as for batch and watch. Default: the one with the user's data."),
]


@with_flags({})
def status(*, ledger: StatusLedger = None, json: AsJson = False) -> int:
    """Show how far batch and watch have come: what runs, waits, has failed, was done last."""
    from subgen.cli.status import print_status

    return print_status(ledger, json)
