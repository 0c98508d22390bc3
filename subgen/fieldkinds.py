"""What the fields of settings hold: their values from TOML and from plain text, and words for what they may be."""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field holds."""

    type: Any
    """bool, int, float, str, Path or a tuple: of texts, or of pairs of them"""

    @property
    def words(self) -> str:
        """For messages."""
        return {
            bool: "true or false",
            int: "a whole number",
            float: "a number",
            str: "a text in quotes",
            Path: "a text in quotes",
            tuple[str, ...]: 'a list of texts such as ["one", "two"]',
        }.get(self.type, 'a table such as { SPEAKER_00 = "Anna" }')

    def hold(self, value: object) -> object | None:
        """A TOML value as the field holds it; None: it is of another type."""
        if self.type is float:
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        if self.type is Path:
            return Path(value) if isinstance(value, str) else None
        if self.type == tuple[str, ...]:
            return tuple(value) if isinstance(value, list) and _all_text(value) else None
        if get_origin(self.type) is tuple:
            return tuple(value.items()) if isinstance(value, dict) and _all_text(value.values()) else None
        return value if type(value) is self.type else None

    def read(self, text: str) -> object:
        """Plain text as the field holds it. Raises ValueError."""
        if self.type is bool:
            return _SWITCHES[text.strip().lower()]
        if get_origin(self.type) is tuple:
            parts = tuple(part.strip() for part in text.split(",") if part.strip())
            return parts if self.type == tuple[str, ...] else tuple(_pair(part) for part in parts)
        return self.type(text)


class _Switches(dict[str, bool]):
    def __missing__(self, key: str) -> bool:
        raise ValueError(key)


_SWITCHES = _Switches(
    {**dict.fromkeys(("1", "true", "yes", "on"), True), **dict.fromkeys(("0", "false", "no", "off"), False)}
)


def _pair(text: str) -> tuple[str, str]:
    label, sign, name = text.partition("=")
    if not (sign and label.strip() and name.strip()):
        raise ValueError(text)
    return label.strip(), name.strip()


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def kind_of(section: type[Any], name: str) -> Kind:
    """What a field of a dataclass holds, beside None."""
    hint = get_type_hints(section)[name]
    if get_origin(hint) in {Union, types.UnionType}:
        [hint] = [part for part in get_args(hint) if part is not type(None)]
    return Kind(hint)
