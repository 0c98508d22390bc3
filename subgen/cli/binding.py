"""Joining a command and its flags: their types and defaults are the dataclasses' own, so they can't differ."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Annotated, get_type_hints

import typer
from typer.models import OptionInfo

from subgen.cli.flags import Flags
from subgen.cli.settings import SECTIONS, Settings, build
from subgen.cli.shell import attempt

_LISTS = {"delivery.formats", "speakers.names"}
"""fields that are tuples, which the command line gives as a repeated flag"""


def with_flags(flags: Flags) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """Gives a command these flags, which reach it as one `settings` value, and meets its errors at the shell."""

    def decorate(command: Callable[..., int]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True).parameters.values()

        @functools.wraps(command)
        def run(**values: object) -> None:
            given = {path: values.pop(_parameter_name(path)) for path in flags}

            def work() -> int:
                return command(**values, settings=build(given)) if flags else command(**values)

            raise typer.Exit(attempt(work, debug=bool(given.get("console.verbose"))))

        kept = [parameter for parameter in own if parameter.annotation is not Settings]
        made = [_parameter(path, option) for path, option in flags.items()]
        run.__dict__["__signature__"] = inspect.Signature([*kept, *made])
        return run

    return decorate


def default(path: str) -> object:
    """The dataclass's own default for a field path."""
    section, _, name = path.partition(".")
    found = next(field for field in fields(SECTIONS[section]) if field.name == name)
    return found.default_factory() if found.default_factory is not MISSING else found.default


def _parameter_name(path: str) -> str:
    return path.replace(".", "_", 1)


def _parameter(path: str, option: OptionInfo) -> inspect.Parameter:
    section, _, name = path.partition(".")
    kind = list[str] | None if path in _LISTS else get_type_hints(SECTIONS[section])[name]
    return inspect.Parameter(
        _parameter_name(path),
        inspect.Parameter.KEYWORD_ONLY,
        default=None if path in _LISTS else default(path),
        annotation=Annotated[kind, option],
    )
