"""Markdown (CommonMark) for reading: paragraphs that begin with a link into the media, under their speaker's name.

Where speakers are known these are the minutes of a meeting, and begin with a table of who talked how much.
"""

from __future__ import annotations

import re
from itertools import groupby
from urllib.parse import quote

from subgen.formats.minutes import talk_time
from subgen.formats.paragraphs import Paragraph, paragraphs
from subgen.formats.text import clean
from subgen.types import Document, Seconds

_MARKUP = re.compile(r"[\\`*_\[\]<>&~|$#]")
"""what means markup inside of a line; the beginning of a line is always ours"""

_NOBODY = "Unknown"
"""heads what nobody known says, where others are known"""


def md(document: Document) -> str:
    """Write a title, who talked how much, and a heading for each turn of a speaker above its paragraphs."""
    link = quote(clean(document.media.path.name))
    parts = [f"# {_escape(clean(document.media.path.stem)) or 'Transcript'}\n"]
    parts += _talk_time(document)
    told = tuple(paragraphs(document.utterances))
    headed = any(paragraph.speaker for paragraph in told)
    for speaker, turn in groupby(told, lambda paragraph: paragraph.speaker):
        parts += [f"## {_escape(speaker) or _NOBODY}\n"] if headed else []
        parts += [_paragraph(paragraph, link) for paragraph in turn]
    return "\n".join(parts)


def _talk_time(document: Document) -> list[str]:
    """The table of talk time (GitHub Flavored Markdown, section 4.10), where speakers are known."""
    rows = [
        f"| {_escape(name)} | {_clock(seconds)} | {share:.0%} | {turns} |\n"
        for name, seconds, share, turns in talk_time(document)
    ]
    return ["| speaker | talk time | share | turns |\n| --- | --: | --: | --: |\n" + "".join(rows)] if rows else []


def _paragraph(paragraph: Paragraph, link: str) -> str:
    """A paragraph; its link is a media fragment (https://www.w3.org/TR/media-frags/), which browsers jump to."""
    return f"[{_clock(paragraph.start)}]({link}#t={int(paragraph.start)}) {_escape(paragraph.text)}\n"


def _clock(seconds: Seconds) -> str:
    minutes, whole = divmod(int(max(0.0, seconds)), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{whole:02d}"


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)
