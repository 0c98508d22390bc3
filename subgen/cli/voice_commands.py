"""The commands under `subgen voices`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from subgen.cli.binding import with_flags
from subgen.cli.flags import VOICE_FLAGS, AsJson
from subgen.cli.help import Command, Family
from subgen.cli.settings import Settings

voices = typer.Typer(
    cls=Family,
    help="Keep the voices of people, so that --speakers gives them their names; they stay on this machine.",
    context_settings={"help_option_names": ["--help", "-h"]},
)
command = partial(voices.command, cls=Command, context_settings={"help_option_names": ["--help", "-h"]})


@command()
@with_flags(VOICE_FLAGS)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose voice it is.")],
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="A recording of nobody else, 5 s of speech or more.")],
    settings: Settings,
    model: Annotated[
        str | None,
        typer.Option(
            "--speaker-model", metavar="NAME", help="The pyannote pipeline that will hear it, as for --speakers."
        ),
    ] = None,
) -> int:
    """Keep a voice; a person may have several."""
    from subgen.cli.voices import add_voice

    return add_voice(name, clip, model, settings)


@command("list")
@with_flags({})
def list_all(json: AsJson = False) -> int:
    """Show whose voices are kept, and where."""
    from subgen.cli.voices import list_voices

    return list_voices(as_json=json)


@command()
@with_flags({})
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="Whose voices go.")]) -> int:
    """Forget all voices of a person."""
    from subgen.cli.voices import remove_voice

    return remove_voice(name)


@command()
@with_flags({})
def export(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Whose voices. Default: all.")] = None,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where they go. Default: stdout.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that exists.")] = False,
) -> int:
    """Write voices to a file that SUBGEN_VOICES can name on another machine."""
    from subgen.cli.voices import export_voices

    return export_voices(name, output, overwrite=overwrite)
