"""The native JSON: everything in a document, and the cues it was laid out as. docs/formats.md has the schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from json import JSONEncoder

import regex

from subgen.options import Layout
from subgen.rules import figures
from subgen.types import Cue, Document, Finding, Turn, Word

SCHEMA = "subgen/1"
"""Name and version of the schema. The number rises when an old reader would misread a new file."""

_ENCODE = JSONEncoder(ensure_ascii=False, allow_nan=False, default=str).encode
"""writes numbers, texts and objects of them; only paths are turned into text"""
_UNWRITTEN = {(Cue, "words")}
"""what follows from the rest and would make the file twice as long"""
_UNLESS_EMPTY = {
    *((Document, name) for name in ("speakers", "turns", "exclusive", "sounds")),
    *((Word, name) for name in ("speaker_confidence", "overlap")),
    (Turn, "confidence"),
}
"""what most documents lack"""
_SCALARS = frozenset({str, float, int, bool, type(None)})
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
"""file names that are not UTF-8 hold lone surrogates, which no encoding takes but JSON can escape"""


def json(document: Document, cues: Sequence[Cue], findings: Sequence[Finding], layout: Layout) -> str:
    """Write a document so that `read` gives back an equal one; objects without inner objects stand on one line.

    An object has the fields of its dataclass. `schema`, `language`, `layout`, `cues` and `findings` are for other
    programs: they follow from the rest.
    """
    value: dict[str, object] = {"schema": SCHEMA, "language": document.language}
    value |= _members(document)
    value |= {"layout": figures(layout, document.language), "cues": tuple(cues), "findings": tuple(findings)}
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", _written(value, "\n")) + "\n"


@cache
def _names(kind: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a dataclass that are written, and whether that is so when they are empty."""
    written = (field.name for field in fields(kind) if (kind, field.name) not in _UNWRITTEN)
    return tuple((name, (kind, name) not in _UNLESS_EMPTY) for name in written)


def _members(value: object) -> dict[str, object]:
    """The fields of a dataclass that are written, by name."""
    members: dict[str, object] = {}
    kind: type = type(value)
    for name, always in _names(kind):
        part = getattr(value, name)
        if always or (part is not None and part != ()):
            members[name] = part
    return members


def _written(value: object, line_end: str) -> str:
    """JSON with a line for each object or list that holds no others, so that people and `diff` can read it."""
    if is_dataclass(value):
        value = _members(value)
    inner = line_end + " "
    if isinstance(value, dict) and not all(map(_plain, value.values())):
        members = (f"{_ENCODE(key)}: {_written(part, inner)}" for key, part in value.items())
        return f"{{{inner}{f',{inner}'.join(members)}{line_end}}}"
    if isinstance(value, tuple) and not all(map(_plain, value)):
        return f"[{inner}{f',{inner}'.join(_written(part, inner) for part in value)}{line_end}]"
    return _ENCODE(value)


def _plain(part: object) -> bool:
    """Whether a value holds no others: a text, a number, nothing, a path."""
    return type(part) in _SCALARS or not (is_dataclass(part) or isinstance(part, dict | tuple))
