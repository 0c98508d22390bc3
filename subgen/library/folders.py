"""Settings that hold for the media below a folder: `.subgen.toml`, inherited downwards."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from subgen.errors import OptionError
from subgen.languages import canonical
from subgen.library.plan import Wish
from subgen.library.recipe import recipe
from subgen.options import Options, Speakers

NAME = ".subgen.toml"


@dataclass(frozen=True, slots=True)
class Local:
    """What folders say about the media in them. None: nothing."""

    language: str | None = None
    """canonical name"""
    context: str | None = None
    """what the model is told before it listens"""
    glossary: tuple[str, ...] = ()
    """names and terms to listen for, those of the folders above first"""
    profile: str | None = None
    audience: str | None = None
    speakers: bool | int | None = None
    """whether speakers are looked for, or how many there are"""

    def below(self, above: Local) -> Local:
        """With what the folder above says where this one says nothing; glossaries are joined."""
        merged = {
            field.name: getattr(self if getattr(self, field.name) is not None else above, field.name)
            for field in fields(self)
        }
        return Local(**{**merged, "glossary": tuple(dict.fromkeys((*above.glossary, *self.glossary)))})

    def applied(self, options: Options) -> Options:
        """The options for media in that folder: what it says counts more. Raises OptionError where that can't be."""
        decoding, layout = options.decoding, options.layout
        context = decoding.context if self.context is None else self.context
        return replace(
            options,
            decoding=replace(
                decoding,
                language=self.language or decoding.language,
                context=" ".join(part for part in (context, ", ".join(self.glossary)) if part),
            ),
            layout=replace(layout, profile=self.profile or layout.profile, audience=self.audience or layout.audience),
            speakers=options.speakers if self.speakers is None else _speakers(self.speakers, options.speakers),
        )


def _speakers(wanted: bool | int, general: Speakers) -> Speakers:
    if not wanted:
        quiet = replace(general, exact=None, least=None, most=None, diariser=None, model=None)
        return replace(quiet, find=False, channels=False)
    if wanted is True:
        return replace(general, find=True, channels=False)
    return replace(general, find=True, channels=False, exact=wanted, least=None, most=None)


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
            raise OptionError(f"The {NAME} for {folder} does not go with the other settings: {error}") from error
        made = recipe(options, wish.formats, wish.folder)
        return replace(wish, recipe=made, language=options.decoding.language, options=options)


_NOTHING = Local()
_KINDS: dict[str, tuple[type, ...]] = {
    **{"language": (str,), "context": (str,), "glossary": (list,), "profile": (str,), "audience": (str,)},
    "speakers": (bool, int),
}
_WORDS = {str: "a text", list: "a list of texts", int: "true, false or their number"}


def _read(folder: Path) -> Local | OptionError:
    path = folder / NAME
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        local = _local(values)
        local.applied(Options())
    except (FileNotFoundError, NotADirectoryError):
        return _NOTHING
    except OSError as error:
        return OptionError(f"{path} can't be read: {error.strerror or error}.")
    except (OptionError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return OptionError(f"{path}: {str(error).rstrip('.')}.")
    return local


def _local(values: dict[str, Any]) -> Local:
    for key, value in values.items():
        kinds = _KINDS.get(key)
        if kinds is None:
            raise OptionError(f"The setting {key!r} is not known; use {', '.join(_KINDS)}.")
        listed = value if isinstance(value, list) else ()
        if not isinstance(value, kinds) or not all(isinstance(each, str) for each in listed):
            raise OptionError(f"The setting {key!r} must be {_WORDS[kinds[-1]]}.")
    language = values.get("language")
    given = {**values, "glossary": tuple(values.get("glossary", ()))}
    return Local(**{**given, "language": canonical(language) if language is not None else None})
