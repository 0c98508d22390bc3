"""Joining a command and its flags: their types and defaults are the dataclasses' own, so they can't differ."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import MISSING, fields
from typing import Annotated, cast, get_type_hints

import typer
from typer.models import OptionInfo

from subgen.cli.flags import Flags, spellings
from subgen.cli.settings import SECTIONS, Settings
from subgen.cli.shell import attempt
from subgen.cli.sources import settled

_LISTS = {"delivery.formats", "speakers.names", "input.prefer", "decoding.glossary"}
"""fields that are tuples, which the command line gives as a repeated flag"""
_CONTEXT = "typer_context"


def with_flags(flags: Flags, own: Collection[str] = ()) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """Gives a command these flags, which reach it as one `settings` value, and meets its errors at the shell.

    What no flag says is taken from the other sources of settings, but for the paths in `own`: flags that have another
    meaning here than in `subgen FILE...`.
    """

    def decorate(command: Callable[..., int]) -> Callable[..., None]:
        parameters = inspect.signature(command, eval_str=True).parameters.values()

        @functools.wraps(command)
        def run(**values: object) -> None:
            context = cast(typer.Context, values.pop(_CONTEXT))
            every = {path: values.pop(_parameter_name(path)) for path in flags}
            given = {path: value for path, value in every.items() if _is_given(context, path)}

            def work() -> int:
                reach = flags.keys() - set(own)
                return command(**values, settings=settled(given, reach)) if flags else command(**values)

            raise typer.Exit(attempt(work, debug=bool(given.get("console.verbose"))))

        kept = [parameter for parameter in parameters if parameter.annotation is not Settings]
        made = [_CONTEXT_PARAMETER, *(_parameter(path, option) for path, option in flags.items())]
        run.__dict__["__signature__"] = inspect.Signature([*kept, *made])
        return run

    return decorate


def settings_of(context: typer.Context, flags: Flags) -> Settings:
    """The settings of a command line that has been parsed and is not run. Raises OptionError."""
    given = {path: context.params[_parameter_name(path)] for path in flags if _is_given(context, path)}
    return settled(given, flags.keys())


def default(path: str) -> object:
    """The dataclass's own default for a field path."""
    section, _, name = path.partition(".")
    found = next(field for field in fields(SECTIONS[section]) if field.name == name)
    return found.default_factory() if found.default_factory is not MISSING else found.default


_CONTEXT_PARAMETER = inspect.Parameter(_CONTEXT, inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)


def _is_given(context: typer.Context, path: str) -> bool:
    """Whether the user has written the flag, even with the value that it has anyway."""
    source = context.get_parameter_source(_parameter_name(path))
    return source is not None and source.name == "COMMANDLINE"


def _parameter_name(path: str) -> str:
    return path.replace(".", "_", 1)


def _parameter(path: str, option: OptionInfo) -> inspect.Parameter:
    section, _, name = path.partition(".")
    kind = list[str] | None if path in _LISTS else get_type_hints(SECTIONS[section])[name]
    return inspect.Parameter(
        _parameter_name(path),
        inspect.Parameter.KEYWORD_ONLY,
        default=None if path in _LISTS else default(path),
        annotation=Annotated[kind, _reversible(option) if kind is bool else option],
    )


def _reversible(option: OptionInfo) -> OptionInfo:
    """The switch with its opposite, so that a flag can undo what a file says: --review and --no-review."""
    first, *others = spellings(option)
    if "/" in first:
        return option
    made: OptionInfo = typer.Option(f"{first}/--no-{first[2:]}", *others, help=option.help)
    made.rich_help_panel = option.rich_help_panel
    return made
