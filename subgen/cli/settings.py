"""What a command was asked to do, as values: the library's options, where results go, and what the terminal shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from subgen.config import SECTIONS as OF_THE_CHAIN
from subgen.errors import OptionError
from subgen.languages import canonical
from subgen.options import Options

DEFAULT_FORMAT = "srt"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which results are written, and where."""

    formats: tuple[str, ...] = ()
    """() is the format that the name of `output` ends with, else srt"""
    output: str | None = None
    """a folder, a file, "-" for stdout; None is beside the media"""
    review: bool = False
    """whether the most doubtful cues are listed in a file of their own"""
    mux: bool = False
    """whether a film with the subtitles as a track is written"""
    burn: bool = False
    """whether a film with the subtitles in its picture is written"""
    overwrite: bool = False
    subtitled: bool = False
    """whether media in a library are done that have subtitles of others"""


@dataclass(frozen=True, slots=True)
class Console:
    """What is shown on stderr while a command works."""

    progress: str = "auto"
    """auto (a bar on a terminal, else nothing), json (one object a line) or none"""
    quiet: bool = False
    verbose: bool = False
    timings: bool = False
    """whether it is told where the time of each file went"""

    def __post_init__(self) -> None:
        if self.progress not in {"auto", "json", "none"}:
            raise OptionError(f"The progress style {self.progress!r} is not known; use auto, json or none.")
        if self.quiet and self.verbose:
            raise OptionError("--quiet and --verbose contradict each other: give one of them.")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that flags, and settings in files, can say."""

    options: Options = field(default_factory=Options)
    delivery: Delivery = field(default_factory=Delivery)
    console: Console = field(default_factory=Console)


SECTIONS: dict[str, type[Any]] = {**OF_THE_CHAIN, "delivery": Delivery, "console": Console}
"""The dataclass behind the first half of a flag's field path ("layout.width")."""


def build(values: Mapping[str, object]) -> Settings:
    """Settings from values by field path. Raises OptionError for what no dataclass, language or format accepts."""
    sections: dict[str, dict[str, object]] = {name: {} for name in SECTIONS}
    for path, value in values.items():
        section, _, name = path.partition(".")
        sections[section][name] = _read(path, value)
    made = {name: SECTIONS[name](**given) for name, given in sections.items()}
    delivery, console = made.pop("delivery"), made.pop("console")
    return Settings(Options(**made), delivery, console)


def _read(path: str, value: object) -> object:
    """What the user wrote as what the field holds."""
    if path == "decoding.language" and isinstance(value, str):
        return canonical(value)
    if path == "input.prefer":
        return tuple(canonical(name) for name in _separated(value))
    if path == "decoding.glossary":
        return tuple(filter(None, _separated(value)))
    if path == "delivery.formats":
        return _formats(_separated(value))
    if path == "speakers.names":
        return _names(value if isinstance(value, list | tuple) else ())
    return value


def _names(given: Iterable[str | tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """(label, name) pairs from repeated flags; those of files are pairs already."""
    from subgen.speakers.names import pair

    return tuple(pair(each, "--speaker") if isinstance(each, str) else each for each in given)


def _separated(value: object) -> tuple[str, ...]:
    """The parts of repeated and comma-separated flags."""
    texts = value if isinstance(value, list | tuple) else ()
    return tuple(part.strip() for text in texts for part in text.split(","))


def _formats(texts: Iterable[str]) -> tuple[str, ...]:
    """Names of formats, in the order given, each once."""
    from subgen.formats import FORMATS, USUAL

    names = [name.lower().removeprefix(".") for name in texts]
    for name in names:
        if name not in (*FORMATS, "all"):
            raise OptionError(f"The format {name!r} is not known; use {', '.join(FORMATS)} or all.")
    every = (each for name in names for each in (USUAL if name == "all" else (name,)))
    return tuple(dict.fromkeys(every))
