"""The commands under `subgen service`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from subgen.cli.binding import with_flags
from subgen.cli.help import Command, Family

service = typer.Typer(
    cls=Family,
    help="Run `subgen watch` as a service of this user, by systemd or launchd.",
    context_settings={"help_option_names": ["--help", "-h"]},
)
command = partial(service.command, cls=Command)
_HELP = {"help_option_names": ["--help", "-h"]}


@command(context_settings={**_HELP, "ignore_unknown_options": True})
@with_flags({})
def install(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR...",
            help="Folders to watch, and any flags of `subgen watch`. Names may be relative to this folder.",
        ),
    ],
    *,
    show: Annotated[bool, typer.Option("--print", help="Only print the unit.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a unit that subgen did not write, or that was changed since.")
    ] = False,
) -> int:
    """Write a unit for `subgen watch` with these folders and flags, and start it now and at every login."""
    from subgen.cli.service import install

    return install(arguments, show=show, overwrite=overwrite)


@command(context_settings=_HELP)
@with_flags({})
def status() -> int:
    """Show whether the service runs; the exit code is 1 when it does not."""
    from subgen.cli.service import print_condition

    return print_condition()


@command(context_settings=_HELP)
@with_flags({})
def remove() -> int:
    """Stop the service, and delete its unit if subgen wrote it."""
    from subgen.cli.service import remove

    return remove()
