"""Settings from TOML files: a table for each class of `subgen.options`, a key for each of its fields."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from subgen.errors import OptionError
from subgen.fieldkinds import kind_of
from subgen.languages import canonical
from subgen.options import Options
from subgen.tomllines import line_of

Sections = Mapping[str, type[Any]]
"""The dataclasses whose fields can be set, by the names of their tables."""

SECTIONS: Sections = get_type_hints(Options)
"""those of the chain"""
NEEDS_TRUST = frozenset({"input.ffmpeg", "speakers.model"})
"""Settings that name a program to run, or a pipeline that may hold code. A file that came into a folder with a download
must not bring its own."""
RUN_WIDE = frozenset({"models", "console", "delivery", "decoding.batch"})
"""Tables and settings that hold for a whole run: a folder can't say them of the media in it."""
SHORT = {
    **{name: f"decoding.{name}" for name in ("language", "context", "glossary")},
    **{name: f"layout.{name}" for name in ("profile", "audience")},
}
"""Settings that may also stand above all tables, by their own names. `speakers` is one more, see `_counted`."""
_RIVALS = {
    "speakers.find": ("speakers.turns", "speakers.channels"),
    "speakers.turns": ("speakers.find", "speakers.channels"),
    "speakers.channels": ("speakers.find", "speakers.turns"),
    "speakers.exact": ("speakers.least", "speakers.most"),
    "speakers.least": ("speakers.exact",),
    "speakers.most": ("speakers.exact",),
    "console.quiet": ("console.verbose",),
    "console.verbose": ("console.quiet",),
}
FINDING = ("speakers.diariser", "speakers.model", "speakers.exact", "speakers.least", "speakers.most")
"""what only helps to find speakers: kept in a file, it waits until they are looked for"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value and where it comes from."""

    key: str
    """section and field: "layout.width" """
    value: object
    source: str
    """for messages: "/films/subgen.toml, line 3", "SUBGEN_LAYOUT_WIDTH" """


def read_settings(
    path: Path, sections: Sections = SECTIONS, *, trusted: bool = False, local: bool = False
) -> tuple[Setting, ...]:
    """What a settings file says, in its order; every key and the type of every value are checked.

    Text that begins with `./`, `../` or `~/` is a path from the file's folder or from home; so are all settings of
    type Path, whatever they begin with. `trusted`: the user's own file, which may say what NEEDS_TRUST lists. `local`:
    that of a folder with media, which may not say what RUN_WIDE lists.

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
    found: dict[str, Setting] = {}
    for setting in _settings(_File(path, text, sections, trusted, local), tables):
        if setting.key in found:
            raise OptionError(f"{setting.source}: {setting.key} is said twice, first in {found[setting.key].source}.")
        found[setting.key] = setting
    return tuple(found.values())


def displaced(setting: Setting) -> tuple[str, ...]:
    """The keys of weaker sources that a setting takes the place of: only one of them can hold."""
    return _RIVALS.get(setting.key, ()) if setting.value else ()


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
    kind = kind_of(section, key.partition(".")[2])
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
    local: bool

    def place(self, *keys: str) -> str:
        """The file, and the line of a key where it can be found."""
        line = line_of(self.text, keys)
        return f"{self.path}, line {line}" if line else str(self.path)


def _settings(file: _File, tables: Mapping[str, object]) -> Iterator[Setting]:
    for name, value in tables.items():
        if name in SHORT:
            yield Setting(SHORT[name], _value(file, SHORT[name], value, name), file.place(name))
        elif name == "speakers" and not isinstance(value, dict):
            yield from _counted(value, file.place(name))
        else:
            yield from _table(file, name, value)


def _counted(speakers: object, place: str) -> Iterator[Setting]:
    """`speakers = 2` above all tables: whether they are looked for, or how many there are."""
    if not isinstance(speakers, int):
        words = "true, false or their number; all else about them is written below [speakers]"
        raise OptionError(f"{place}: speakers must be {words}.")
    yield Setting("speakers.find", bool(speakers), place)
    if not speakers:
        yield Setting("speakers.channels", False, place)
    else:
        yield Setting("speakers.exact", None if speakers is True else speakers, place)


def _table(file: _File, section: str, table: object) -> Iterator[Setting]:
    _require_local(file, file.place(section), section)
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
        _require_local(file, place, key)
        yield Setting(key, _value(file, key, value, key), place)


def _require_local(file: _File, place: str, name: str) -> None:
    if file.local and name in RUN_WIDE:
        raise OptionError(
            f"{place}: {name} holds for a whole run, not for a folder: set it in subgen.toml in the folder where subgen"
            " is called, or by a flag."
        )


def _value(file: _File, key: str, value: object, written: str) -> object:
    """The value of a setting as its field holds it; `written`: what the file calls it."""
    section, _, name = key.partition(".")
    place = file.place(*written.split("."))
    kind = kind_of(file.sections[section], name)
    held = kind.hold(value)
    if held is None:
        raise OptionError(f"{place}: {written} must be {kind.words}, not {_shown(value)}.")
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
