"""The native JSON: everything in a document, and the cues it was laid out as. docs/formats.md has the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from json import JSONEncoder

import regex

from subgen.check.unavoidable import unavoidable
from subgen.cues import FRAME_RATE
from subgen.options import Layout
from subgen.rules import figures, rules
from subgen.types import Cue, Document, Turn, Word

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
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
"""file names that are not UTF-8 hold lone surrogates, which no encoding takes but JSON can escape"""


def json(document: Document, cues: Sequence[Cue], layout: Layout) -> str:
    """Write a document so that `read` gives back an equal one; objects without inner objects stand on one line.

    An object has the fields of its dataclass. `schema`, `language`, `layout`, `cues` and `findings` are for other
    programs: they follow from the rest.
    """
    value: dict[str, object] = {"schema": SCHEMA, "language": document.language}
    value |= _members(document)
    value |= {"layout": figures(layout, document.language), "cues": cues}
    rate = layout.frame_rate or FRAME_RATE
    value["findings"] = unavoidable(cues, rules(layout, document.language), rate, document.shots, document.language)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", "".join(_written(value, "\n"))) + "\n"


@cache
def _names(kind: type) -> tuple[tuple[str, bool], ...]:
    """The fields of a dataclass that are written, and whether that is so when they are empty."""
    written = (field.name for field in fields(kind) if (kind, field.name) not in _UNWRITTEN)
    return tuple((name, (kind, name) not in _UNLESS_EMPTY) for name in written)


def _members(value: object) -> dict[str, object]:
    """The fields of a dataclass that are written, by name."""
    kind: type = type(value)
    members = ((name, getattr(value, name), always) for name, always in _names(kind))
    return {name: part for name, part, always in members if always or part not in (None, ())}


def _written(value: object, line_end: str) -> Iterator[str]:
    """JSON with a line for each object or list that holds no others, so that people and `diff` can read it."""
    if is_dataclass(value) and not isinstance(value, type):
        value = _members(value)
    if isinstance(value, dict):
        if not any(is_dataclass(part) or isinstance(part, dict | tuple) for part in value.values()):
            yield _ENCODE(value)
            return
        parts = [(_ENCODE(key) + ": ", part) for key, part in value.items()]
        opening, closing = "{}"
    elif isinstance(value, tuple):
        parts = [("", part) for part in value]
        opening, closing = "[]"
    else:
        yield _ENCODE(value)
        return
    flat = not any(is_dataclass(part) or isinstance(part, dict | tuple) for _, part in parts)
    inner = "" if flat else line_end + " "
    separator = ", " if flat else "," + inner
    yield opening
    for number, (key, part) in enumerate(parts):
        yield (separator if number else inner) + key
        yield from _written(part, inner)
    yield ("" if flat else line_end) + closing
