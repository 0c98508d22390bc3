"""Names of files beside a media file, written and read as Plex, Jellyfin and Kodi do.

A name is `<stem>.<language>[.sdh|.forced][.default].<format>`. What players agree on: the stem is the whole name of the
media without its ending; tokens between dots may come in any order; a language is a code or a name, in any case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from subgen.languages import code, iso_code

UNKNOWN_LANGUAGE = "und"
SHOWN = frozenset({"srt", "vtt", "ass", "ttml", "lrc"})
"""the formats that we write for players, whose names say for whom the subtitles are"""
FORCED = frozenset({"forced", "foreign"})
SDH = frozenset({"sdh", "cc"})
DEFAULT = "default"
_HINDI_OR_DEAF = "hi"
"""`hi` is the language Hindi, but means "hearing impaired" where another language stands in the same name"""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a name says of the file."""

    format: str
    """the ending, in lower case and without the dot"""
    language: str = ""
    """ISO 639-2/B, as `subgen.languages.iso_code` gives it; "" when the name says none"""
    title: str = ""
    """tokens that mean nothing else"""
    default: bool = False
    forced: bool = False
    """only what is foreign or written in the picture"""
    sdh: bool = False
    """for the deaf and hard of hearing"""


def sidecar(media: Path, language: str, format: str, folder: Path | None = None, *, sdh: bool = False) -> Path:
    """The file that players look for: `<stem>.<language code>[.sdh].<format>` beside the media, or in `folder`.

    `language` is a canonical name or a code; when it is not known, the name has no language part. `sdh` is said in the
    names of subtitles only, not of data or texts.
    """
    tag = code(language)
    return _named(media, "" if tag == UNKNOWN_LANGUAGE else f".{tag}", format, folder, sdh)


def any_language(media: Path, format: str, folder: Path | None = None, *, sdh: bool = False) -> Path:
    """The same with a `*` for a language that is not known yet."""
    return _named(media, ".*", format, folder, sdh)


def relabelled(stem: str, format: str, *, sdh: bool = False) -> str:
    """The name of a new form of a file that was named before, such as `Film.en.json`; its stem carries the language."""
    tokens = stem.lower().split(".")
    return f"{stem}{_kind(format, sdh and not SDH.intersection(tokens[1:]))}.{format}"


def read_name(name: str, stem: str) -> Sidecar | None:
    """What the name of a file says to players of the media with that stem; None: it does not belong to that media."""
    rest, dot, format = name.rpartition(".")
    if not dot or (rest != stem and not rest.startswith(f"{stem}.")):
        return None
    tokens = [token for token in rest[len(stem) :].split(".") if token]
    deaf = any(iso_code(token) and token.lower() != _HINDI_OR_DEAF for token in tokens)
    said = Sidecar(format.lower())
    for token in reversed(tokens):
        said = _with(said, token, deaf or bool(said.language))
    return said


def read_unpaired(name: str) -> Sidecar:
    """What a name says where its media is not known: tokens from the right, up to the first that means nothing."""
    stem = name.rpartition(".")[0]
    while "." in stem and _means(stem.rpartition(".")[2]):
        stem = stem.rpartition(".")[0]
    return read_name(name, stem) or Sidecar("")


def _means(token: str) -> bool:
    return token.lower() in {DEFAULT, *FORCED, *SDH} or bool(iso_code(token))


def _with(said: Sidecar, token: str, deaf: bool) -> Sidecar:
    """What a name says to the right of a token, and the token; the rightmost language counts, as in Jellyfin."""
    word, language = token.lower(), iso_code(token)
    if word in FORCED:
        return replace(said, forced=True)
    if word == DEFAULT:
        return replace(said, default=True)
    if word in SDH or (word == _HINDI_OR_DEAF and deaf):
        return replace(said, sdh=True)
    if language and not said.language:
        return replace(said, language=language)
    return replace(said, title=f"{token}.{said.title}".strip("."))


def _named(media: Path, language: str, format: str, folder: Path | None, sdh: bool) -> Path:
    return (folder or media.parent) / f"{media.stem}{language}{_kind(format, sdh)}.{format}"


def _kind(format: str, sdh: bool) -> str:
    return ".sdh" if sdh and format in SHOWN else ""
