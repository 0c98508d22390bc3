"""Where settings come from: flags, else the environment, else the folder's file, else the user's file."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from subgen.cli.flags import EVERY_FLAG
from subgen.cli.settings import SECTIONS, Settings, build
from subgen.config import FINDING, Setting, displaced, near, parsed, read_settings
from subgen.errors import OptionError

PREFIX = "SUBGEN_"
FILE_VARIABLE = "SUBGEN_CONFIG"
"""names another file in place of the user's"""
PROJECT = Path("subgen.toml")
"""the file of the current folder"""


@dataclass(frozen=True, slots=True)
class Source:
    """One place of settings."""

    kind: str
    """user, folder or environment"""
    place: Path | None
    """its file; None: the environment"""
    settings: tuple[Setting, ...] = ()


def user_file() -> Path:
    """The user's settings file, whether or not it is there: SUBGEN_CONFIG, else where the system keeps settings."""
    import platformdirs  # `subgen --help` needs none

    chosen = os.environ.get(FILE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_config_path("subgen", appauthor=False) / "config.toml"


def sources() -> tuple[Source, ...]:
    """Everything beside flags that says something, the weakest first. Raises OptionError for what makes no sense."""
    user = user_file()
    named = bool(os.environ.get(FILE_VARIABLE))
    return (
        Source("user", user, read_settings(user, SECTIONS, trusted=True) if named or _is_there(user) else ()),
        Source("folder", PROJECT, read_settings(PROJECT, SECTIONS) if _is_there(PROJECT) else ()),
        Source("environment", None, tuple(_from_environment(os.environ))),
    )


def variables(key: str) -> tuple[str, ...]:
    """The environment variables of a setting, the one to be told first: its flag's own, and one made of the key."""
    own = EVERY_FLAG[key].envvar
    made = f"{PREFIX}{key.replace('.', '_').upper()}"
    return (own, made) if isinstance(own, str) else (made,)


def settled(flags: Mapping[str, object], reach: Collection[str]) -> Settings:
    """What a command was asked to do: its flags as they were given, and for the keys in `reach` what other sources say.

    Raises OptionError, which names the file and the line, or the variable, that is to blame.
    """
    given = tuple(Setting(key, value, "") for key, value in flags.items())
    found = merged([*(source.settings for source in sources()), given])
    kept = {key: setting for key, setting in found.items() if key in flags or key in reach}
    if not ("speakers.find" in kept and kept["speakers.find"].value):
        kept = {key: setting for key, setting in kept.items() if key in flags or key not in FINDING}
    try:
        return build({key: setting.value for key, setting in kept.items()})
    except OptionError as error:
        raise _sourced(error, kept) from error


def merged(levels: Iterable[Sequence[Setting]]) -> dict[str, Setting]:
    """The settings that hold, by key, from levels of which later ones count more."""
    found: dict[str, Setting] = {}
    for level in levels:
        for setting in level:
            for rival in displaced(setting):
                found.pop(rival, None)
            if setting.key == "delivery.output" and _says_format(str(setting.value)):
                found.pop("delivery.formats", None)
        found.update((setting.key, setting) for setting in level)
    return found


def _says_format(output: str) -> bool:
    from subgen.formats import FORMATS

    return Path(output).suffix.lower().removeprefix(".") in FORMATS


def _from_environment(environment: Mapping[str, str]) -> Iterable[Setting]:
    known: dict[str, str] = {}
    for key in EVERY_FLAG:
        names = variables(key)
        known.update(dict.fromkeys(names, key))
        name = next((each for each in names if environment.get(each)), None)
        if name is not None:
            value = parsed(key, environment[name], SECTIONS[key.partition(".")[0]], name)
            yield Setting(key, value, name)
    tables = tuple(f"{PREFIX}{section.upper()}_" for section in SECTIONS)
    for name in environment:
        if name.startswith(tables) and name not in known:
            raise OptionError(f"{name}: there is no such setting; {near(name, known)}")


def _sourced(error: OptionError, settings: Mapping[str, Setting]) -> OptionError:
    """The error with the sources of what is wrong: one setting by itself, else what does not go with it."""
    groups = [
        *([setting] for setting in settings.values()),
        *([each for each in settings.values() if each.key.startswith(f"{section}.")] for section in SECTIONS),
    ]
    guilty = next((group for group in groups if _fault(group) == str(error)), [])
    names = dict.fromkeys(setting.source for setting in guilty if setting.source)
    return OptionError(f"{'; '.join(names)}: {error}") if names else error


def _fault(settings: Iterable[Setting]) -> str:
    try:
        build({setting.key: setting.value for setting in settings})
    except OptionError as error:
        return str(error)
    return ""


def _is_there(path: Path) -> bool:
    """Whether there is such a file that can be looked for: the home of a service may be closed to it."""
    try:
        return path.is_file()
    except OSError:
        return False
