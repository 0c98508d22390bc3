"""Advanced SubStation Alpha: styles, a name and a colour per speaker, karaoke. Version 4.00+, read by libass.

There is no standard; the field order is that of https://github.com/libass/libass/wiki/ASS-File-Format-Guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count, pairwise

from subgen.formats.text import Line, centiseconds, right_to_left, shown
from subgen.types import Cue, Seconds

_COLOURS = ("&H00FFFFFF", "&H0000FFFF", "&H00FFFF00", "&H0000FF00")
"""white, yellow, cyan, green (alpha, blue, green, red): what broadcasters tell speakers apart by, in this order"""
_UNSUNG = "&H00A0A0A0"
"""karaoke words that are still to come"""
_DEFAULT = "Default"
_MARKUP = str.maketrans({"{": "｛", "}": "｝", "\\": "＼"})
"""what begins markup and has no escape that every player knows"""
_FIELD = _MARKUP | str.maketrans({",": "‚"})
"""in a name a comma would end the field"""
_AUTOMATIC, _LEFT_TO_RIGHT = -1, 1
"""font encodings; libass takes the first as: find the direction of each line in its text"""
_HEAD = """\
[Script Info]
; Written by subgen
ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: None
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
"""
_EVENTS = "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"


def ass(cues: Sequence[Cue], word_times: bool = False) -> str:
    """Write cues as ASS; `word_times` lights up the words as they are spoken (`{\\k}`)."""
    written = list(shown(cues))
    styles = _styles(line.speaker for _, lines in written for line in lines)
    encoding = _AUTOMATIC if any(right_to_left(line.text) for _, lines in written for line in lines) else _LEFT_TO_RIGHT
    return (
        _HEAD
        + "".join(
            f"Style: {style},Arial,60,{_COLOURS[max(0, number - 1) % len(_COLOURS)]},{_UNSUNG},&H00000000,&H80000000,"
            f"0,0,0,0,100,100,0,0,1,3,1,2,96,96,54,{encoding}\n"
            for number, style in enumerate(styles.values())
        )
        + _EVENTS
        + "".join(_event(cue, lines, styles, word_times) for cue, lines in written)
    )


def _styles(names: Iterable[str]) -> dict[str, str]:
    """A style for each speaker by name, after the one for those who are not known; no two share a style."""
    styles = {"": _DEFAULT}
    for name in filter(None, names):
        if name not in styles:
            first = name.translate(_FIELD).lstrip("*") or "Speaker"
            taken = {style.casefold() for style in styles.values()}
            wanted = (first if number == 1 else f"{first} {number}" for number in count(1))
            styles[name] = next(style for style in wanted if style.casefold() not in taken)
    return styles


def _event(cue: Cue, lines: Sequence[Line], styles: Mapping[str, str], word_times: bool) -> str:
    speakers = dict.fromkeys(line.speaker for line in lines if line.speaker)
    texts = _karaoke(cue, lines) if word_times else [line.text.translate(_MARKUP) for line in lines]
    text, last = "", lines[0].speaker
    for line, spoken in zip(lines, texts, strict=True):
        change = "" if line.speaker == last else f"{{\\r{styles[line.speaker]}}}"
        text += ("\\N" if text else "") + change + spoken
        last = line.speaker
    name = " / ".join(name.translate(_FIELD) for name in speakers)
    return f"Dialogue: 0,{clock(cue.start)},{clock(cue.end)},{styles[lines[0].speaker]},{name},0,0,0,,{text}\n"


def _karaoke(cue: Cue, lines: Sequence[Line]) -> list[str]:
    """Lines with a duration before each word: until the next word begins, or the cue ends.

    Durations are differences of rounded times, so that rounding never adds up. What stands before the first word of a
    line, such as a dash, lights up with that word.
    """
    pieces = [(number, word, text) for number, line in enumerate(lines) for word, text in line.pieces()]
    begin, end = centiseconds(cue.start), centiseconds(cue.end)
    starts = [end]
    for _, word, _ in reversed(pieces):
        starts.append(min(starts[-1], max(begin, centiseconds(word.start))) if word else starts[-1])
    written = [""] * len(lines)
    written[0] = f"{{\\k{starts[-1] - begin}}}" if starts[-1] > begin else ""
    for (number, _, text), (start, until) in zip(pieces, pairwise(reversed(starts)), strict=True):
        written[number] += f"{{\\k{until - start}}}{text.translate(_MARKUP)}"
    return written


def clock(seconds: Seconds) -> str:
    """A time as ASS writes it: hours of any number of digits, minutes, seconds and hundredths."""
    rest, hundredths = divmod(centiseconds(seconds), 100)
    minutes, whole = divmod(rest, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{whole:02d}.{hundredths:02d}"
