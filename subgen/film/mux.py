"""Putting subtitles into a film as a track of their own; all else is copied as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from subgen.errors import Undecodable
from subgen.film.captions import Captions
from subgen.film.making import Order, make
from subgen.film.names import SUBTITLED, muxer
from subgen.languages import three_letters
from subgen.media.ffmpeg import find_ffmpeg
from subgen.media.picture import subtitle_codecs

_TEXT = {"matroska": "subrip", "mp4": "mov_text", "mov": "mov_text", "webm": "webvtt"}
"""the codec of subtitles that each container takes"""
_MP4 = frozenset({"mov_text"})
_HELD = {
    "matroska": frozenset(
        {"subrip", "srt", "ass", "ssa", "webvtt", "hdmv_pgs_subtitle", "pgssub", "dvd_subtitle", "dvdsub"}
        | {"dvb_subtitle", "dvbsub"}
    ),
    "mp4": _MP4,
    "mov": _MP4,
    "webm": frozenset({"webvtt"}),
}
"""what is copied as it is, by codec and, where it has another name, decoder: which one PyAV tells depends on its
version"""
_TEXTS = frozenset({"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"})


def mux(order: Order, captions: Captions) -> None:
    """Write a film with the captions as its first subtitle track, shown by default, named after its language.

    Other subtitles stay, in the container's own form; pictures of text stay where the container holds them. Times are
    those of the media, also where it starts late. Raises OptionError for a name of another container, OutputError,
    MediaError, MissingDependency.
    """
    form = muxer(order.output, SUBTITLED)
    name, text = _file(captions, form)
    others = subtitle_codecs(order.media)
    if others is None:
        raise Undecodable(f"{order.media} can't be read: it is no film or recording, or it is damaged.")
    codecs = [(number, _codec(codec, form)) for number, codec in enumerate(others)]
    kept = [(number, codec) for number, codec in codecs if codec]
    attached = ("-map", "0:t?") if form == "matroska" else ()
    arguments = [
        *("-i", name, "-map", "0:v?", "-map", "0:a?", "-map", "1:0"),
        *(part for number, _ in kept for part in ("-map", f"0:s:{number}")),
        *attached,
        *("-c", "copy", "-c:s:0", "mov_text" if form in {"mp4", "mov"} else "copy"),
        *_others([codec for _, codec in kept]),
        *_described(captions),
        *(("-movflags", "+faststart") if form in {"mp4", "mov"} else ()),
        *("-f", form),
    ]
    make(order, find_ffmpeg(order.ffmpeg), arguments, {name: text})


def _file(captions: Captions, muxer: str) -> tuple[str, str]:
    """The name and text of the subtitles in the form that the container holds best."""
    if muxer == "webm":
        return "captions.vtt", captions.vtt
    if muxer == "matroska" and captions.styled:
        return "captions.ass", captions.ass
    if muxer != "matroska" and not captions.tagged:
        return "captions.vtt", _escaped(captions.srt)
    return "captions.srt", captions.srt


def _escaped(srt: str) -> str:
    """SubRip without tags as WebVTT, which has escapes for what ffmpeg would otherwise take for tags."""
    lines = (line.replace(",", ".") if "-->" in line else line.translate(_SIGNS) for line in srt.split("\n"))
    return "WEBVTT\n\n" + "\n".join(lines)


_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "｛", "}": "｝", "\\": "＼"})
"""on the way to mov_text a text is ASS, where braces and backslashes have no escape"""


def _codec(codec: str, muxer: str) -> str:
    """What becomes of other subtitles: "copy", the codec of the container, or "" where it can't hold them."""
    if codec in _HELD[muxer]:
        return "copy"
    return _TEXT[muxer] if codec in _TEXTS else ""


def _others(codecs: Sequence[str]) -> Iterator[str]:
    """Options of the other subtitle tracks, which follow ours: none of them is shown by default."""
    for number, codec in enumerate(codecs, 1):
        yield from (f"-c:s:{number}", codec, f"-disposition:s:{number}", "-default")


def _described(captions: Captions) -> Iterator[str]:
    """Options that say what our track is."""
    kind = " (SDH)" if captions.sdh else ""
    title = f"{captions.language or 'Subtitles'}{kind}"
    for name, value in (("language", three_letters(captions.language)), ("title", title), ("handler_name", title)):
        yield from ("-metadata:s:s:0", f"{name}={value}")
    yield from ("-disposition:s:0", "default+hearing_impaired" if captions.sdh else "default")
