"""Where errors and signals meet the user: one sentence on stderr, one exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
import unicodedata
from collections.abc import Callable, Sequence
from typing import TextIO

import typer

from subgen.cli.help import DEFAULT_COMMAND
from subgen.cli.results import discard_stdout
from subgen.cli.signals import Stopped, give_back, interruptible
from subgen.errors import EXIT_OK, OutputError, SubgenError

EXIT_UNEXPECTED = 70
"""EX_SOFTWARE of sysexits.h: a fault of this program"""
EXIT_BROKEN_PIPE = 128 + 13
"""what a shell reports for a program that SIGPIPE ends"""


def to_the_end(work: Callable[[], int]) -> int:
    """Does the whole work of the process under `interruptible`; from then on signals end the process at once."""
    with interruptible():
        try:
            code = work()
            give_back()
        except Stopped as stopped:  # after the work, which meets its own
            code = stopped.exit_code
        return code


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; prints nothing but results on stdout."""
    from subgen.cli.commands import program

    return attempt(lambda: program.main(list(arguments), prog_name="subgen", standalone_mode=False) or EXIT_OK)


def attempt(work: Callable[[], int], *, debug: bool = False) -> int:
    """Does the whole work of a command and returns its exit code, also when it is interrupted or its reader leaves."""
    try:
        return caught(work, lambda text, _code: say(text), debug=debug)
    except typer.Exit as end:
        return end.exit_code
    except Stopped as stopped:
        say("Interrupted: nothing was left half-written.")
        return stopped.exit_code
    except BrokenPipeError:
        discard_stdout()
        return EXIT_BROKEN_PIPE


def caught(work: Callable[[], int], report: Callable[[str, int], None], *, debug: bool = False) -> int:
    """Does the work and returns its exit code; an error is reported as one sentence with its documented code.

    A traceback is shown for faults of this program only, and only with `debug` or SUBGEN_DEBUG=1.
    """
    try:
        return work()
    except (typer.Exit, BrokenPipeError):
        raise
    except (SubgenError, typer.TyperException) as error:
        report(sentence(error), error.exit_code)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the one place where a fault of this program becomes a sentence
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            report("There is no space left to write to: free some and try again.", OutputError.exit_code)
            return OutputError.exit_code
        report(sentence(error), EXIT_UNEXPECTED)
        if debug or os.environ.get("SUBGEN_DEBUG", "0") != "0":
            traceback.print_exc()
        return EXIT_UNEXPECTED


def sentence(error: Exception) -> str:
    """What the user reads of an error."""
    if isinstance(error, SubgenError):
        return str(error)
    if isinstance(error, typer.TyperException):
        text = error.format_message()
        return f"{text if text.endswith('?') else text.rstrip('.') + '.'} See `{_page(error)} --help`."
    return (
        f"This should not happen: {type(error).__name__}: {error}. Please report it, with what the same command"
        " prints under --verbose."
    )


def _page(error: typer.TyperException) -> str:
    """The command whose page tells more: the one that was called, or the program where none was named."""
    context = getattr(error, "ctx", None)
    return str(context.command_path).removesuffix(f" {DEFAULT_COMMAND}") if context else "subgen"


def say(text: str) -> None:
    """One line on stderr, under the program's name."""
    put_line(f"subgen: {one_line(text)}", sys.stderr)


def put_line(line: str, stream: TextIO) -> None:
    """Writes a line at once."""
    stream.write(f"{line}\n")
    stream.flush()


def one_line(text: str) -> str:
    """Text that can't disturb a terminal or a log: control characters of file names are shown as escapes."""
    return "".join(c if unicodedata.category(c) not in _UNPRINTABLE else repr(c)[1:-1] for c in text)


_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
