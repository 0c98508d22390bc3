"""Drawing subtitles into the picture, for players that show no others; the sound is copied as it is."""

from __future__ import annotations

from pathlib import Path

import regex

from subgen.errors import MediaError
from subgen.film.captions import Captions
from subgen.film.making import Order, make
from subgen.film.names import BURNED, muxer
from subgen.media.ffmpeg import ffmpeg_with
from subgen.media.picture import Look, look
from subgen.media.source import shown

# Sizes of letters, in 1080ths of the picture's height; an em of Arial is about 0.87 of them.
USUAL = 60
TALL = 76
"""for scripts whose fonts have much room above and below their letters: an em of Noto Sans CJK is 0.69 of this"""
LEAST_PIXELS = 16
"""height below which letters are hard to read, where a small picture has room for more than the usual"""
WIDEST = 0.9
"""share of the picture's width that a line may fill"""
_LETTER = regex.compile(r"\p{L}")
_TALL = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Devanagari}\p{Bengali}\p{Gurmukhi}"
    r"\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}]"
)


def no_picture(media: Path) -> MediaError:
    """The error for a recording, into which nothing can be drawn."""
    return MediaError(f"{shown(media)} has no picture that subtitles can be burned into.")


def burner(ffmpeg: str | None, bits: int = 8) -> Path:
    """The ffmpeg that can draw text and encode a picture of so many bits a colour. Raises MissingDependency."""
    return ffmpeg_with(ffmpeg, filters=frozenset({"subtitles"}), encoders=frozenset(_encoder(bits)[1:2]))


def burn(order: Order, captions: Captions) -> None:
    """Write a film with the captions in its picture, with all its sound and without its other subtitles.

    The picture is encoded anew: H.264, or H.265 where it has more than 8 bits a colour; square pixels, upright, at its
    own times. Raises OptionError for a name of another container, MediaError, OutputError, and MissingDependency when
    no ffmpeg can draw text.
    """
    form = muxer(order.output, BURNED)
    seen = look(order.media)
    if seen is None:
        raise no_picture(order.media)
    arguments = [
        *("-map", f"0:{seen.index}", "-map", "0:a?"),
        *("-vf", _filters(seen, captions), *_encoder(seen.bits), "-c:a", "copy"),
        *(("-movflags", "+faststart") if form in {"mp4", "mov"} else ()),
        *("-f", form),
    ]
    make(order, burner(order.ffmpeg, seen.bits), arguments, {"captions.ass": captions.ass})


def size(look: Look, widest: float, *, tall: bool = False) -> int:
    """How large letters are drawn, in 1080ths of the height: `widest` is the longest line in full-width characters."""
    wanted = max(TALL if tall else USUAL, LEAST_PIXELS * 1080 / look.height)
    room = WIDEST * 1080 * look.width / look.height
    return round(min(wanted, room / max(widest, 1)))


def tall(text: str) -> bool:
    """Whether most letters are of scripts whose fonts have much room above and below: East Asia, India, Indochina."""
    return 2 * len(_TALL.findall(text)) > len(_LETTER.findall(text))


def _filters(look: Look, captions: Captions) -> str:
    # Letters would be as wide as pixels are; H.264 wants even numbers of them.
    square = "scale=trunc(iw*sar/2)*2:trunc(ih/2)*2,setsar=1"
    if captions.widest is None:
        return f"{square},subtitles=f=captions.ass"
    letters = size(look, captions.widest, tall=tall(captions.srt))
    style = f"FontSize={letters},Outline={letters / 18:.2f},Shadow={letters / 60:.2f}"
    return f"{square},subtitles=f=captions.ass:force_style='{style}'"


def _encoder(bits: int) -> tuple[str, ...]:
    if bits > 8:
        quiet = ("-x265-params", "log-level=error")
        return ("-c:v", "libx265", "-crf", "20", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", *quiet)
    return ("-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p")
