"""The commands under `subgen cluster`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from subgen.cli.binding import with_flags
from subgen.cli.help import Command, Family

cluster = typer.Typer(
    cls=Family,
    help="Have `subgen batch --cluster` done by several machines: a scheduler on one, a worker on each.",
    context_settings={"help_option_names": ["--help", "-h"]},
)
command = partial(cluster.command, cls=Command, context_settings={"help_option_names": ["--help", "-h"]})

Tls = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Only talk to those with a certificate: a folder with ca.pem, cert.pem and key.pem of this machine.",
    ),
]


@command()
@with_flags({})
def scheduler(
    *,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Where it listens. Whoever reaches it can run programs on all workers: other than loopback only in a"
            " network that you trust, or with --tls.",
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="0 takes any that is free.")] = 8786,
    tls: Tls = None,
) -> int:
    """Run the scheduler, which tells workers what to do; it needs neither models nor media."""
    from subgen.cli.cluster import run_scheduler

    return run_scheduler(host, port, tls)


@command()
@with_flags({})
def worker(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The scheduler's, as tcp://HOST:8786.")],
    *,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="THERE=HERE",
            help="Where a folder of the machine with `subgen batch` is mounted on this one, as"
            " /mnt/films=/Volumes/films; repeat for more.",
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where it listens. Default: this machine's address towards the scheduler, which is loopback for one on"
            " this machine.",
        ),
    ] = None,
    tls: Tls = None,
) -> int:
    """Run this machine's worker, which does one file at a time with models that it keeps loaded."""
    from subgen.cli.cluster import run_worker

    return run_worker(address, maps or [], host, tls)
