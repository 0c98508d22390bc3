"""LRC, the lyrics that music players scroll: a time before each line and, in the enhanced form, before each word.

There is no standard; https://en.wikipedia.org/wiki/LRC_(file_format) describes both forms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from subgen.formats.text import Line, centiseconds, clean, unbroken
from subgen.types import Cue, Document, Seconds

_STAMP_LIKE = re.compile(r"[\[<](?=\s*[0-9]+\s*[:.])")
"""text that players would take for a time"""
_FULL_WIDTH = {"[": "［", "<": "＜"}


def lrc(document: Document, cues: Sequence[Cue], word_times: bool = False) -> str:
    """Write one line for each cue, and an empty one where nothing is shown until the next cue.

    `word_times` adds the time of each word, and when the last one ends.
    """
    told = [(cue, text) for cue, text in zip(cues, unbroken(cues, document), strict=True) if text]
    starts = [centiseconds(cue.start) for cue, _ in told]
    written = [f"[ti:{clean(document.media.path.stem).replace(']', '］')}]\n[re:subgen]\n"]
    for (cue, text), following in zip(told, (*starts, None)[1:], strict=True):
        written.append(f"[{_time(cue.start)}]{_timed(cue, text) if word_times else _plain(text)}\n")
        if following is None or following > centiseconds(cue.end):
            written.append(f"[{_time(cue.end)}]\n")
    return "".join(written)


def _timed(cue: Cue, text: str) -> str:
    """The text with a time before each word, none earlier than the one before."""
    words = tuple(word for line in cue.words for word in line)
    written, last = "", cue.start
    for word, piece in Line(text, words=words).pieces():
        if word:
            last = max(last, word.start)
            written += f"<{_time(last)}>"
        written += _plain(piece)
    return f"{written}<{_time(max(last, words[-1].end))}>" if words else written


def _plain(text: str) -> str:
    return _STAMP_LIKE.sub(lambda match: _FULL_WIDTH[match[0]], text)


def _time(seconds: Seconds) -> str:
    """Minutes, which take more digits where they must, seconds and hundredths: the format has no hours."""
    whole, hundredths = divmod(centiseconds(seconds), 100)
    return f"{whole // 60:02d}:{whole % 60:02d}.{hundredths:02d}"
