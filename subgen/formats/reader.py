"""Reading the native JSON back: an equal document, or one sentence that says what is wrong with the file."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from json import JSONDecodeError, loads
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NoReturn, cast, get_args, get_origin, get_type_hints

from subgen.errors import OptionError
from subgen.formats.json import SCHEMA
from subgen.types import Document, Span

_Decoder = Callable[[object], object]


class _Wrong(Exception):
    """A value is not what the schema says; `place` leads to it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = ""


def read(json_text: str, name: str) -> Document:
    """The document that `render(document, "json")` wrote; `name` is the file's name for messages.

    Unknown fields are ignored and missing ones take their defaults. Raises OptionError when the text is not JSON, not
    of this schema or of a newer one, or holds a value that can't be.
    """
    value = _parsed(json_text, name)
    _check_schema(value, name)
    try:
        return cast("Document", _decoder(Document)(value))
    except _Wrong as wrong:
        raise OptionError(f"{name} is damaged: {wrong.place.lstrip('.')} {wrong.reason}.") from None


def _parsed(json_text: str, name: str) -> object:
    try:
        return loads(json_text.removeprefix("\ufeff"), parse_constant=_refuse_constant)
    except JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise OptionError(f"{name} is not JSON: {error.msg} at {place}; give a file that subgen wrote.") from None
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{name} is not JSON that subgen wrote: {error}.") from None


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _check_schema(value: object, name: str) -> None:
    schema = value.get("schema") if isinstance(value, dict) else None
    if schema == SCHEMA:
        return
    if isinstance(schema, str) and schema.startswith(SCHEMA.partition("/")[0] + "/"):
        raise OptionError(
            f"{name} has the schema {schema!r}, this version of subgen reads {SCHEMA!r}: use the version that wrote it."
        )
    raise OptionError(f'{name} is JSON but not from subgen: it lacks "schema": "{SCHEMA}"; make it with -f json.')


@cache
def _decoder(kind: object) -> _Decoder:
    """The function that turns JSON into a value of an annotated type, made once for each type."""
    if isinstance(kind, type) and is_dataclass(kind):
        return _object(kind)
    if get_origin(kind) is tuple:
        return _list(_decoder(get_args(kind)[0]))
    if isinstance(kind, UnionType):
        (inner,) = (part for part in get_args(kind) if part is not NoneType)
        return _optional(_decoder(inner))
    return _SCALARS[kind]


def _object(kind: type[Any]) -> _Decoder:
    hints = get_type_hints(kind)
    decoders = [(field.name, _decoder(hints[field.name])) for field in fields(kind)]
    required = {field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}

    def decode(value: object) -> object:
        if not isinstance(value, dict):
            raise _Wrong("must be an object")
        found = {}
        for name, decoder in decoders:
            try:
                if name in value:
                    found[name] = decoder(value[name])
                elif name in required:
                    raise _Wrong("is missing")
            except _Wrong as wrong:
                wrong.place = f".{name}{wrong.place}"
                raise
        made = kind(**found)
        if isinstance(made, Span) and made.start > made.end:
            raise _Wrong("ends before it starts")
        return made

    return decode


def _list(decoder: _Decoder) -> _Decoder:
    def decode(value: object) -> object:
        if not isinstance(value, list):
            raise _Wrong("must be a list")
        found = []
        for number, part in enumerate(value):
            try:
                found.append(decoder(part))
            except _Wrong as wrong:
                wrong.place = f"[{number}]{wrong.place}"
                raise
        return tuple(found)

    return decode


def _optional(decoder: _Decoder) -> _Decoder:
    return lambda value: None if value is None else decoder(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong("must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Wrong("is too large a number")
    return number


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Wrong("must be a whole number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong("must be a text")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("must be true or false")
    return value


_SCALARS: dict[object, _Decoder] = {
    float: _number,
    int: _integer,
    str: _text,
    bool: _truth,
    Path: lambda value: Path(_text(value)),
}
