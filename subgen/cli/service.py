"""`subgen service`: writes, shows and removes the unit that runs `subgen watch`, and never one of somebody else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import typer
from typer.core import TyperGroup

from subgen.cli.batch_command import BATCH_FLAGS
from subgen.cli.binding import settings_of
from subgen.cli.results import print_result
from subgen.cli.service_units import Job, Origin, origin
from subgen.cli.shell import say
from subgen.cli.supervisors import Supervisor, any_supervisor, supervisor
from subgen.errors import EXIT_OK, MediaNotFound, OptionError, OutputError
from subgen.output import write

NOT_RUNNING = 1
"""exit code of `subgen service status` when there is no service or it does not run"""
_SHELLS_OWN = ("SUBGEN_", "HF_")
"""how variables begin that change what subgen does, and that services do not get from a shell"""


def install(arguments: Sequence[str], *, show: bool, overwrite: bool, by: Supervisor | None = None) -> int:
    """Writes the unit for a command line of `subgen watch`, and has it run; `show`: only prints it.

    Raises:
        OptionError: `subgen watch` would refuse that command line.
        MediaNotFound: one of the folders is not there.
        OutputError: the unit is not ours, or can't be written.
        MissingDependency: nothing here runs services, or it refuses.
    """
    job = Job(Path(sys.executable).absolute(), tuple(arguments), Path.cwd())
    _checked(arguments)
    by = by or (any_supervisor() if show else supervisor())
    text = by.text(job)
    if show:
        print_result(text)
        return EXIT_OK
    found = _origin(by.path)
    if found not in {None, Origin.OURS} and not overwrite:
        raise OutputError(f"{by.path} is {found}: look at it, then use --overwrite to replace it.")
    _write(by.path, text, overwrite=found is not None)
    by.start()
    print_result(f"{by.path} is written, and the service runs. What it says: {by.journal}\n")
    for line in (by.hint(), _left_out(os.environ)):
        if line:
            say(line)
    return EXIT_OK


def remove(by: Supervisor | None = None) -> int:
    """Stops the service and deletes its unit, if subgen wrote it. Raises OutputError, MissingDependency."""
    by = by or supervisor()
    found = _origin(by.path)
    if found is None:
        print_result(f"There is no service: {by.path} does not exist.\n")
        return EXIT_OK
    if found is not Origin.OURS:
        raise OutputError(f"{by.path} is {found}: it was left alone; remove it yourself.")
    by.stop()
    try:
        by.path.unlink()
    except OSError as error:
        raise OutputError(f"{by.path} can't be removed: {error.strerror or error}.") from error
    by.forget()
    print_result(f"The service is stopped, and {by.path} removed.\n")
    return EXIT_OK


def print_condition(by: Supervisor | None = None) -> int:
    """Says how the service is; the exit code tells whether it runs. Raises OutputError, MissingDependency."""
    by = by or supervisor()
    found = _origin(by.path)
    if found is None:
        print_result(f"There is no service: {by.path} does not exist.\n")
        return NOT_RUNNING
    now = by.condition()
    print_result(f"unit     {by.path}, {found}\nservice  {now.words}\nlog      {by.journal}\n")
    return EXIT_OK if now.running else NOT_RUNNING


def _checked(arguments: Sequence[str]) -> None:
    """Makes sure that `subgen watch` will take its command line: a service that can't begin is noticed late."""
    from subgen.cli.commands import program

    context = cast(TyperGroup, program).commands["watch"].make_context("subgen watch", list(arguments))
    settings_of(cast(typer.Context, context), BATCH_FLAGS)
    if context.params["once"]:
        raise OptionError("A service goes on watching: leave out --once.")
    for place in context.params["places"]:
        if not Path(place).is_dir():
            raise MediaNotFound(f"{place}: there is no such folder; make or mount it first.")


def _origin(path: Path) -> Origin | None:
    """Who wrote the file; None when there is none."""
    try:
        return origin(path.read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"{path} is in the way and can't be read: {error.strerror or error}.") from error


def _write(path: Path, text: str, *, overwrite: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {path.parent} can't be made: {error.strerror or error}.") from error
    write(path, text, overwrite=overwrite)


def _left_out(environment: Mapping[str, str]) -> str:
    names = sorted(name for name in environment if name.startswith(_SHELLS_OWN))
    if not names:
        return ""
    left = ", ".join(names)
    return (
        f"{left} of this shell do not reach the service: give flags, write subgen.toml, or set them for all services."
    )
