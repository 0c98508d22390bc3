"""Settings that hold for the media below a folder: `.subgen.toml`, inherited downwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from subgen.config import FINDING, Setting, displaced, overridden, read_settings
from subgen.errors import OptionError
from subgen.library.plan import Wish
from subgen.library.recipe import recipe
from subgen.options import Options

NAME = ".subgen.toml"
_GLOSSARY = "decoding.glossary"


@dataclass(frozen=True, slots=True)
class Local:
    """What folders say about the media in them."""

    settings: tuple[Setting, ...] = ()

    def below(self, above: Local) -> Local:
        """With what the folder above says where this one says nothing; glossaries are joined."""
        held = {setting.key: setting for setting in above.settings}
        names = _names(held.get(_GLOSSARY))
        for setting in self.settings:
            for rival in displaced(setting):
                held.pop(rival, None)
        held |= {setting.key: setting for setting in self.settings}
        return Local(tuple(_after(names, setting) for setting in held.values()))

    def applied(self, options: Options) -> Options:
        """The options for media in that folder: what it says counts more. Raises OptionError where that can't be."""
        said = {setting.key: _after(options.decoding.glossary, setting) for setting in self.settings}
        gone = {key: setting.source for setting in said.values() for key in displaced(setting) if key not in said}
        found = said.get("speakers.find")
        if not (found.value if found else options.speakers.find and "speakers.find" not in gone):
            said = {key: setting for key, setting in said.items() if key not in FINDING}
            source = found.source if found else gone.get("speakers.find")
            gone |= dict.fromkeys(FINDING, source) if source is not None else {}
        return overridden(options, (*said.values(), *(_default(key, source) for key, source in gone.items())))


def _default(key: str, source: str) -> Setting:
    section, _, name = key.partition(".")
    return Setting(key, getattr(getattr(_DEFAULTS, section), name), source)


def _names(glossary: Setting | None) -> tuple[str, ...]:
    return glossary.value if glossary is not None and isinstance(glossary.value, tuple) else ()


def _after(names: tuple[str, ...], setting: Setting) -> Setting:
    """A glossary with these names before its own; other settings as they are."""
    if setting.key != _GLOSSARY:
        return setting
    return replace(setting, value=tuple(dict.fromkeys((*names, *_names(setting)))))


_DEFAULTS = Options()


class Folders:
    """What each folder says, with what it inherits. Made anew for every scan, so that changes are seen."""

    def __init__(self) -> None:
        self._own: dict[Path, Local | OptionError] = {}
        self._whole: dict[Path, Local] = {}

    def enter(self, folder: str, names: Iterable[str]) -> None:
        """A scan has come to a folder with these names in it: it need not be looked for settings again."""
        self._own[Path(folder)] = _read(Path(folder)) if NAME in names else _NOTHING

    def of(self, folder: Path) -> Local:
        """What holds in a folder. Raises OptionError for a file that makes no sense."""
        if folder not in self._whole:
            if folder not in self._own:
                self._own[folder] = _read(folder)
            own = self._own[folder]
            if isinstance(own, OptionError):
                raise own
            self._whole[folder] = own if folder == folder.parent else own.below(self.of(folder.parent))
        return self._whole[folder]


class FolderWishes:
    """What is wanted of a file by its path: the general wish, and what its folder says."""

    def __init__(self, general: Wish, folders: Folders) -> None:
        self._folders = folders
        self._wishes = {Local(): general}
        self._general = general

    def __call__(self, path: Path) -> Wish:
        """The wish for a media file. Raises OptionError."""
        local = self._folders.of(path.parent)
        if local not in self._wishes:
            self._wishes[local] = self._made(local, path.parent)
        return self._wishes[local]

    def _made(self, local: Local, folder: Path) -> Wish:
        wish = self._general
        try:
            options = local.applied(wish.options)
        except OptionError as error:
            if str(error) == _fault(local):
                raise
            raise OptionError(f"The {NAME} for {folder} does not go with the other settings: {error}") from error
        made = recipe(options, wish.formats, wish.folder)
        return replace(wish, recipe=made, language=options.decoding.language, options=options)


_NOTHING = Local()


def _fault(local: Local) -> str:
    """What is wrong with what folders say, whatever else holds; "": nothing."""
    try:
        local.applied(_DEFAULTS)
    except OptionError as error:
        return str(error)
    return ""


def _read(folder: Path) -> Local | OptionError:
    try:
        return Local(read_settings(folder / NAME, local=True))
    except OptionError as error:
        return _NOTHING if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError) else error
