"""Flags of `subgen batch` and `subgen watch` for those who want to know that a file is done."""

from __future__ import annotations

from typing import Annotated

import typer

NOTICES = "Notices"


NoticeDone = Annotated[
    str | None,
    typer.Option(
        "--on-done",
        metavar="COMMAND",
        help="Run this for every file that is done, without a shell; {path} is the media, {outputs} are its results;"
        " JSON on its stdin says more.",
        rich_help_panel=NOTICES,
    ),
]
NoticeFailed = Annotated[
    str | None,
    typer.Option(
        "--on-failed",
        metavar="COMMAND",
        help="Run this for every file that has failed: {path} and {why}, JSON on its stdin.",
        rich_help_panel=NOTICES,
    ),
]
NoticeWebhook = Annotated[
    list[str] | None,
    typer.Option(
        "--webhook",
        metavar="URL",
        envvar="SUBGEN_WEBHOOK",
        help="POST the same JSON there for both; repeat for more.",
        rich_help_panel=NOTICES,
    ),
]
NoticeRefresh = Annotated[
    list[str] | None,
    typer.Option(
        "--refresh",
        metavar="SERVER=URL",
        help="Have jellyfin=URL or plex=URL look at files that are done; its token is in SUBGEN_JELLYFIN_TOKEN or"
        " SUBGEN_PLEX_TOKEN.",
        rich_help_panel=NOTICES,
    ),
]
NoticeMap = Annotated[
    list[str] | None,
    typer.Option(
        "--refresh-map",
        metavar="HERE=THERE",
        help="Where those servers see a folder of this machine; repeat for more.",
        rich_help_panel=NOTICES,
    ),
]
