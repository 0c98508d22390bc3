"""The help pages, laid out without rich: importing it would take twice the time that `subgen --help` may take."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Protocol, cast

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from subgen.errors import OptionError

DEFAULT_COMMAND = "transcribe"
WIDEST = 100
"""columns: longer lines are hard to read"""
LEFT = 32
"""columns for the names of commands and options"""

Row = tuple[str, str]


class Context(Protocol):
    """What the pages need of typer's context, whose own type has changed its place between versions."""

    @property
    def command_path(self) -> str:
        """The words that called the command: "subgen align"."""
        ...

    @property
    def resilient_parsing(self) -> bool:
        """Whether a shell is only asking for completions."""
        ...


class Command(TyperCommand):
    """A sub-command with a page of ours."""

    def get_help(self, ctx: Context) -> str:
        """The page of `subgen COMMAND --help`."""
        places = (param.metavar or "" for param in self.params if isinstance(param, TyperArgument))
        usage = " ".join((ctx.command_path, "[OPTIONS]", *places))
        return page([*_wrapped(self.help or ""), "", f"Usage: {usage}", *_panels(self.params, "Options")])


class Group(TyperGroup):
    """The program: what is not a sub-command's name is the first argument of `transcribe`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Puts the default command in front where no command is named."""
        own = {"--help", "-h", *(spelling for param in self.params for spelling in param.opts)}
        if not args and not ctx.resilient_parsing:
            typer.echo(self.get_help(ctx), err=True)
            raise typer.Exit(2)
        if args and args[0] not in self.commands and args[0] not in own:
            if near := self._misspelt(args[0]):
                raise OptionError(f"{args[0]}: there is no such file or command; did you mean `subgen {near}`?")
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(cast(typer.Context, ctx), args)

    def _misspelt(self, word: str) -> str | None:
        """The command that was meant by a word that names no file and looks like no name of media."""
        if not word.isalpha() or os.path.lexists(word):
            return None
        return next(iter(get_close_matches(word.lower(), self.commands, n=1, cutoff=0.75)), None)

    def get_help(self, ctx: Context) -> str:
        """The page of `subgen --help`: the commands, and everything about the default one."""
        commands = [(name, command.help or "") for name, command in self.commands.items()]
        return page(
            [
                *_wrapped(self.help or ""),
                "",
                f"Usage: {ctx.command_path} [OPTIONS] FILE...",
                f"       {ctx.command_path} COMMAND [OPTIONS] ...",
                *_section("Commands", commands),
                *_panels(self.commands[DEFAULT_COMMAND].params, "Options"),
                *_panels(self.params, "Program"),
                "",
                *(self.epilog or "").splitlines(),
            ]
        )


class Family(TyperGroup):
    """Commands under one word: `subgen voices add`."""

    def get_help(self, ctx: Context) -> str:
        """The page of `subgen WORD --help`."""
        commands = [(name, command.help or "") for name, command in self.commands.items()]
        usage = f"Usage: {ctx.command_path} COMMAND [OPTIONS] ..."
        return page([*_wrapped(self.help or ""), "", usage, *_section("Commands", commands)])


def page(lines: Iterable[str]) -> str:
    """Lines to text, without white space at line ends."""
    return "\n".join(line.rstrip() for line in lines)


def _columns() -> int:
    return max(60, min(WIDEST, shutil.get_terminal_size().columns))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), _columns())


def _panels(params: Iterable[object], other: str) -> Iterator[str]:
    """A section for each `rich_help_panel`, in order of appearance; `other` is for options without one."""
    panels: dict[str, list[Row]] = {}
    for param in params:
        if isinstance(param, TyperArgument):
            panels.setdefault("Arguments", []).append((param.metavar or "", param.help or ""))
        elif isinstance(param, TyperOption):
            panels.setdefault(param.rich_help_panel or other, []).append(_row(param))
    for name, rows in panels.items():
        yield from _section(name, rows)


def _section(name: str, rows: Iterable[Row]) -> Iterator[str]:
    yield from ("", f"{name}:")
    for left, right in rows:
        first, *others = textwrap.wrap(right, _columns() - LEFT)
        yield f"  {left}".ljust(LEFT) + first
        yield from (" " * LEFT + line for line in others)


def _row(option: TyperOption) -> Row:
    off = option.secondary_opts if option.default is True else ()  # of other switches the opposite is understood
    spellings = ", ".join(off or sorted(option.opts, key=len))
    value = "" if option.is_flag else f" {option.metavar}"
    environment = f" Environment: {option.envvar}." if option.envvar else ""
    return spellings + value, f"{option.help}{_default(option.default)}{environment}"


def _default(value: object) -> str:
    if value is None or isinstance(value, bool) or value == "":
        return ""
    return f" Default: {value:.3g}." if isinstance(value, float) else f" Default: {value}."
