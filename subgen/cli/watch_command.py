"""The command `subgen watch`: the flags of `subgen batch` for media that are still to come, and its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from subgen.cli.batch_command import BATCH_FLAGS
from subgen.cli.binding import with_flags
from subgen.cli.notice_flags import NoticeDone, NoticeFailed, NoticeMap, NoticeRefresh, NoticeWebhook
from subgen.cli.settings import Settings

WATCH = "Watch"

WatchPlaces = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders into which media come.")]
WatchQuiet = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="How long a file must have been still to be taken. Default: 10, on a network 60.",
        rich_help_panel=WATCH,
    ),
]
WatchEvery = Annotated[
    float, typer.Option(metavar="SECONDS", help="Look through all folders so often.", rich_help_panel=WATCH)
]
WatchExclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN",
        help="Leave out what matches, as in a .gitignore; repeat for more. Folders say the same in .subgenignore.",
        rich_help_panel=WATCH,
    ),
]
WatchOnce = Annotated[bool, typer.Option("--once", help="End when all that is there is done.", rich_help_panel=WATCH)]
WatchLedger = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Where it is kept what has been done: on a local disk. Default: with the user's data.",
        rich_help_panel=WATCH,
    ),
]


@with_flags(BATCH_FLAGS)
def watch(
    places: WatchPlaces,
    settings: Settings,
    *,
    quiet_time: WatchQuiet = None,
    every: WatchEvery = 30.0,
    exclude: WatchExclude = None,
    once: WatchOnce = False,
    ledger: WatchLedger = None,
    on_done: NoticeDone = None,
    on_failed: NoticeFailed = None,
    webhook: NoticeWebhook = None,
    refresh: NoticeRefresh = None,
    refresh_map: NoticeMap = None,
) -> int:
    """Do films and recordings as they come into folders, until Ctrl-C or SIGTERM."""
    from subgen.cli.notices import Notices
    from subgen.cli.watch import watch_folders
    from subgen.library.watch import Places

    watched = Places(tuple(places), tuple(exclude or ()), quiet_time, every, once)
    notices = Notices.read((on_done, on_failed), webhook, refresh, refresh_map)
    return watch_folders(watched, settings, ledger, notices)
