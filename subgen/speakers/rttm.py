"""Reading RTTM, in which diarisers write who talks when (NIST, Rich Transcription 2009 evaluation plan, appendix A)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from subgen.errors import OptionError
from subgen.types import Seconds, Turn

_OTHERS = {
    *("SPKR-INFO", "SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH"),
    *("FILLER", "EDIT", "IP", "SU", "CB", "A/P"),
}
"""record types that say nothing about turns"""
_PATTERN = "SPEAKER recording 1 start duration <NA> <NA> label <NA> <NA>"


def read_rttm(text: str, name: str) -> dict[str, tuple[Turn, ...]]:
    """The turns of each recording in an RTTM file, in the order of the file; `name` is its name for messages.

    Raises OptionError with the number of the first line that is no RTTM.
    """
    found: dict[str, list[Turn]] = {}
    for number, fields in _records(text):
        if fields[0] == "SPEAKER":
            try:
                found.setdefault(fields[1], []).append(_turn(fields))
            except (IndexError, ValueError) as error:
                raise OptionError(
                    f"{name}, line {number}: this is no turn ({_reason(error)}); it reads {_PATTERN!r}."
                ) from None
        elif fields[0] not in _OTHERS:
            raise OptionError(
                f"{name}, line {number}: {fields[0]!r} begins no line of RTTM; a turn reads {_PATTERN!r}."
            )
    return {recording: tuple(turns) for recording, turns in found.items()}


def turns_of(found: dict[str, tuple[Turn, ...]], recording: str, name: str) -> tuple[Turn, ...]:
    """The turns of one recording, by its file name without ending; those of the only one, whatever that is called.

    Raises OptionError when the file holds several recordings and not this one.
    """
    if len(found) <= 1:
        return next(iter(found.values()), ())
    key = word(recording)
    if key not in found:
        raise OptionError(f"{name} has turns of {', '.join(sorted(found))}, but none of {key}.")
    return found[key]


def word(text: str) -> str:
    """A name as RTTM takes it: without white space, which separates fields."""
    return "_".join(text.split()) or "_"


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        fields = line.split()
        if fields and not fields[0].startswith(";;"):
            yield number, fields


def _turn(fields: list[str]) -> Turn:
    start, duration = _seconds(fields[3]), _seconds(fields[4])
    if duration < 0:
        raise ValueError(f"its duration is {fields[4]}")
    certain = fields[8] if len(fields) > 8 else "<NA>"
    return Turn(start, start + duration, fields[7], None if certain == "<NA>" else _seconds(certain))


def _seconds(text: str) -> Seconds:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no time")
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, IndexError):
        return "it has too few fields"
    return str(error).replace("could not convert string to float:", "not a number:")
