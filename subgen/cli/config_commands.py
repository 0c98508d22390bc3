"""The commands under `subgen config`."""

from __future__ import annotations

from functools import partial

import typer

from subgen.cli.binding import with_flags
from subgen.cli.flags import AsJson
from subgen.cli.help import Command, Family

config = typer.Typer(
    cls=Family,
    help="Settings that hold without flags, from SUBGEN_ variables, ./subgen.toml and the user's own file.",
    context_settings={"help_option_names": ["--help", "-h"]},
)
command = partial(config.command, cls=Command, context_settings={"help_option_names": ["--help", "-h"]})


@command()
@with_flags({})
def show(json: AsJson = False) -> int:
    """Show every setting as a settings file has it, and where its value comes from."""
    from subgen.cli.config import show_settings

    return show_settings(as_json=json)


@command()
@with_flags({})
def path() -> int:
    """Print where the user's own settings file is, or would be."""
    from subgen.cli.config import show_path

    return show_path()
