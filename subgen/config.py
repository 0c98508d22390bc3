"""Settings from TOML files: a table for each class of `subgen.options`, a key for each of its fields."""

from __future__ import annotations

import difflib
import os
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from subgen.errors import OptionError
from subgen.languages import canonical
from subgen.options import Options

Sections = Mapping[str, type[Any]]
"""The dataclasses whose fields can be set, by the names of their tables."""

SECTIONS: Sections = get_type_hints(Options)
"""those of the chain"""
NEEDS_TRUST = frozenset({"input.ffmpeg", "speakers.model"})
"""Settings that name a program to run, or a pipeline that may hold code. A file that came into a folder with a download
must not bring its own."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value and where it comes from."""

    key: str
    """section and field: "layout.width" """
    value: object
    source: str
    """for messages: "/films/subgen.toml, line 3", "SUBGEN_LAYOUT_WIDTH" """


def read_settings(path: Path, sections: Sections = SECTIONS, *, trusted: bool = False) -> tuple[Setting, ...]:
    """What a settings file says, in its order; every key and the type of every value are checked.

    Text that begins with `./`, `../` or `~/` is a path from the file's folder or from home; so are all settings of
    type Path, whatever they begin with. `trusted`: the user's own file, which may say what NEEDS_TRUST lists.

    Raises:
        OptionError: the file can't be read, is no TOML, or has a key or a value that can't be; with its line.
    """
    import tomllib  # `subgen --help` needs none

    try:
        text = path.read_bytes().decode("utf-8-sig")
        tables = tomllib.loads(text)
    except OSError as error:
        raise OptionError(f"The settings file {path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"{path} is not UTF-8 text (byte {error.start} is wrong): save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"{path} is not valid TOML: {error}.") from error
    return tuple(_settings(_File(path, text, sections, trusted), tables))


def overridden(options: Options, settings: Iterable[Setting]) -> Options:
    """The options with these settings instead of their own; later ones count more.

    Raises OptionError that names the source of what does not go together.
    """
    by_section: dict[str, dict[str, Setting]] = {}
    for setting in settings:
        section, _, name = setting.key.partition(".")
        by_section.setdefault(section, {})[name] = setting
    made = {}
    for section, given in by_section.items():
        try:
            values: dict[str, Any] = {name: setting.value for name, setting in given.items()}
            made[section] = replace(getattr(options, section), **values)
        except OptionError as error:
            raise blamed(error, SECTIONS[section], given) from error
    return replace(options, **made)


def blamed(error: OptionError, section: type[Any], given: Mapping[str, Setting]) -> OptionError:
    """The error with the sources of the settings that can't be: those wrong by themselves, else all of the section."""
    wrong = [setting for name, setting in given.items() if _fault(section, name, setting.value) == str(error)]
    sources = dict.fromkeys(setting.source for setting in (wrong or given.values()))
    return OptionError(f"{'; '.join(sources)}: {error}")


def parsed(key: str, text: str, section: type[Any], source: str) -> object:
    """The value of a setting that is written as plain text, as in the environment. Raises OptionError."""
    kind = _kind(section, key.partition(".")[2])
    try:
        value = kind.read(text)
    except ValueError:
        raise OptionError(f"{source} must be {kind.words}, not {text!r}.") from None
    return _meant(key, value, source)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    text: str
    sections: Sections
    trusted: bool

    def place(self, *keys: str) -> str:
        """The file, and the line of a key where it can be found."""
        line = _line(self.text, keys)
        return f"{self.path}, line {line}" if line else str(self.path)


def _settings(file: _File, tables: Mapping[str, object]) -> Iterator[Setting]:
    for section, table in tables.items():
        if section not in file.sections:
            raise OptionError(f"{file.place(section)}: {_unknown(section, file.sections)}")
        if not isinstance(table, dict):
            raise OptionError(f"{file.place(section)}: {section} is a table: write [{section}] above its settings.")
        names = [field.name for field in fields(file.sections[section])]
        for name, value in table.items():
            place, key = file.place(section, name), f"{section}.{name}"
            if name not in names:
                raise OptionError(f"{place}: [{section}] has no setting {name}; {near(name, names)}")
            if key in NEEDS_TRUST and not file.trusted:
                raise OptionError(
                    f"{place}: {key} can run a program, so that it is not taken from files beside media: set it in the"
                    " file that `subgen config path` names, or by its flag."
                )
            yield Setting(key, _value(file, key, value, place), place)


def _value(file: _File, key: str, value: object, place: str) -> object:
    section, _, name = key.partition(".")
    kind = _kind(file.sections[section], name)
    held = kind.hold(value)
    if held is None:
        raise OptionError(f"{place}: {key} must be {kind.words}, not {_shown(value)}.")
    return _meant(key, _placed(held, file.path.parent), place)


def _placed(value: object, folder: Path) -> object:
    """Paths of a file as seen from everywhere."""
    if isinstance(value, Path):
        return folder / value.expanduser()
    if isinstance(value, str) and value.startswith("~/"):
        return str(Path(value).expanduser())
    if isinstance(value, str) and value.startswith(("./", "../")):
        return os.path.normpath(folder / value)
    return value


def _meant(key: str, value: object, place: str) -> object:
    """Names of languages as the chain knows them."""
    try:
        if key == "input.prefer" and isinstance(value, tuple):
            return tuple(map(canonical, value))
        return canonical(str(value)) if key == "decoding.language" else value
    except OptionError as error:
        raise OptionError(f"{place}: {error}") from error


def _unknown(section: str, sections: Sections) -> str:
    owner = [name for name, kind in sections.items() if section in {field.name for field in fields(kind)}]
    if owner:
        return f"{section} belongs into a table: write [{owner[0]}] above it."
    return f"there is no table [{section}]; {near(section, sections)}"


def near(name: str, names: Iterable[str]) -> str:
    """A guess at what was meant, or all that there is."""
    known = tuple(names)
    near = difflib.get_close_matches(name.replace("-", "_"), known, n=1)
    return f"did you mean {near[0]}?" if near else f"there is: {', '.join(known)}."


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _fault(section: type[Any], name: str, value: object) -> str:
    """What is wrong with a value by itself; "": nothing."""
    try:
        section(**{name: value})
    except OptionError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a field holds."""

    type: Any

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


def _kind(section: type[Any], name: str) -> _Kind:
    hint = get_type_hints(section)[name]
    if get_origin(hint) in {Union, types.UnionType}:
        [hint] = [part for part in get_args(hint) if part is not type(None)]
    return _Kind(hint)


_STRINGS = re.compile(r'"""[\s\S]*?"""|' + r"'''[\s\S]*?'''")
_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w\-.\"' ]+?)\s*=")


def _line(text: str, keys: tuple[str, ...]) -> int:
    """The line of a key, from 1, or of the innermost table above it that can be found; 0: neither.

    `tomllib` tells no lines. Keys inside of inline tables and of several lines are not looked for.
    """
    bare = _STRINGS.sub(lambda found: "\n" * found[0].count("\n"), text)
    best, depth = 0, 0
    table: tuple[str, ...] = ()
    here: tuple[str, ...]
    for number, line in enumerate(bare.split("\n"), 1):
        here = ()
        if header := _HEADER.match(line):
            here = table = _parts(header[1])
        elif entry := _KEY.match(line):
            here = (*table, *_parts(entry[1]))
        if len(here) > depth and here == keys[: len(here)]:
            best, depth = number, len(here)
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
