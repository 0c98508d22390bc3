"""Which media have subtitles already, so that they need none from us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from subgen.errors import NoAudioTrack, OptionError
from subgen.formats.render import REVIEW
from subgen.languages import canonical, iso_code, three_letters
from subgen.library.scan import Found
from subgen.library.survey import Survey
from subgen.media.embedded import Embedded
from subgen.media.track import choose
from subgen.options import Options
from subgen.sidecars import SHOWN, Sidecar, read_name

_IMAGES = frozenset({"idx", "sup"})
"""endings of files with pictures of text; a .sub beside an .idx is one, too"""
_FORCED_TITLES = ("forced", "foreign", "signs")
"""what tracks are called that hold only what is foreign or written in the picture, where no flag says so"""


def subtitled(found: Found, inside: Survey | None, language: str | None, options: Options) -> str | None:
    """Why a media file has subtitles already, in a few words; None: it has not, or nobody can tell yet.

    What counts is text in the language spoken: a file beside it, by its name, or a track in it; without a language in
    its name or tag, it counts for every one. What is forced does not, nor do pictures of text; where those for the
    deaf are wanted, no others do. If neither `language`, the canonical name of what is wanted, nor the audio track
    tells what is spoken, subtitles in any language count.
    """
    if language is None and inside is None:
        return None
    heard = three_letters(language) if language is not None else spoken(inside, options)
    for name in _texts(found.sidecars):
        said = read_name(name, found.path.stem)
        if said is not None and _counts(said, heard, sdh=options.sdh):
            return f"{name} is there"
    tracks = inside.subtitles if inside is not None else ()
    track = next((each for each in tracks if _is_inside(each, heard, sdh=options.sdh)), None)
    return f"{_name(track.language)} are in it" if track is not None else None


def wants_only_subtitles(formats: Iterable[str]) -> bool:
    """Whether nothing is asked for that subtitles of others could not replace."""
    return all(format in SHOWN or format == REVIEW for format in formats)


def spoken(inside: Survey | None, options: Options) -> str:
    """The language of the track that would be read, as ISO 639-2/B; "": the file does not say."""
    if inside is None or not inside.tracks:
        return ""
    try:
        track = choose(inside.tracks, options.input.track, None, options.input.prefer)
    except NoAudioTrack:  # a number that this file does not have: the work will say so
        return ""
    return iso_code(track.language or "")


def _texts(sidecars: tuple[str, ...]) -> Iterator[str]:
    """Names of what holds text, as far as names tell."""
    indexed = {name[:-4].lower() for name in sidecars if name.lower().endswith(".idx")}
    for name in sidecars:
        stem, _, ending = name.lower().rpartition(".")
        if ending not in _IMAGES and not (ending == "sub" and stem in indexed):
            yield name


def _counts(said: Sidecar, spoken: str, *, sdh: bool) -> bool:
    if said.forced or (sdh and not said.sdh):
        return False
    if not said.language:
        return not said.title  # a title may be the name of a language that nobody here knows
    return not spoken or said.language == spoken


def _is_inside(track: Embedded, spoken: str, *, sdh: bool) -> bool:
    titled = any(word in (track.title or "").lower() for word in _FORCED_TITLES)
    if not track.text or track.forced or titled or (sdh and not track.sdh):
        return False
    return not track.language or not spoken or iso_code(track.language) == spoken


def _name(language: str | None) -> str:
    """What the subtitles of a track are called in a sentence."""
    try:
        return f"{canonical(language)} subtitles" if language else "subtitles"
    except OptionError:
        return f"subtitles ({language})"
