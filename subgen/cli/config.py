"""`subgen config`: every setting, its value, and who said so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from subgen.cli.binding import default
from subgen.cli.flags import EVERY_FLAG, spellings
from subgen.cli.results import print_result
from subgen.cli.sources import Source, merged, sources, user_file, variables
from subgen.config import Setting
from subgen.errors import EXIT_OK

_COLUMN = 44
"""where remarks begin"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting that holds."""

    key: str
    value: object
    origin: str
    """default, user, folder or environment"""
    source: str
    """its file and line, or its variable; "" for a default"""

    def values(self) -> dict[str, object]:
        """What --json prints."""
        return {
            "key": self.key,
            "value": _plain(self.value),
            "origin": self.origin,
            "source": self.source or None,
            "flag": spellings(EVERY_FLAG[self.key])[0].partition("/")[0],
            "variable": variables(self.key)[0],
        }


def show_settings(*, as_json: bool) -> int:
    """`subgen config show`. Raises OptionError for a source that makes no sense."""
    found = tuple(shown(sources()))
    if as_json:
        print_result(json.dumps([each.values() for each in found], ensure_ascii=False, indent=1) + "\n")
    else:
        print_result("".join(f"{line}\n" for line in lines(found)))
    return EXIT_OK


def show_path() -> int:
    """`subgen config path`."""
    print_result(f"{user_file()}\n")
    return EXIT_OK


def shown(levels: tuple[Source, ...]) -> Iterator[Shown]:
    """Every setting without flags, table by table."""
    holding = merged(level.settings for level in levels)
    origins = {id(setting): level.kind for level in levels for setting in level.settings}
    tables = dict.fromkeys(key.partition(".")[0] for key in EVERY_FLAG)
    for key in (key for table in tables for key in EVERY_FLAG if key.startswith(f"{table}.")):
        setting = holding.get(key) or Setting(key, default(key), "")
        yield Shown(key, setting.value, origins.get(id(setting), "default"), setting.source)


def lines(found: tuple[Shown, ...]) -> Iterator[str]:
    """A settings file that says the same; what nothing says is a remark."""
    table = ""
    for each in found:
        section, _, name = each.key.partition(".")
        if section != table:
            yield from ([""] if table else [])
            yield f"[{section}]"
            table = section
        unset = each.value is None or each.value == ()
        entry = f"# {name}" if unset else f"{name} = {_toml(each.value)}"
        yield f"{entry:<{_COLUMN}} # {each.source or ('not set' if unset else 'default')}"


def _plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        pairs = value and isinstance(value[0], tuple)
        return dict(value) if pairs else list(value)
    return value


def _toml(value: object) -> str:
    """A value as TOML has it. Its texts are those of JSON: both escape in the same way."""
    plain = _plain(value)
    if isinstance(plain, Mapping):
        return "{ " + ", ".join(f"{_text(label)} = {_text(name)}" for label, name in plain.items()) + " }"
    if isinstance(plain, list):
        return "[" + ", ".join(_text(each) for each in plain) + "]"
    return _text(plain) if isinstance(plain, str) else str(plain).lower()


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
