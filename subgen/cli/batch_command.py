"""The command `subgen batch`: the flags of `subgen FILE...` that suit many files, and its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from subgen.cli.binding import with_flags
from subgen.cli.flags import EVERY_FLAG, OUTPUT, Flags
from subgen.cli.notice_flags import NoticeDone, NoticeFailed, NoticeMap, NoticeRefresh, NoticeWebhook
from subgen.cli.settings import Settings

BATCH = "Batch"

_NOT_HERE = {
    *("delivery.overwrite", "delivery.mux", "delivery.burn", "console.timings"),
    *("speakers.turns", "speakers.names", "speakers.names_file"),
}
"""what makes sense for one file at a time only"""
BATCH_FLAGS: Flags = {path: flag for path, flag in EVERY_FLAG.items() if path not in _NOT_HERE} | {
    "delivery.output": typer.Option(
        *("--output", "-o"),
        metavar="FOLDER",
        help="Where results go, in folders like those of the media. Default: beside the media.",
        rich_help_panel=OUTPUT,
    )
}

BatchPlaces = Annotated[
    list[Path], typer.Argument(metavar="DIR...", help="Folders with films and recordings, or single files.")
]
BatchPlan = Annotated[
    bool, typer.Option("--plan", help="Only show what would be done, and how long.", rich_help_panel=BATCH)
]
BatchYes = Annotated[
    bool, typer.Option("--yes", "-y", help="Begin without asking, however many files.", rich_help_panel=BATCH)
]
BatchReport = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write what was done, skipped and failed there, as JSON; replaced if it exists.",
        rich_help_panel=BATCH,
    ),
]
BatchLedger = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Where it is kept what has been done: on a local disk. Default: with the user's data.",
        rich_help_panel=BATCH,
    ),
]
BatchShard = Annotated[
    str,
    typer.Option(
        metavar="I/N",
        help="Only do share I of N, for several machines that each do one.",
        rich_help_panel=BATCH,
    ),
]
BatchRetry = Annotated[bool, typer.Option("--retry", help="Try files again that failed before.", rich_help_panel=BATCH)]

BatchCluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Have it done by the workers of the scheduler there, as tcp://HOST:8786 (see `subgen cluster`).",
        rich_help_panel=BATCH,
    ),
]
BatchTls = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="For a --cluster with TLS: the folder with its certificates.", rich_help_panel=BATCH
    ),
]
BatchExclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN",
        help="Leave out what matches, as in a .gitignore; repeat for more. Folders say the same in .subgenignore.",
        rich_help_panel=BATCH,
    ),
]


@with_flags(BATCH_FLAGS)
def batch(
    places: BatchPlaces,
    settings: Settings,
    *,
    plan: BatchPlan = False,
    yes: BatchYes = False,
    report: BatchReport = None,
    ledger: BatchLedger = None,
    shard: BatchShard = "1/1",
    retry: BatchRetry = False,
    cluster: BatchCluster = None,
    tls: BatchTls = None,
    exclude: BatchExclude = None,
    on_done: NoticeDone = None,
    on_failed: NoticeFailed = None,
    webhook: NoticeWebhook = None,
    refresh: NoticeRefresh = None,
    refresh_map: NoticeMap = None,
) -> int:
    """Do all films and recordings below folders that are not done yet."""
    from subgen.cli.batch import Wishes, batch_files
    from subgen.cli.notices import Notices
    from subgen.library.shard import Shard

    left_out = tuple(exclude or ())
    notices = Notices.read((on_done, on_failed), webhook, refresh, refresh_map)
    wishes = Wishes(plan, yes, report, ledger, Shard.read(shard), retry, cluster, tls, left_out, notices)
    return batch_files(places, settings, wishes)
